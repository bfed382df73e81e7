"""What the workers write to their outputs: that something happened, and nobody's data.

Every live area's outputs are looked through when it ends; here are the journeys that are likeliest to write down too much.
"""

from typing import Any

from tests.interoperability import canary
from tests.interoperability.live_area import FHIR_JSON, Caller, LiveArea


def _person(hospital: Caller) -> dict[str, Any]:
    return hospital.create(canary.patient(index=20))


def test_requests_are_logged_by_the_template_of_their_route(live_area: LiveArea, hospital: Caller) -> None:
    made = _person(hospital)
    number = canary.nhs_number(20)
    for answer in (
        hospital.get(f"/Patient/{made['id']}"),
        hospital.get("/Patient", params={"family": canary.FAMILY, "identifier": number}),
        hospital.ask("POST", "/Patient/_search", data={"identifier": number}),
        hospital.get("/Observation", params={"patient.identifier": number}),
        hospital.get(f"/Patient/{canary.FAMILY}"),
    ):
        assert answer.status_code in {200, 404}, answer.text
    written = live_area.written()
    assert "/{type}/{id}" in written
    assert made["id"] not in written
    assert canary.traces_in(written) == []


def test_what_is_refused_is_logged_without_what_was_sent(live_area: LiveArea, hospital: Caller) -> None:
    number, family = canary.nhs_number(21), canary.FAMILY
    named = {"resourceType": "Patient", "name": [{"family": family}], "identifier": [{"value": number}]}
    sent = [
        hospital.send("POST", "/Patient", {**named, family: number}),
        hospital.send("POST", "/Patient", {**named, "birthDate": number, "gender": family}),
        hospital.send("POST", "/Observation", named),
        hospital.ask("POST", "/Patient", content=f'{{"{family}":"{number}"'.encode(), headers=FHIR_JSON),
        hospital.ask(
            "POST", "/Patient", content=f"<{family} x={number}>".encode(), headers={"content-type": "text/xml"}
        ),
        hospital.get(f"/{family}/{number}"),
        hospital.get(f"/Patient/{number}/{family}"),
        hospital.get("/Patient", params={family: number}),
        hospital.get("/Patient", params={"birthdate": number, "_sort": family, "_has": family}),
        hospital.get("/Patient", params={"_cursor": number + family}),
        hospital.ask(family, f"/Patient/{number}"),
        hospital.get("/Patient", headers={"if-none-match": family, "accept": family, "x-lhcr-purpose": number}),
        hospital.ask("POST", "/Patient", content=b"{}", headers={"content-type": family}),
        live_area.caller(None).get("/Patient", headers={"authorization": f"Bearer {number}{family}"}),
    ]
    assert {answer.status_code // 100 for answer in sent} == {4}
    # A name of an element or parameter may be told back to whoever sent it; no value is, and the log has neither.
    assert [answer.text for answer in sent if number in answer.text] == []
    assert canary.traces_in(live_area.written()) == []


def test_what_the_database_refuses_is_logged_without_its_values(live_area: LiveArea, hospital: Caller) -> None:
    """A constraint's message quotes the row; the log of the area must not."""
    live_area.rows("ALTER TABLE search_string ADD CONSTRAINT canary CHECK (exact <> 'Zzcanaryforbidden') NOT VALID")
    try:
        answer = hospital.send("POST", "/Patient", canary.patient(name=[{"family": "Zzcanaryforbidden"}]))
    finally:
        live_area.rows("ALTER TABLE search_string DROP CONSTRAINT canary")
    assert answer.status_code == 500
    assert canary.traces_in(answer.text) == []
    written = live_area.written()
    assert "CheckViolationError" in written
    assert answer.headers["x-request-id"] in written
    assert canary.traces_in(written) == []


def test_the_database_writes_no_values_to_its_own_log(live_area: LiveArea) -> None:
    (row,) = live_area.rows("SELECT pg_current_logfile() AS name, pg_read_binary_file(pg_current_logfile()) AS text")
    assert row["text"]
    assert canary.traces_in(row["text"].decode("utf-8", "replace")) == []
