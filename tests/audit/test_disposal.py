"""Texts whose retention ended are disposed of; what stays proves as before, and a text that just vanished is told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.audit.conftest import NOW

from lhcr.audit import disposal
from lhcr.audit.audit_event import audit_event
from lhcr.audit.disposal import LEAST_AGE, disposable_texts, dispose_texts
from lhcr.audit.entry import Entry, EntryDraft, PendingEntry
from lhcr.audit.export import export_log, verify_export
from lhcr.audit.log import AuditLog
from lhcr.audit.proof import check_proof
from lhcr.audit.prover import prove_entry
from lhcr.audit.reader import LogReader
from lhcr.audit.sequencer import Sequencer
from lhcr.audit.verify import verify_log
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.errors import Incorrect
from lhcr.store.database import Pool

MakeEntry = Callable[[int], PendingEntry]
LATER = NOW + LEAST_AGE + timedelta(days=2)
#: Entries are a millisecond apart; of ten, four are before it.
BEFORE = NOW + timedelta(milliseconds=4)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW + timedelta(seconds=1))


@pytest.fixture
async def old(pool: Pool, log: AuditLog, make_entry: MakeEntry, clock: FixedClock) -> Pool:
    """Ten sequenced entries of two writers, looked at more than a year later."""
    other = AuditLog(pool)
    for n in range(10):
        await (log if n % 2 else other).append([make_entry(n)])
    await Sequencer(pool, clock=clock).sequence_now()
    clock.instant = LATER
    return pool


async def test_texts_before_a_date_are_gone_with_salt_and_person_and_every_proof_holds(
    old: Pool, log: AuditLog, draft: EntryDraft, clock: FixedClock
) -> None:
    assert await disposable_texts(old, before=BEFORE) == 4
    assert await dispose_texts(old, log, draft=draft, before=BEFORE, clock=clock) == 4
    await Sequencer(old, clock=clock).sequence_now()
    bare = await old.fetch("SELECT * FROM audit_entry WHERE recorded < $1", BEFORE)
    assert {(row["text"], row["salt"], row["person_id"], row["decision"]) for row in bare} == {(None, b"", None, None)}
    verdict = await verify_log(old)
    assert (verdict.defects, verdict.disposed, verdict.disposed_until) == ((), 4, BEFORE)
    assert verify_export([line async for line in export_log(old, texts=True)]) == verdict
    assert check_proof(await prove_entry(old, writer_id=bare[0]["writer_id"], seq=bare[0]["seq"])).holds


async def test_it_is_said_in_the_log_before_and_after_with_who_and_how_many(
    old: Pool, log: AuditLog, draft: EntryDraft, clock: FixedClock
) -> None:
    await dispose_texts(old, log, draft=draft, before=BEFORE, clock=clock)
    begun, done = await old.fetch("SELECT * FROM audit_entry WHERE recorded = $1 ORDER BY seq", LATER)
    assert b"Ada Fell" in begun["text"]
    assert b"disposed of 4 texts of entries recorded before 2026-03-02" in done["text"]
    stored = await LogReader(old).of_decision(begun["decision"], most=20)
    said = [each.entry for each in stored if each.entry and each.entry.subtype == "destroy"]
    assert isinstance(said[0], Entry)
    event = audit_event(said[0], event_id="x")
    assert event["action"] == "D"
    assert "destroy" in str(event["subtype"])


async def test_it_can_be_given_again_and_goes_on_where_it_was_interrupted(
    old: Pool, log: AuditLog, draft: EntryDraft, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disposal, "_ENTRIES_AT_ONCE", 1)
    done = [await dispose_texts(old, log, draft=draft, before=BEFORE, clock=clock) for _ in range(2)]
    assert done == [4, 0]
    await Sequencer(old, clock=clock).sequence_now()
    assert (await verify_log(old)).intact


async def test_an_entry_without_a_place_in_the_tree_keeps_its_text(
    old: Pool, log: AuditLog, draft: EntryDraft, clock: FixedClock, make_entry: MakeEntry
) -> None:
    await log.append([make_entry(1)])
    assert await dispose_texts(old, log, draft=draft, before=BEFORE, clock=clock) == 4


async def test_what_is_younger_than_a_year_stays(
    old: Pool, log: AuditLog, draft: EntryDraft, clock: FixedClock
) -> None:
    """Hazard: somebody who looked where they may not has it disposed of."""
    before = await old.fetchval("SELECT count(*) FROM audit_entry")
    with pytest.raises(Incorrect, match="younger than a year"):
        await dispose_texts(old, log, draft=draft, before=LATER - LEAST_AGE + timedelta(seconds=1), clock=clock)
    assert await old.fetchval("SELECT count(*) FROM audit_entry WHERE text IS NOT NULL") == before


async def test_a_text_that_was_taken_out_beyond_what_the_log_says_is_told(
    old: Pool, log: AuditLog, draft: EntryDraft, clock: FixedClock
) -> None:
    await dispose_texts(old, log, draft=draft, before=BEFORE, clock=clock)
    await old.execute("UPDATE audit_entry SET text = NULL, salt = '' WHERE recorded = $1", BEFORE)
    await Sequencer(old, clock=clock).sequence_now()
    assert {defect.kind for defect in (await verify_log(old)).defects} == {"text-removed"}
