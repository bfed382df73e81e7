"""Verifying a log that people with all rights in the database have tampered with."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from tests.audit.conftest import NOW

from lhcr.audit.disposal_entry import disposal_entry
from lhcr.audit.entry import EntryDraft, PendingEntry
from lhcr.audit.lane import next_chain, salted_digest
from lhcr.audit.log import AuditLog
from lhcr.audit.sequencer import Sequencer
from lhcr.audit.tree_head import Head
from lhcr.audit.verify import verify_log
from lhcr.audit.witness_head import read_witness
from lhcr.kernel.clock import FixedClock
from lhcr.store.database import Pool

MakeEntry = Callable[[int], PendingEntry]
Tamper = Callable[[Pool], Awaitable[object]]


@pytest.fixture
async def filled(pool: Pool, log: AuditLog, make_entry: MakeEntry) -> Pool:
    """Two writers with ten entries each, all sequenced in two heads; one ended, one open."""
    sequencer = Sequencer(pool, clock=FixedClock(NOW + timedelta(seconds=1)))
    for batch in range(2):
        await log.append([make_entry(batch * 5 + n) for n in range(5)])
        await sequencer.sequence_now()
    await log.close()
    other = AuditLog(pool)
    await asyncio.gather(*(other.append([make_entry(100 + n)]) for n in range(10)))
    await sequencer.sequence_now()
    return pool


async def last_head(pool: Pool) -> Head:
    rows = await pool.fetch("SELECT tree_size, root_hash FROM audit_head ORDER BY tree_size")
    return Head(**rows[-1])


def sql(*statements: str) -> Tamper:
    async def run(pool: Pool) -> None:
        for statement in statements:
            await pool.execute(statement)

    return run


async def edit_with_care(pool: Pool) -> None:
    """Change a text and mend digest and chain of everything after it, as somebody would who knows the code."""
    rows = await pool.fetch("SELECT * FROM audit_entry WHERE writer_id = 1 ORDER BY seq")
    chain = rows[3]["chain"]
    for row in rows[4:]:
        text = row["text"].replace(b"Fell", b"Fall")
        digest = salted_digest(row["salt"], text)
        chain = next_chain(chain, digest)
        await pool.execute(
            "UPDATE audit_entry SET text = $2, digest = $3, chain = $4 WHERE writer_id = 1 AND seq = $1",
            row["seq"],
            text,
            digest,
            chain,
        )


async def swap_texts(pool: Pool) -> None:
    await pool.execute(
        "UPDATE audit_entry AS a SET text = b.text, salt = b.salt, digest = b.digest, recorded = b.recorded, person_id = b.person_id "
        "FROM audit_entry AS b WHERE a.writer_id = 1 AND b.writer_id = 1 AND a.seq IN (2, 3) AND b.seq = 5 - a.seq"
    )


TAMPERING = {
    "edit": (sql("UPDATE audit_entry SET text = text || ' ' WHERE writer_id = 1 AND seq = 4"), {"edited-entry"}),
    "edit a column": (
        sql("UPDATE audit_entry SET person_id = 999 WHERE writer_id = 1 AND seq = 4"),
        {"edited-column"},
    ),
    "edit with care": (edit_with_care, {"replaced-entry"}),
    "delete": (
        sql("DELETE FROM audit_entry WHERE writer_id = 1 AND seq = 4"),
        {"missing-entry", "deleted-entry"},
    ),
    "delete with its leaf": (
        sql(
            "DELETE FROM audit_entry WHERE writer_id = 1 AND seq = 4",
            "DELETE FROM audit_leaf WHERE writer_id = 1 AND seq = 4",
        ),
        {"missing-entry", "missing-leaf", "reordered", "wrong-head", "truncated"},
    ),
    "insert": (
        sql(
            "INSERT INTO audit_entry SELECT writer_id, 11, recorded, person_id, decision, salt, digest, chain, text "
            "FROM audit_entry WHERE writer_id = 1 AND seq = 10"
        ),
        {"broken-chain", "wrong-end"},
    ),
    "insert a writer": (
        sql(
            "INSERT INTO audit_entry SELECT 77, seq, recorded, person_id, decision, salt, digest, chain, text "
            "FROM audit_entry WHERE writer_id = 1 AND seq = 1"
        ),
        {"unknown-writer", "broken-chain"},
    ),
    "reorder entries": (swap_texts, {"broken-chain", "replaced-entry"}),
    "reorder leaves": (
        sql(
            "UPDATE audit_leaf SET leaf_index = leaf_index + 1000 WHERE leaf_index IN (2, 3)",
            "UPDATE audit_leaf SET leaf_index = 1005 - leaf_index WHERE leaf_index > 1000",
        ),
        {"reordered", "wrong-head"},
    ),
    "truncate before the head": (
        sql(
            "DELETE FROM audit_leaf WHERE leaf_index >= 15",
            "DELETE FROM audit_entry WHERE writer_id = 2 AND seq > 5",
        ),
        {"truncated", "wrong-mark"},
    ),
    "truncate with the head": (
        sql(
            "DELETE FROM audit_head WHERE tree_size > 10",
            "DELETE FROM audit_signed_head WHERE head_number > 2",
            "DELETE FROM audit_leaf WHERE leaf_index >= 10",
            "DELETE FROM audit_entry WHERE writer_id = 2",
        ),
        {"wrong-mark"},
    ),
    "cut the end of an ended writer": (
        sql("DELETE FROM audit_entry WHERE writer_id = 1 AND seq = 10"),
        {"deleted-entry", "wrong-end", "truncated"},
    ),
    "forge a head": (sql("UPDATE audit_head SET root_hash = sha256('x') WHERE tree_size = 10"), {"wrong-head"}),
    "drop the last head": (sql("DELETE FROM audit_head WHERE tree_size = 20"), {"missing-head"}),
    "drop the last signature": (sql("DELETE FROM audit_signed_head WHERE head_number = 3"), {"unsigned-head"}),
    "drop a signed head": (sql("DELETE FROM audit_signed_head WHERE head_number = 2"), {"missing-signed-head"}),
    "drop the key": (sql("DELETE FROM audit_key"), {"wrong-signature"}),
    "spoil the key": (sql("UPDATE audit_key SET statement = 'x'"), {"broken-key-chain", "wrong-signature"}),
    "spoil a signed head": (sql("UPDATE audit_signed_head SET note = 'x' WHERE head_number = 1"), {"unreadable-head"}),
    "swap signed heads": (
        sql(
            "UPDATE audit_signed_head SET note = (SELECT note FROM audit_signed_head WHERE head_number = 1) WHERE head_number = 2"
        ),
        {"renumbered-head"},
    ),
    "remove a text": (
        sql("UPDATE audit_entry SET text = NULL, salt = '' WHERE writer_id = 1 AND seq = 4"),
        {"text-removed"},
    ),
    "date an entry back": (
        sql("UPDATE audit_entry SET recorded = recorded - interval '2 hours' WHERE writer_id = 1 AND seq = 7"),
        {"edited-column", "dated-back"},
    ),
    "date an entry ahead": (
        sql("UPDATE audit_entry SET recorded = recorded + interval '2 hours' WHERE writer_id = 1 AND seq = 7"),
        {"edited-column", "dated-ahead"},
    ),
}


async def test_an_honest_log_is_intact_up_to_its_last_head(filled: Pool) -> None:
    verdict = await verify_log(filled)
    assert verdict.defects == ()
    assert verdict.intact
    assert (verdict.entries, verdict.writers, verdict.unsequenced) == (20, 2, 0)
    assert verdict.verified_to == await last_head(filled)


async def test_a_log_that_had_no_sequencer_for_hours_gives_no_alarm(
    pool: Pool, log: AuditLog, make_entry: MakeEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A load writes without one. The heads by which it is caught up with are younger than entries that they do not cover yet."""
    monkeypatch.setattr("lhcr.audit.sequencer._MOST_OF_A_WRITER", 3)
    await log.append([make_entry(n) for n in range(8)])
    sequencer = Sequencer(pool, clock=FixedClock(NOW + timedelta(hours=5)))
    await sequencer.sequence_now()
    notes = [row["note"] for row in await pool.fetch("SELECT note FROM audit_signed_head ORDER BY head_number")]
    assert ["behind" in note for note in notes] == [True, True, False]
    assert (await verify_log(pool)).defects == ()
    await log.append([make_entry(9)])
    await sequencer.sequence_now()
    assert {defect.kind for defect in (await verify_log(pool)).defects} == {"dated-back"}


