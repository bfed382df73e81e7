"""Problems, procedures and family history: what somebody has, had done, and what runs in the family."""

from collections.abc import Sequence
from datetime import date

from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.elements import concept, hl7, moment
from lhcr.kernel.json_types import JsonObject


def write_problem(
    chart: Chart,
    code: Code,
    *,
    onset: date,
    by: str,
    ended: date | None = None,
    note: str = "",
    labels: Sequence[JsonObject] = (),
) -> str:
    """Write an entry of the problem list; with `ended` it is resolved."""
    body = _condition(chart, code, onset=onset, by=by, ended=ended)
    body["category"] = [hl7("condition-category", "problem-list-item", "Problem List Item")]
    return chart.add("Condition", body | ({"note": [{"text": note}]} if note else {}), labels=labels)


def write_diagnosis(chart: Chart, code: Code, *, encounter: str, on: date, by: str, ended: date | None = None) -> str:
    """Write what a contact found."""
    body = _condition(chart, code, onset=on, by=by, ended=ended)
    body["category"] = [hl7("condition-category", "encounter-diagnosis", "Encounter Diagnosis")]
    return chart.add("Condition", body | {"encounter": {"reference": encounter}})


def write_procedure(
    chart: Chart, code: Code, *, on: date, by: str, reason: Code | None = None, encounter: str | None = None
) -> str:
    body: JsonObject = {
        "status": "completed",
        "code": concept(code),
        "performedDateTime": on.isoformat(),
        "performer": [{"actor": chart.staff(by), "onBehalfOf": chart.organisation()}],
    }
    if encounter:
        body["encounter"] = {"reference": encounter}
    return chart.add("Procedure", body | ({"reasonCode": [concept(reason)]} if reason else {}))


def write_family_history(chart: Chart, relative: str, code: Code, *, onset_age: int, day: date) -> str:
    """Write what a relative had; `relative` is FTH, MTH, BRO or SIS of HL7 v3 RoleCode."""
    display = {"FTH": "father", "MTH": "mother", "BRO": "brother", "SIS": "sister"}[relative]
    years = {"value": onset_age, "unit": "years", "system": "http://unitsofmeasure.org", "code": "a"}
    return chart.add(
        "FamilyMemberHistory",
        {
            "status": "completed",
            "date": day.isoformat(),
            "relationship": hl7("v3-RoleCode", relative, display),
            "condition": [{"code": concept(code), "onsetAge": years}],
        },
    )


def _condition(chart: Chart, code: Code, *, onset: date, by: str, ended: date | None) -> JsonObject:
    clinical = ("resolved", "Resolved") if ended else ("active", "Active")
    body: JsonObject = {
        "clinicalStatus": hl7("condition-clinical", *clinical),
        "verificationStatus": hl7("condition-ver-status", "confirmed", "Confirmed"),
        "code": concept(code),
        "onsetDateTime": onset.isoformat(),
        "recordedDate": moment(onset, hour=10, minute=30),
        "recorder": chart.staff(by),
    }
    return body | ({"abatementDateTime": ended.isoformat()} if ended else {})
