"""The desk of an office in the log of its organisation: a case that is not there for somebody at the desk is not there in the log either."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.office.conftest import CLAIM, Office, reading
from tests.office.test_case_desk import asked_about

from lhcr.access.log_reach import log_reach
from lhcr.audit.entry import Entry, Outcome
from lhcr.audit.log_query import LogQuery
from lhcr.audit.reader import LogReader
from lhcr.identity.principal import Principal
from lhcr.office.case_kind import Outcome as CaseOutcome

_SECRET = "Words that the office must not read"


async def read_log(office: Office, who: Principal) -> list[Entry]:
    """What somebody of an office finds in the log; what they find can be read one by one, and nothing else can."""
    reach, reader = log_reach(await office.permit(who)), LogReader(office.world.pool)
    query = reach.narrowed(LogQuery(since=office.now - timedelta(days=9), until=office.now + timedelta(days=9)))
    assert query is not None
    found = [each.entry for each in (await reader.search(query, before=None, most=500)).entries if each.entry]
    everything = (await reader.search(replace(query, organisation=None, but=None), before=None, most=500)).entries
    held = [each.entry for each in everything if each.entry and reach.holds(each.entry)]
    assert sorted(map(str, found)) == sorted(map(str, held))
    return found


def steps(entries: list[Entry]) -> list[str]:
    return sorted(each.asked for each in entries if each.asked.startswith("case-"))


async def test_hazard_what_the_guardian_does_in_a_case_about_the_office_is_not_in_the_offices_log(
    office: Office,
) -> None:
    """A person asks about the officer, whose case begins with the guardian."""
    case = await asked_about(office, office.officer)
    colleague = replace(office.officer, user_id="colleague", token_id="colleague")
    told: dict[str, Any] = {
        "version": case.version,
        "outcome": CaseOutcome.APPROPRIATE,
        "words": _SECRET,
        "told": "",
    }
    await office.desk.close(await office.permit(office.guardian), case.case_id, **told)
    for who in (office.officer, colleague):
        entries = await read_log(office, who)
        assert steps(entries) == []
        assert _SECRET not in str(entries)
        assert case.case_id not in str(entries)
    assert steps(await read_log(office, office.guardian)) == ["case-closed"]


async def test_hazard_nobody_reads_in_the_log_what_is_looked_into_about_themself(office: Office) -> None:
    """A user who claimed a relationship comes to the desk: neither an officer nor a guardian finds the steps in the case about them."""
    case, _ = await office.opened_case()
    await office.desk.escalate(await office.permit(), case.case_id, version=case.version, words=_SECRET)
    for who in (office.officer, office.guardian):
        themself = replace(who, user_id=office.asker.user_id, token_id="themself")
        entries = await read_log(office, themself)
        assert steps(entries) == []
        assert _SECRET not in str(entries)
    assert steps(await read_log(office, office.officer)) == ["case-escalated", "case-opened"]


async def test_what_the_office_did_with_records_stays_in_its_log(office: Office) -> None:
    person = await office.world.person()
    await office.own_word.give(office.asker, person, CLAIM)
    for who in (office.guardian, office.officer):
        await office.log(reading(who, person, office.now))
    entries = await read_log(office, office.officer)
    readers = {each.agent.user for each in entries if each.person == person and each.outcome == Outcome.SUCCESS.value}
    assert {office.guardian.user_id, office.officer.user_id} <= readers
