"""Explaining decisions from the log."""

from dataclasses import replace
from typing import Any

import pytest

from lhcr.access.decide import RULES
from lhcr.access.explain import Today, explain, find_explained
from lhcr.access.policy import Policy, area_policy
from lhcr.access.refusal import Refused
from lhcr.access.replay import decided_today
from lhcr.access.request import Interaction, Request
from lhcr.audit.entry import Outcome
from lhcr.audit.reader import LogReader
from lhcr.kernel.errors import Incorrect, NotFound


async def test_a_refusal_is_explained_by_every_rules_verdict(world: Any, cast: Any) -> None:
    stranger = await world.person()
    request = Request(interaction=Interaction.READ, type="Observation", person=stranger, asked="Observation/o1")
    with pytest.raises(Refused) as caught:
        await world.gate.decide(cast.gp, request)
    told = await explain(LogReader(world.pool), caught.value.reference.lower())
    assert (told["outcome"], told["rule"]) == ("refused", "relationship")
    verdicts = {verdict["rule"]: verdict["verdict"] for verdict in told["trace"]["verdicts"]}
    assert verdicts["relationship"] == "deny-unless-emergency"
    assert list(verdicts) == [name for name, _ in RULES]
    (use,) = told["uses"]
    assert (use["asked"], use["agent"]["organisation"]) == ("Observation/o1", "A81001")


async def test_a_permit_is_explained_with_what_it_led_to(world: Any, cast: Any) -> None:
    person = await world.person()
    await world.tie(person, "A81001", "registration")
    request = Request(interaction=Interaction.READ, type="Observation", person=person)
    decision = await world.gate.decide(cast.gp, request)
    entry = decision.entry.complete(recorded=world.clock.now(), outcome=Outcome.SUCCESS)
    await world.log.append([entry, entry])
    told = await explain(LogReader(world.pool), decision.reference)
    assert told["outcome"] == "permitted"
    assert len(told["uses"]) == 2
    assert "registration" in str(told["trace"])


async def test_hazard_a_permit_says_which_labels_hide_something_from_such_an_asker(world: Any, cast: Any) -> None:
    """An officer can see why a person was not shown what a doctor was: by policy, and not by what the record holds."""
    person = await world.person()
    await world.tie(person, "A81001", "registration")
    await world.tie(person, "nhs-number|9990000018", "self")
    told = {}
    for asker in (cast.gp, cast.citizen):
        decision = await world.gate.decide(
            asker, Request(interaction=Interaction.READ, type="Observation", person=person)
        )
        await world.log.append([decision.entry.complete(recorded=world.clock.now(), outcome=Outcome.SUCCESS)])
        told[asker] = (await explain(LogReader(world.pool), decision.reference))["trace"]["withheld_labels"]
    assert set(told[cast.citizen]) - set(told[cast.gp]) == {"http://terminology.hl7.org/CodeSystem/v3-ActCode|NOPAT"}
    assert "http://terminology.hl7.org/CodeSystem/v3-ActCode|HIV" in told[cast.gp]


async def test_what_is_no_reference_and_what_nobody_decided_are_told_apart(world: Any) -> None:
    with pytest.raises(Incorrect):
        await explain(LogReader(world.pool), "rubbish")
    with pytest.raises(NotFound):
        await explain(LogReader(world.pool), "D-0000000000000")


async def test_a_decision_says_whether_it_would_be_decided_the_same_today(
    world: Any, cast: Any, policy: Policy
) -> None:
    """Of its own facts: what a person objects to since then changes nothing of it."""
    person = await world.person()
    await world.tie(person, "A81001", "registration")
    request = Request(interaction=Interaction.READ, type="FamilyMemberHistory", person=person)
    decision = await world.gate.decide(cast.gp, request)
    await world.log.append([decision.entry.complete(recorded=world.clock.now(), outcome=Outcome.SUCCESS)])

    def today_under(changed: Policy) -> Today:
        return lambda entry, trace: decided_today(entry, trace, policy=changed, rules=RULES)

    whole = {"own_only": False, "because": []}
    same = (await explain(LogReader(world.pool), decision.reference, today=today_under(policy)))["today"]
    assert same == {"policy": "baseline-1", "outcome": "permitted", "rule": None, "reach": whole, "changed": []}
    stricter = area_policy(b'{"name": "stricter", "reads_by_activity": {"B0820": ["demographics"]}}')
    told = (await explain(LogReader(world.pool), decision.reference, today=today_under(stricter)))["today"]
    assert (told["policy"], told["outcome"], told["rule"]) == ("stricter", "refused", "role")
    (changed,) = told["changed"]
    assert (changed["rule"], changed["then"]["verdict"], changed["now"]["verdict"]) == (
        "role",
        "abstain",
        "deny-always",
    )


async def test_what_a_trace_does_not_tell_the_whole_of_is_not_decided_again(
    world: Any, cast: Any, policy: Policy
) -> None:
    """A token's scopes are not kept, and what somebody claims is no interaction."""
    asker = replace(cast.gp, scopes=("user/Observation.rs",))
    with pytest.raises(Refused) as caught:
        await world.gate.decide(asker, Request(interaction=Interaction.READ, type="Condition", person=7))
    found = await find_explained(LogReader(world.pool), caught.value.reference)
    trace = dict(found.told["trace"])
    assert decided_today(found.entries[0], trace, policy=policy, rules=RULES) is None
    whole = {**trace, "scoped": False}
    assert decided_today(found.entries[0], whole, policy=policy, rules=RULES) is not None
    for changed in (
        {"interaction": "claim"},
        {"activities": ["B9999"]},
        {"facts": {"moon": 1}},
        {"acting_client": True},
    ):
        assert decided_today(found.entries[0], {**whole, **changed}, policy=policy, rules=RULES) is None
    before = {name: value for name, value in whole.items() if name != "facts"}
    assert decided_today(found.entries[0], before, policy=policy, rules=RULES) is None
