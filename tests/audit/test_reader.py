"""Reading the log: who has looked, page by page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from lhcr.audit.entry import EntryDraft, Outcome, PendingEntry
from lhcr.audit.log import AuditLog
from lhcr.audit.reader import LogReader, Position
from lhcr.audit.sequencer import Sequencer
from lhcr.kernel.clock import SystemClock
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


async def test_the_last_head_is_told_as_unsigned(
    pool: Pool, log: AuditLog, make_entry: Callable[[int], PendingEntry]
) -> None:
    assert await LogReader(pool).last_head() is None
    await log.append([make_entry(1), make_entry(2)])
    await Sequencer(pool, clock=SystemClock()).sequence_now()
    head = await LogReader(pool).last_head()
    assert head is not None
    assert (head.tree_size, head.signed) == (2, False)
