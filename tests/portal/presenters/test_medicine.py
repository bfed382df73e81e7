"""One line for each dose of a medicine, with everyone who says so."""

from collections.abc import Callable

from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.handles import Handles
from lhcr.portal.presenters.medicine import MedicineLine, present_medicines
from lhcr.portal.presenters.section import present_section
from lhcr.views.assemble import assemble
from lhcr.views.completeness import Completeness
from lhcr.views.entry import Entry, Source
from lhcr.views.record_view import SectionView
from lhcr.views.sections.table import SectionTable

WHERE = RecordAddresses("k", Handles(b"secret"))
GP, HOSPITAL = Source("A81001", "Surgery"), Source("RRE", "Hospital")
Read = Callable[..., SectionView]


def statement(name: str, dose: str, *, source: Source, status: str = "active", reason: str = "") -> Entry:
    resource = {
        "resourceType": "MedicationStatement",
        "id": f"{source.ods}-{name}-{dose}-{status}",
        "status": status,
        "medicationCodeableConcept": {"text": name},
        "dosage": [{"text": dose}],
        "effectivePeriod": {"start": "2026-01-01"},
        "reasonCode": [{"text": reason}] if reason else [],
    }
    return Entry(resource, source)


def read(table: SectionTable, *entries: Entry) -> SectionView:
    from datetime import UTC, datetime

    view = assemble(entries, completeness=Completeness(), table=table, now=datetime(2026, 3, 15, tzinfo=UTC)).section(
        "medicines"
    )
    assert view is not None
    return view


def lines(view: SectionView) -> list[MedicineLine]:
    return [line for group in present_medicines(view.medicines, WHERE, whole=True) for line in group.lines]


def test_sources_that_agree_make_one_line_that_names_both(table: SectionTable) -> None:
    view = read(
        table,
        statement("Amlodipine 5mg tablets", "ONE daily", source=GP, reason="Hypertension"),
        statement("Amlodipine 5mg tablets", "ONE daily", source=HOSPITAL, reason="High blood pressure"),
    )
    (line,) = lines(view)
    assert [said.name for said in line.said_by] == ["Surgery", "Hospital"]
    assert line.reason == ("Hypertension", "High blood pressure")
    assert line.warning == ""


def test_sources_that_differ_in_dose_make_two_lines_that_warn(table: SectionTable) -> None:
    """Hazard: one source's dose that hides another's."""
    view = read(
        table,
        statement("Amlodipine 5mg tablets", "ONE daily", source=GP),
        statement("Amlodipine 5mg tablets", "TWO daily", source=HOSPITAL),
    )
    found = lines(view)
    assert [line.repeated for line in found] == [False, True]
    assert all("differ in dose" in line.warning for line in found)


def test_a_medicine_on_hold_is_not_merged_with_one_that_is_taken(table: SectionTable) -> None:
    view = read(
        table,
        statement("Ramipril 5mg capsules", "ONE daily", source=GP),
        statement("Ramipril 5mg capsules", "ONE daily", source=HOSPITAL, status="on-hold"),
    )
    found = lines(view)
    assert len(found) == 2
    assert ["On hold"] in [[tag.words for tag in line.tags] for line in found]


def test_every_medicine_in_force_is_on_the_record_page_however_many(table: SectionTable) -> None:
    """Hazard: a current medicine behind a link."""
    view = read(
        table, *(statement(f"Medicine{letter * 3}", "ONE", source=GP) for letter in "abcdefghijklmnopqrstuvwxyz")
    )
    page = present_section(view, WHERE)
    assert sum(len(group.lines) for group in page.medicines) == 26


def test_a_dose_that_nobody_wrote_says_so(table: SectionTable) -> None:
    (line,) = lines(read(table, statement("Thing", "", source=GP)))
    assert line.dose == ("Dose not recorded",)


def test_the_route_stands_beside_the_dose_and_makes_no_conflict(table: SectionTable) -> None:
    """Hazard: a line that leaves out how a medicine is given, or that warns because one source left it out."""
    routed = statement("Amlodipine 5mg tablets", "ONE daily", source=GP)
    routed.resource["dosage"][0]["route"] = {"text": "Oral"}
    (line,) = lines(read(table, routed, statement("Amlodipine 5mg tablets", "ONE daily", source=HOSPITAL)))
    assert (line.route, line.warning) == (("Oral",), "")


def test_hazard_overdose_words_and_code_that_differ_warn_like_sources_that_do(table: SectionTable) -> None:
    """2.5 mg in words and 10 mg in code: one of them is wrong, and a reader of the words alone would not know."""
    injection = statement("Morphine sulfate 10mg/1ml ampoules", "2.5mg when needed", source=GP)
    injection.resource["dosage"][0]["doseAndRate"] = [{"doseQuantity": {"value": 10, "unit": "mg"}}]
    (line,) = lines(read(table, injection))
    assert line.dose == ("2.5mg when needed", "Coded differently: 10 mg")
    assert line.warning == "Words and code differ in dose: check before relying on either."
    assert [alarm.words for alarm in line.alarms] == ["Words and code differ in dose"]


def test_a_dose_of_which_words_and_code_agree_does_not_warn(table: SectionTable) -> None:
    injection = statement("Morphine sulfate 10mg/1ml ampoules", "2.5mg when needed", source=GP)
    injection.resource["dosage"][0]["doseAndRate"] = [{"doseQuantity": {"value": 2.5, "unit": "mg"}}]
    (line,) = lines(read(table, injection))
    assert (line.dose, line.warning, line.alarms) == (("2.5mg when needed",), "", ())
