"""The log does not take entries: then nobody is answered, nothing is written, and everybody is told so."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from tests.faults.people_who_ask import GP, OFFICE, PeopleWhoAsk, begin_session, settle
from tests.interoperability import canary
from tests.interoperability.live_area import Caller, LiveArea
from tests.interoperability.outcomes import codes_of

from lhcr.nhs.systems import NHS_NUMBER

_REFUSAL = """
    CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the log is full: %', convert_from(NEW.text, 'UTF8'); END $$"""


@contextmanager
def refusing(area: LiveArea) -> Iterator[None]:
    """Let the log refuse every entry, with a message that quotes it."""
    area.rows(_REFUSAL)
    area.rows("CREATE TRIGGER refuse BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse()")
    try:
        yield
    finally:
        area.rows("DROP TRIGGER refuse ON audit_entry")


@contextmanager
def gone(area: LiveArea) -> Iterator[None]:
    """Take the log's table away."""
    area.rows("ALTER TABLE audit_entry RENAME TO audit_entry_gone")
    try:
        yield
    finally:
        area.rows("ALTER TABLE audit_entry_gone RENAME TO audit_entry")


@pytest.fixture(scope="module")
def hospital(live_area: LiveArea) -> Caller:
    return live_area.caller("hospital")


@pytest.fixture(scope="module")
def people(live_area: LiveArea) -> PeopleWhoAsk:
    return settle(live_area)


@pytest.fixture(scope="module")
def pulse(hospital: Caller) -> dict[str, Any]:
    patient = hospital.create(canary.patient())
    about = {"reference": f"Patient/{patient['id']}"}
    return hospital.create(
        {"resourceType": "Observation", "status": "final", "code": {"text": "Pulse"}, "subject": about}
    )


@pytest.mark.parametrize("fault", [refusing, gone])
def test_nothing_is_answered_that_the_log_does_not_know_of(
    live_area: LiveArea, hospital: Caller, pulse: dict[str, Any], fault: Any
) -> None:
    """Hazard: somebody's record is read and nobody can ever be told."""
    path, patient = f"/Observation/{pulse['id']}", pulse["subject"]["reference"]
    with fault(live_area):
        for caller in (hospital, live_area.caller("pharmacy"), live_area.caller("gp")):
            for asked in (path, f"{path}/_history", f"{path}/_history/1", "/Observation?code=x", f"/{patient}/$everything",
                          f"{path}/$meta", "/_history", "/Observation/never-was"):  # fmt: skip
                answer = caller.get(asked)
                assert codes_of(answer, 503) == {"log-unavailable"}, (asked, answer.text)
                assert answer.headers["retry-after"]
        batch = {"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET", "url": path[1:]}}]}
        (entry,) = hospital.send("POST", "", batch).json()["entry"]
        assert entry["response"]["status"].startswith("503")
        assert "resource" not in entry
    assert hospital.get(path).json() == pulse


