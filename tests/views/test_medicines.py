"""Medicines from every source make one list by medicine: current, over the counter, supplied, stopped."""

from collections.abc import Callable

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.views.entry import Entry, Source
from lhcr.views.medicines import Medicine, MedicineGroup
from lhcr.views.record_view import RecordView

MakeEntry = Callable[..., Entry]
View = Callable[..., RecordView]
IPS = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
PHARMACY = Source("FA123", "Market Place Pharmacy")


def medicines(view: RecordView) -> tuple[Medicine, ...]:
    section = view.section("medicines")
    assert section is not None
    return section.medicines


def named(words: str) -> JsonObject:
    return {"medicationCodeableConcept": {"text": words}}


def test_a_supply_stands_under_the_medicine_that_was_prescribed(view: View, entry: MakeEntry) -> None:
    record = view(
        entry("MedicationRequest", status="active", **named("Amlodipine 5mg tablets"), authoredOn="2025-01-01"),
        entry(
            "MedicationDispense",
            source=PHARMACY,
            status="completed",
            **named("Amlodipine 5mg tablets"),
            whenHandedOver="2026-03-01",
        ),
    )
    (medicine,) = medicines(record)
    assert medicine.group is MedicineGroup.CURRENT
    assert medicine.last_supply is not None
    assert medicine.last_supply.sources == (PHARMACY,)


@pytest.mark.parametrize(
    ("kind", "elements", "group"),
    [
        ("MedicationRequest", {"status": "active"}, MedicineGroup.CURRENT),
        ("MedicationRequest", {"status": "on-hold"}, MedicineGroup.CURRENT),
        ("MedicationRequest", {"status": "unknown"}, MedicineGroup.CURRENT),
        ("MedicationRequest", {"status": "stopped"}, MedicineGroup.STOPPED),
        ("MedicationStatement", {"status": "not-taken"}, MedicineGroup.NOT_TAKEN),
        ("MedicationDispense", {"status": "completed", "whenHandedOver": "2026-03-01"}, MedicineGroup.SUPPLIED),
        ("MedicationDispense", {"status": "completed", "whenHandedOver": "2024-03-01"}, MedicineGroup.STOPPED),
        (
            "MedicationStatement",
            {"status": "active", "category": {"coding": [{"code": "patientspecified"}]}},
            MedicineGroup.OVER_THE_COUNTER,
        ),
    ],
)
def test_a_medicine_is_listed_where_its_entries_put_it(
    view: View, entry: MakeEntry, kind: str, elements: dict[str, object], group: MedicineGroup
) -> None:
    """Hazard: a medicine of unknown status left out of the current list."""
    (medicine,) = medicines(view(entry(kind, **named("Thing 1mg"), **elements)))
    assert medicine.group is group


def test_a_change_is_told_with_its_date_its_reason_and_its_words(view: View, entry: MakeEntry) -> None:
    summary = {
        "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-MedicationChangeSummary",
        "extension": [
            {"url": "status", "valueCoding": {"code": "amended", "display": "Amended"}},
            {"url": "indicationForChange", "valueCodeableConcept": {"text": "Low blood pressure"}},
            {"url": "dateChanged", "valueDateTime": "2026-02-03"},
            {"url": "detailsOfAmendment", "valueString": "Dose halved"},
        ],
    }
    record = view(
        entry(
            "MedicationStatement",
            status="active",
            **named("Ramipril 2.5mg capsules"),
            extension=[summary],
            reasonCode=[{"text": "Hypertension"}],
        )
    )
    row = medicines(record)[0].rows[0]
    assert row.cell("Change") == ("Amended on 3 February 2026: Low blood pressure", "Dose halved")
    assert row.cell("Reason") == ("Hypertension",)


def test_a_medicine_that_is_referred_to_is_named_by_what_it_refers_to(view: View, entry: MakeEntry) -> None:
    contained = [{"resourceType": "Medication", "id": "m", "code": {"text": "Doxycycline 100mg capsules"}}]
    record = view(
        entry("MedicationRequest", status="active", contained=contained, medicationReference={"reference": "#m"})
    )
    assert medicines(record)[0].name == "Doxycycline 100mg capsules"


def test_a_statement_of_no_medicines_is_no_medicine(view: View, entry: MakeEntry) -> None:
    code = {"coding": [{"system": IPS, "code": "no-known-medications", "display": "No known medications"}]}
    record = view(entry("MedicationStatement", status="active", medicationCodeableConcept=code))
    section = record.section("medicines")
    assert section is not None
    assert section.medicines == ()
    assert section.nothings[0].sentence.startswith("No known medications: recorded by")


@pytest.mark.parametrize(
    ("kind", "status"),
    [("MedicationAdministration", "not-done"), ("MedicationDispense", "declined"), ("MedicationDispense", "cancelled")],
)
def test_hazard_a_dose_that_was_not_given_is_not_counted_as_given(
    view: View, entry: MakeEntry, kind: str, status: str
) -> None:
    when = {"whenHandedOver": "2026-03-01"} if kind == "MedicationDispense" else {"effectiveDateTime": "2026-03-01"}
    not_given = entry(kind, status=status, **named("Thing 1mg"), **when)
    (alone,) = medicines(view(not_given))
    assert (alone.group, alone.last_supply) == (MedicineGroup.NOT_TAKEN, None)
    (beside,) = medicines(view(not_given, entry("MedicationRequest", status="active", **named("Thing 1mg"))))
    assert (beside.group, beside.last_supply) == (MedicineGroup.CURRENT, None)


def test_what_is_not_to_be_given_is_listed_so_until_it_is_lifted(view: View, entry: MakeEntry) -> None:
    (held,) = medicines(view(entry("MedicationRequest", status="active", doNotPerform=True, **named("Warfarin"))))
    (lifted,) = medicines(view(entry("MedicationRequest", status="stopped", doNotPerform=True, **named("Warfarin"))))
    assert (held.group, lifted.group) == (MedicineGroup.NOT_TAKEN, MedicineGroup.STOPPED)
