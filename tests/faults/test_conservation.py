"""Conservation: whatever arrived at anybody has its durable entry in the log, whichever process dies meanwhile.

Two workers over a durable database are asked in every way at once while workers, a process of the database and the whole database
are killed at moments drawn by a seed. An entry whose answer never arrived is allowed and marked: whoever died between the two had
written down what nobody saw, and its writer is marked as lost. Introspection shows nothing of any record and leaves no entry, so it is not asked here; a request without a token
that names anybody leaves none either, because a log that a stranger can fill is a hazard of its own.

`LHCR_CONSERVATION_KILLS` kills more often than the suite does, `LHCR_CONSERVATION_SEED` at other moments.
"""

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.faults.client_ledger import WAYS, ClientLedger, asking, unaccounted
from tests.faults.conftest import Breakable, breakable_area
from tests.faults.ledger import verified
from tests.faults.lost import living_writers, look_until_told, marks
from tests.faults.people_who_ask import settle
from tests.interoperability.apart import run_apart
from tests.interoperability.live_area import LiveArea, running_live_area
from tests.logged import logged_entry

KILLS = int(os.environ.get("LHCR_CONSERVATION_KILLS", "4"))
SEED = int(os.environ.get("LHCR_CONSERVATION_SEED", "1"))
#: Every kind of death comes before any comes again.
DEATHS = ("worker", "backend", "postmaster", "workers")
_OTHERS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'lhcr' AND pid <> pg_backend_pid()"
_ENTRIES = "SELECT convert_from(text, 'UTF8') AS text FROM audit_entry"
#: Answers between two deaths, and how long they may take to come again after one.
BETWEEN, LONGEST = (10, 40), 60.0


@pytest.fixture(scope="module")
def breakable() -> Iterator[Breakable]:
    with breakable_area(durable=True) as made:
        yield made


def test_whatever_arrived_has_its_entry_whichever_process_was_killed(breakable: Breakable) -> None:
    """Hazard: somebody's record was read and nobody can ever be told."""
    people = settle(breakable.area)
    chance, deaths = random.Random(SEED), Counter[str]()
    with asking(breakable.area, people, seed=SEED) as ledger:
        for number in range(KILLS):
            await_answers(ledger, chance.randint(*BETWEEN))
            time.sleep(chance.random() * 0.05)
            deaths[death := DEATHS[number % len(DEATHS)]] += 1
            kill(breakable, death, chance)
        await_answers(ledger, BETWEEN[1])
    look_until_told(breakable.area)
    tell(ledger, deaths, entries := logged(breakable.area))
    assert ledger.wrong == []
    assert ledger.lost > 0, "no death hit a request"
    assert {each.kind for each in ledger.received} | {"page"} == set(WAYS)
    assert unaccounted(ledger, entries) == []
    # Of what nobody may have seen the log says so once, after the database was killed too, and of nobody who lives.
    assert set((marked := marks(breakable.area)).values()) == {1}
    assert not set(marked) & living_writers(breakable.area)
    verdict = verified(breakable.area)
    assert verdict.intact, verdict.defects


#: What a worker does that answers first and writes later: the entries of its last half second are in its memory alone.
_FORGETFUL = """
import asyncio
from lhcr.audit.group_commit import GroupCommit
durable = GroupCommit.append
async def append(self, entries):
    loop = asyncio.get_running_loop()
    loop.call_later(0.5, lambda: loop.create_task(durable(self, entries)))
GroupCommit.append = append
"""


def test_the_ledger_tells_of_workers_that_answer_before_they_have_written_down(
    migrated_database_of_module: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail: with workers that do not wait for their entries what was answered last is nowhere."""
    (tmp_path / "sitecustomize.py").write_text(_FORGETFUL, encoding="ascii")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with running_live_area(migrated_database_of_module()) as area:
        people = settle(area)
        with asking(area, people, seed=SEED) as ledger:
            await_answers(ledger, 60)
            for pid in area.served.pids:
                end(pid)
        found = unaccounted(ledger, logged(area))
    assert [each for each in found if " 0 entries" in each] != []


def kill(breakable: Breakable, death: str, chance: random.Random) -> None:
    if death == "backend":
        pids = [row["pid"] for row in rows(breakable.area, _OTHERS)]
        end(chance.choice(pids))
    elif death == "postmaster":
        pid = breakable.server.status().pid
        assert pid is not None
        end(pid)
        time.sleep(chance.random() * 0.3)
        breakable.server.start()
    else:
        pids = breakable.area.served.pids
        for pid in pids if death == "workers" else [chance.choice(pids)]:
            end(pid)


def end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def await_answers(ledger: ClientLedger, more: int) -> None:
    wanted, until = len(ledger.received) + more, time.monotonic() + LONGEST
    while len(ledger.received) < wanted:
        assert ledger.wrong == []
        assert time.monotonic() < until, f"only {len(ledger.received)} of {wanted} answers came"
        time.sleep(0.01)


def rows(area: LiveArea, statement: str) -> list[Any]:
    """Ask the database once it takes connections again."""

    async def ask() -> list[Any]:
        connection = await asyncpg.connect(area.dsn)
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    for _ in range(100):
        with contextlib.suppress(OSError, asyncpg.PostgresError):
            return run_apart(ask())
        time.sleep(0.1)
    raise AssertionError("the database did not come back")


def logged(area: LiveArea) -> list[dict[str, Any]]:
    return [logged_entry(row["text"]) for row in rows(area, _ENTRIES)]


def tell(ledger: ClientLedger, deaths: Counter[str], entries: list[Any]) -> None:
    came = len(ledger.received) + sum(ledger.pages.values())
    print(f"{ledger.asked} requests, {came} answers, {ledger.lost} lost, {ledger.away} told to come again,", end=" ")  # noqa: T201
    print(f"{deaths.total()} deaths {dict(deaths)}, {len(entries)} entries")  # noqa: T201
