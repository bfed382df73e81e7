"""A card shows the first rows of a section, and all of those that must never be missed."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.handles import Handles
from lhcr.portal.presenters.record import present_record
from lhcr.portal.presenters.section import NothingPage, present_section
from lhcr.views.assemble import assemble
from lhcr.views.completeness import Completeness
from lhcr.views.entry import Entry, Source
from lhcr.views.record_view import RecordView
from lhcr.views.sections.table import SectionTable

WHERE = RecordAddresses("k", Handles(b"secret"))
ACTIVE = {"coding": [{"code": "active"}]}
NO_KNOWN_ALLERGY = {
    "coding": [{"system": "http://snomed.info/sct", "code": "716186003", "display": "No known allergy"}]
}


def record(table: SectionTable, *resources: Mapping[str, object]) -> RecordView:
    entries = [Entry({"id": str(index), **one}, Source("A81001", "Surgery")) for index, one in enumerate(resources)]
    return assemble(entries, completeness=Completeness(), table=table, now=datetime(2026, 3, 15, tzinfo=UTC))


@pytest.mark.parametrize(("kind", "key"), [("AllergyIntolerance", "allergies"), ("Flag", "alerts")])
def test_no_allergy_and_no_alert_is_behind_a_link(table: SectionTable, kind: str, key: str) -> None:
    """Hazard: an allergy that only the second page shows."""
    many = [
        {"resourceType": kind, "code": {"text": f"Thing {n}"}, "status": "active", "clinicalStatus": ACTIVE}
        for n in range(30)
    ]
    view = record(table, *many).section(key)
    assert view is not None
    page = present_section(view, WHERE)
    assert page.current is not None
    assert len(page.current.rows) == 30
    assert page.more == ""


def test_a_long_section_shows_its_first_rows_and_says_how_many_there_are(table: SectionTable) -> None:
    many = [{"resourceType": "Procedure", "status": "completed", "code": {"text": f"Thing {n}"}} for n in range(30)]
    view = record(table, *many).section("procedures")
    assert view is not None
    page = present_section(view, WHERE)
    assert page.current is not None
    assert len(page.current.rows) == 6
    assert page.more == "Show all 30 entries"
    assert present_section(view, WHERE, whole=True).more == ""


def test_columns_that_no_row_fills_are_left_out(table: SectionTable) -> None:
    view = record(
        table, {"resourceType": "Procedure", "status": "completed", "code": {"text": "A"}, "outcome": {"text": "Good"}}
    )
    section = view.section("procedures")
    assert section is not None
    page = present_section(section, WHERE)
    assert page.current is not None
    assert page.current.columns == ("Outcome",)


def test_entries_made_in_error_are_counted_where_they_were(table: SectionTable) -> None:
    """Hazard: entries removed without a word."""
    view = record(table, {"resourceType": "Procedure", "status": "entered-in-error", "code": {"text": "Wrong leg"}})
    page = present_record(view, WHERE)
    section = next(section for section in page.filled if section.key == "procedures")
    assert section.removed == "1 entry was marked by the source as entered in error and not shown."
    assert section.current is None


def test_decisions_about_dying_stand_among_what_to_heed(table: SectionTable) -> None:
    decision = {
        "coding": [{"system": "http://snomed.info/sct", "code": "450476008", "display": "Not for attempted CPR"}]
    }
    view = record(
        table,
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": "CPR decision: cardiopulmonary resuscitation"},
            "valueCodeableConcept": decision,
        },
    )
    (heed,) = present_record(view, WHERE).heeds
    assert heed.section == "End of life care"
    assert heed.told == "Not for attempted CPR"


def test_sections_in_which_nothing_is_recorded_are_named_together(table: SectionTable) -> None:
    page = present_record(record(table), WHERE)
    assert "safeguarding, professional contacts" in page.unrecorded
    assert page.bare == ()


def test_a_decision_not_to_resuscitate_comes_before_wishes_however_many(table: SectionTable) -> None:
    """Hazard: the decision that cannot wait, left to another page."""
    wishes = [
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": f"Preferred place of care {n}"},
            "effectiveDateTime": "2026-03-01",
        }
        for n in range(8)
    ]
    decision = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "CPR decision"},
        "valueCodeableConcept": {"text": "Not for attempted cardiopulmonary resuscitation"},
        "effectiveDateTime": "2020-01-01",
    }
    decision["meta"] = {
        "tag": [
            {
                "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-RecordStandardHeadings",
                "code": "planned-supportive-care-for-terminal-illness",
            }
        ]
    }
    heeds = present_record(record(table, *wishes, decision), WHERE).heeds
    assert heeds[0].told == "Not for attempted cardiopulmonary resuscitation"
    assert [heed.more for heed in heeds] == [0, 0, 6]


def test_a_section_that_decides_something_stands_also_when_it_is_empty_and_no_other_does(table: SectionTable) -> None:
    """Hazard: nobody notices that no allergy is recorded; and nobody reads eight times that nothing is."""
    page = present_record(record(table), WHERE)
    assert [section.key for section in page.filled] == [
        "demographics",
        "alerts",
        "problems",
        "results",
        "allergies",
        "medicines",
    ]
    assert "about me, individual requirements" in page.unrecorded


def test_no_current_medicine_is_said_only_of_what_the_reader_may_see(table: SectionTable) -> None:
    """Hazard: "none" said to somebody from whom entries are kept."""
    stopped = {
        "resourceType": "MedicationRequest",
        "id": "1",
        "status": "stopped",
        "medicationCodeableConcept": {"text": "Amlodipine 5mg tablets"},
    }
    now = datetime(2026, 3, 15, tzinfo=UTC)
    entry = Entry(stopped, Source("A81001", "Surgery"))
    whole = assemble([entry], completeness=Completeness(), table=table, now=now)
    narrowed = assemble([entry], completeness=Completeness(withholds=True), table=table, now=now)
    assert present_record(whole, WHERE).no_medicine.startswith("No current medicine is recorded.")
    assert present_record(narrowed, WHERE).no_medicine.startswith("No current medicine that you may see is recorded.")
    assert present_record(record(table), WHERE).no_medicine == ""


def test_a_statement_of_none_that_another_entry_contradicts_does_not_stand_alone(table: SectionTable) -> None:
    """Hazard: "no known allergy" in green above an allergy that holds, and read alone."""
    none = {"resourceType": "AllergyIntolerance", "clinicalStatus": ACTIVE, "code": NO_KNOWN_ALLERGY}
    penicillin = {"resourceType": "AllergyIntolerance", "clinicalStatus": ACTIVE, "code": {"text": "Penicillin"}}
    (alone,) = _nothings(record(table, none))
    assert alone.kind == "recorded-as-none"
    (contradicted,) = _nothings(record(table, none, penicillin))
    assert contradicted.kind == "contradicted"
    assert contradicted.sentence.endswith("This does not agree with what is recorded below.")


def _nothings(view: RecordView) -> tuple[NothingPage, ...]:
    section = view.section("allergies")
    assert section is not None
    return present_section(section, WHERE).nothings
