"""Reading the log: who has looked, page by page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lhcr.audit import reader as reader_module
from lhcr.audit.entry import EntryDraft, Outcome, PendingEntry, agent_of
from lhcr.audit.log import AuditLog
from lhcr.audit.log_query import LogQuery
from lhcr.audit.reader import LogReader, Position
from lhcr.audit.sequencer import Sequencer
from lhcr.audit.signed_head import SignedHead
from lhcr.audit.signed_note import read_note
from lhcr.identity.acting import ActingClient
from lhcr.kernel.clock import SystemClock
from lhcr.nhs.purposes import Purpose
from lhcr.store.database import Pool

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=365)


async def test_pages_show_each_entry_once_even_where_many_share_an_instant(
    pool: Pool, log: AuditLog, draft: EntryDraft
) -> None:
    instants = [NOW + timedelta(seconds=n // 5) for n in range(20)]
    entries = [draft.complete(recorded=instant, outcome=Outcome.SUCCESS) for instant in instants]
    await log.append(entries)
    seen, before = [], None
    while True:
        page = await LogReader(pool).about(7, since=LONG_AGO, before=before, most=3)
        if not page:
            break
        seen += [each.event_id for each in page]
        last = page[-1]
        before = Position(recorded=last.recorded, writer_id=last.writer_id, seq=last.seq)
    assert len(seen) == len(set(seen)) == 20


async def test_only_one_persons_entries_since_a_day_are_shown(pool: Pool, log: AuditLog, draft: EntryDraft) -> None:
    old = draft.complete(recorded=LONG_AGO - timedelta(days=1), outcome=Outcome.SUCCESS)
    other = draft.complete(recorded=NOW, outcome=Outcome.SUCCESS, person_id=8)
    own = draft.complete(recorded=NOW, outcome=Outcome.REFUSED)
    await log.append([old, other, own])
    (found,) = await LogReader(pool).about(7, since=LONG_AGO, before=None, most=10)
    assert found.entry is not None
    assert found.entry.outcome == "4"


async def test_a_disposed_entry_is_still_there_without_its_text(
    pool: Pool, log: AuditLog, make_entry: Callable[[int], PendingEntry]
) -> None:
    await log.append([make_entry(7)])
    await pool.execute("UPDATE audit_entry SET text = NULL")
    (found,) = await LogReader(pool).about(7, since=LONG_AGO, before=None, most=10)
    assert found.entry is None


async def test_the_last_head_is_told_as_the_area_signed_it(
    pool: Pool, log: AuditLog, make_entry: Callable[[int], PendingEntry]
) -> None:
    assert await LogReader(pool).last_head() is None
    await log.append([make_entry(1), make_entry(2)])
    await Sequencer(pool, clock=SystemClock()).sequence_now()
    head = await LogReader(pool).last_head()
    assert head is not None
    assert (head.tree_size, SignedHead.read(read_note(head.note).text).root_hash) == (2, head.root_hash)
    await pool.execute("DELETE FROM audit_signed_head")
    unsigned = await LogReader(pool).last_head()
    assert unsigned is not None
    assert (unsigned.tree_size, unsigned.note) == (2, "")


def looked_for(**asked: Any) -> LogQuery:
    return LogQuery(since=LONG_AGO, until=NOW + timedelta(days=1), **asked)


async def test_a_search_finds_what_fits_and_no_more(pool: Pool, log: AuditLog, draft: EntryDraft) -> None:
    items = [("Condition", "c1", 1), ("Observation", "o1", 2)]
    own = draft.complete(recorded=NOW, outcome=Outcome.SUCCESS, items=items)
    refused = draft.complete(recorded=NOW + timedelta(hours=1), outcome=Outcome.REFUSED, person_id=8)
    await log.append([own, refused])
    agent = agent_of(draft.principal)
    reader = LogReader(pool)

    async def found(**asked: Any) -> list[str]:
        page = await reader.search(looked_for(**asked), before=None, most=10)
        return [each.entry.outcome for each in page.entries if each.entry]

    assert await found() == ["4", "0"]
    assert await found(person=7) == ["0"]
    assert await found(outcome="4") == ["4"]
    assert await found(organisation=agent.organisation, users=(agent.user,)) == ["4", "0"]
    assert await found(agents=(agent.user, agent.organisation)) == ["4", "0"]
    assert await found(organisation="ZZZ") == []
    assert await found(users=("somebody-else",)) == []
    assert await found(item=("Observation", "o1")) == ["0"]
    assert await found(item=("Condition", "o1")) == []
    assert await found(action="C") == []


async def test_a_search_by_agent_finds_what_a_system_asked_in_somebodys_name(
    pool: Pool, log: AuditLog, draft: EntryDraft
) -> None:
    supplier = ActingClient(
        client_id="a-supplier",
        name="A supplier's system",
        organisation="YGM99",
        organisation_name="A Supplier",
        acts_for="A81001",
        purposes=frozenset({Purpose.TREATMENT}),
    )
    acted = replace(draft, principal=replace(draft.principal, actor=supplier))
    await log.append([each.complete(recorded=NOW, outcome=Outcome.SUCCESS) for each in (draft, acted)])

    async def found(**asked: Any) -> int:
        return len((await LogReader(pool).search(looked_for(**asked), before=None, most=10)).entries)

    user = draft.principal.user_id
    assert await found(agents=("a-supplier",)) == await found(agents=("a-supplier", user)) == 1
    assert await found(agents=(user,)) == await found(users=(user,)) == 2
    # Hazard: a supplier's office reads what its customers' users did.
    assert await found(organisation="YGM99") == await found(users=("a-supplier",)) == 0


async def test_what_a_caller_sent_is_not_taken_for_a_fact_of_the_entry(
    pool: Pool, log: AuditLog, draft: EntryDraft
) -> None:
    """Hazard: an office reads what another organisation's users did."""
    forged = replace(draft, request_id='"organisation":"ZZZ"', asked='","organisation":"ZZZ"')
    await log.append([forged.complete(recorded=NOW, outcome=Outcome.SUCCESS, query='"organisation":"ZZZ"')])
    page = await LogReader(pool).search(looked_for(organisation="ZZZ"), before=None, most=10)
    assert page.entries == ()


@pytest.mark.parametrize("asked", [{}, {"person": 7}, {"outcome": "4"}])
async def test_pages_of_a_search_show_each_entry_once_however_few_are_looked_through(
    pool: Pool, log: AuditLog, draft: EntryDraft, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]
) -> None:
    monkeypatch.setattr(reader_module, "_SCANNED", 4)
    outcomes = [Outcome.REFUSED if n % 3 == 0 else Outcome.SUCCESS for n in range(17)]
    await log.append([draft.complete(recorded=NOW, outcome=each) for each in outcomes])
    seen: list[str] = []
    before = None
    while True:
        page = await LogReader(pool).search(looked_for(**asked), before=before, most=3)
        seen += [each.event_id for each in page.entries]
        before = page.older
        if before is None:
            break
    assert len(seen) == len(set(seen)) == (6 if asked.get("outcome") else 17)


async def test_an_entry_is_found_by_its_own_id_alone(pool: Pool, log: AuditLog, draft: EntryDraft) -> None:
    await log.append([draft.complete(recorded=NOW, outcome=Outcome.SUCCESS)])
    reader = LogReader(pool)
    (stored,) = (await reader.search(looked_for(), before=None, most=2)).entries
    assert await reader.one(stored.event_id) == stored
    for other in ("", "1", "1-2-3", "0-1", f"{stored.event_id}0", f" {stored.event_id}", "9" * 30 + "-1"):
        assert await reader.one(other) is None