@pytest.mark.parametrize("fault", [refusing, gone])
def test_nothing_is_written_that_the_log_does_not_know_of(
    live_area: LiveArea, hospital: Caller, pulse: dict[str, Any], fault: Any
) -> None:
    new = {name: value for name, value in pulse.items() if name not in {"id", "meta"}}
    entry = {"resource": new, "request": {"method": "POST", "url": "Observation"}}
    path, before = f"/Observation/{pulse['id']}", live_area.row_count()
    patch = {
        "content": b'[{"op":"add","path":"/language","value":"cy"}]',
        "headers": {"content-type": "application/json-patch+json"},
    }
    with fault(live_area):
        answers = [
            hospital.send("POST", "/Observation", new),
            hospital.send("PUT", path, {**pulse, "language": "cy"}),
            hospital.ask("PATCH", path, **patch),
            hospital.ask("DELETE", path),
            hospital.send("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}),
        ]
    for answer in answers:
        assert codes_of(answer, 503) == {"log-unavailable"}
        assert answer.headers["retry-after"]
        assert canary.traces_in(answer.text) == []
    assert live_area.row_count() == before
    assert hospital.get(path).json() == pulse
    assert canary.traces_in(live_area.written()) == []


@pytest.mark.parametrize("fault", [refusing, gone])
def test_no_page_search_of_the_log_trace_or_token_is_given_that_the_log_does_not_know_of(
    live_area: LiveArea, people: PeopleWhoAsk, fault: Any
) -> None:
    """Hazard: what the API keeps back is read in the portal, or by a token that nobody knows was given."""
    gp, office = begin_session(live_area, GP), begin_session(live_area, OFFICE)
    number = canary.nhs_number(0)
    pages: list[tuple[str, str, str, dict[str, str]]] = [
        ("GET", f"{people.record}{page}", gp, {}) for page in ("", "/section/problems", "/medicines", "/timeline")
    ]
    pages += [("POST", "/find", gp, {"by": "number", "nhs_number": number}), ("POST", "/log", office, {})]
    with httpx.Client(base_url=live_area.base.removesuffix("/fhir"), timeout=30) as browser:

        def page(method: str, path: str, session: str, form: dict[str, str]) -> httpx.Response:
            headers = {"cookie": f"lhcr-session={session}", "sec-fetch-site": "same-origin"}
            return browser.request(method, path, headers=headers, data=form or None)

        for each in pages:
            assert page(*each).status_code == 200, each[1]
        with fault(live_area):
            for each in pages:
                answer = page(*each)
                # A log whose table is gone cannot be read either, which no outage is.
                is_away = each[1] != "/log" or fault is refusing
                assert answer.status_code == (503 if is_away else 500), (each[1], answer.text)
                assert canary.traces_in(answer.text) == [], each[1]
            for token, path in (
                (live_area.tokens["gp"], f"/Patient?identifier={NHS_NUMBER}|{number}"),
                (people.office, "/AuditEvent"),
                (live_area.tokens["citizen"], "/Observation/never-was"),
            ):
                asked = browser.get(f"/fhir{path}", headers={"authorization": f"Bearer {token}"})
                is_away = path != "/AuditEvent" or fault is refusing
                assert asked.status_code == (503 if is_away else 500), (path, asked.text)
                assert canary.traces_in(asked.text) == [], path
            given = browser.post("/auth/token", data=people.exchange(live_area.tokens["gp"]))
            assert given.status_code == 503, given.text
            assert "access_token" not in given.text
        assert page(*pages[0]).status_code == 200


def test_an_answer_waits_for_as_long_as_its_entry_does(live_area: LiveArea, pulse: dict[str, Any]) -> None:
    answers: list[tuple[float, httpx.Response]] = []

    def ask(bearer: str) -> None:
        answer = live_area.caller(bearer).get(
            f"/Observation/{pulse['id']}", headers={"x-request-id": f"waits-{bearer}"}
        )
        answers.append((time.monotonic(), answer))

    callers = [threading.Thread(target=ask, args=(bearer,)) for bearer in ("hospital", "pharmacy")]
    began = time.monotonic()
    for caller in callers:
        threading.Timer(0.5, caller.start).start()
    live_area.rows("DO $$ BEGIN LOCK TABLE audit_entry IN ACCESS EXCLUSIVE MODE; PERFORM pg_sleep(2); END $$")
    released = time.monotonic()
    for caller in callers:
        caller.join()
    assert released - began >= 2
    assert sorted(answer.status_code for _, answer in answers) == [200, 404]
    assert all(at >= released - 0.2 for at, _ in answers)
    entries = [
        json.loads(row["text"]) for row in live_area.rows("SELECT convert_from(text, 'UTF8') AS text FROM audit_entry")
    ]
    assert {each["request"] for each in entries} >= {"waits-hospital", "waits-pharmacy"}


def test_reads_and_writes_wait_as_long_for_a_log_that_is_locked_and_no_longer(
    live_area: LiveArea, hospital: Caller, pulse: dict[str, Any]
) -> None:
    """Hazard: a ward whose every click hangs for half a minute takes the record for empty."""
    new = {name: value for name, value in pulse.items() if name not in {"id", "meta"}}
    before = live_area.row_count()
    waits: list[float] = []

    def ask(method: str, path: str, resource: Any) -> None:
        began = time.monotonic()
        answer = live_area.caller("hospital").send(method, path, resource)
        waits.append(time.monotonic() - began)
        assert codes_of(answer, 503) <= {"log-unavailable", "record-unavailable"}

    asked = [("POST", "/Observation", new), ("PUT", f"/Observation/{pulse['id']}", {**pulse, "language": "cy"}),
             ("GET", f"/Observation/{pulse['id']}", None), ("GET", f"/Observation/{pulse['id']}", None)]  # fmt: skip
    with ThreadPoolExecutor(8) as threads:
        locked = threads.submit(
            live_area.rows,
            "DO $$ BEGIN LOCK TABLE audit_entry IN ACCESS EXCLUSIVE MODE; PERFORM pg_sleep(14); END $$",
        )
        time.sleep(0.5)
        answers = [threads.submit(ask, *each) for each in asked]
        time.sleep(5)
        late = threads.submit(ask, "GET", f"/Observation/{pulse['id']}", None)
        for each in answers:
            each.result()
        locked.result()
        late.exception()
    assert all(8 < wait < 13 for wait in waits[:4])
    assert live_area.row_count() == before
    assert hospital.get(f"/Observation/{pulse['id']}").json() == pulse


def test_what_needs_no_entry_is_still_answered(live_area: LiveArea, hospital: Caller) -> None:
    with refusing(live_area):
        assert hospital.get("/metadata").status_code == 200
        assert hospital.send("POST", "/Patient/$validate", canary.patient()).status_code == 200
        codes_of(hospital.get("/Nonsense"), 404)
        codes_of(live_area.caller(None).get("/Patient"), 401)
