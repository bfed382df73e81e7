"""Explaining decisions from the log."""

from typing import Any

import pytest

from lhcr.access.decide import RULES
from lhcr.access.explain import explain
from lhcr.access.refusal import Refused
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
