"""The proof that the live log gives of an entry is checked without it."""

from collections.abc import Callable

import pytest
from tests.audit.conftest import NOW

from lhcr.audit.entry import PendingEntry
from lhcr.audit.log import AuditLog
from lhcr.audit.proof import check_proof, decode_proof, encode_proof
from lhcr.audit.prover import prove_entry
from lhcr.audit.sequencer import Sequencer
from lhcr.audit.tree_head import Head
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.errors import Incorrect, NotFound, Unavailable
from lhcr.store.database import Pool

MakeEntry = Callable[[int], PendingEntry]


@pytest.fixture
async def earlier(pool: Pool, log: AuditLog, make_entry: MakeEntry) -> Head:
    """A log of thirteen entries and one that has no place yet; the head that it had at five."""
    sequencer = Sequencer(pool, clock=FixedClock(NOW))
    await log.append([make_entry(n) for n in range(5)])
    await sequencer.sequence_now()
    await log.append([make_entry(n) for n in range(5, 13)])
    await sequencer.sequence_now()
    await log.append([make_entry(99)])
    row = await pool.fetchrow("SELECT tree_size, root_hash FROM audit_head WHERE tree_size = 5")
    assert row is not None
    return Head(**row)


async def test_every_entry_is_proved_to_go_on_from_a_head_that_was_kept(pool: Pool, earlier: Head) -> None:
    for seq in range(1, 14):
        proof = await prove_entry(pool, writer_id=1, seq=seq, earlier=earlier)
        verdict = check_proof(decode_proof(encode_proof(proof)))
        assert (verdict.holds, verdict.text_proved, verdict.earlier_size) == (True, True, 5), verdict.failures


async def test_an_entry_whose_text_is_gone_or_not_shown_still_proves_its_place(pool: Pool, earlier: Head) -> None:
    await pool.execute("UPDATE audit_entry SET text = NULL, salt = '' WHERE seq = 2")
    assert earlier.tree_size == 5
    for seq, with_text in ((2, True), (3, False)):
        proof = await prove_entry(pool, writer_id=1, seq=seq, with_text=with_text)
        assert (proof.text, proof.salt, check_proof(proof).holds) == (None, b"", True)


async def test_a_log_that_was_changed_gives_no_proof_that_holds(pool: Pool, earlier: Head) -> None:
    await pool.execute("UPDATE audit_leaf SET leaf_hash = sha256('x') WHERE leaf_index = 3")
    failures = check_proof(await prove_entry(pool, writer_id=1, seq=9, earlier=earlier)).failures
    assert len(failures) == 2


@pytest.mark.parametrize(("seq", "error"), [(99, NotFound), (14, Unavailable)])
async def test_what_cannot_be_proved_is_told(pool: Pool, earlier: Head, seq: int, error: type[Exception]) -> None:
    assert earlier.tree_size == 5
    with pytest.raises(error):
        await prove_entry(pool, writer_id=1, seq=seq)


@pytest.mark.parametrize("size", [0, 14])
async def test_nothing_goes_on_from_a_head_that_the_log_never_had(pool: Pool, earlier: Head, size: int) -> None:
    with pytest.raises(Incorrect):
        await prove_entry(pool, writer_id=1, seq=1, earlier=Head(tree_size=size, root_hash=earlier.root_hash))
