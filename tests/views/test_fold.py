"""Duplicates are folded, conflicts stand side by side, and nothing is deleted."""

from collections.abc import Callable
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from lhcr.views.assemble import assemble
from lhcr.views.completeness import Completeness
from lhcr.views.entry import Entry, Source
from lhcr.views.record_view import RecordView
from lhcr.views.row import Row
from lhcr.views.sections.table import SectionTable

MakeEntry = Callable[..., Entry]
View = Callable[..., RecordView]
ACTIVE = {"coding": [{"code": "active"}]}
PENICILLIN = {"coding": [{"system": "http://snomed.info/sct", "code": "91936005", "display": "Allergy to penicillin"}]}


def rows(view: RecordView, key: str) -> tuple[Row, ...]:
    section = view.section(key)
    assert section is not None
    return section.rows


def test_entries_that_read_the_same_become_one_row_with_both_sources(
    view: View, entry: MakeEntry, gp: Source, hospital: Source
) -> None:
    same = {"code": PENICILLIN, "clinicalStatus": ACTIVE, "criticality": "high", "recordedDate": "2020-01-02"}
    record = view(entry("AllergyIntolerance", **same), entry("AllergyIntolerance", source=hospital, **same))
    (row,) = rows(record, "allergies")
    assert row.sources == (gp, hospital)
    assert len(row.origins) == 2


def test_allergies_that_differ_in_risk_stand_side_by_side_and_are_marked(
    view: View, entry: MakeEntry, hospital: Source
) -> None:
    """Hazard: a high-risk allergy folded into a low-risk one."""
    record = view(
        entry("AllergyIntolerance", code=PENICILLIN, clinicalStatus=ACTIVE, criticality="low"),
        entry("AllergyIntolerance", source=hospital, code=PENICILLIN, clinicalStatus=ACTIVE, criticality="high"),
    )
    found = rows(record, "allergies")
    assert len(found) == 2
    assert {mark.kind for row in found for mark in row.marks} == {"conflict"}
    assert "differ in risk" in found[0].marks[0].words


def test_a_refuted_allergy_beside_an_active_one_is_a_conflict(view: View, entry: MakeEntry, hospital: Source) -> None:
    record = view(
        entry("AllergyIntolerance", code=PENICILLIN, clinicalStatus=ACTIVE),
        entry(
            "AllergyIntolerance", source=hospital, code=PENICILLIN, verificationStatus={"coding": [{"code": "refuted"}]}
        ),
    )
    assert all(mark.kind == "conflict" for row in rows(record, "allergies") for mark in row.marks)
    assert record.allergies.names == ("Allergy to penicillin",)


def test_one_medicine_in_two_doses_is_marked_whatever_its_strength_is_called(
    view: View, entry: MakeEntry, hospital: Source
) -> None:
    """Hazard: one source's dose that hides another's."""
    record = view(
        entry(
            "MedicationRequest",
            status="active",
            medicationCodeableConcept={"text": "Ramipril 2.5mg capsules"},
            dosageInstruction=[{"text": "ONE daily"}],
            authoredOn="2025-01-01",
        ),
        entry(
            "MedicationStatement",
            source=hospital,
            status="active",
            medicationCodeableConcept={"text": "Ramipril 5mg capsules"},
            dosage=[{"text": "ONE daily, new strength"}],
            effectivePeriod={"start": "2026-02-01"},
        ),
    )
    section = record.section("medicines")
    assert section is not None
    (medicine,) = section.medicines
    assert [row.title for row in medicine.in_force] == ["Ramipril 5mg capsules", "Ramipril 2.5mg capsules"]
    assert medicine.conflict is not None


def test_a_stopped_dose_does_not_contradict_a_current_one(view: View, entry: MakeEntry) -> None:
    record = view(
        entry(
            "MedicationRequest",
            status="stopped",
            medicationCodeableConcept={"text": "Ramipril 2.5mg capsules"},
            dosageInstruction=[{"text": "ONE daily"}],
        ),
        entry(
            "MedicationRequest",
            status="active",
            medicationCodeableConcept={"text": "Ramipril 5mg capsules"},
            dosageInstruction=[{"text": "TWO daily"}],
        ),
    )
    assert not any(row.marks for row in rows(record, "medicines"))


