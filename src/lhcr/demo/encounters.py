"""Contacts: at the surgery, by telephone, at home, in the emergency department, as an outpatient and as an inpatient."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from lhcr.demo import codes
from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.elements import coding, concept, moment, text_only
from lhcr.kernel.json_types import JsonObject

_ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_CLASSES: Final = {
    "AMB": "ambulatory",
    "EMER": "emergency",
    "HH": "home health",
    "IMP": "inpatient encounter",
    "VR": "virtual",
}
_UK_CORE: Final = "https://fhir.hl7.org.uk"


@dataclass(frozen=True, slots=True)
class ContactKind:
    """A way of being seen: class of encounter, type, key of the site, and minutes that it takes."""

    act: str
    type: Code
    site: str
    minutes: int


SURGERY: Final = ContactKind("AMB", codes.SEEN_IN_SURGERY, "surgery", 12)
TELEPHONE: Final = ContactKind("VR", codes.TELEPHONE_CONSULTATION, "surgery", 8)
EMERGENCY: Final = ContactKind("EMER", codes.SEEN_IN_CASUALTY, "emergency", 48)
OUTPATIENT: Final = ContactKind("AMB", codes.SEEN_IN_OUTPATIENTS, "outpatients", 20)
IN_PHARMACY: Final = ContactKind("AMB", codes.PHARMACY_FIRST, "shop", 15)
HEALTH_CENTRE: Final = ContactKind("AMB", Code("Seen in health centre"), "health-centre", 25)
AMBULANCE_CALL: Final = ContactKind("EMER", Code("Seen by ambulance crew"), "station", 55)


def write_contact(
    chart: Chart, kind: ContactKind, *, on: date, by: str, reason: Code, labels: tuple[JsonObject, ...] = ()
) -> str:
    """Write a contact of less than an hour and return the reference to it."""
    body = _encounter(chart, kind.act, kind.type, by=by, reason=reason)
    body["period"] = {"start": moment(on, hour=10), "end": moment(on, hour=10, minute=kind.minutes)}
    return chart.add("Encounter", body | _place(chart, kind.site), labels=labels)


def write_attendance_now(chart: Chart, *, by: str, reason: Code) -> str:
    """Write that somebody came to the emergency department late yesterday and is still there."""
    body = _encounter(chart, EMERGENCY.act, EMERGENCY.type, by=by, reason=reason)
    body |= {"status": "in-progress", "period": {"start": moment(chart.ago(1), hour=22, minute=40)}}
    return chart.add("Encounter", body | _place(chart, EMERGENCY.site))


def write_home_visit(chart: Chart, *, on: date, by: str, reason: Code) -> str:
    """Write a visit to where the person lives; no site is named, for that is nobody's but theirs."""
    body = _encounter(chart, "HH", codes.SEEN_AT_HOME, by=by, reason=reason)
    return chart.add(
        "Encounter",
        body | {"period": {"start": moment(on, hour=13), "end": moment(on, hour=13, minute=40)}, **_owner(chart)},
    )


def write_admission(chart: Chart, *, start: date, end: date | None, by: str, reason: Code, died: bool = False) -> str:
    """Write a stay on Ward 7 that began in the emergency department; without `end` it still lasts."""
    body = _encounter(chart, "IMP", codes.SEEN_ON_WARD, by=by, reason=reason)
    method = _national("UKCore-AdmissionMethodEngland", "21", "Emergency Admission: Emergency Care Department")
    admitted: JsonObject = {
        "extension": [
            {"url": f"{_UK_CORE}/StructureDefinition/Extension-UKCore-AdmissionMethod", "valueCodeableConcept": method}
        ]
    } | body
    admitted["period"] = {"start": moment(start, hour=15)}
    if end:
        admitted["period"]["end"] = moment(end, hour=4 if died else 12, minute=20)
        admitted["hospitalization"] = {"dischargeDisposition": _destination(died=died)}
    else:
        admitted["status"] = "in-progress"
    return chart.add("Encounter", admitted | _place(chart, "ward-7"))


def _destination(*, died: bool) -> JsonObject:
    if died:
        return _national("UKCore-DischargeDestinationEngland", "79", "Not applicable - Patient died or stillbirth")
    return _national("UKCore-DischargeDestinationEngland", "19", "Usual place of residence")


def _national(system: str, code: str, words: str) -> JsonObject:
    return {"coding": [{"system": f"{_UK_CORE}/CodeSystem/{system}", "code": code}], "text": words}


def _encounter(chart: Chart, act: str, kind: Code, *, by: str, reason: Code) -> JsonObject:
    attender = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "ATND"}]}
    return {
        "status": "finished",
        "class": coding(Code(_CLASSES[act], act, _ACT_CODE)),
        "type": [concept(kind)],
        "participant": [{"type": [attender | text_only("attender")], "individual": chart.staff(by)}],
        "reasonCode": [concept(reason)],
    }


def _place(chart: Chart, site: str) -> JsonObject:
    return {"location": [{"location": chart.site(site)}], **_owner(chart)}


def _owner(chart: Chart) -> JsonObject:
    return {"serviceProvider": chart.organisation()}