async def test_entries_without_a_place_yet_are_counted_and_are_no_defect(filled: Pool, make_entry: MakeEntry) -> None:
    await AuditLog(filled).append([make_entry(1), make_entry(2)])
    verdict = await verify_log(filled)
    assert (verdict.intact, verdict.unsequenced, verdict.verified_to.tree_size) == (True, 2, 20)


@pytest.mark.parametrize("name", TAMPERING)
async def test_tampering_is_found(filled: Pool, name: str) -> None:
    tamper, expected = TAMPERING[name]
    await tamper(filled)
    verdict = await verify_log(filled)
    assert not verdict.intact
    assert {defect.kind for defect in verdict.defects} == expected


async def test_a_log_that_was_shortened_everywhere_is_found_by_a_witness_alone(filled: Pool) -> None:
    witness = await last_head(filled)
    assert (await verify_log(filled, witnessed=[witness])).witnessed_to == 20
    await sql(
        "DELETE FROM audit_head WHERE tree_size > 10",
        "DELETE FROM audit_signed_head WHERE head_number > 2",
        "DELETE FROM audit_leaf WHERE leaf_index >= 10",
        "DELETE FROM audit_entry WHERE writer_id = 2",
        "DELETE FROM audit_writer WHERE writer_id = 2",
    )(filled)
    assert (await verify_log(filled)).intact
    verdict = await verify_log(filled, witnessed=[witness])
    assert {defect.kind for defect in verdict.defects} == {"truncated"}