def test_the_same_test_at_the_same_moment_with_two_values_is_a_conflict(view: View, entry: MakeEntry) -> None:
    lab = {
        "code": {"text": "Potassium"},
        "status": "final",
        "effectiveDateTime": "2026-01-02T10:00:00Z",
        "category": [{"coding": [{"code": "laboratory"}]}],
    }
    record = view(
        entry("Observation", **lab, valueQuantity={"value": "4.1", "unit": "mmol/L"}),
        entry("Observation", **lab, valueQuantity={"value": "6.9", "unit": "mmol/L"}),
    )
    assert [mark.kind for row in rows(record, "results") for mark in row.marks] == ["conflict", "conflict"]


def test_a_report_does_not_contradict_the_result_that_it_carries(view: View, entry: MakeEntry) -> None:
    """Hazard: a false alarm on every report, so that nobody heeds a true one."""
    test = {"code": {"text": "SARS-CoV-2"}, "status": "final", "effectiveDateTime": "2026-01-02T10:00:00Z"}
    result = entry("Observation", **test, valueString="Not detected")
    record = view(result, entry("DiagnosticReport", **test, result=[{"reference": result.reference}]))
    assert not any(row.marks for row in rows(record, "results"))


def test_a_conflict_within_one_source_is_not_said_to_be_between_sources(
    view: View, entry: MakeEntry, hospital: Source
) -> None:
    low = {"code": PENICILLIN, "clinicalStatus": ACTIVE, "criticality": "low"}
    high = entry("AllergyIntolerance", **{**low, "criticality": "high"})
    assert rows(view(entry("AllergyIntolerance", **low), high), "allergies")[0].marks[0].words.startswith("Entries")
    elsewhere = entry("AllergyIntolerance", source=hospital, **low)
    assert rows(view(elsewhere, high), "allergies")[0].marks[0].words.startswith("Sources")


def test_rows_in_force_come_first_and_the_newest_of_them_at_the_top(view: View, entry: MakeEntry) -> None:
    record = view(
        entry(
            "Condition",
            code={"text": "Old"},
            clinicalStatus={"coding": [{"code": "resolved"}]},
            onsetDateTime="2025-01-01",
        ),
        entry("Condition", code={"text": "Undated"}, clinicalStatus=ACTIVE),
        entry("Condition", code={"text": "Early"}, clinicalStatus=ACTIVE, onsetDateTime="1999"),
        entry("Condition", code={"text": "Late"}, clinicalStatus=ACTIVE, onsetDateTime="2020-05"),
    )
    assert [row.title for row in rows(record, "problems")] == ["Late", "Early", "Undated", "Old"]


_CONDITIONS = st.lists(
    st.tuples(
        st.sampled_from(["Asthma", "Eczema"]),
        st.sampled_from(["active", "resolved", ""]),
        st.sampled_from(["2020", "2021-05-06", ""]),
        st.sampled_from(["", "note"]),
        st.sampled_from(["A", "B"]),
    ),
    max_size=12,
)


@given(_CONDITIONS)
def test_every_entry_stands_behind_exactly_one_row(
    table: SectionTable, now: datetime, drawn: list[tuple[str, ...]]
) -> None:
    """The oracle is a set of the words that differ: as many rows as there are different readings."""
    entries = [
        Entry(
            {
                "resourceType": "Condition",
                "id": str(index),
                "code": {"text": title},
                **({"clinicalStatus": {"coding": [{"code": status}]}} if status else {}),
                **({"onsetDateTime": date} if date else {}),
                **({"note": [{"text": note}]} if note else {}),
            },
            Source(ods, ods),
        )
        for index, (title, status, date, note, ods) in enumerate(drawn)
    ]
    record = assemble(entries, completeness=Completeness(), table=table, now=now)
    found = rows(record, "problems")
    assert sorted(origin.reference for row in found for origin in row.origins) == sorted(e.reference for e in entries)
    assert len(found) == len({reading[:4] for reading in drawn})
