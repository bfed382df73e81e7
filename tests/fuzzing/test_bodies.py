"""Bodies that are nearly right: each is taken or refused in the promised form, and what is refused leaves nothing behind."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fuzzing.effort import fuzzed
from tests.fuzzing.mutations import bodies
from tests.fuzzing.resource_schema import PATIENT, WARD
from tests.interoperability import canary
from tests.interoperability.live_area import FHIR_JSON, Caller, LiveArea
from tests.interoperability.outcomes import defects_of

FUZZED = fuzzed(30)
ABOUT: Final = {"reference": f"Patient/{PATIENT}"}
_PATCH: Final = [{"op": "replace", "path": "/name", "value": "Ward"}, {"op": "move", "from": "/name", "path": "/alias"}]
_RESOURCES: Final[Mapping[str, dict[str, Any]]] = {
    "Patient": canary.patient(
        birthDate="1980-02-29", multipleBirthInteger=1, address=[{"line": ["1"], "period": {"start": "2020"}}]
    ),
    "Observation": {
        "resourceType": "Observation",
        "meta": {"profile": ["urn:x"], "tag": [{"system": "urn:x", "code": "y"}]},
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'},
        "contained": [{"resourceType": "Device", "id": "d"}],
        "extension": [{"url": "urn:x", "valueDecimal": 1.10}],
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": ABOUT,
        "effectivePeriod": {"start": "2026-01-01", "_end": {"extension": [{"url": "urn:x", "valueCode": "y"}]}},
        "valueQuantity": {"value": 1.50, "unit": "kg"},
        "component": [{"code": {"text": "x"}, "valueInteger": 1}],
    },
    "MedicationRequest": {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "Aspirin"},
        "subject": ABOUT,
        "dosageInstruction": [{"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}}],
    },
}
_OPERATION: Final = {"resourceType": "Parameters", "parameter": [{"name": "mode", "valueCode": "create"},
                     {"name": "resource", "resource": _RESOURCES["Observation"]}]}  # fmt: skip
_EVERYTHING: Final = {
    "resourceType": "Parameters",
    "parameter": [{"name": "_count", "valueInteger": 1}, {"name": "start", "valueDate": "2026"}],
}


def _bundle(kind: str) -> dict[str, Any]:
    binary = {"resourceType": "Binary", "contentType": "application/json-patch+json",
              "data": base64.b64encode(json.dumps(_PATCH).encode()).decode()}  # fmt: skip
    requests: list[tuple[dict[str, Any], dict[str, Any] | None]] = [
        ({"method": "POST", "url": "Patient", "ifNoneExist": "identifier=urn:x|1"}, _RESOURCES["Patient"]),
        ({"method": "POST", "url": "Observation"}, _RESOURCES["Observation"]),
        (
            {"method": "PUT", "url": f"Organization/{WARD}", "ifMatch": 'W/"99"'},
            {"resourceType": "Organization", "id": WARD, "name": "x"},
        ),
        ({"method": "PATCH", "url": f"Organization/{WARD}"}, binary),
        ({"method": "DELETE", "url": "Observation/never-was"}, None),
        (
            {
                "method": "GET",
                "url": f"Patient/{PATIENT}",
                "ifNoneMatch": 'W/"1"',
                "ifModifiedSince": "2026-01-01T00:00:00Z",
            },
            None,
        ),
        ({"method": "GET", "url": "Observation?code=x&_count=1"}, None),
        ({"method": "POST", "url": "Observation/$validate"}, _RESOURCES["Observation"]),
    ]
    entries = [{"fullUrl": f"urn:uuid:5b3f1a2c-0001-4000-8000-00000000000{number}", "request": request}
               | ({"resource": resource} if resource else {}) for number, (request, resource) in enumerate(requests)]  # fmt: skip
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def check(answer: httpx.Response, live_area: LiveArea, before: int) -> None:
    """Whatever was sent: no failure of ours, the promised form, nothing of the person told, and nothing written where it was refused."""
    assert answer.status_code < 500, answer.text
    assert defects_of(answer) == [], answer.text
    if answer.status_code >= 400:
        assert canary.traces_in(answer.text) == [], answer.text
        assert live_area.row_count() == before


@pytest.mark.parametrize("type_", _RESOURCES)
@given(data=st.data())
@FUZZED
def test_a_mutated_resource_is_stored_or_refused_whole(
    data: st.DataObject, live_area: LiveArea, hospital: Caller, type_: str
) -> None:
    body = data.draw(bodies(_RESOURCES[type_]))
    before = live_area.row_count()
    answer = hospital.ask("POST", f"/{type_}", content=body, headers=FHIR_JSON)
    check(answer, live_area, before)
    if answer.status_code == 201:
        read = hospital.get(f"/{type_}/{answer.json()['id']}")
        assert read.status_code == 200
        # Who joins somebody who is known already is told so by a link, on reading and, where they were known first, at once.
        told, kept = ({name: value for name, value in each.json().items() if name != "link"} for each in (answer, read))
        assert kept == told


@pytest.mark.parametrize("kind", ["batch", "transaction"])
@given(data=st.data())
@FUZZED
def test_a_mutated_bundle_is_done_or_refused(
    data: st.DataObject, live_area: LiveArea, hospital: Caller, kind: str
) -> None:
    body = data.draw(bodies(_bundle(kind)))
    before = live_area.row_count()
    answer = hospital.ask("POST", "/", content=body, headers=FHIR_JSON)
    check(answer, live_area, before)
    if answer.status_code == 200:
        statuses = [each["response"]["status"] for each in answer.json().get("entry", [])]
        assert [status for status in statuses if status.startswith("5")] == [], answer.text


@given(data=st.data())
@FUZZED
def test_a_mutated_patch_is_done_or_refused(data: st.DataObject, live_area: LiveArea, hospital: Caller) -> None:
    body = data.draw(bodies(_PATCH))
    before = live_area.row_count()
    headers = {"content-type": "application/json-patch+json"}
    check(hospital.ask("PATCH", f"/Organization/{WARD}", content=body, headers=headers), live_area, before)


@pytest.mark.parametrize(
    ("path", "sent"), [("/Observation/$validate", _OPERATION), (f"/Patient/{PATIENT}/$everything", _EVERYTHING)]
)
@given(data=st.data())
@FUZZED
def test_mutated_parameters_are_read_or_refused(
    data: st.DataObject, live_area: LiveArea, hospital: Caller, path: str, sent: dict[str, Any]
) -> None:
    body = data.draw(bodies(sent))
    before = live_area.row_count()
    check(hospital.ask("POST", path, content=body, headers=FHIR_JSON), live_area, before)


@given(body=st.binary(max_size=300), form=st.sampled_from(["application/fhir+json", "application/fhir+xml", "application/json-patch+json",
       "application/x-www-form-urlencoded", "text/plain", "application/fhir+json; charset=\xff", ""]))  # fmt: skip
@FUZZED
def test_random_bytes_are_refused(body: bytes, form: str, live_area: LiveArea, hospital: Caller) -> None:
    before = live_area.row_count()
    for method, path in (
        ("POST", "/Patient"),
        ("PUT", f"/Patient/{PATIENT}"),
        ("POST", "/"),
        ("PATCH", f"/Organization/{WARD}"),
    ):
        answer = hospital.ask(method, path, content=body, headers={b"content-type": form.encode("latin-1")})
        assert 400 <= answer.status_code < 500, answer.text
        check(answer, live_area, before)
