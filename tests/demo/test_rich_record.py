"""Specification of the rich record: every section of the Core Information Standard that is shown in full has content."""

import base64
from collections.abc import Callable
from typing import Any, Protocol

import pytest

from lhcr.demo.preferences import ABOUT_ME_FORM
from lhcr.kernel.json_types import JsonObject


class Area(Protocol):
    def of(self, key: str, *types: str, source: str = "") -> list[JsonObject]: ...


def text_of(concept: Any) -> str:
    return str(concept["text"]) if concept and "text" in concept else ""


def category_of(resource: JsonObject) -> str:
    return " ".join(
        coding["code"] for category in resource.get("category", []) for coding in category.get("coding", [])
    )


SECTIONS: dict[str, tuple[str, Callable[[JsonObject], bool]]] = {
    "demographics": ("Patient", lambda found: bool(found["name"] and found["address"] and found["birthDate"])),
    "GP practice": ("Patient", lambda found: found["generalPractitioner"][0]["reference"] == "Organization/a81001"),
    "alerts": ("Flag", lambda found: category_of(found) in {"clinical", "safety"}),
    "individual requirements": (
        "Flag",
        lambda found: found["code"].get("coding", [{}])[0].get("code") == "1108111000000107",
    ),
    "allergies": ("AllergyIntolerance", lambda found: bool(found["reaction"])),
    "medicines with their reason": ("MedicationRequest", lambda found: bool(found["reasonCode"][0]["text"])),
    "medicines that were stopped, by whom and why": (
        "MedicationRequest",
        lambda found: found["status"] == "stopped" and "Carrick" in found["statusReason"]["text"],
    ),
    "vaccinations": ("Immunization", lambda found: bool(found.get("lotNumber"))),
    "problems": ("Condition", lambda found: category_of(found) == "problem-list-item"),
    "procedures": ("Procedure", lambda found: found["status"] == "completed"),
    "results": ("Observation", lambda found: "referenceRange" in found and category_of(found) == "laboratory"),
    "reports": ("DiagnosticReport", lambda found: len(found["result"]) > 1),
    "blood pressure": ("Observation", lambda found: len(found.get("component", [])) == 2),
    "contacts with professionals": ("Encounter", lambda found: found["class"]["code"] == "AMB"),
    "admissions and discharges": (
        "Encounter",
        lambda found: found["class"]["code"] == "IMP" and "end" in found["period"],
    ),
    "future appointments": ("Appointment", lambda found: found["status"] == "booked"),
    "documents": (
        "DocumentReference",
        lambda found: b"DISCHARGE" in base64.b64decode(found["content"][0]["attachment"]["data"]),
    ),
    "end of life: CPR decision": ("Observation", lambda found: "CPR" in text_of(found["code"])),
    "end of life: preferred place of care": (
        "Observation",
        lambda found: text_of(found["code"]) == "Preferred place of care",
    ),
    "about me": (
        "QuestionnaireResponse",
        lambda found: found["questionnaire"] == ABOUT_ME_FORM and len(found["item"]) == 7,
    ),
    "anticipatory care": ("CarePlan", lambda found: found["title"] == "Contingency plan"),
    "care and support plan": ("CarePlan", lambda found: bool(found.get("goal")) and found["id"].startswith("zcc")),
    "services and care": ("EpisodeOfCare", lambda found: found["status"] == "active"),
    "social context": ("Observation", lambda found: category_of(found) == "social-history"),
    "family history": ("FamilyMemberHistory", lambda found: bool(found["condition"])),
    "personal contacts": ("RelatedPerson", lambda found: bool(found["relationship"])),
    "professional contacts": ("CareTeam", lambda found: bool(found["participant"])),
    "referrals": ("ServiceRequest", lambda found: bool(found["performer"])),
    "equipment": ("Device", lambda found: bool(found["deviceName"])),
}


@pytest.mark.parametrize("section", SECTIONS)
def test_the_section_has_content(area: Area, section: str) -> None:
    resource_type, belongs = SECTIONS[section]
    assert [found for found in area.of("rich", resource_type) if belongs(found)]


@pytest.mark.parametrize("source", ["A81001", "RRE", "FA123", "ZCC", "ZCT", "ZAM"])
def test_every_source_knows_her(area: Area, source: str) -> None:
    assert len(area.of("rich", source=source)) > 1


def test_two_sources_recorded_the_same_allergy_alike(area: Area) -> None:
    # Hazard: an allergy dropped while duplicates are folded.
    def core(found: JsonObject) -> JsonObject:
        return {name: value for name, value in found.items() if name not in {"id", "meta", "patient", "recorder"}}

    practice = [core(found) for found in area.of("rich", "AllergyIntolerance", source="A81001")]
    hospital = [core(found) for found in area.of("rich", "AllergyIntolerance", source="RRE")]
    assert len(hospital) == 1
    assert hospital[0] in practice
    assert len(practice) == 2


def test_practice_and_hospital_differ_on_a_dose(area: Area) -> None:
    def dose(found: JsonObject, element: str) -> tuple[str, int]:
        return found["medicationCodeableConcept"]["text"], found[element][0]["doseAndRate"][0]["doseQuantity"]["value"]

    practice = [
        dose(found, "dosageInstruction") for found in area.of("rich", "MedicationRequest") if "Bisoprolol" in str(found)
    ]
    hospital = [dose(found, "dosage") for found in area.of("rich", "MedicationStatement") if "Bisoprolol" in str(found)]
    assert practice == [("Bisoprolol 2.5mg tablets", 1)]
    assert hospital == [("Bisoprolol 2.5mg tablets", 2)]


def test_sources_agree_who_she_is_and_differ_on_where_she_lives(area: Area) -> None:
    patients = area.of("rich", "Patient")
    assert len({(found["gender"], found["birthDate"], str(found["name"])) for found in patients}) == 1
    assert len({str(found["address"]) for found in patients}) == 2


def test_her_results_are_a_series_over_years(area: Area) -> None:
    hba1c = [found for found in area.of("rich", "Observation") if "A1c" in text_of(found["code"])]
    days = sorted(found["effectiveDateTime"] for found in hba1c)
    assert len(days) == len(set(days)) >= 8
    assert {found["interpretation"][0]["coding"][0]["code"] for found in hba1c} == {"H"}


def test_warfarin_has_no_dose_that_a_machine_could_read_as_fixed(area: Area) -> None:
    # Hazard: a medicine whose dose follows the last INR shown as one tablet a day.
    warfarin = [found for found in area.of("rich", "MedicationRequest") if "Warfarin" in str(found)]
    assert len(warfarin) == 1
    assert "doseAndRate" not in warfarin[0]["dosageInstruction"][0]
    assert "timing" not in warfarin[0]["dosageInstruction"][0]
