"""Medicines as each source writes them: the GP's prescriptions, the pharmacy's supplies and sales, the hospital's list."""

from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from lhcr.demo.chart import Chart
from lhcr.demo.elements import concept, hl7, moment, period, quantity, spoken, text_only
from lhcr.demo.formulary import Medicine
from lhcr.kernel.json_types import JsonObject

_CHANGE_SUMMARY = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-MedicationChangeSummary"
_CHANGE_STATUS = "https://fhir.hl7.org.uk/CodeSystem/UKCore-MedicationChangeStatus"
#: Units of weight with their UCUM codes; any other unit here is a countable thing.
_WEIGHTS: Final = MappingProxyType({"mg": "mg", "microgram": "ug"})
_STATEMENT_CATEGORY = "https://fhir.hl7.org.uk/CodeSystem/UKCore-MedicationStatementCategory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """That a medicine was stopped: when, by whom (in words) and why."""

    on: date
    by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a hospital did to a medicine: `status` is a code of UK Core's change status, such as added or amended, or `stopped`."""

    status: str
    on: date
    why: str
    detail: str


def write_prescription(
    chart: Chart, medicine: Medicine, *, since: date, by: str, stop: Stop | None = None, repeats: int | None = 6
) -> str:
    """Write a prescription by a member of the chart's source; without `repeats` it is issued once."""
    issued_once = repeats is None
    body: JsonObject = {"status": "stopped" if stop else "completed" if issued_once else "active"}
    if stop:
        body["statusReason"] = text_only(f"Stopped on {spoken(stop.on)} by {stop.by}: {stop.why}")
    body |= {
        "intent": "order",
        "category": [hl7("medicationrequest-category", "community", "Community")],
        "medicationCodeableConcept": concept(medicine.product, text=medicine.name),
        "authoredOn": moment(since, hour=10, minute=30),
        "requester": chart.staff(by),
        "reasonCode": [concept(medicine.reason)],
        "courseOfTherapyType": _course(repeats),
        "dosageInstruction": [_dosage(medicine)],
        "dispenseRequest": _supply(medicine, since, stop=stop, repeats=repeats),
    }
    return chart.add("MedicationRequest", body)


def write_supply(chart: Chart, medicine: Medicine, *, on: date, by: str = "pharmacist") -> str:
    """Write that the pharmacy handed a prescribed medicine over."""
    return chart.add(
        "MedicationDispense",
        {
            "status": "completed",
            "category": hl7("medicationdispense-category", "community", "Community"),
            "medicationCodeableConcept": concept(medicine.product, text=medicine.name),
            "performer": [{"actor": chart.staff(by)}, {"actor": chart.organisation()}],
            "quantity": _amount(medicine.pack, medicine.pack_unit or medicine.amount_unit),
            "daysSupply": quantity(28, "days", ucum="d"),
            "whenPrepared": moment(on, hour=11),
            "whenHandedOver": moment(on, hour=11, minute=25),
            "dosageInstruction": [_dosage(medicine)],
        },
    )


def write_sale(chart: Chart, medicine: Medicine, *, on: date, days: int = 3) -> str:
    """Write that somebody bought a medicine over the counter, which no prescriber knows of."""
    return chart.add(
        "MedicationStatement",
        {
            "status": "completed" if on + timedelta(days=days) < chart.today else "active",
            "category": hl7("medication-statement-category", "patientspecified", "Patient Specified"),
            "medicationCodeableConcept": concept(medicine.product, text=medicine.name),
            "effectivePeriod": period(on, end=on + timedelta(days=days)),
            "dateAsserted": on.isoformat(),
            "informationSource": chart.staff("pharmacist"),
            "reasonCode": [concept(medicine.reason)],
            "note": [{"text": "Bought over the counter; suitability checked with the person."}],
            "dosage": [_dosage(medicine)],
        },
    )


def write_discharge_medicine(chart: Chart, medicine: Medicine, *, on: date, change: Change | None = None) -> str:
    """Write a medicine of a hospital's discharge list, with what was changed during the stay and why."""
    # Hazard: what a hospital stopped or held goes on being taken because its entry says active.
    status = change.status if change and change.status in {"stopped", "on-hold"} else "active"
    body: JsonObject = {
        "status": status,
        "category": {"coding": [{"system": _STATEMENT_CATEGORY, "code": "discharge", "display": "Discharge"}]},
        "medicationCodeableConcept": concept(medicine.product, text=medicine.name),
        "effectivePeriod": period(on),
        "dateAsserted": on.isoformat(),
        "informationSource": chart.staff("hospital-pharmacist"),
        "reasonCode": [concept(medicine.reason)],
        "dosage": [_dosage(medicine)],
    }
    if change and status != "active":
        body["statusReason"] = [text_only(change.why)]
    if change and status == "stopped":
        body["effectivePeriod"] = {"end": change.on.isoformat()}
    if change:
        body = {"extension": [_change_summary(change)]} | body | {"note": [{"text": change.detail}]}
    return chart.add("MedicationStatement", body)


def _change_summary(change: Change) -> JsonObject:
    coding: JsonObject = {"system": _CHANGE_STATUS, "code": change.status, "display": change.status.capitalize()}
    if change.status == "stopped":
        # The published list of changes has no code for stopping, so it travels as words.
        coding = {"display": "Stopped"}
    return {
        "url": _CHANGE_SUMMARY,
        "extension": [
            {"url": "status", "valueCoding": coding},
            {"url": "indicationForChange", "valueCodeableConcept": text_only(change.why)},
            {"url": "dateChanged", "valueDateTime": change.on.isoformat()},
            {"url": "detailsOfAmendment", "valueString": change.detail},
        ],
    }


def _course(repeats: int | None) -> JsonObject:
    if repeats is None:
        return hl7("medicationrequest-course-of-therapy", "acute", "Short course (acute) therapy")
    return hl7("medicationrequest-course-of-therapy", "continuous", "Continuous long term therapy")


def _supply(medicine: Medicine, since: date, *, stop: Stop | None, repeats: int | None) -> JsonObject:
    return {
        "validityPeriod": period(since, end=stop.on if stop else None),
        "numberOfRepeatsAllowed": repeats or 0,
        "quantity": _amount(medicine.pack, medicine.pack_unit or medicine.amount_unit),
        "expectedSupplyDuration": quantity(28 if repeats else 5, "days", ucum="d"),
    }


def _amount(value: float, unit: str) -> JsonObject:
    return quantity(value, unit, ucum=_WEIGHTS.get(unit) or f"{{{unit}}}")


def _dose(medicine: Medicine) -> JsonObject:
    least = _amount(medicine.amount, medicine.amount_unit)
    if not medicine.most:
        return {"doseQuantity": least}
    return {"doseRange": {"low": least, "high": _amount(medicine.most, medicine.amount_unit)}}


def _dosage(medicine: Medicine) -> JsonObject:
    dosage: JsonObject = {"text": medicine.dose}
    if medicine.as_directed:
        return dosage | ({"route": concept(medicine.route)} if medicine.route else {})
    if medicine.daily:
        dosage["timing"] = {"repeat": {"frequency": medicine.daily, "period": 1, "periodUnit": "d"}}
    if medicine.as_needed or not medicine.daily:
        dosage["asNeededBoolean"] = True
    if medicine.route:
        dosage["route"] = concept(medicine.route)
    dosage["doseAndRate"] = [_dose(medicine)]
    return dosage