async def test_a_log_that_was_made_anew_contradicts_its_witness(filled: Pool) -> None:
    witness = Head(tree_size=10, root_hash=hashlib.sha256(b"what the neighbour saw").digest())
    verdict = await verify_log(filled, witnessed=[witness])
    assert {defect.kind for defect in verdict.defects} == {"contradicts-witness"}
    assert verdict.witnessed_to == 0


async def test_disposing_of_texts_breaks_no_proof_where_the_log_says_so(filled: Pool, draft: EntryDraft) -> None:
    until = NOW + timedelta(minutes=1)
    said = disposal_entry(draft, before=until, recorded=NOW + timedelta(minutes=2), asked="texts before a day")
    await AuditLog(filled).append([said])
    await filled.execute("UPDATE audit_entry SET text = NULL, salt = '' WHERE writer_id IN (1, 2)")
    verdict = await verify_log(filled)
    assert (verdict.defects, verdict.disposed, verdict.disposed_until) == ((), 20, until)


async def test_a_signed_head_of_a_witness_binds_number_time_and_key(filled: Pool) -> None:
    notes = [row["note"] for row in await filled.fetch("SELECT note FROM audit_signed_head ORDER BY head_number")]
    witnesses = [read_witness(note) for note in notes]
    verdict = await verify_log(filled, witnessed=witnesses)
    assert (verdict.intact, verdict.witnessed_to, verdict.signed_heads, verdict.keys) == (True, 20, 3, 1)
    assert verdict.signed_to is not None
    assert verdict.signed_to.text in notes[2]
    await sql("DELETE FROM audit_key", "DELETE FROM audit_signed_head", "DELETE FROM area_setting")(filled)
    await Sequencer(filled, clock=FixedClock(NOW + timedelta(seconds=1))).sequence_now()
    assert (await verify_log(filled)).intact
    assert {defect.kind for defect in (await verify_log(filled, witnessed=witnesses)).defects} == {
        "contradicts-witness"
    }


async def test_a_wholly_spoilt_log_is_told_in_bounds(filled: Pool) -> None:
    await filled.execute(
        "INSERT INTO audit_entry SELECT 1, n, now(), 1, 1, '', sha256('a'), sha256('b'), 'x' FROM generate_series(20, 1500) AS n"
    )
    verdict = await verify_log(filled)
    assert len(verdict.defects) == 1_000
    assert verdict.defect_count > 1_000
