"""Kinds of entry in words: what a type of FHIR is called where care is given."""

import re
from collections.abc import Mapping
from types import MappingProxyType

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "AllergyIntolerance": "Allergy or intolerance",
        "CarePlan": "Plan of care",
        "ClinicalImpression": "Clinical assessment",
        "Composition": "Document",
        "Condition": "Problem or diagnosis",
        "Device": "Device or equipment",
        "DeviceUseStatement": "Use of a device",
        "DiagnosticReport": "Report",
        "DocumentReference": "Document",
        "Encounter": "Contact or stay",
        "EpisodeOfCare": "Period of care",
        "FamilyMemberHistory": "Family history",
        "Flag": "Alert",
        "Immunization": "Vaccination",
        "MedicationAdministration": "Medicine given",
        "MedicationDispense": "Medicine supplied",
        "MedicationRequest": "Prescription",
        "MedicationStatement": "Statement about a medicine",
        "Observation": "Measurement or finding",
        "Patient": "Person details",
        "QuestionnaireResponse": "Answers to questions",
        "RelatedPerson": "Personal contact",
        "ServiceRequest": "Request or referral",
    }
)


def kind_words(kind: str) -> str:
    """`MedicationRequest` as `Prescription`; a type without words of its own is taken apart, as `Care team`."""
    return _WORDS.get(kind) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).capitalize()
