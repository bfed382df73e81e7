"""A permit's trace tells what the permit reaches as the gate computed it, and why, where that is less than it says."""

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.access.conftest import NOW
from tests.access.matrix.combinations import questions
from tests.access.matrix.program import case_of
from tests.access.matrix.test_through_the_gate import object_to

from lhcr.access.case import Case
from lhcr.access.decide import RULES
from lhcr.access.decision import AccessDecision
from lhcr.access.explain import explain
from lhcr.access.fold import fold, judge_all
from lhcr.access.reach import told_reach
from lhcr.access.refusal import Refused
from lhcr.access.replay import decided_today
from lhcr.access.request import Interaction, Request
from lhcr.access.scope import restricted_to_own
from lhcr.audit.entry import Outcome
from lhcr.audit.reader import LogReader

OWN = "A81001"
OBJECTS = "The person objects to sharing anything else with the asker."


async def reach_of(world: Any, decision: AccessDecision) -> Any:
    text = await LogReader(world.pool).trace(bytes.fromhex(decision.entry.trace_digest))
    return json.loads(text or b"{}")["reach"]


def reads(person: int, interaction: Interaction = Interaction.READ) -> Request:
    return Request(interaction=interaction, type="Observation", person=person)


async def test_hazard_a_permit_that_an_objection_keeps_to_own_entries_is_told_as_one_for_the_record(
    world: Any, cast: Any
) -> None:
    person = await world.person()
    await world.tie(person, OWN, "registration")
    await world.tie(person, OWN, "contribution")
    whole = await world.gate.decide(cast.gp, reads(person))
    assert await reach_of(world, whole) == {"own_only": False, "because": []}
    await object_to(world, person, False, "", "", "")
    own = await world.gate.decide(cast.gp, reads(person), anew=True)
    assert (own.restricted_to_own, own.own_only) == (True, False)
    assert await reach_of(world, own) == {"own_only": True, "because": [OBJECTS]}


async def test_a_change_and_a_system_reach_own_entries_alone_and_their_traces_say_why(world: Any, cast: Any) -> None:
    person = await world.person()
    await world.tie(person, OWN, "registration")
    change = await world.gate.decide(cast.gp, reads(person, Interaction.UPDATE))
    assert await reach_of(world, change) == {
        "own_only": True,
        "because": ["Nobody changes or removes what another organisation contributed."],
    }
    system = await world.gate.decide(cast.system, reads(person))
    assert (await reach_of(world, system))["because"] == ["A system reaches nothing else, whichever rule lets it in."]


async def test_an_organisation_that_no_relationship_ties_reaches_what_it_contributed_and_its_trace_says_why(
    world: Any, cast: Any
) -> None:
    person = await world.person()
    await world.tie(person, OWN, "contribution", days=0.5)
    decision = await world.gate.decide(cast.gp, reads(person))
    assert (await reach_of(world, decision))["because"] == ["Nothing permits it but that it is the organisation's own."]


async def test_a_refusal_says_nothing_of_what_would_have_been_reached(world: Any, cast: Any) -> None:
    with pytest.raises(Refused) as caught:
        await world.gate.decide(cast.gp, reads(await world.person()))
    assert (await explain(LogReader(world.pool), caught.value.reference))["trace"]["reach"] is None


def judged(question: Any) -> tuple[Case, Any]:
    case = case_of(question)
    return case, fold(judge_all(case, RULES), emergency=case.in_emergency)


def test_what_is_told_of_every_permit_is_what_the_gate_computes_with_a_reason_for_less() -> None:
    met = {False: 0, True: 0}
    for number, question in enumerate(questions()):
        if number % 997:
            continue
        case, outcome = judged(question)
        told = told_reach(case, outcome)
        if told is None:
            continue
        assert told["own_only"] is restricted_to_own(case, own_only=outcome.own_only)
        assert bool(told["because"]) is told["own_only"], question
        met[told["own_only"]] += 1
    assert min(met.values()) > 20


async def test_a_decision_decided_again_tells_what_would_be_reached(world: Any, cast: Any, policy: Any) -> None:
    person = await world.person()
    await world.tie(person, OWN, "registration")
    await world.tie(person, OWN, "contribution")
    await object_to(world, person, False, "", "", "")
    decision = await world.gate.decide(cast.gp, reads(person))
    entry = decision.entry.complete(recorded=NOW + timedelta(seconds=1), outcome=Outcome.SUCCESS)
    await world.log.append([entry])

    def today(first: Any, trace: Any) -> Any:
        return decided_today(first, trace, policy=policy, rules=RULES)

    told = await explain(LogReader(world.pool), decision.reference, today=today)
    assert told["today"]["reach"] == told["trace"]["reach"] == {"own_only": True, "because": [OBJECTS]}
