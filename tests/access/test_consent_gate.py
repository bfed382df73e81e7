"""The gate and objections: what they stop, for whom, and from when until when."""

import dataclasses
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from tests.access.test_decide import asking, refusal_of

from lhcr.access.classes import AccessClasses
from lhcr.access.consent import EVERY, ConsentFact
from lhcr.access.decide import Gate
from lhcr.access.emergency import for_emergency
from lhcr.access.explain import explain
from lhcr.access.policy import Policy, area_policy, baseline_policy
from lhcr.access.refusal import Refused
from lhcr.access.relationship import EMERGENCY, user_party
from lhcr.access.request import Interaction
from lhcr.audit.reader import LogReader
from lhcr.nhs.roles import Activity

SOURCES = ("A81001", "RRE", "FA123")
CATEGORIES = ("allergy", "problem", "demographics", "other", "directory", "product")


async def object_to(world: Any, person: int, *facts: ConsentFact, rid: int = 7) -> None:
    """Let a Consent say some facts, as the record writes them."""
    for fact in facts:
        values = [int(each) if isinstance(each, bool) else each for each in fact]
        await world.pool.execute(
            "INSERT INTO fact_consent VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", person, rid, *values
        )
    await world.pool.execute("UPDATE person SET epoch = epoch + 1 WHERE person_id = $1", person)


def to(
    world: Any,
    *,
    organisation: str = EVERY,
    source: str = EVERY,
    category: str = EVERY,
    permits: bool = False,
    starts: float = -10,
    ends: float = 10,
) -> ConsentFact:
    """An objection to all that is not named, from and until so many days from now."""
    now = world.clock.instant
    low, high = now + timedelta(days=starts), now + timedelta(days=ends)
    return ConsentFact(0, permits, organisation, source, category, low, high)


async def classes_of(world: Any) -> dict[tuple[str, str], int]:
    found = {}
    for ods in SOURCES:
        source = await world.classes.source_of(ods, name=ods)
        for category in CATEGORIES:
            found[ods, category] = await world.classes.class_of(source, category=category, labels=())
    return found


async def seen(world: Any, principal: Any, person: int, *, gate: Any = None) -> set[tuple[str, str]]:
    """The kinds of row that a professional reads of a person, without those about nobody."""
    known = {number: kind for kind, number in (await classes_of(world)).items()}
    decision = await (gate or world.gate).decide(principal, asking(Interaction.EVERYTHING, None, person))
    return {known[each] for each in decision.visibility.classes if known[each][1] not in {"directory", "product"}}


def all_kinds() -> set[tuple[str, str]]:
    return {
        (source, category) for source in SOURCES for category in CATEGORIES if category not in {"directory", "product"}
    }


async def related(world: Any, organisation: str = "A81001") -> int:
    person: int = await world.person()
    await world.tie(person, organisation, "registration")
    return person


async def test_an_objection_to_the_whole_record_is_a_refusal_that_says_why_and_what_next(world: Any, cast: Any) -> None:
    person = await related(world)
    await object_to(world, person, to(world))
    for interaction in (Interaction.READ, Interaction.SEARCH, Interaction.HISTORY, Interaction.VREAD):
        refused = await refusal_of(world, cast.gp, asking(interaction, "Condition", person))
        (issue,) = refused.issues
        assert (refused.status, issue.error) == (403, "consent")
        assert "objects to sharing" in issue.diagnostics
        assert "Ask the person" in issue.diagnostics
        assert len(issue.diagnostics.split()) <= 120
    told = await explain(LogReader(world.pool), refused.reference)
    assert (told["outcome"], told["rule"]) == ("refused", "consent")
    verdicts = {each["rule"]: each for each in told["trace"]["verdicts"]}
    assert verdicts["consent"]["verdict"] == "deny-unless-emergency"


async def test_what_an_organisation_contributed_itself_it_goes_on_seeing(world: Any, cast: Any) -> None:
    person = await related(world)
    await world.tie(person, "A81001", "contribution")
    await object_to(world, person, to(world))
    assert await seen(world, cast.gp, person) == {kind for kind in all_kinds() if kind[0] == "A81001"}


