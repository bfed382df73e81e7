"""Every entry has one section by the order of the rules, or is other information."""

from collections.abc import Callable

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.views.entry import Entry
from lhcr.views.record_view import RecordView
from lhcr.views.sections.route import Router
from lhcr.views.sections.table import SectionTable

MakeEntry = Callable[..., Entry]
View = Callable[..., RecordView]


def observation(*, category: str = "", words: str = "", code: str = "") -> JsonObject:
    return {
        "resourceType": "Observation",
        "category": [{"coding": [{"code": category}]}],
        "code": {"text": words, "coding": [{"code": code}]},
    }


@pytest.mark.parametrize(
    ("resource", "key"),
    [
        (observation(category="laboratory", words="Serum alcohol level"), "results"),
        (observation(category="vital-signs", words="Pulse"), "examination-findings"),
        (observation(category="social-history", words="Employment"), "social-context"),
        (observation(category="social-history", words="Pregnancy status"), "pregnancy"),
        (observation(category="survey", words="Preferred place of death"), "end-of-life"),
        (observation(category="survey", words="Barthel index"), "assessments"),
        (observation(words="Something measured"), "results"),
        (observation(code="450476008"), "end-of-life"),
        ({"resourceType": "Flag", "code": {"text": "Lives with a dog"}}, "alerts"),
        ({"resourceType": "Flag", "code": {"text": "Child protection plan"}}, "safeguarding"),
        ({"resourceType": "Flag", "code": {"coding": [{"code": "1108111000000107"}]}}, "individual-requirements"),
        ({"resourceType": "Encounter", "class": {"code": "IMP"}}, "admissions"),
        ({"resourceType": "Encounter", "class": {"code": "AMB"}}, "contacts"),
        ({"resourceType": "QuestionnaireResponse", "questionnaire": "urn:lhcr:questionnaire:about-me"}, "about-me"),
        ({"resourceType": "CarePlan", "title": "Contingency plan for breathlessness"}, "contingency-plans"),
        ({"resourceType": "CarePlan", "title": "Asthma plan"}, "care-and-support-plan"),
        ({"resourceType": "DiagnosticReport", "code": {"coding": [{"code": "34117-2"}]}}, "documents"),
        ({"resourceType": "ServiceRequest", "code": {"text": "Referral to podiatry"}}, "referrals"),
        ({"resourceType": "ServiceRequest", "code": {"text": "Full blood count"}}, "investigations-requested"),
    ],
)
def test_an_entry_stands_in_its_section(table: SectionTable, resource: JsonObject, key: str) -> None:
    section = Router(table).section_of(resource)
    assert section is not None
    assert section.key == key


def test_the_heading_that_a_sender_names_comes_before_the_rules(table: SectionTable) -> None:
    tag = {"system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-RecordStandardHeadings", "code": "red-flags"}
    resource = {"resourceType": "ClinicalImpression", "meta": {"tag": [tag]}}
    section = Router(table).section_of(resource)
    assert section is not None
    assert section.key == "alerts"


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("AllergyIntolerance", "allergies"),
        ("MedicationStatement", "medicines"),
        ("MedicationRequest", "medicines"),
        ("MedicationDispense", "medicines"),
        ("MedicationAdministration", "medicines"),
    ],
)
def test_hazard_allergy_dropped_no_heading_takes_an_allergy_or_a_medicine_out_of_its_section(
    table: SectionTable, kind: str, key: str
) -> None:
    tag = {"system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-RecordStandardHeadings", "code": "red-flags"}
    section = Router(table).section_of({"resourceType": kind, "meta": {"tag": [tag]}})
    assert section is not None
    assert section.key == key


def test_a_type_that_no_section_claims_is_shown_under_other_information(view: View, entry: MakeEntry) -> None:
    record = view(entry("Claim", status="active"), entry("Frobnication"))
    assert [row.kind for row in record.other.rows] == ["Claim", "Frobnication"]


@pytest.mark.parametrize(
    "resource", [{}, {"resourceType": 7}, {"resourceType": "Observation", "category": 3, "code": [[]]}]
)
def test_odd_shapes_have_a_place_too(table: SectionTable, resource: JsonObject) -> None:
    section = Router(table).section_of(resource)
    assert section is None or section.key == "results"
