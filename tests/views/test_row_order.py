"""Rows stand in the order in which their section is read."""

from collections.abc import Callable

from lhcr.views.entry import Entry
from lhcr.views.record_view import RecordView
from lhcr.views.row import Row

MakeEntry = Callable[..., Entry]
View = Callable[..., RecordView]
ACTIVE = {"coding": [{"code": "active"}]}


def rows(view: RecordView, key: str) -> tuple[Row, ...]:
    section = view.section(key)
    assert section is not None
    return section.rows


def test_what_is_to_come_stands_soonest_first_and_what_has_been_latest_first(view: View, entry: MakeEntry) -> None:
    days = ("2026-06-01", "2026-04-01", "2026-03-15", "2025-01-01", "2025-09-01")
    found = rows(
        view(
            *(entry("Appointment", status="booked", description=f"On {day}", start=f"{day}T10:00:00Z") for day in days)
        ),
        "appointments",
    )
    ordered = ["2026-03-15", "2026-04-01", "2026-06-01", "2025-09-01", "2025-01-01"]
    assert [row.title for row in found] == [f"On {day}" for day in ordered]


def test_an_appointment_whose_day_has_passed_does_not_read_as_one_to_come(view: View, entry: MakeEntry) -> None:
    """Hazard: somebody counts on an appointment that is over."""
    (row,) = rows(view(entry("Appointment", status="booked", start="2025-01-01T10:00:00Z")), "appointments")
    assert row.status.words == "Booked, date has passed"
    (missed,) = rows(view(entry("Appointment", status="noshow", start="2025-01-01T10:00:00Z")), "appointments")
    assert missed.status.words == "Did not attend"


def test_an_allergy_of_high_risk_stands_first_whenever_it_was_written(view: View, entry: MakeEntry) -> None:
    """Hazard: the penicillin allergy of 2004 below an intolerance of last year."""
    old = entry("AllergyIntolerance", code={"text": "Penicillin"}, clinicalStatus=ACTIVE, criticality="high")
    new = entry("AllergyIntolerance", code={"text": "Ibuprofen"}, clinicalStatus=ACTIVE, recordedDate="2026-01-01")
    assert [row.title for row in rows(view(new, old), "allergies")] == ["Penicillin", "Ibuprofen"]


def test_an_appointment_does_not_name_the_person_themself_as_who_it_is_with(view: View, entry: MakeEntry) -> None:
    participants = [
        {"actor": {"reference": "Patient/1", "display": "Mrs Dorothy Hepworth"}},
        {"actor": {"reference": "Practitioner/2", "display": "Dr Amina Farouk"}},
        {"actor": {"display": "Heart failure clinic"}},
    ]
    (row,) = rows(view(entry("Appointment", status="booked", participant=participants)), "appointments")
    assert row.cell("With") == ("Dr Amina Farouk", "Heart failure clinic")
