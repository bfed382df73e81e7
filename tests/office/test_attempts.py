"""Attempts that come to nothing: told to an office in number, one case an origin, client or user and day, and never a flood."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from tests.office.conftest import Office, kinds, make_scan, reading

from lhcr.access.policy import Policy, area_policy
from lhcr.access.refusal import Refused
from lhcr.access.request import UNKNOWN, Interaction, Request
from lhcr.audit.entry import Action, EntryDraft, Outcome, PendingEntry
from lhcr.audit.reference import new_decision_number, reference_of
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.clock import FixedClock
from lhcr.office.case_kind import CaseKind, CaseState
from lhcr.office.case_kind import Outcome as CaseOutcome
from lhcr.office.privacy_case import NOBODY
from lhcr.portal.sign_in_log import SignInLog

OVERSEER = "A81001"


def told(office: Office, principal: Principal, **more: Any) -> PendingEntry:
    """An entry of somebody who was refused as they proved who they are."""
    named: dict[str, Any] = {"kind": "110114", "subtype": "sign-in", "action": Action.EXECUTE, "rule": "role-missing"}
    query = more.pop("query", "")
    draft = EntryDraft(principal=principal, source="Test Area", request_id="", **named | more)
    return draft.complete(recorded=office.now, outcome=Outcome.REFUSED, query=query)


def slowed(office: Office, origin: str, subtype: str = "sign-in-slowed", asked: str = "cis2") -> PendingEntry:
    area = replace(
        office.asker, user_id="lhcr:sign-in", name="Slowed", kind=PrincipalKind.SYSTEM, organisation=OVERSEER
    )
    return told(office, area, kind="alert", subtype=subtype, asked=asked, query=f"origin={origin}" if origin else "")


def trace(office: Office, who: Principal, *found: int) -> list[PendingEntry]:
    """A search for a person, which found some, as the log says it."""
    number = new_decision_number(office.now)
    draft = EntryDraft(
        principal=who, kind="rest", subtype="search", action=Action.EXECUTE, source="Test Area", request_id="",
        type="Patient", asked="Patient", decision=number, reference=reference_of(number),
    )  # fmt: skip
    whole = draft.complete(recorded=office.now, outcome=Outcome.SUCCESS, query="family=x")
    return [whole, *(draft.disclosure(person, recorded=office.now, items=()) for person in found)]


async def scan(office: Office, *, policy: Policy | None = None, batch: int = 1_000) -> None:
    await make_scan(office.world, policy or office.policy, batch=batch, overseer=OVERSEER).run()


async def test_sign_ins_that_were_slowed_are_one_case_an_origin_and_day_that_tells_how_often(office: Office) -> None:
    for minutes in (0, 5, 5):
        office.later(minutes=minutes)
        await office.log(slowed(office, "bcdfgh"))
        await scan(office)
    await office.log(slowed(office, "kkkkkk"))
    await scan(office)
    first, second = sorted(await office.all(), key=lambda each: each.words)
    assert (first.kind, first.person_id, first.organisation) == (CaseKind.SIGN_IN_ATTEMPTS, NOBODY, OVERSEER)
    assert first.words == (
        "Signing in failed so often from one origin (cis2 bcdfgh) that it was slowed 3 times, from 09:30 to 09:40."
    )
    assert "kkkkkk" in second.words
    await office.checks.run()
    assert {each.state for each in await office.all()} == {CaseState.OPEN}
    office.later(days=1)
    await office.log(slowed(office, "bcdfgh"))
    await scan(office)
    assert len(await office.all()) == 3


async def test_refused_tokens_and_systems_are_cases_of_whoever_answers_for_them(office: Office) -> None:
    system = replace(office.asker, user_id="a-system", kind=PrincipalKind.SYSTEM, organisation="RRE")
    await office.log(slowed(office, "", "tokens-slowed", "fhir"))
    await office.log(*[told(office, system, subtype="token") for _ in range(10)])
    await scan(office)
    assert [each.organisation for each in await office.all()] == [OVERSEER]
    await office.log(told(office, system, subtype="token"))
    await scan(office)
    of_system = next(each for each in await office.all() if each.organisation == "RRE")
    assert (of_system.kind, of_system.user_id) == (CaseKind.REFUSED_TOKENS, "a-system")
    assert of_system.words.startswith("A system, or somebody who used its name, was refused 11 times")
    assert not of_system.can_be_asked


async def test_hazard_a_citizen_who_is_not_let_in_is_named_in_no_case(office: Office) -> None:
    citizen = replace(office.citizen, user_id="nhs-login:49f470a1", organisation="")
    await office.log(*[told(office, citizen) for _ in range(11)])
    await scan(office)
    case = await office.one()
    assert case.kind is CaseKind.SIGN_IN_ATTEMPTS
    assert "49f470a1" not in case.words + case.user_id + case.user_name
    assert (office.citizen.person_nhs_number or "-") not in str(case)


async def test_searches_that_find_nobody_are_a_case_of_their_user_beyond_so_many_a_day(office: Office) -> None:
    person = await office.world.person()
    for _ in range(20):
        await office.log(*trace(office, office.asker))
        await office.log(*trace(office, office.asker, person))
    await scan(office)
    assert await office.all() == []
    await office.log(*trace(office, office.asker))
    await scan(office)
    case = await office.one()
    assert (case.kind, case.user_id, case.person_id) == (CaseKind.TRACES_OF_NOBODY, office.asker.user_id, NOBODY)
    assert case.words.startswith("Searches for a person found nobody 21 times")
    assert case.can_be_asked


async def test_there_are_no_more_than_so_many_cases_a_day_and_the_last_says_so(office: Office) -> None:
    """Hazard: a queue that a stranger fills, in which nobody finds what matters."""
    policy = area_policy(
        msgspec.json.encode({"office": msgspec.to_builtins(office.policy.file.office) | {"attempt_cases_a_day": 3}})
    )
    for number in range(8):
        await office.log(slowed(office, f"origin{number}"))
    await scan(office, policy=policy)
    cases = await office.all()
    assert len(cases) == 3
    assert [each.words.endswith("whether there are more.") for each in cases].count(True) == 1


async def test_each_entry_counts_once_whatever_is_stopped_when(office: Office) -> None:
    await office.log(*[slowed(office, "bcdfgh") for _ in range(7)])
    await scan(office, batch=2)
    await scan(office, batch=3)
    assert "7 times" in (await office.one()).words


async def test_a_case_of_attempts_is_looked_into_and_closed_and_told_to_nobodys_page(office: Office) -> None:
    await office.log(slowed(office, "bcdfgh"))
    await scan(office)
    await office.checks.run()
    case = await office.one()
    permit = await office.permit()
    assert [each.case_id for each in (await office.desk.queue(permit)).cases] == [case.case_id]
    told_: dict[str, Any] = {"version": case.version, "outcome": CaseOutcome.NOT_RIGHT, "words": "Blocked", "told": ""}
    await office.desk.close(permit, case.case_id, **told_)
    entries = [json.loads(text) for text in await office.world.entries()]
    assert [each.get("person") for each in entries if each.get("asked") == "case-closed"] == [None]
    await office.log(slowed(office, "bcdfgh"))
    await scan(office)
    assert (await office.one()).outcome_words == "Blocked"


async def test_without_an_overseer_nobody_is_told_of_what_belongs_to_no_organisation(office: Office) -> None:
    nobody = replace(office.asker, organisation="", user_id="somebody")
    await office.log(*[told(office, nobody) for _ in range(20)])
    await make_scan(office.world, office.policy).run()
    assert await office.all() == []


async def test_what_the_portal_writes_of_slowed_sign_ins_is_what_is_looked_for(
    office: Office, clock: FixedClock
) -> None:
    journal = SignInLog(log=office.world.log, clock=clock, site="Test Area", overseer=OVERSEER)
    await journal.slowed("nhs-login", origin="bcdfgh")
    await office.sequence()
    await scan(office)
    assert kinds(await office.all()) == ["sign-in-attempts"]


async def test_what_the_gate_writes_of_a_search_for_a_person_is_what_is_looked_for(office: Office) -> None:
    """The entry of a decision on a trace, as it is drafted, counts as one."""
    request = Request(interaction=Interaction.TRACE, type="Patient", person=None, request_id="r", asked="Patient")
    for _ in range(21):
        decision = await office.world.gate.decide(office.asker, request)
        await office.log(decision.entry.complete(recorded=office.now, outcome=Outcome.SUCCESS, query="family=x"))
    await scan(office)
    assert kinds(await office.all()) == ["traces-of-nobody"]


async def test_hazard_who_tries_record_after_record_and_is_refused_each_time_is_a_case(office: Office) -> None:
    """Enumeration: ids and numbers that are tried in turn open nothing, and nobody learnt that somebody tries."""
    stranger = replace(office.asker, organisation="FA123", organisation_name="A pharmacy", user_id="tries")
    for number in range(31):
        person = await office.world.person() if number % 2 else UNKNOWN
        request = Request(interaction=Interaction.EVERYTHING, type=None, person=person, asked="Patient")
        with pytest.raises(Refused):
            await office.world.gate.decide(stranger, request)
        if number == 29:
            await office.sequence()
            await scan(office)
            assert await office.all() == []
    await office.sequence()
    await scan(office)
    case = await office.one()
    assert (case.kind, case.user_id, case.organisation) == (CaseKind.REFUSED_RECORDS, "tries", "FA123")
    assert case.words.startswith("Records were asked for and refused 31 times")
    assert (case.person_id, case.can_be_asked) == (NOBODY, True)


async def test_a_citizen_who_tries_others_records_is_a_case_that_does_not_name_them(office: Office) -> None:
    for _ in range(31):
        request = Request(interaction=Interaction.EVERYTHING, type=None, person=await office.world.person())
        with pytest.raises(Refused):
            await office.world.gate.decide(office.citizen, request)
    await office.sequence()
    await scan(office)
    case = await office.one()
    assert (case.kind, case.organisation, case.user_id) == (CaseKind.REFUSED_RECORDS, OVERSEER, "")


@pytest.fixture
def clock(office: Office) -> FixedClock:
    return office.world.clock


async def test_what_was_counted_is_kept_for_days_and_no_longer(office: Office) -> None:
    await office.log(slowed(office, "bcdfgh"), reading(office.asker, await office.world.person(), office.now))
    await scan(office)
    office.world.clock.instant += timedelta(days=9)
    await scan(office)
    assert await office.world.pool.fetchval("SELECT count(*) FROM counted_attempt") == 0
