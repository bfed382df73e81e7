"""The gate and sharing agreements: who is kept from what, from when until when, and what they are told of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from tests.access.test_agreements import agreement
from tests.access.test_consent_gate import all_kinds, classes_of, object_to, related, seen, to
from tests.access.test_decide import asking

from lhcr.access.agreement import EVERY, Agreement, SafetyTester, State
from lhcr.access.agreement_list import AGREEMENTS, ListChange, read_agreement_list, replace_agreements
from lhcr.access.classes import AccessClasses
from lhcr.access.decide import Gate
from lhcr.access.emergency import for_emergency
from lhcr.access.policy import area_policy, baseline_policy
from lhcr.access.policy_change import POLICY_CHANGED, PolicyChanges
from lhcr.access.relationship import EMERGENCY, user_party
from lhcr.access.request import Interaction
from lhcr.audit.audit_event import audit_event
from lhcr.audit.entry import Entry
from lhcr.nhs.roles import Activity


async def agree(world: Any, cast: Any, *agreements: Agreement) -> ListChange:
    changes = PolicyChanges(pool=world.pool, log=world.log, clock=world.clock, site="Test Area")
    return await replace_agreements(changes, cast.operator, agreements)


async def anew(world: Any, principal: Any, person: int, *, gate: Any = None) -> set[tuple[str, str]]:
    """As `seen`, without what the worker remembers of before a load: that it ends has a test of its own."""
    known = {number: kind for kind, number in (await classes_of(world)).items()}
    decision = await (gate or world.gate).decide(principal, asking(Interaction.EVERYTHING, None, person), anew=True)
    return {known[each] for each in decision.visibility.classes if known[each][1] not in {"directory", "product"}}


def others() -> set[tuple[str, str]]:
    return {kind for kind in all_kinds() if kind[0] != "RRE"}


async def test_what_a_source_does_not_share_is_not_reached_and_the_own_always_is(world: Any, cast: Any) -> None:
    person = await related(world)
    assert await anew(world, cast.gp, person) == all_kinds()
    await agree(world, cast, agreement(categories=frozenset({"allergy"}), recipients=frozenset({EVERY})))
    assert await anew(world, cast.gp, person) == others() | {("RRE", "allergy")}
    assert (
        await anew(world, replace(cast.gp, organisation="RRE", token_id="theirs"), await related(world, "RRE"))
        == all_kinds()
    )
    await agree(world, cast, agreement(sources=frozenset({EVERY}), state=State.OFF))
    assert await anew(world, cast.gp, person) == {kind for kind in all_kinds() if kind[0] == "A81001"}


async def test_every_worker_obeys_a_change_with_the_next_request(world: Any, cast: Any) -> None:
    """Two workers' gates over one database: the policy's epoch ends what either remembers."""
    classes = AccessClasses(world.pool)
    other = Gate(
        pool=world.pool, log=world.log, classes=classes, policy=baseline_policy(), clock=world.clock, site="Other"
    )
    person, kinds = await related(world), await classes_of(world)
    request = asking(Interaction.READ, "Condition", person)
    for gate in (world.gate, other):
        decision = await gate.decide(cast.gp, request)
        assert kinds["RRE", "problem"] in decision.visibility.classes
        await agree(world, cast, agreement(state=State.OFF))
        epoch = await world.pool.fetchval("SELECT epoch FROM policy")
        for each in (world.gate, other):
            assert not each.is_current(decision, policy_epoch=epoch, person_epoch=decision.person_epoch)
            assert kinds["RRE", "problem"] not in (await each.decide(cast.gp, request)).visibility.classes
        await agree(world, cast)
        for each in (world.gate, other):
            each.is_current(await each.decide(cast.gp, request), policy_epoch=epoch + 1, person_epoch=None)


async def test_an_agreement_begins_and_ends_at_its_instants_without_any_load(world: Any, cast: Any) -> None:
    """Hazard: what is not shared shown for as long as a ruling is remembered."""
    person, start = await related(world), world.clock.instant
    begins, ends = start + timedelta(seconds=10), start + timedelta(seconds=20)
    await agree(world, cast, agreement(categories=frozenset({"allergy"}), low=begins, high=ends))
    decision = await world.gate.decide(cast.gp, asking(Interaction.EVERYTHING, None, person))
    assert decision.valid_until == begins
    for seconds, expected in ((9, all_kinds()), (10, others() | {("RRE", "allergy")}), (20, others())):
        world.clock.instant = start + timedelta(seconds=seconds)
        assert await seen(world, cast.gp, person) == expected


async def test_testers_see_what_is_tried_and_their_colleagues_do_not(world: Any, cast: Any) -> None:
    person = await related(world)
    testers = frozenset({SafetyTester("A81001", cast.gp.user_id)})
    await agree(world, cast, agreement(state=State.TESTERS, testers=testers))
    colleague = replace(cast.gp, user_id="colleague", token_id="colleague")
    for _ in range(2):
        assert await seen(world, cast.gp, person) == all_kinds()
        assert await seen(world, colleague, person) == others()


@pytest.mark.parametrize("in_emergency", [True, False])
async def test_an_emergency_lifts_only_an_agreement_that_says_so(world: Any, cast: Any, *, in_emergency: bool) -> None:
    helper = for_emergency(cast.gp)
    helper = replace(helper, activities=helper.activities | {Activity.EMERGENCY_ACCESS})
    person = await related(world)
    await world.tie(person, user_party(helper), EMERGENCY, days=2)
    await agree(world, cast, agreement(state=State.OFF, in_emergency=in_emergency))
    assert await seen(world, cast.gp, person) == others()
    assert await seen(world, helper, person) == (all_kinds() if in_emergency else others())
    assert bool(world.gate.not_shared(helper)) is not in_emergency


async def test_citizens_systems_and_offices_are_not_kept_from_anything(world: Any, cast: Any) -> None:
    person = await related(world)
    await world.tie(person, "nhs-number|9990000018", "self")
    await classes_of(world)
    asked = {
        "citizen": asking(Interaction.EVERYTHING, None, person),
        "system": asking(Interaction.EVERYTHING, None, person),
        "office": asking(Interaction.TRACE, None),
    }
    before = {who: (await world.gate.decide(getattr(cast, who), each)).visibility for who, each in asked.items()}
    await agree(world, cast, agreement(sources=frozenset({EVERY}), recipients=frozenset({EVERY}), state=State.OFF))
    for who, each in asked.items():
        assert (await world.gate.decide(getattr(cast, who), each, anew=True)).visibility == before[who]
        assert world.gate.not_shared(getattr(cast, who)) == ()


async def test_the_directory_and_products_stay_open_and_a_trace_obeys(world: Any, cast: Any) -> None:
    kinds = await classes_of(world)
    await agree(world, cast, agreement(state=State.OFF))
    trace = (await world.gate.decide(cast.gp, asking(Interaction.TRACE, None))).visibility.classes
    assert kinds["RRE", "demographics"] not in trace
    assert kinds["FA123", "demographics"] in trace
    whole = (await world.gate.decide(cast.gp, asking(Interaction.EVERYTHING, None, await related(world)))).visibility
    assert {kinds["RRE", "directory"], kinds["RRE", "product"]} <= set(whole.classes)


async def test_objections_and_agreements_narrow_together(world: Any, cast: Any) -> None:
    person, free = await related(world), await related(world)
    await object_to(world, person, to(world, source="FA123"))
    await agree(world, cast, agreement(state=State.OFF))
    for _ in range(2):
        assert {source for source, _ in await seen(world, cast.gp, person)} == {"A81001"}
        assert {source for source, _ in await seen(world, cast.gp, free)} == {"A81001", "FA123"}


async def test_where_nothing_is_agreed_an_area_may_share_nothing(world: Any, cast: Any) -> None:
    policy = area_policy(msgspec.json.encode({"agreements": {"otherwise": "off"}}))
    gate = Gate(pool=world.pool, log=world.log, classes=world.classes, policy=policy, clock=world.clock, site="Strict")
    person = await related(world)
    assert {source for source, _ in await anew(world, cast.gp, person, gate=gate)} == {"A81001"}
    (rest,) = gate.not_shared(cast.gp)
    assert (rest.source, rest.whole) == ("", True)
    await agree(world, cast, agreement())
    assert {source for source, _ in await anew(world, cast.gp, person, gate=gate)} == {"A81001", "RRE"}


async def test_what_is_not_shared_is_told_from_agreements_alone(world: Any, cast: Any) -> None:
    assert world.gate.not_shared(cast.gp) == ()
    await agree(
        world, cast, agreement(categories=frozenset({"allergy"})), agreement("own", sources=frozenset({"A81001"}))
    )
    await world.gate.decide(cast.gp, asking(Interaction.READ, "Organization"))
    (told,) = world.gate.not_shared(cast.gp)
    assert (told.source, told.whole, "allergy" in told.categories, "problem" in told.categories) == (
        "RRE",
        False,
        False,
        True,
    )


async def test_a_load_is_logged_once_and_the_same_list_again_changes_nothing(world: Any, cast: Any) -> None:
    wanted = (agreement(testers=frozenset({SafetyTester("A81001", "me|you")}), state=State.TESTERS), agreement("two"))
    assert await agree(world, cast, *wanted) == ListChange(added=2, changed=0, removed=0, unchanged=0)
    assert await read_agreement_list(world.pool) == tuple(sorted(wanted, key=lambda each: each.agreement_id))
    epoch = await world.pool.fetchval("SELECT epoch FROM policy")
    assert (await agree(world, cast, *wanted)).is_none
    assert await world.pool.fetchval("SELECT epoch FROM policy") == epoch
    assert await agree(world, cast, agreement("two", state=State.OFF)) == ListChange(
        added=0, changed=1, removed=1, unchanged=0
    )
    logged = [msgspec.json.decode(each) for each in await world.entries()]
    entry = next(each for each in await world.entries() if b'"agreements"' in each)
    event = audit_event(msgspec.json.decode(entry, type=Entry), event_id="one")
    assert event["subtype"][0]["code"] == "110129", "security configuration, in the words of DICOM"
    said = [each["asked"] for each in logged if (each["kind"], each["subtype"]) == (POLICY_CHANGED, AGREEMENTS)]
    assert said == [
        "sharing agreements: 2 added, 0 changed, 0 removed, 0 unchanged",
        "sharing agreements: 0 added, 1 changed, 1 removed, 0 unchanged",
    ]
