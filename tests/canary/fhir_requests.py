"""What is asked of the FHIR API: every interaction and operation, rightly and wrongly, with marks wherever a caller can put them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tests.canary import marks

from lhcr.nhs.systems import NHS_NUMBER

_JSON: Final = {"content-type": "application/fhir+json"}
_PATCH: Final = {"content-type": "application/json-patch+json"}
_FORM: Final = {"content-type": "application/x-www-form-urlencoded"}
_SUBJECT: Final = {"identifier": {"system": NHS_NUMBER, "value": marks.NUMBER}}


@dataclass(frozen=True, slots=True)
class Sent:
    method: str
    path: str
    content: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    #: What the caller put into the address themself is not the program's.
    typed: bool = False


def every_request(patient: str, observation: str) -> Iterator[Sent]:
    """`patient` and `observation` are ids of the marked person's entries, or what somebody takes for them."""
    yield from _searches(patient)
    yield from _reads(patient, observation)
    yield from _writes(patient)
    yield from _wrong()


def _searches(patient: str) -> Iterator[Sent]:
    number = f"identifier={NHS_NUMBER}%7C{marks.NUMBER}"
    yield Sent("GET", "/metadata")
    for path in ("", "/Patient", "/Observation", "/AuditEvent", "/Encounter"):
        yield Sent("GET", f"{path}?{number}", typed=True)
    yield Sent("GET", f"/Patient?family={marks.FAMILY}&given={marks.GIVEN}&birthdate={marks.BORN}", typed=True)
    yield Sent("GET", f"/Observation?patient.{number}", typed=True)
    for path in ("/_search", "/Patient/_search", "/Observation/_search", f"/Patient/{patient}/Observation/_search"):
        yield Sent("POST", path, f"{number}&family={marks.FAMILY}&phone={marks.TELEPHONE}", _FORM)
    yield Sent("POST", "/Patient/_search", number, _FORM)
    yield Sent("GET", "/_search?_type=Patient&_count=1")
    yield Sent("GET", f"/Patient/{patient}/Observation?_count=1")
    yield Sent("GET", f"/Patient/{patient}/*?_count=1")


def _reads(patient: str, observation: str) -> Iterator[Sent]:
    for path in (f"/Patient/{patient}", f"/Observation/{observation}"):
        yield Sent("GET", path)
        yield Sent("GET", f"{path}/_history")
        yield Sent("GET", f"{path}/_history/1")
        yield Sent("GET", f"{path}/$meta")
        yield Sent("GET", f"{path}/$validate")
    for path in ("/_history", "/Patient/_history", "/$meta", "/Patient/$meta", f"/Patient/{patient}/$everything"):
        yield Sent("GET", path)
    for path in ("/$meta", "/Patient/$meta", f"/Patient/{patient}/$meta", f"/Patient/{patient}/$everything"):
        yield Sent("POST", path, '{"resourceType":"Parameters"}', _JSON)


def _writes(patient: str) -> Iterator[Sent]:
    person = {"resourceType": "Patient", "name": [{"family": marks.FAMILY}], "identifier": [_SUBJECT["identifier"]]}
    noted: dict[str, Any] = {"resourceType": "Observation", "status": "final", "code": {"text": marks.ALLERGY}}
    noted |= {"subject": _SUBJECT, "valueString": marks.STREET}
    entry = {"resource": noted, "request": {"method": "POST", "url": "Observation"}}
    broken = {
        "resource": person | {"birthDate": marks.FAMILY},
        "request": {"method": "PUT", "url": f"Patient/{marks.NUMBER}"},
    }
    for resource in (noted, noted | {"status": marks.FAMILY}, noted | {marks.FAMILY: marks.NUMBER}, person):
        content = json.dumps(resource)
        yield Sent("POST", f"/{resource['resourceType']}", content, _JSON)
        yield Sent("POST", f"/{resource['resourceType']}/$validate", content, _JSON)
    yield Sent("POST", f"/Patient/{patient}/$validate", json.dumps(person), _JSON)
    for kind in ("batch", "transaction"):
        for entries in ([entry], [entry, broken]):
            bundle = {"resourceType": "Bundle", "type": kind, "entry": entries}
            yield Sent("POST", "/", json.dumps(bundle), _JSON)
    patch = json.dumps([{"op": "test", "path": f"/{marks.FAMILY}", "value": marks.NUMBER}])
    condition = f"identifier={marks.FAMILY}%7C{marks.NUMBER}"
    for path, typed in ((f"/Patient/{patient}", False), (f"/Patient?{condition}", True)):
        yield Sent("PATCH", path, patch, _PATCH, typed)
        yield Sent("PUT", path, json.dumps(person | {"id": patient, "gender": marks.FAMILY}), _JSON, typed)
    yield Sent("DELETE", f"/Observation?{condition}", typed=True)
    yield Sent("DELETE", "/Observation/nothing-is-here")
    yield Sent("POST", "/Observation", json.dumps(noted), _JSON | {"if-none-exist": f"identifier={marks.NUMBER}"})


def _wrong() -> Iterator[Sent]:
    number, family = marks.NUMBER, marks.FAMILY
    for path in (
        f"/Patient/{number}",
        f"/{family}/{number}",
        f"/Patient?{family}={number}",
        f"/Patient/{family}/{number}",
    ):
        yield Sent("GET", path, typed=True)
    yield Sent("GET", f"/Patient?_cursor={family}{number}&_sort={family}&_has={family}", typed=True)
    yield Sent("GET", f"/Patient?birthdate={number}&identifier={family}", typed=True)
    yield Sent("GET", "/Patient", headers={"if-none-match": family, "accept": family, "x-lhcr-purpose": number})
    yield Sent("GET", "/Patient", headers={"x-request-id": f"{family}{number}", "prefer": family})
    yield Sent("POST", "/Patient", f'{{"{family}":"{number}"', _JSON)
    yield Sent("POST", "/Patient", f"<{family} x={number}>", {"content-type": "text/xml"})
    yield Sent("POST", "/Patient", "{}", {"content-type": family})
    yield Sent(family.upper(), f"/Patient/{number}", typed=True)
