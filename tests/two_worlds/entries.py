"""Entries about somebody as one source sends them: the same kinds, codes and references, whether they will be seen or hidden."""

from typing import Any, Final

SNOMED: Final = "http://snomed.info/sct"
LOINC: Final = "http://loinc.org"
HL7: Final = "http://terminology.hl7.org/CodeSystem"
NHS: Final = "https://fhir.nhs.uk/Id/nhs-number"
ODS: Final = "https://fhir.nhs.uk/Id/ods-organization-code"
PROBLEMS: Final = ("35489007", "195967001", "44054006")
#: What entries say of others beside their references: of those that are hidden in one of the worlds, and of those that are seen in both.
#: No question asks for it: it holds a slash, which keeps it out of their words.
SAID, SPOKEN = "whispered/of", "spoken/of"
TESTS: Final = ("718-7", "8867-4", "29463-7")

Resource = dict[str, Any]


def coded(code: str, *, system: str = SNOMED, text: str = "") -> Resource:
    return {"coding": [{"system": system, "code": code, "display": text or f"term {code}"}]}


def patient(own_id: str, number: str, **more: Any) -> Resource:
    return {"resourceType": "Patient", "id": own_id, "identifier": [{"system": NHS, "value": number}], **more}


def episode(own_id: str, patient_id: str, ods: str) -> Resource:
    """Return what ties an organisation to somebody."""
    return {
        "resourceType": "EpisodeOfCare",
        "id": own_id,
        "status": "active",
        "patient": {"reference": f"Patient/{patient_id}"},
        "managingOrganization": {"identifier": {"system": ODS, "value": ods}},
        "period": {"start": "2020-01-01"},
    }


def _observation(about: Resource, word: str, place: int) -> Resource:
    kind = ("laboratory", "vital-signs", "social-history")[place % 3]
    return {
        "resourceType": "Observation", "id": f"{word}-observation-{place}", "status": ("final", "amended")[place % 2],
        "category": [coded(kind, system=f"{HL7}/observation-category")],
        "code": coded(TESTS[place % 3], system=LOINC), "subject": about,
        "encounter": {"reference": f"Encounter/{word}-encounter-0"},
        "effectiveDateTime": f"20{18 + place}-0{1 + place}-1{place}T10:00:00Z",
        "valueQuantity": {"value": 10.5 + place, "unit": "g", "system": "http://unitsofmeasure.org", "code": "g"},
        "performer": [{"reference": "Practitioner/open-practitioner"}],
    }  # fmt: skip


def _condition(about: Resource, word: str, place: int) -> Resource:
    return {
        "resourceType": "Condition", "id": f"{word}-condition-{place}", "subject": about, "code": coded(PROBLEMS[place % 3]),
        "clinicalStatus": coded(("active", "resolved")[place % 2], system=f"{HL7}/condition-clinical"),
        "recordedDate": f"20{17 + place}-05-0{1 + place}", "onsetString": f"{word} childhood",
        "onsetAge": None, "encounter": {"reference": f"Encounter/{word}-encounter-0"},
        "identifier": [{"system": f"urn:{word}", "value": f"c{place}"}],
    }  # fmt: skip


def _others(about: Resource, word: str) -> list[Resource]:
    medicine = {"reference": f"Medication/{word}-medication"}
    condition = {"reference": f"Condition/{word}-condition-0"}
    return [
        {"resourceType": "AllergyIntolerance", "id": f"{word}-allergy", "patient": about, "code": coded("91936005"), "criticality": "high"},
        {"resourceType": "MedicationRequest", "id": f"{word}-prescription", "status": "active", "intent": "order", "subject": about,
         "medicationReference": medicine, "authoredOn": "2021-03-01", "reasonReference": [condition]},
        {"resourceType": "Procedure", "id": f"{word}-procedure", "status": "completed", "subject": about, "code": coded("80146002"),
         "performedDateTime": "2019-07", "reasonReference": [condition]},
        {"resourceType": "DiagnosticReport", "id": f"{word}-report", "status": "final", "subject": about, "issued": "2020-02-02T02:02:02Z",
         "code": coded("58410-2", system=LOINC), "result": [{"reference": f"Observation/{word}-observation-0"}]},
        {"resourceType": "DocumentReference", "id": f"{word}-document", "status": "current", "subject": about, "description": f"{word} letter",
         "date": "2020-04-04T00:00:00Z", "content": [{"attachment": {"contentType": "text/plain", "data": "aGVsbG8="}}]},
        {"resourceType": "Immunization", "id": f"{word}-jab", "status": "completed", "patient": about, "vaccineCode": coded("1119349007"),
         "occurrenceDateTime": "2021-01-15"},
        {"resourceType": "List", "id": f"{word}-list", "status": "current", "mode": "working", "subject": about, "title": f"{word} problems",
         "entry": [{"item": condition}]},
        {"resourceType": "Appointment", "id": f"{word}-appointment", "status": "booked", "start": "2024-11-01T10:00:00Z",
         "end": "2024-11-01T10:20:00Z", "participant": [{"actor": about, "status": "accepted"}]},
        {"resourceType": "RelatedPerson", "id": f"{word}-kin", "patient": about, "name": [{"family": f"{word}Kin"}]},
        {"resourceType": "CarePlan", "id": f"{word}-plan", "status": "active", "intent": "plan", "subject": about, "addresses": [condition]},
        {"resourceType": "Task", "id": f"{word}-task", "status": "requested", "intent": "order", "for": about, "focus": condition},
        {"resourceType": "Provenance", "id": f"{word}-provenance", "target": [condition], "recorded": "2022-01-01T00:00:00Z",
         "agent": [{"who": {"display": word}}]},
    ]  # fmt: skip


