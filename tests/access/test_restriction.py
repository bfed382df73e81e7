"""Whose whereabouts are withheld: what a resource says, whose word counts, and what a decision carries of it."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from tests.access.rules.asked import LATER, asked

from lhcr.access.categories import labels_of
from lhcr.access.decide import RULES, Gate
from lhcr.access.fold import fold, judge_all
from lhcr.access.policy import Policy, area_policy
from lhcr.access.projection import is_restricting
from lhcr.access.request import Interaction, Request
from lhcr.access.trace import trace_text
from lhcr.kernel.json_types import JsonObject
from lhcr.store.visibility import Places

SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"


def somebody(*codes: str, type: str = "Patient") -> JsonObject:
    return {"resourceType": type, "meta": {"security": [{"system": SYSTEM, "code": code} for code in codes]}}


def policy_with(policy: Policy, **members: Any) -> Policy:
    restriction = msgspec.structs.replace(policy.file.restriction, **members)
    return Policy(msgspec.structs.replace(policy.file, restriction=restriction))


@pytest.mark.parametrize("type", ["Patient", "RelatedPerson", "Person"])
@pytest.mark.parametrize(
    ("codes", "restricts"),
    [("R", True), ("V", True), ("UR", True), ("Q", True), ("U", False), ("N", False), ("", False)],
)
def test_a_restricting_label_of_whoever_describes_the_person_restricts_them(
    policy: Policy, type: str, codes: str, *, restricts: bool
) -> None:
    """A code of confidentiality that nobody knows, such as Q, counts as the strictest."""
    assert is_restricting(somebody(*codes, type=type), source="RRE", policy=policy) is restricts


@pytest.mark.parametrize(
    "system",
    [
        "http://hl7.org/fhir/v3/Confidentiality",
        "urn:oid:2.16.840.1.113883.5.25",
        f"{SYSTEM}|2.0.0",
        SYSTEM.upper(),
        None,
    ],
)
def test_hazard_whereabouts_exposed_a_person_is_restricted_however_the_code_system_is_written(
    policy: Policy, system: str | None
) -> None:
    coding = {"code": "R"} | ({"system": system} if system else {})
    somebody_else = {"resourceType": "Patient", "meta": {"security": [coding]}}
    assert is_restricting(somebody_else, source="RRE", policy=policy)
    assert labels_of(somebody_else, policy=policy) == (f"{SYSTEM}|R",)


def test_what_is_recorded_about_care_restricts_nobody(policy: Policy) -> None:
    assert not is_restricting(somebody("R", type="Condition"), source="RRE", policy=policy)


def test_whose_word_counts_is_policy(policy: Policy) -> None:
    only_the_practice = policy_with(policy, sources=["A81001"])
    assert is_restricting(somebody("R"), source="A81001", policy=only_the_practice)
    assert not is_restricting(somebody("R"), source="RRE", policy=only_the_practice)


def test_an_area_replaces_the_restriction_as_a_whole() -> None:
    setting = {"labels": [], "shown_without_places": [f"{SYSTEM}|R"], "sources": [], "proxies_see_places": True}
    replaced = area_policy(msgspec.json.encode({"restriction": setting}))
    assert replaced.labels_shown_without_places == frozenset()
    with pytest.raises(msgspec.ValidationError):
        area_policy(msgspec.json.encode({"restriction": {"labels": []}}))


async def restrict(world: Any, person: int) -> None:
    await world.pool.execute("INSERT INTO fact_restriction (person_id, rid) VALUES ($1, 1)", person)
    await world.pool.execute("UPDATE person SET epoch = epoch + 1 WHERE person_id = $1", person)


async def places(gate: Gate, principal: Any, person: int | None, interaction: Interaction = Interaction.READ) -> Places:
    decision = await gate.decide(principal, Request(interaction=interaction, type="Patient", person=person))
    return decision.visibility.places


async def classes(gate: Gate, principal: Any, person: int) -> tuple[int, ...]:
    decision = await gate.decide(principal, Request(interaction=Interaction.READ, type="Patient", person=person))
    found: tuple[int, ...] = decision.visibility.classes
    return found


@pytest.fixture
async def known(world: Any) -> tuple[int, int]:
    """Two persons of the practice, of whom the first is restricted."""
    persons = (await world.person(), await world.person())
    for person in persons:
        await world.tie(person, "A81001", "registration")
        await world.tie(person, "nhs-number|9990000018", "self")
        await world.tie(person, "nhs-number|9990000026", "proxy")
    await restrict(world, persons[0])
    return persons


async def test_a_decision_carries_whether_places_are_withheld(world: Any, cast: Any, known: tuple[int, int]) -> None:
    restricted, control = known
    assert await places(world.gate, cast.gp, restricted) is Places.WITHHELD
    assert await places(world.gate, cast.gp, control) is Places.SHOWN
    assert await places(world.gate, cast.gp, None, Interaction.TRACE) is Places.ASKED
    assert await places(world.gate, cast.gp, restricted, Interaction.UPDATE) is Places.SHOWN
    assert await places(world.gate, cast.system, restricted) is Places.SHOWN


async def test_hazard_address_exposed_a_proxy_is_not_the_person(
    world: Any, cast: Any, known: tuple[int, int], policy: Policy
) -> None:
    """An estranged parent may be one. An area that knows better says so."""
    restricted, control = known
    proxy = replace(cast.citizen, person_nhs_number="9990000026", user_id="proxy", token_id="token-proxy")
    assert await places(world.gate, cast.citizen, restricted) is Places.SHOWN
    assert await places(world.gate, proxy, restricted) is Places.WITHHELD
    assert await places(world.gate, proxy, control) is Places.SHOWN
    trusting = policy_with(policy, proxies_see_places=True)
    gate = Gate(
        pool=world.pool, log=world.log, classes=world.classes, policy=trusting, clock=world.clock, site="Test Area"
    )
    assert await places(gate, proxy, restricted) is Places.SHOWN


async def test_a_restriction_ends_what_was_decided_before_it(world: Any, cast: Any, known: tuple[int, int]) -> None:
    _, control = known
    request = Request(interaction=Interaction.READ, type="Patient", person=control)
    decision = await world.gate.decide(cast.gp, request)
    await restrict(world, control)
    epochs = await world.pool.fetchrow(
        "SELECT policy.epoch AS policy, person.epoch AS person FROM policy, person WHERE person_id = $1", control
    )
    assert not world.gate.is_current(decision, policy_epoch=epochs["policy"], person_epoch=epochs["person"])
    assert await places(world.gate, cast.gp, control) is Places.WITHHELD


async def test_restricted_demographics_of_others_are_reached_where_their_places_are_withheld(
    world: Any, cast: Any, known: tuple[int, int], policy: Policy
) -> None:
    """Hazard: a person nobody can find. But not on the word of a source that does not count, whose rows stay hidden."""
    restricted, control = known
    hospital = await world.classes.source_of("RRE", name="Hospital")
    theirs = await world.classes.class_of(hospital, category="demographics", labels=(f"{SYSTEM}|R",))
    assert theirs in await classes(world.gate, cast.gp, restricted)
    assert theirs not in await classes(world.gate, cast.gp, control)
    others = policy_with(policy, sources=["A81001"])
    gate = Gate(
        pool=world.pool, log=world.log, classes=world.classes, policy=others, clock=world.clock, site="Test Area"
    )
    assert theirs not in await classes(gate, cast.gp, restricted)


@pytest.mark.parametrize(("ties", "told"), [({"registration": LATER}, "withheld"), ({}, None)])
def test_the_trace_of_a_permit_says_what_it_shows_of_places_and_that_of_a_refusal_nothing(
    cast: Any, ties: dict[str, Any], told: str | None
) -> None:
    case = replace(asked(cast.gp, type_="Patient", ties=ties), restricted=True)
    text = trace_text(case, fold(judge_all(case, RULES)))
    assert msgspec.json.decode(text)["places"] == told
