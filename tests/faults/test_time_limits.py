"""Limits of time: who waits for a connection is told so, and who does not keep pace is cut off, whatever others do."""

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import asyncpg
import httpx
import pytest
from tests.faults.ledger import verified
from tests.interoperability import canary
from tests.interoperability.live_area import Caller, LiveArea, running_live_area
from tests.interoperability.outcomes import codes_of, defects_of
from tests.interoperability.raw_socket import RawSocket, raw_socket, request
from tests.logged import logged_entry

from lhcr.fhir.json_document import read_json

WORKERS = 2
ASKERS = 8
#: Long enough for the busiest machine, short enough that what hangs for ever is seen to.
LONGEST = 30.0
_LOCK = "DO $$ BEGIN LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE; PERFORM pg_sleep(25); END $$"
_LOCKED = "SELECT pid FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = $1::text::regclass"
_HELD = """
    SELECT count(*) AS n FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND (state <> 'idle' OR wait_event_type = 'Lock')"""


@pytest.fixture(scope="module")
def scarce_area(migrated_database_of_module: Callable[[], str]) -> Iterator[LiveArea]:
    """Two workers with one connection each for the record, and one for the gate and the log beside that of the sequencer."""
    dsn = migrated_database_of_module()
    with running_live_area(dsn, pool_size=2, side_pool_size=2, longest_wait=0.5) as area:
        yield area


@pytest.fixture(scope="module")
def brisk_area(migrated_database_of_module: Callable[[], str]) -> Iterator[LiveArea]:
    with running_live_area(migrated_database_of_module(), look_seconds=1.0, slowest_line=2_000) as area:
        yield area


@contextlib.contextmanager
def locked(area: LiveArea, table: str) -> Iterator[None]:
    """Hold a table meanwhile, so that every statement about it hangs, and its connection with it."""
    with ThreadPoolExecutor(1) as thread:
        holding = thread.submit(area.rows, _LOCK.format(table=table))
        await_true(lambda: bool(area.rows(_LOCKED, table)))
        try:
            yield
        finally:
            area.rows("SELECT pg_cancel_backend($1)", area.rows(_LOCKED, table)[0]["pid"])
            with contextlib.suppress(asyncpg.QueryCanceledError):
                holding.result()


def await_true(told: Callable[[], bool], *, seconds: float = LONGEST) -> None:
    until = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def pulse(about: str) -> dict[str, object]:
    subject = {"reference": f"Patient/{about}"}
    return {"resourceType": "Observation", "status": "final", "code": {"text": "Pulse"}, "subject": subject}


def successes(area: LiveArea, name: str) -> set[str]:
    """Return the requests of a name that the log says were answered."""
    rows = area.rows("SELECT convert_from(text, 'UTF8') AS text FROM audit_entry")
    entries = [logged_entry(row["text"]) for row in rows]
    return {each["request"] for each in entries if each["outcome"] == "0" and each["request"].startswith(name)}


def check_turned_away(answer: httpx.Response) -> None:
    assert codes_of(answer, 503) == {"connections-busy"}
    assert defects_of(answer) == []
    assert answer.headers["retry-after"].isdecimal()


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_who_waits_for_a_connection_in_vain_is_told_so_and_nothing_is_done(scarce_area: LiveArea, method: str) -> None:
    """Hazard: behind a few statements that hang, every clinician waits without an end; or half of a write is left."""
    hospital = scarce_area.caller("hospital")
    about = hospital.create(canary.patient())["id"]
    made = [hospital.create(pulse(about)) for _ in range(ASKERS)]

    def ask(number: int) -> httpx.Response:
        path, change = f"/Observation/{made[number]['id']}", {**made[number], "status": "amended"}
        caller = scarce_area.caller("hospital", **{"x-request-id": f"waits-{method}-{number}"})
        return caller.get(path) if method == "GET" else caller.send("PUT", path, change)

    with ThreadPoolExecutor(ASKERS) as threads:
        with locked(scarce_area, "resource"):
            asked = [threads.submit(ask, number) for number in range(ASKERS)]
            await_true(lambda: sum(each.done() for each in asked) >= ASKERS - 2 * WORKERS, seconds=9)
            for each in asked:
                if each.done():
                    check_turned_away(each.result())
        answers = [each.result(LONGEST) for each in asked]
    done = {number for number, each in enumerate(answers) if each.status_code == 200}
    assert done
    assert successes(scarce_area, f"waits-{method}") == {f"waits-{method}-{number}" for number in done}
    changed = {
        number
        for number, each in enumerate(made)
        if hospital.get(f"/Observation/{each['id']}").json()["status"] == "amended"
    }
    assert changed == (done if method == "PUT" else set())
    assert verified(scarce_area).intact
    assert "became free in time" in scarce_area.written()
    assert scarce_area.served.restarts == []


