"""Verifying from the export alone gives the verdict that the database gives."""

import json
from collections.abc import Callable

import pytest
from tests.audit.conftest import NOW

from lhcr.audit.entry import PendingEntry
from lhcr.audit.export import export_log, verify_export
from lhcr.audit.log import AuditLog
from lhcr.audit.sequencer import Sequencer
from lhcr.audit.tree_head import Head
from lhcr.audit.verify import verify_log
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.errors import Incorrect
from lhcr.store.database import Pool

MakeEntry = Callable[[int], PendingEntry]


@pytest.fixture
async def filled(pool: Pool, log: AuditLog, make_entry: MakeEntry) -> Pool:
    """Two writers whose entries interleave in the tree, and one entry that has no place yet."""
    other = AuditLog(pool)
    for n in range(10):
        await (log if n % 2 else other).append([make_entry(n)])
    await Sequencer(pool, clock=FixedClock(NOW)).sequence_now()
    await log.append([make_entry(11)])
    return pool


async def exported(pool: Pool, *, texts: bool = True) -> list[bytes]:
    return [line async for line in export_log(pool, texts=texts)]


async def test_an_export_is_as_intact_as_its_log(filled: Pool) -> None:
    verdict = verify_export(await exported(filled))
    assert verdict == await verify_log(filled)
    assert (verdict.intact, verdict.entries, verdict.unsequenced, verdict.verified_to.tree_size) == (True, 11, 1, 10)


async def test_an_export_without_texts_names_nobody_and_still_proves(filled: Pool) -> None:
    lines = await exported(filled, texts=False)
    assert not any("text" in json.loads(line) or "person_id" in json.loads(line) for line in lines)
    verdict = verify_export(lines)
    assert (verdict.intact, verdict.texts, verdict.verified_to.tree_size) == (True, False, 10)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET text = text || ' ' WHERE seq = 2",
        "DELETE FROM audit_entry WHERE seq = 2",
        "DELETE FROM audit_leaf WHERE leaf_index = 4",
        "UPDATE audit_leaf SET leaf_index = 50 WHERE leaf_index = 4",
        "UPDATE audit_head SET root_hash = sha256('x')",
        "DELETE FROM audit_leaf WHERE leaf_index > 7",
    ],
)
async def test_tampering_shows_in_the_export_as_in_the_database(filled: Pool, statement: str) -> None:
    await filled.execute(statement)
    told = verify_export(await exported(filled))
    here = await verify_log(filled)
    assert not told.intact
    # An entry travels with its leaf, so that a leaf out of place shows as an entry out of place besides.
    assert {defect.kind for defect in told.defects} - {"missing-entry"} == {defect.kind for defect in here.defects} - {
        "missing-entry"
    }


async def test_tampering_with_the_export_itself_is_found(filled: Pool) -> None:
    lines = await exported(filled)
    for dropped in range(len(lines)):
        kept = [line for at, line in enumerate(lines) if at != dropped]
        last_and_unplaced = dropped == len(lines) - 1
        if dropped == 0:
            with pytest.raises(Incorrect):
                verify_export(kept)
        else:
            assert verify_export(kept).intact == last_and_unplaced


async def test_a_witness_is_asked_of_an_export_too(filled: Pool) -> None:
    lines = await exported(filled)
    other = Head(tree_size=5, root_hash=b"x" * 32)
    assert not verify_export(lines, witnessed=[other]).intact


def test_the_export_of_an_empty_log_proves_nothing() -> None:
    assert verify_export([b'{"type":"export","version":2,"texts":true}']).verified_to.tree_size == 0


def test_a_file_that_does_not_say_what_it_is_is_refused() -> None:
    with pytest.raises(Incorrect):
        verify_export([])


def test_what_belongs_before_the_entries_is_refused_behind_them() -> None:
    head = b'{"type":"export","version":2,"texts":true}'
    entry = b'{"type":"entry","writer_id":1,"seq":1}'
    with pytest.raises(Incorrect):
        verify_export([head, entry, head])


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b'{"type": "writer"}', b"\xff", b'{"type": "entry", "writer_id": 1}']
)
def test_what_is_no_export_is_refused(line: bytes) -> None:
    with pytest.raises(Incorrect):
        verify_export([b'{"type":"export","version":2,"texts":true}', line])


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(Incorrect):
        verify_export([b" " * 1_000_001])
