"""The allergies line: every allergy that holds is named, none that does not, and it is never blank."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.portal.presenters.banner import present_banner
from lhcr.views.allergies import read_allergy_line
from lhcr.views.assemble import assemble
from lhcr.views.completeness import Completeness
from lhcr.views.entry import Entry, Source
from lhcr.views.record_view import RecordView
from lhcr.views.sections.table import Rule, SectionTable

MakeEntry = Callable[..., Entry]
IPS = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
View = Callable[..., RecordView]
NO_KNOWN: JsonObject = {
    "coding": [{"system": "http://snomed.info/sct", "code": "716186003", "display": "No known allergy"}]
}


def clinical(code: str) -> JsonObject:
    return {"clinicalStatus": {"coding": [{"code": code}]}}


def verification(code: str) -> JsonObject:
    return {"verificationStatus": {"coding": [{"code": code}]}}


@pytest.mark.parametrize(
    "elements",
    [{}, clinical("active"), verification("unconfirmed"), clinical("active") | verification("presumed")],
)
def test_hazard_allergy_dropped_one_that_nobody_has_ended_or_refuted_is_named(
    view: View, entry: MakeEntry, elements: JsonObject
) -> None:
    assert view(entry("AllergyIntolerance", code={"text": "Latex"}, **elements)).allergies.names == ("Latex",)


@pytest.mark.parametrize(
    "elements",
    [
        verification("refuted"),
        clinical("active") | verification("refuted"),
        verification("entered-in-error"),
        clinical("active") | verification("entered-in-error"),
        clinical("resolved"),
        clinical("inactive"),
    ],
)
def test_hazard_a_negated_allergy_shown_as_one_the_line_names_none_that_was_refuted_ended_or_an_error(
    view: View, entry: MakeEntry, elements: JsonObject
) -> None:
    line = view(entry("AllergyIntolerance", code={"text": "Latex"}, **elements)).allergies
    assert (line.names, line.tone) == ((), "unknown")


def test_the_gravest_stands_first_and_says_so(view: View, entry: MakeEntry) -> None:
    record = view(
        entry("AllergyIntolerance", code={"text": "Dust"}, criticality="low"),
        entry("AllergyIntolerance", code={"text": "Nuts"}, criticality="high"),
    )
    assert record.allergies.names == ("Nuts (high risk)", "Dust")


@pytest.mark.parametrize("elements", [verification("refuted"), clinical("resolved")])
def test_hazard_none_inferred_from_absence_a_line_with_only_past_or_refuted_allergies_says_so(
    view: View, entry: MakeEntry, elements: JsonObject
) -> None:
    record = view(entry("AllergyIntolerance", code={"text": "Latex"}, **elements))
    assert present_banner(record).cautions == (
        "Only allergies that have ended or were ruled out are recorded. This does not mean that there is none.",
    )


def test_hazard_none_inferred_from_absence_that_nobody_knows_is_said_with_who_says_so(
    view: View, entry: MakeEntry
) -> None:
    code = {"coding": [{"system": IPS, "code": "no-allergy-info", "display": "No information about allergies"}]}
    record = view(entry("AllergyIntolerance", code=code))
    assert record.allergies.tone == "unknown"
    assert present_banner(record).cautions == (
        "No information about allergies: recorded by Aldermere Surgery. This does not mean that there is none.",
    )


def test_a_statement_of_none_that_was_itself_refuted_is_not_one(view: View, entry: MakeEntry) -> None:
    record = view(entry("AllergyIntolerance", code=NO_KNOWN, **verification("refuted")))
    assert record.allergies.tone == "unknown"


def test_sources_that_contradict_each_other_are_said_to(view: View, entry: MakeEntry) -> None:
    record = view(
        entry("AllergyIntolerance", code=NO_KNOWN),
        entry("AllergyIntolerance", source=Source("RRE", "Hospital"), code={"text": "Latex"}),
    )
    assert record.allergies.contradicted
    assert (record.allergies.names, record.allergies.tone) == (("Latex",), "present")


def test_hazard_allergy_dropped_one_that_its_sender_put_under_another_heading_is_named(
    view: View, entry: MakeEntry
) -> None:
    tag = {"system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-RecordStandardHeadings", "code": "red-flags"}
    record = view(entry("AllergyIntolerance", code={"text": "Latex"}, criticality="high", meta={"tag": [tag]}))
    assert record.allergies.names == ("Latex (high risk)",)
    assert record.allergies.nothings == ()


@pytest.mark.parametrize("claims", [("AllergyIntolerance", "alerts"), ("Flag", "allergies")])
def test_hazard_allergy_dropped_the_line_names_one_whatever_its_section_in_the_table(
    table: SectionTable, now: datetime, entry: MakeEntry, claims: tuple[str, str]
) -> None:
    """A table that claims the type for alerts, or for no section at all."""
    kind, key = claims
    sections = [
        replace(section, rules=(Rule(type=kind),)) if section.key == key else replace(section, rules=())
        for section in table.sections
    ]
    allergy = entry("AllergyIntolerance", code={"text": "Latex"})
    odd = replace(table, sections=tuple(sections))
    record = assemble([allergy], completeness=Completeness(), table=odd, now=now)
    assert record.allergies.names == ("Latex",)
    assert record.allergies.nothings == ()


PENICILLIN: JsonObject = {"text": "Penicillin V", **NO_KNOWN}
LOCAL: JsonObject = {"text": "Latex", "coding": [{"system": "http://local.test", "code": "160245001"}]}


@pytest.mark.parametrize(("code", "name"), [(PENICILLIN, "Penicillin V (high risk)"), (LOCAL, "Latex (high risk)")])
def test_hazard_allergy_dropped_one_with_a_code_of_none_among_its_codes_is_named_with_its_risk_and_reaction(
    view: View, entry: MakeEntry, code: JsonObject, name: str
) -> None:
    grave = {"criticality": "high", "reaction": [{"manifestation": [{"text": "Anaphylaxis"}], "severity": "severe"}]}
    record = view(entry("AllergyIntolerance", code=code, **grave))
    assert (record.allergies.names, record.allergies.tone, record.allergies.nothings) == ((name,), "present", ())
    section = record.section("allergies")
    assert section is not None
    assert section.rows[0].cell("Reaction") == ("Anaphylaxis, severe",)


def test_hazard_none_inferred_from_absence_no_known_food_allergies_is_shown_as_what_it_says(
    view: View, entry: MakeEntry
) -> None:
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "429625007", "display": "No known food allergy"}]}
    record = view(entry("AllergyIntolerance", code=code, **clinical("active")))
    assert record.allergies.tone == "unknown"
    assert present_banner(record).cautions == (
        "No known food allergy: recorded by Aldermere Surgery. This does not mean that there is none.",
    )


def test_a_line_about_nothing_at_all_is_not_blank() -> None:
    (nothing,) = read_allergy_line((), ()).nothings
    assert nothing.sentence == "No allergies were looked at. This does not mean that there is none."
