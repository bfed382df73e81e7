"""Readiness: what checks and indexes the usual resources is compiled while a load waits for its database, not when entries come."""

from typing import Final

from lhcr.fhir.search import extraction
from lhcr.fhir.validation import validate

#: What the records of most people hold. Any other type is compiled when the first of its kind comes.
_USUAL: Final = (
    "AllergyIntolerance",
    "CarePlan",
    "CareTeam",
    "Claim",
    "Condition",
    "Device",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "ExplanationOfBenefit",
    "Immunization",
    "Location",
    "Medication",
    "MedicationAdministration",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
)


def make_ready() -> None:
    """Compile what the usual types need: some 3 ms for each."""
    extraction.prepare(*_USUAL)
    for name in _USUAL:
        validate({"resourceType": name})
