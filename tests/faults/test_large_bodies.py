"""Bodies as large as they may be, several at once: the memory that they take is bounded, and everybody else is served on."""

import bz2
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest
from tests.interoperability.live_area import FHIR_JSON, LiveArea, running_live_area
from tests.interoperability.outcomes import codes_of
from tests.interoperability.raw_socket import raw_socket, request

LARGEST: Final = 50 * 1024 * 1024
AT_ONCE: Final = 6
DURING_MEGABYTES: Final = 400
AFTER_MEGABYTES: Final = 250
_HEAD: Final = b'{"resourceType":"Binary","contentType":"text/plain","data":"'
FULL: Final = _HEAD + b"QUFB" * ((LARGEST - len(_HEAD) - 2) // 4) + b'"}'


@pytest.fixture(scope="module")
def live_area(migrated_database_of_module: Callable[[], str]) -> Iterator[LiveArea]:
    with running_live_area(migrated_database_of_module()) as area:
        yield area


def peak_megabytes(area: LiveArea) -> float:
    """Return the most that the larger worker has ever held."""
    statuses = [Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines() for pid in area.served.pids]
    peaks = [int(line.split()[1]) for status in statuses for line in status if line.startswith("VmHWM:")]
    return max(peaks) / 1024


def post(area: LiveArea, path: str, body: bytes) -> httpx.Response:
    headers = {**FHIR_JSON, "authorization": f"Bearer {area.tokens['hospital']}"}
    return httpx.post(f"{area.base}{path}", content=body, headers=headers, timeout=120)


@contextmanager
def reading(area: LiveArea) -> Iterator[list[float]]:
    """Let a clinician read on and on over one connection to each worker, and give how long each answer took, in seconds."""
    hospital = area.caller("hospital")
    path = f"/Organization/{hospital.create({'resourceType': 'Organization', 'name': 'Ward'})['id']}"
    waits: list[float] = []
    finished = threading.Event()

    def read_on() -> None:
        with httpx.Client(base_url=area.base, headers=dict(hospital.client.headers), timeout=60) as client:
            while not finished.is_set():
                began = time.monotonic()
                assert client.get(path).status_code == 200
                waits.append(time.monotonic() - began)
                time.sleep(0.01)

    with ThreadPoolExecutor(2) as threads:
        readers = [threads.submit(read_on) for _ in range(2)]
        try:
            yield waits
        finally:
            finished.set()
        for reader in readers:
            reader.result()


def test_largest_bodies_at_once_take_bounded_memory_and_keep_nobody_waiting(live_area: LiveArea) -> None:
    """Hazard: one hospital's upload ends every clinician's session."""
    with reading(live_area) as waits, ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(lambda _: post(live_area, "/Binary", FULL), range(AT_ONCE)))
    for answer in answers:
        assert answer.status_code == 201 or codes_of(answer, 503) == {"overloaded"}
    assert 201 in {answer.status_code for answer in answers}
    assert max(waits) < 5
    assert peak_megabytes(live_area) < DURING_MEGABYTES
    assert live_area.resident_megabytes() < AFTER_MEGABYTES
    assert live_area.served.restarts == []


def test_a_body_over_the_limit_is_refused_before_it_has_been_sent(live_area: LiveArea) -> None:
    announced = f"content-type: application/fhir+json\r\ncontent-length: {LARGEST + 1}\r\n"
    for _ in range(20):
        with raw_socket(live_area.port) as connection:
            connection.send(request("POST", "/fhir/Binary", token=live_area.tokens["hospital"], headers=announced))
            answer = connection.answer()
        assert answer is not None
        assert answer.status == 413
        assert b"body-too-large" in answer.body
    assert live_area.resident_megabytes() < AFTER_MEGABYTES


@pytest.mark.parametrize("nonsense", [b"x", b"[", b'"', b"\x00", b"{},", b'{"name":[{},', b"&#0;", b"\\u0041"])
def test_a_large_body_of_nonsense_is_refused_while_others_are_served(live_area: LiveArea, nonsense: bytes) -> None:
    with reading(live_area) as waits:
        began = time.monotonic()
        for head in (b"", b'{"resourceType":"Patient","name":[', b'{"resourceType":"Patient","language":"'):
            body = head + nonsense * ((LARGEST - len(head)) // len(nonsense))
            codes_of(post(live_area, "/Patient", body), {400, 413})
        whole = time.monotonic() - began
    # Nobody waits for a whole body; a machine that is busy with other things lengthens both.
    assert max(waits) < max(2, whole / 2)
    assert peak_megabytes(live_area) < DURING_MEGABYTES
    assert live_area.resident_megabytes() < AFTER_MEGABYTES


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_a_bundle_of_fifty_thousand_entries_is_refused_with_how_to_do_it_instead(
    live_area: LiveArea, kind: str
) -> None:
    """Hazard: one supplier's whole night's work keeps the ward from its patients."""
    entry = {
        "resource": {"resourceType": "Basic", "code": {"text": "x"}},
        "request": {"method": "POST", "url": "Basic"},
    }
    body = json.dumps({"resourceType": "Bundle", "type": kind, "entry": [entry] * 50_000}).encode()
    before = live_area.row_count()
    with reading(live_area) as waits:
        answer = post(live_area, "", body)
    assert codes_of(answer, 413) == {"bundle-too-many-entries"}
    assert "lhcr load" in answer.text
    assert max(waits) < 2
    assert live_area.row_count() == before + 1


def test_a_body_of_mistakes_is_told_a_hundred_of_them(live_area: LiveArea) -> None:
    answer = post(live_area, "/Patient", b'{"resourceType":"Patient","name":[' + b"{}," * 90_000 + b"{}]}")
    assert codes_of(answer, 400) == {"empty"}
    assert len(answer.json()["issue"]) == 100


@pytest.mark.corpus
def test_the_largest_published_records_go_in_as_one_transaction_each(live_area: LiveArea, corpus: Path) -> None:
    folder = corpus / "synthea"
    for directory in sorted(folder.glob("0-*.json.bz2"), reverse=True):
        assert post(live_area, "", bz2.decompress(directory.read_bytes())).status_code == 200
    largest = sorted(folder.glob("[!0]*.json.bz2"), key=lambda path: path.stat().st_size)[-3:]
    with reading(live_area) as waits:
        for path in largest:
            answer = post(live_area, "", bz2.decompress(path.read_bytes()))
            assert answer.status_code == 200, answer.text[:1_000]
    assert max(waits) < 5
    assert live_area.resident_megabytes() < AFTER_MEGABYTES
