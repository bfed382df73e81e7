"""`lhcr audit prove`, `check`, `new-key` and `dispose`: what an operator and somebody without the log do with it."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.processes import lhcr, value_of
from tests.conftest import MakeDatabase

from lhcr.audit.entry import Action, EntryDraft, Outcome
from lhcr.audit.log import AuditLog
from lhcr.audit.sequencer import Sequencer
from lhcr.cli.oversight import command_principal
from lhcr.kernel.clock import FixedClock, SystemClock
from lhcr.store.database import open_pool

OLD = datetime(2020, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def filled(migrated_database: MakeDatabase) -> str:
    """A log of five entries that are years old."""
    dsn = migrated_database()

    async def fill() -> None:
        draft = EntryDraft(
            principal=command_principal(SystemClock()), kind="rest", subtype="read", action=Action.READ, source="Area", request_id=""
        )  # fmt: skip
        async with await open_pool(dsn) as pool:
            entries = [draft.complete(recorded=OLD, outcome=Outcome.SUCCESS, person_id=n) for n in range(5)]
            await AuditLog(pool).append(entries)
            await Sequencer(pool, clock=FixedClock(OLD + timedelta(seconds=1))).sequence_now()

    asyncio.run(fill())
    return dsn


def sequence(dsn: str) -> None:
    async def run() -> None:
        async with await open_pool(dsn) as pool:
            await Sequencer(pool, clock=SystemClock()).sequence_now()

    asyncio.run(run())


def test_an_entry_is_proved_to_somebody_who_has_the_proof_and_a_head_alone(filled: str, tmp_path: Path) -> None:
    kept, proof, later = tmp_path / "kept.head", tmp_path / "proof.json", tmp_path / "later.json"
    kept.write_text(lhcr("audit", "head", "--database-url", filled).stdout)
    sequence(filled)
    proved = lhcr("audit", "prove", "1-3", "--database-url", filled)
    assert proved.returncode == 0, proved.stderr
    proof.write_text(proved.stdout)
    checked = lhcr("audit", "check", str(proof))
    assert (checked.returncode, "The proof holds." in checked.stdout, '"person":2' in checked.stdout) == (0, True, True)
    unreached = lhcr("audit", "check", str(proof), "--witness", str(kept))
    assert (unreached.returncode, "ask for one with --since" in unreached.stdout) == (1, True)
    since = lhcr("audit", "prove", "AuditEvent/1-3", "--since", str(kept), "--without-text", "--database-url", filled)
    later.write_text(since.stdout)
    told = json.loads(lhcr("audit", "check", str(later), "--witness", str(kept), "--json").stdout)
    assert (told["holds"], told["witnessed"], told["goes_on_from"], told["text"]) == (True, True, 5, None)
    proof.write_text(proof.read_text().replace("person", "nobody"))
    forged = lhcr("audit", "check", str(proof))
    assert (forged.returncode, "does NOT hold" in forged.stdout) == (1, True)


@pytest.mark.parametrize(("entry", "code"), [("x", 2), ("1-99", 1), ("99-1", 1)])
def test_what_is_no_entry_is_told(filled: str, entry: str, code: int) -> None:
    done = lhcr("audit", "prove", entry, "--database-url", filled)
    assert (done.returncode, done.stdout) == (code, "")


def test_a_new_key_signs_what_comes_and_the_old_heads_still_hold(filled: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept.head"
    kept.write_text(lhcr("audit", "head", "--database-url", filled).stdout)
    done = lhcr("audit", "new-key", "--database-url", filled)
    assert (done.returncode, "lhcr-log/" in done.stdout) == (0, True), done.stderr
    sequence(filled)
    verified = lhcr("audit", "verify", "--witness", str(kept), "--database-url", filled, "--json")
    told = json.loads(verified.stdout)
    assert (told["intact"], told["keys"], told["signed_heads"], told["witnessed_to"]) == (True, 2, 2, 5), told
    assert told["signed_to"]["key"] in done.stdout
    text = lhcr("audit", "verify", "--database-url", filled).stdout
    assert "2 signed heads by 2 keys; the last, number 2" in text
    assert "no head was signed for over two minutes" in text


def test_texts_are_counted_first_and_disposed_of_when_that_is_meant(filled: str) -> None:
    counted = lhcr("audit", "dispose", "2021-01-01", "--database-url", filled)
    assert (counted.returncode, "5 texts of entries before 2021-01-01 would be disposed of" in counted.stdout) == (
        0,
        True,
    )
    assert value_of(filled, "SELECT count(*) FROM audit_entry WHERE text IS NULL") == 0
    done = lhcr("audit", "dispose", "2021-01-01", "--yes", "--database-url", filled)
    assert (done.returncode, "5 texts of entries before 2021-01-01 disposed of" in done.stdout) == (0, True), (
        done.stderr
    )
    sequence(filled)
    verified = lhcr("audit", "verify", "--database-url", filled)
    assert (verified.returncode, "of 5 the text was disposed of" in verified.stdout) == (0, True), verified.stdout


def test_what_people_may_still_see_is_not_disposed_of(filled: str) -> None:
    done = lhcr("audit", "dispose", f"{datetime.now(UTC):%Y-%m-%d}", "--yes", "--database-url", filled)
    assert (done.returncode, "younger than a year" in done.stderr) == (2, True)
