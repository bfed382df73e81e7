"""Deeds: what happens in a world one after the other, each of them in both worlds or in the fuller one alone."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.two_worlds.cast import authenticate
from tests.two_worlds.world import Question, World

from lhcr.access.agreement_file import read_agreements
from lhcr.access.agreement_list import replace_agreements
from lhcr.access.decision import AccessDecision
from lhcr.access.policy_change import PolicyChanges
from lhcr.access.request import Interaction, Request
from lhcr.access.sensitivity_change import SensitivitySets
from lhcr.access.sensitivity_set import LoadedSet
from lhcr.kernel.ids import RouteCipher
from lhcr.nhs.systems import ACT_CODE
from lhcr.record.entry_order import Selection
from lhcr.record.relabelled_followers import FollowedLabels
from lhcr.record.relabelling import Relabelling

_AUTHORITY = "Order of the Family Court, 12 May 2024, case 14"


@dataclass(frozen=True, slots=True)
class Deed:
    """`sent` is what is put, for whoever asks about it."""

    do: Callable[[World], Awaitable[object]]
    hidden: bool
    sent: Mapping[str, Any] = field(default_factory=dict)


def puts(source: str, resources: Iterable[dict[str, Any]], *, hidden: bool) -> list[Deed]:
    return [Deed(lambda world, each=each: world.put(source, each), hidden, each) for each in resources]  # type: ignore[misc]


def deletes(source: str, *references: str) -> list[Deed]:
    """Return deeds of the fuller world, in which a source withdraws what only it knew of."""

    async def delete(world: World, reference: str) -> None:
        told = await world.ask(source, Question(method="DELETE", target=f"/{reference}"))
        assert told.status in {200, 204}, told

    return [Deed(lambda world, each=each: delete(world, each), True) for each in references]  # type: ignore[misc]


def agrees(*agreements: dict[str, Any]) -> Deed:
    async def agree(world: World) -> None:
        text = json.dumps({"agreements": agreements}).encode()
        await replace_agreements(_changes(world), authenticate("gp"), read_agreements(text, policy=world.parts.policy))

    return Deed(agree, hidden=False)


def finds_sensitive(*codes: str, name: str) -> Deed:
    """Return the deed of loading a value set of SNOMED CT, and of relabelling what is stored."""

    async def load(world: World) -> None:
        parts = world.parts
        loaded = LoadedSet(
            name=name, version="1", label=f"{ACT_CODE}|GDIS", codes=[("snomed.info/sct", code) for code in codes]
        )
        sets = SensitivitySets(parts.side_pool, _changes(world), clock=parts.clock)
        await sets.load(loaded, label=None, operator=authenticate("gp"))
        followed = FollowedLabels(routes=RouteCipher(b"k" * 16), base=parts.settings.fhir_base)
        await Relabelling(pool=parts.side_pool, classes=parts.classes, followed=followed, clock=parts.clock).run()

    return Deed(load, hidden=False)


def restricts(reference: str, *, source: str = "") -> Deed:
    """Return the deed of ordering that one entry, or all that a source says of somebody, is not processed."""

    async def restrict(world: World) -> None:
        decision, selection = await _order(world, reference, source)
        await world.parts.record.processing.restrict(decision, selection, authority=_AUTHORITY)

    return Deed(restrict, hidden=True)


def removes(reference: str) -> Deed:
    async def remove(world: World) -> None:
        decision, selection = await _order(world, reference, "")
        await world.parts.record.removal.remove(decision, selection, authority=_AUTHORITY)

    return Deed(remove, hidden=True)


async def _order(world: World, reference: str, source: str) -> tuple[AccessDecision, Selection]:
    type_, _, own_id = reference.partition("/")
    person_id = await world.parts.record.whose(type=type_, id=own_id)
    assert person_id is not None
    request = Request(interaction=Interaction.ORDER, type=None, person=person_id)
    decision = await world.parts.gate.decide(authenticate("guardian"), request, anew=True)
    one = Selection(person_id=person_id, type="" if source else type_, id="" if source else own_id, source=source)
    return decision, one


def _changes(world: World) -> PolicyChanges:
    parts = world.parts
    return PolicyChanges(pool=parts.side_pool, log=parts.log, clock=parts.clock, site="Area")