def entries_about(patient_id: str, word: str, *, many: int = 3) -> list[Resource]:
    """Return entries of every kind; `word` begins their ids, and whatever they say in words."""
    about = {"reference": f"Patient/{patient_id}"}
    encounter: Resource = {
        "resourceType": "Encounter", "status": "finished", "class": {"system": f"{HL7}/v3-ActCode", "code": "AMB"}, "subject": about,
        "period": {"start": "2019-09-09T09:00:00Z", "end": "2019-09-09T10:00:00Z"}, "type": [coded("185349003")],
    }  # fmt: skip
    medication = {
        "resourceType": "Medication",
        "id": f"{word}-medication",
        "code": coded("322236009"),
        "status": "active",
    }
    found: list[Resource] = [
        *(encounter | {"id": f"{word}-encounter-{place}"} for place in range(2)),
        medication,
        *(_condition(about, word, place) for place in range(many)),
        *(_observation(about, word, place) for place in range(many)),
        *_others(about, word),
    ]
    return [{name: value for name, value in each.items() if value is not None} for each in found]


def _quoted(reference: str) -> Resource:
    """Return a reference that says what it leads to, in words and by a number that no question asks for.

    Of a source that keeps its problems back, nothing else is hidden.
    """
    said = SPOKEN if "-part-observation-" in reference else SAID
    return {"reference": reference, "display": said, "identifier": {"value": said}}


def referring(entries: list[Resource], *beside: str) -> list[Resource]:
    """Return entries that refer to those of other words besides, which may be hidden, or may not be there, and say what those are.

    None of them follows what it refers to, as a Task does its focus: that is as hidden as its focus is.
    """
    first = beside[0]
    condition = _quoted(f"Condition/{first}-condition-0")
    conditions = [_quoted(f"Condition/{each}-condition-{place}") for each in beside for place in range(2)]
    tests = [_quoted(f"Observation/{each}-observation-{place}") for each in beside for place in range(2)]
    items = [*conditions, *(_quoted(f"AllergyIntolerance/{each}-allergy") for each in beside)]
    told = {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{SAID}</div>'}
    more: dict[str, Resource] = {
        "List": {"entry": [{"item": each} for each in items], "text": told},
        "CarePlan": {"addresses": conditions},
        "DiagnosticReport": {"result": tests, "text": told},
        "Encounter": {"diagnosis": [{"condition": condition}], "serviceProvider": {"reference": "Organization/hidden-organisation"}},
        "Observation": {"hasMember": [tests[0]]},
        "Procedure": {"partOf": [_quoted(f"Procedure/{first}-procedure")]},
    }  # fmt: skip
    return [each | more.get(each["resourceType"], {}) for each in entries]


def directory(word: str) -> list[Resource]:
    """Return an organisation with somebody who works there, and where; all of it within the open organisation."""
    organisation = {"reference": f"Organization/{word}-organisation"}
    partly = {} if word == "open" else {"partOf": {"reference": "Organization/open-organisation"}}
    return [
        {"resourceType": "Organization", "id": f"{word}-organisation", "name": f"{word} clinic", "active": True,
         "identifier": [{"system": "urn:clinics", "value": word}], **partly},
        {"resourceType": "Practitioner", "id": f"{word}-practitioner", "name": [{"family": f"{word}Fell", "given": ["Ada"]}]},
        {"resourceType": "Location", "id": f"{word}-location", "name": f"{word} ward", "managingOrganization": organisation,
         "position": {"latitude": 51.5, "longitude": -0.1}},
        {"resourceType": "PractitionerRole", "id": f"{word}-role", "organization": organisation, "code": [coded("62247001")],
         "practitioner": {"reference": f"Practitioner/{word}-practitioner"}, "location": [{"reference": f"Location/{word}-location"}]},
        {"resourceType": "HealthcareService", "id": f"{word}-service", "providedBy": organisation, "name": f"{word} service"},
    ]  # fmt: skip
