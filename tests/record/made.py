"""Resources for the tests of the record: small, valid, and each with what its test is about."""

from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.nhs_number import synthetic
from lhcr.nhs.systems import ACT_CODE, CONFIDENTIALITY, NHS_NUMBER, ODS_ORGANISATION

LOINC = "http://loinc.org"
HOSPITAL_NUMBER = "https://hospital.example/numbers"


def number(index: int) -> str:
    return synthetic(index).value


def identifier(value: str, *, system: str = NHS_NUMBER, use: str | None = None) -> JsonObject:
    return {"system": system, "value": value} | ({"use": use} if use else {})


def patient(*identifiers: JsonObject | str, id: str | None = None, **elements: object) -> JsonObject:
    """Make a Patient; a text among the identifiers is an NHS number."""
    made: JsonObject = {"resourceType": "Patient"}
    if id is not None:
        made["id"] = id
    if identifiers:
        made["identifier"] = [identifier(each) if isinstance(each, str) else each for each in identifiers]
    return made | {"name": [{"family": "Fell", "given": ["Ada"]}]} | elements


def observation(subject: str | JsonObject, *, id: str | None = None, **elements: object) -> JsonObject:
    """Make an Observation of somebody: a reference such as `Patient/1`, or a whole Reference."""
    made: JsonObject = {"resourceType": "Observation"}
    if id is not None:
        made["id"] = id
    about = {"reference": subject} if isinstance(subject, str) else subject
    return (
        made
        | {"status": "final", "code": {"coding": [{"system": LOINC, "code": "8867-4"}]}, "subject": about}
        | elements
    )


def allergy(subject: str, *, id: str | None = None, **elements: object) -> JsonObject:
    made: JsonObject = {"resourceType": "AllergyIntolerance"}
    if id is not None:
        made["id"] = id
    return made | {"patient": {"reference": subject}, "code": {"text": "Penicillin"}} | elements


def encounter(subject: str, *, id: str | None = None, **elements: object) -> JsonObject:
    made: JsonObject = {"resourceType": "Encounter"}
    if id is not None:
        made["id"] = id
    act_code = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}
    return made | {"status": "finished", "class": act_code, "subject": {"reference": subject}} | elements


def medication(*, id: str | None = None, **elements: object) -> JsonObject:
    made: JsonObject = {"resourceType": "Medication"}
    if id is not None:
        made["id"] = id
    return made | {"code": {"text": "Amoxicillin 500 mg"}} | elements


def prescription(subject: str, drug: str, *, id: str | None = None, **elements: object) -> JsonObject:
    made: JsonObject = {"resourceType": "MedicationRequest"}
    if id is not None:
        made["id"] = id
    return (
        made
        | {"status": "active", "intent": "order", "medicationReference": {"reference": drug}}
        | {"subject": {"reference": subject}}
        | elements
    )


def organisation(ods: str, *, id: str | None = None) -> JsonObject:
    made: JsonObject = {"resourceType": "Organization"}
    if id is not None:
        made["id"] = id
    return made | {"identifier": [identifier(ods, system=ODS_ORGANISATION)], "name": f"Organisation {ods}"}


def sensitive(resource: JsonObject) -> JsonObject:
    """Give the resource a label that hides it as a whole from everybody but its own source, and restricts nobody."""
    return resource | {"meta": {"security": [{"system": ACT_CODE, "code": "PSY"}]}}


def labelled(resource: JsonObject, code: str) -> JsonObject:
    """Give the resource a label of confidentiality: V is read by its own source alone."""
    return resource | {"meta": {"security": [{"system": CONFIDENTIALITY, "code": code}]}}
