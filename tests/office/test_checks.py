"""Alerts and findings compared with what is recorded: closed by themselves with their evidence, or a case with a clock."""

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.access.conftest import NOW
from tests.office.conftest import CLAIM, SESSION, Office

from lhcr.office.case_kind import CaseState, Outcome


async def auto_entries(office: Office) -> list[dict[str, Any]]:
    entries = [json.loads(text) for text in await office.world.entries()]
    return [each for each in entries if each["agent"]["user"] == "lhcr-office-checks"]


async def test_a_claim_that_nothing_explains_is_watched_for_its_window_and_then_a_case_with_a_clock(
    office: Office,
) -> None:
    person = await office.world.person()
    await office.own_word.give(office.asker, person, CLAIM)
    await office.read(person)
    await office.checks.run()
    assert (await office.one()).state is CaseState.WATCHED
    assert await office.steps() == []
    office.later(hours=12 + 72)
    await office.checks.run()
    assert (await office.one()).state is CaseState.WATCHED
    office.later(minutes=1)
    done = await office.checks.run()
    case = await office.one()
    assert (done.opened, case.state, case.words) == (1, CaseState.OPEN, CLAIM.words)
    assert case.opened == office.now
    assert case.due is not None
    assert case.due > office.now + timedelta(days=4)
    assert (await office.checks.run()).opened == 0
    assert await office.steps() == [("opened", "Nothing that is recorded explains it.")]
    (entry,) = await auto_entries(office)
    assert (entry["asked"], entry.get("person"), entry["agent"]["organisation"]) == ("case-opened", None, "A81001")


@pytest.mark.parametrize(
    ("kind", "low", "evidence"),
    [
        ("encounter", NOW + timedelta(hours=20), "An encounter at the organisation began on 3 March 2026."),
        ("dispensing", NOW - timedelta(hours=3), "The organisation dispensed for the person on 2 March 2026."),
        ("referral", NOW - timedelta(days=60), "A referral to the organisation was written on 1 January 2026."),
        ("appointment", NOW - timedelta(days=26), "An appointment at the organisation was for 4 March 2026."),
    ],
)
async def test_an_alert_that_is_explained_closes_itself_with_its_evidence(
    office: Office, kind: str, low: Any, evidence: str
) -> None:
    person = await office.world.person()
    await office.own_word.give(office.asker, person, SESSION)
    await office.read(person)
    await office.checks.run()
    assert (await office.one()).state is CaseState.WATCHED
    await office.world.tie(person, "A81001", kind, low=low, days=200)
    assert (await office.checks.run()).closed == 1
    case = await office.one()
    assert (case.state, case.outcome, case.outcome_words) == (CaseState.CLOSED, Outcome.EXPLAINED, evidence)
    assert case.closed_by_itself
    assert await office.steps() == [("explained", evidence)]
    (entry,) = await auto_entries(office)
    assert entry["asked"] == "case-explained"


@pytest.mark.parametrize(
    ("party", "kind", "low", "days"),
    [
        ("RRE", "encounter", NOW, 200.0),
        ("A81001", "contribution", NOW, 200.0),
        ("user|A81001|555000000101", "claimed", NOW, 200.0),
        ("A81001", "encounter", NOW - timedelta(days=200), 196.0),
        ("A81001", "encounter", NOW + timedelta(days=5), 200.0),
    ],
)
async def test_what_is_of_another_organisation_or_time_or_ones_own_doing_explains_nothing(
    office: Office, party: str, kind: str, low: Any, days: float
) -> None:
    """Hazard: an access that nobody looks into, because something that has nothing to do with it was recorded."""
    person = await office.world.person()
    await office.own_word.give(office.asker, person, SESSION)
    await office.read(person)
    await office.world.tie(person, party, kind, low=low, days=days)
    assert (await office.checks.run()).closed == 0


async def test_a_session_in_which_nothing_was_opened_says_so_once_it_has_ended(office: Office) -> None:
    person, other = await office.world.person(), await office.world.person()
    await office.own_word.give(office.asker, person, SESSION)
    await office.read(other)
    assert (await office.checks.run()).closed == 0
    await office.own_word.end(office.asker, person, SESSION.type)
    office.later(seconds=1)
    assert (await office.checks.run()).closed == 1
    case = await office.one()
    assert case.outcome is Outcome.NOTHING_OPENED
    assert "nothing was opened in it" in case.outcome_words


async def test_a_session_in_which_the_record_was_opened_is_not_taken_for_an_empty_one(office: Office) -> None:
    person = await office.world.person()
    await office.own_word.give(office.asker, person, SESSION)
    await office.read(person)
    office.later(hours=2)
    assert (await office.checks.run()).closed == 0


async def test_a_case_with_which_an_officer_is_busy_is_not_closed_over_their_head(office: Office) -> None:
    case, person = await office.opened_case()
    await office.desk.ask(
        await office.permit(), case.case_id, version=case.version, words="Why did you open this record?"
    )
    await office.world.tie(person, "A81001", "encounter", low=NOW, days=30)
    assert (await office.checks.run()).closed == 0
    assert (await office.one()).state is CaseState.ASKED


async def test_an_open_case_is_still_closed_by_facts_that_come_late(office: Office) -> None:
    case, person = await office.opened_case()
    assert case.state is CaseState.OPEN
    await office.world.tie(person, "A81001", "encounter", low=NOW, days=30)
    assert (await office.checks.run()).closed == 1


async def test_the_checks_of_two_workers_at_once_do_nothing_twice(office: Office) -> None:
    import asyncio

    person = await office.world.person()
    await office.own_word.give(office.asker, person, SESSION)
    await office.read(person)
    await office.world.tie(person, "A81001", "encounter")
    await asyncio.gather(*(office.checks.run() for _ in range(4)))
    assert len(await office.steps()) == 1
    assert len(await auto_entries(office)) == 1


async def test_only_one_worker_watches_at_a_time(office: Office) -> None:
    first, second = office.watch(), office.watch()
    assert await first.check_now() is not None
    async with office.world.pool.acquire() as connection:
        await connection.fetchval("SELECT pg_advisory_lock(7811602896820528745)")
        assert await second.check_now() is None
        await connection.fetchval("SELECT pg_advisory_unlock(7811602896820528745)")
    assert await second.check_now() is not None