def test_who_waits_for_a_page_in_vain_gets_a_plain_one(scarce_area: LiveArea) -> None:
    address, cookies = f"http://127.0.0.1:{scarce_area.port}/", {"lhcr-session": "nobody's"}

    def ask(_: int) -> httpx.Response:
        return httpx.get(address, cookies=cookies, timeout=LONGEST)

    with ThreadPoolExecutor(ASKERS) as threads:
        with locked(scarce_area, "session"):
            asked = [threads.submit(ask, number) for number in range(ASKERS)]
            await_true(lambda: sum(each.done() for each in asked) >= ASKERS - 2 * WORKERS, seconds=9)
            turned_away = [each.result() for each in asked if each.done()]
        wait(asked, LONGEST)
    for each in turned_away:
        assert (each.status_code, each.headers["content-type"]) == (503, "text/html; charset=utf-8")
        assert "cannot be read at the moment" in each.text
    assert "Exception in ASGI application" not in scarce_area.written()


@pytest.fixture(scope="module")
def large_record(brisk_area: LiveArea) -> str:
    """The id of a Patient whose record is some six megabytes."""
    hospital = brisk_area.caller("hospital")
    about = str(hospital.create(canary.patient())["id"])
    note = {**pulse(about), "valueString": "x" * 20_000}
    entries = [{"resource": note, "request": {"method": "POST", "url": "Observation"}}] * 300
    made = hospital.send("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert made.status_code == 200
    return about


def whole_record(area: LiveArea, about: str, *, headers: str = "") -> bytes:
    return request("GET", f"/fhir/Patient/{about}/$everything", token=area.tokens["hospital"], headers=headers)


def loads(area: LiveArea) -> int:
    """Return how many connections the workers have open."""
    return sum(area.served.loads)


@pytest.mark.parametrize("headers", ["", "connection: close\r\n"])
def test_who_never_reads_an_answer_is_cut_off_and_holds_nothing(
    brisk_area: LiveArea, large_record: str, headers: str
) -> None:
    """Hazard: each such caller keeps an answer in a worker's memory for ever, until there is none left for others."""
    await_true(lambda: loads(brisk_area) == 0)
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(raw_socket(brisk_area.port)) for _ in range(10)]
        for connection in held:
            connection.send(whole_record(brisk_area, large_record, headers=headers) * 3)
        await_true(lambda: loads(brisk_area) == 10)
        await_true(lambda: loads(brisk_area) == 0)
        assert brisk_area.rows(_HELD)[0]["n"] == 0
    assert "cut off" in brisk_area.written()
    assert brisk_area.served.restarts == []
    assert "Traceback" not in brisk_area.written()


def test_who_reads_slowly_but_steadily_gets_all_of_it(brisk_area: LiveArea, large_record: str) -> None:
    """Hazard: a clinician on a slow line is shown nothing, because the line is taken for a caller who hangs."""
    hospital: Caller = brisk_area.caller("hospital")
    expected = hospital.get(f"/Patient/{large_record}/$everything").json()["total"]
    began = time.monotonic()
    with raw_socket(brisk_area.port) as connection:
        connection.send(whole_record(brisk_area, large_record))
        received = read_slowly(connection)
    assert time.monotonic() - began > 3
    head, _, body = received.partition(b"\r\n\r\n")
    assert b" 200 " in head.splitlines()[0]
    assert read_json(body)["total"] == expected


def read_slowly(connection: RawSocket) -> bytes:
    """Read some megabyte a second until the length that the head told of is there."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.socket.recv(1_000)
    size = re.search(rb"content-length: (\d+)", received)
    assert size is not None
    whole = received.index(b"\r\n\r\n") + 4 + int(size[1])
    while len(received) < whole:
        time.sleep(0.03)
        piece = connection.socket.recv(32_768)
        assert piece, f"cut off after {len(received)} of {whole} bytes"
        received += piece
    return received


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/fhir/Organization", "content-type: application/fhir+json\r\n"),
        ("/sign-in", "content-type: application/x-www-form-urlencoded\r\norigin: http://127.0.0.1\r\n"),
    ],
)
def test_who_sends_a_body_byte_by_byte_for_ever_is_cut_off(brisk_area: LiveArea, path: str, headers: str) -> None:
    before = brisk_area.row_count()
    with raw_socket(brisk_area.port) as connection:
        token = brisk_area.tokens["hospital"]
        connection.send(request("POST", path, token=token, headers=f"{headers}content-length: 60000\r\n"))
        until = time.monotonic() + LONGEST
        connection.socket.settimeout(0.05)
        while (said := drip(connection)) is None:
            assert time.monotonic() < until, "still listened to"
    assert said == b"" or said.startswith(b"HTTP/1.1 408 ")
    assert brisk_area.row_count() == before
    assert "Traceback" not in brisk_area.written()


def drip(connection: RawSocket) -> bytes | None:
    """Send one more byte; return what came back, nothing where the server has closed, None while it still listens."""
    try:
        connection.send(b" ")
        return connection.socket.recv(1_000)
    except TimeoutError:
        return None
    except OSError:
        return b""