async def test_writing_is_not_stopped_and_finds_own_contributions_alone(world: Any, cast: Any) -> None:
    """Hazard: a condition of a create that finds, and so tells, what the person keeps from the writer."""
    person = await related(world)
    known = await classes_of(world)
    await object_to(world, person, to(world))
    decision = await world.gate.decide(cast.gp, asking(Interaction.CREATE, "Condition", person))
    assert decision.restricted_to_own
    assert known["A81001", "problem"] in decision.visibility.classes
    assert known["RRE", "problem"] not in decision.visibility.classes


@pytest.mark.parametrize(("organisation", "stopped"), [("A81001", True), ("RRE", False)])
async def test_an_objection_to_an_organisation_stops_that_one(
    world: Any, cast: Any, organisation: str, *, stopped: bool
) -> None:
    person = await related(world)
    await object_to(world, person, to(world, organisation=organisation))
    if stopped:
        refused = await refusal_of(world, cast.gp, asking(Interaction.READ, "Condition", person))
        assert "with this organisation" in refused.issues[0].diagnostics
    else:
        assert await seen(world, cast.gp, person) == all_kinds()


async def test_an_objection_to_a_part_hides_it_and_what_follows_it_from_all_but_its_source(
    world: Any, cast: Any
) -> None:
    person = await related(world)
    await object_to(world, person, to(world, category="problem"))
    hidden = {(source, category) for source in ("RRE", "FA123") for category in ("problem", "other")}
    assert await seen(world, cast.gp, person) == all_kinds() - hidden
    other = await related(world)
    await object_to(world, other, to(world, source="RRE"))
    assert await seen(world, cast.gp, other) == {kind for kind in all_kinds() if kind[0] != "RRE"}


async def test_an_exception_takes_back_a_part_or_an_organisation(world: Any, cast: Any) -> None:
    person = await related(world)
    await object_to(world, person, to(world), to(world, organisation="A81001", permits=True))
    assert await seen(world, cast.gp, person) == all_kinds()
    other = await related(world)
    await object_to(world, other, to(world), to(world, category="allergy", permits=True))
    own = {kind for kind in all_kinds() if kind[0] == "A81001"}
    assert await seen(world, cast.gp, other) == own | {(source, "allergy") for source in SOURCES}


async def test_the_person_and_systems_are_not_stopped_and_directory_and_products_stay_open(
    world: Any, cast: Any
) -> None:
    person = await related(world)
    await world.tie(person, "nhs-number|9990000018", "self")
    before = {}
    requests = {
        "citizen": asking(Interaction.EVERYTHING, None, person),
        "system": asking(Interaction.EVERYTHING, None, person),
        "gp": asking(Interaction.SEARCH, "Organization"),
        "office": asking(Interaction.TRACE, None),
    }
    await classes_of(world)
    for name, request in requests.items():
        before[name] = (await world.gate.decide(getattr(cast, name), request)).visibility
    await object_to(world, person, to(world), to(world, organisation="A81001"))
    for name, request in requests.items():
        assert (await world.gate.decide(getattr(cast, name), request, anew=True)).visibility == before[name]


async def test_hazard_a_refusal_tells_a_stranger_nothing_of_an_objection(world: Any, cast: Any) -> None:
    """Not even where the policy makes objections as strong as can be, or for a contributor whose relationship has ended."""
    policy = strict_policy()
    gate = Gate(pool=world.pool, log=world.log, classes=world.classes, policy=policy, clock=world.clock, site="Strict")
    plain, objecting = await world.person(), await world.person()
    await object_to(world, objecting, to(world))
    said = set()
    for person in (plain, objecting):
        for each in (gate, world.gate):
            with pytest.raises(Refused) as caught:
                await each.decide(cast.gp, asking(Interaction.READ, "Condition", person))
            (issue,) = caught.value.issues
            said.add((issue.error, issue.diagnostics.replace(caught.value.reference, "")))
    assert len(said) == 1
    assert {error for error, _ in said} == {"relationship"}


def strict_policy() -> Policy:
    file = baseline_policy().file
    always = {"to_everybody": "deny-always", "to_an_organisation": "deny-always", "to_a_part": "deny-always"}
    consent = msgspec.to_builtins(file.consent) | always
    return area_policy(msgspec.json.encode({"consent": consent}))


async def test_every_worker_obeys_an_objection_and_its_withdrawal_with_the_next_request(world: Any, cast: Any) -> None:
    """Two workers' gates over one database: a ruling that either remembers ends with the person's epoch."""
    other = Gate(
        pool=world.pool,
        log=world.log,
        classes=AccessClasses(world.pool),
        policy=baseline_policy(),
        clock=world.clock,
        site="Other worker",
    )
    person = await related(world)
    request = asking(Interaction.READ, "Condition", person)
    for gate in (world.gate, other):
        decision = await gate.decide(cast.gp, request)
        await object_to(world, person, to(world))
        epoch = await world.pool.fetchval("SELECT epoch FROM person WHERE person_id = $1", person)
        for each in (world.gate, other):
            assert not each.is_current(decision, policy_epoch=decision.policy_epoch, person_epoch=epoch)
            with pytest.raises(Refused):
                await each.decide(cast.gp, request)
        await world.pool.execute("DELETE FROM fact_consent")
        await world.pool.execute("UPDATE person SET epoch = epoch + 1")
        for each in (world.gate, other):
            await each.decide(cast.gp, request)


async def test_an_objection_begins_and_ends_at_its_instants_without_any_write(world: Any, cast: Any) -> None:
    """Hazard: a sensitive item exposed for as long as a ruling is remembered."""
    person = await related(world)
    seconds = 10 / 86_400
    await object_to(world, person, to(world, starts=seconds, ends=3 * seconds))
    request = asking(Interaction.READ, "Condition", person)
    decision = await world.gate.decide(cast.gp, request)
    assert decision.valid_until == world.clock.instant + timedelta(seconds=10)
    world.clock.instant += timedelta(seconds=10)
    await refusal_of(world, cast.gp, request)
    world.clock.instant += timedelta(seconds=20)
    await world.gate.decide(cast.gp, request)


async def test_emergency_lifts_what_policy_lets_it_lift(world: Any, cast: Any) -> None:
    """Of somebody whose objection is always to be heeded it opens nothing, though an emergency lifts the missing relationship."""
    strict = Gate(
        pool=world.pool, log=world.log, classes=world.classes, policy=strict_policy(), clock=world.clock, site="Strict"
    )
    helper = for_emergency(cast.gp)
    helper = dataclasses.replace(helper, activities=helper.activities | {Activity.EMERGENCY_ACCESS})
    for objection in (to(world), to(world, organisation="A81001"), to(world, category="problem")):
        person = await world.person()
        await world.tie(person, user_party(helper), EMERGENCY, days=2)
        await object_to(world, person, objection)
        assert await seen(world, helper, person) == all_kinds()
        if objection.category:
            assert ("RRE", "problem") not in await seen(world, helper, person, gate=strict)
        else:
            with pytest.raises(Refused) as caught:
                await strict.decide(helper, asking(Interaction.EVERYTHING, None, person))
            assert caught.value.issues[0].error == "consent"


async def test_emergency_opens_what_others_contributed_to_an_organisation_that_contributed_too(
    world: Any, cast: Any
) -> None:
    helper = for_emergency(cast.gp)
    helper = dataclasses.replace(helper, activities=helper.activities | {Activity.EMERGENCY_ACCESS})
    person = await related(world)
    await world.tie(person, "A81001", "contribution")
    await world.tie(person, user_party(helper), EMERGENCY, days=2)
    await object_to(world, person, to(world))
    assert {source for source, _ in await seen(world, cast.gp, person)} == {"A81001"}
    assert await seen(world, helper, person) == all_kinds()
