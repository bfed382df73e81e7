"""What is left of a restricted person's entries. Hazard: the address of a restricted person is exposed."""

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lhcr.fhir.contributor import SENT_SOURCE
from lhcr.fhir.definitions.structures import load_definitions
from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir.search.catalogue import parameters_of, type_ids
from lhcr.fhir.validation import validate
from lhcr.fhir.whereabouts.entries import _REMOVED
from lhcr.fhir.whereabouts.givers import GIVERS, is_about_somebody
from lhcr.fhir.whereabouts.location_safe import location_safe
from lhcr.fhir.whereabouts.parameters import _PARAMETERS, tells_place
from lhcr.fhir.whereabouts.people import PEOPLE
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import CONFIDENTIALITY, NHS_NUMBER

PLACE: Final = "Hideaway"
META: Final = {"versionId": "7", "lastUpdated": "2026-01-01T00:00:00Z"}
WITHHELD_TYPES: Final = frozenset(name for name in type_ids() if is_about_somebody(name))
#: What may be told of somebody who must not be found, and nothing else.
TOLD: Final = {
    "Patient": {
        *("resourceType", "id", "meta", "language", "identifier", "extension", "active", "name", "gender", "birthDate"),
        *("deceasedBoolean", "deceasedDateTime", "maritalStatus", "multipleBirthBoolean", "multipleBirthInteger"),
        *("contact", "communication", "link"),
    },
    "RelatedPerson": {
        *("resourceType", "id", "meta", "language", "identifier", "extension", "active", "name", "gender", "birthDate"),
        *("patient", "relationship", "period", "communication"),
    },
    "Person": {
        *("resourceType", "id", "meta", "language", "identifier", "extension", "active", "name", "gender", "birthDate"),
        "link",
    },
}


def reduced(resource: JsonObject) -> JsonObject:
    body = write_json({"id": "1", "meta": META} | resource)
    return read_json(location_safe(resource["resourceType"], body))


def members(resource_type: str) -> list[str]:
    return [name for each in load_definitions().elements(resource_type) for name, _ in each.member_names()]


@pytest.mark.parametrize("resource_type", sorted(PEOPLE))
def test_of_people_nothing_is_left_but_what_is_listed(resource_type: str) -> None:
    """Whatever an element holds: a text, objects, or what stands beside a primitive."""
    for value in (PLACE, {"text": PLACE}, [{"text": PLACE}], {"extension": [{"url": PLACE, "valueString": PLACE}]}):
        resource = dict.fromkeys([*members(resource_type), *(f"_{name}" for name in members(resource_type))], value)
        left = reduced(resource | {"resourceType": resource_type, "id": "1", "meta": META})
        assert {name.removeprefix("_") for name in left} <= TOLD[resource_type] | {"modifierExtension"}
        assert PLACE not in str(left["modifierExtension"])
        assert not [name for name in left if name.startswith("_")]
    assert not {"address", "telecom", "generalPractitioner", "managingOrganization"} & TOLD[resource_type]


_SCALARS = st.sampled_from([PLACE, f"1 {PLACE} Street", True, 1, None])
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "system", "value", "url", "reference", "display", "name", "extension", "coding"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(WITHHELD_TYPES)), st.data())
def test_whatever_stands_there_is_reduced_without_failing_and_without_an_address(
    resource_type: str, data: st.DataObject
) -> None:
    """Hostile shapes: a body that was stored before it was checked as it is now. What cannot be read is left out."""
    names = st.sampled_from(
        [
            name
            for name in members(resource_type)
            if name not in {"id", "meta", "text", "contained", "actor", "participant"}
        ]
    )
    resource = data.draw(st.dictionaries(names, _VALUES, max_size=6))
    left = reduced(resource | {"resourceType": resource_type, "id": "1", "meta": META})
    assert (left["id"], left["meta"]["versionId"], left["meta"]["lastUpdated"]) == ("1", "7", META["lastUpdated"])
    if resource_type in PEOPLE:
        for element in ("address", "telecom", "photo", "text", "contained", "managingOrganization"):
            assert element not in left


def test_numbers_of_other_organisations_go_and_the_nhs_number_stays_with_how_sure_it_is() -> None:
    verified = {
        "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
        "valueCodeableConcept": {"coding": [{"code": "01"}]},
    }
    national = {"extension": [verified], "use": "official", "system": NHS_NUMBER, "value": "9990000018"}
    local = {"system": f"urn:{PLACE}", "value": PLACE}
    left = reduced(
        {
            "resourceType": "Patient",
            "identifier": [local, national | {"assigner": {"display": PLACE}}, {"value": PLACE}],
        }
    )
    assert left["identifier"] == [national]


def test_a_relative_keeps_who_they_are_and_to_whom() -> None:
    role = {"coding": [{"code": "MTH"}], "text": f"Mother, with whom she lives in {PLACE}"}
    related = {
        "resourceType": "RelatedPerson",
        "patient": {"reference": "Patient/1", "display": PLACE},
        "relationship": [role, {"text": "Friend"}],
        "name": [{"family": "Kin", "extension": [{"url": PLACE}]}],
        "telecom": [{"system": "phone", "value": PLACE}],
    }
    left = reduced(related)
    assert validate(left) == []
    assert left["patient"] == {"reference": "Patient/1"}
    assert left["relationship"] == [{"coding": [{"code": "MTH"}]}, {"text": "Friend"}]
    assert left["name"] == [{"family": "Kin"}]
    assert PLACE not in str(left)


def test_what_was_reduced_says_so() -> None:
    """Hazard: partial shown as complete. The label says why, once, beside the labels that are there already."""
    left = reduced({"resourceType": "Patient"})
    assert [(each["system"], each["code"]) for each in left["meta"]["security"]] == [(CONFIDENTIALITY, "R")]
    assert [each["code"] for each in left["meta"]["tag"]] == ["SUBSETTED"]
    labels = [{"system": CONFIDENTIALITY, "code": "R"}, {"system": "urn:x", "code": "y"}]
    source = {"source": f"urn:{PLACE}", "tag": [{"code": PLACE}], "profile": [PLACE]}
    left = reduced({"resourceType": "Patient", "meta": META | source | {"security": labels}})
    assert left["meta"]["security"] == labels
    assert PLACE not in str(left)


_DIV: Final = f'<div xmlns="http://www.w3.org/1999/xhtml">{PLACE}</div>'


def ward(**more: Any) -> JsonObject:
    return {"reference": "Location/ward", "display": PLACE} | more


ENTRIES: Final[dict[str, JsonObject]] = {
    "Encounter": {
        "status": "finished",
        "class": {"code": "AMB"},
        "reasonCode": [{"text": "Kept"}],
        "location": [{"location": ward()}],
        "serviceProvider": {"display": PLACE},
        "hospitalization": {"origin": ward(), "destination": ward(), "reAdmission": {"text": "Kept"}},
    },
    "Appointment": {
        "status": "booked",
        "description": "Kept",
        "participant": [
            {"actor": {"reference": "Patient/1"}, "status": "accepted"},
            {"actor": ward(), "status": "accepted"},
            {"actor": {"reference": "HealthcareService/1", "display": PLACE}, "status": "accepted"},
            {"actor": {"reference": "#ward", "display": PLACE}, "status": "accepted"},
            {"actor": {"identifier": {"value": PLACE}}, "status": "accepted"},
        ],
        "contained": [{"resourceType": "Location", "id": "ward", "name": PLACE}],
        "comment": f"Come to {PLACE}",
        "patientInstruction": f"Come to {PLACE}",
    },
    "DocumentReference": {
        "status": "current",
        "description": "Kept",
        "custodian": {"display": PLACE},
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain",
                    "title": "Kept",
                    "data": "SGlkZWF3YXk=",
                    "url": f"http://{PLACE}",
                }
            }
        ],
        "context": {"facilityType": {"text": PLACE}, "related": [{"display": "Kept"}]},
    },
    "Composition": {
        "status": "final",
        "type": {"text": "Kept"},
        "date": "2026-01-01",
        "author": [{"display": PLACE}],
        "title": "Kept",
        "section": [
            {
                "title": "Kept",
                "text": {"status": "generated", "div": _DIV},
                "section": [{"title": "Kept", "text": {"status": "generated", "div": _DIV}}],
            }
        ],
    },
    "MedicationRequest": {
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "Kept"},
        "subject": {"reference": "Patient/1"},
        "dispenseRequest": {"performer": {"display": PLACE}, "numberOfRepeatsAllowed": 3},
    },
    "MedicationDispense": {
        "status": "completed",
        "medicationCodeableConcept": {"text": "Kept"},
        "location": ward(),
        "performer": [{"actor": {"display": PLACE}}],
    },
    "EpisodeOfCare": {
        "status": "active",
        "patient": {"reference": "Patient/1"},
        "managingOrganization": {"display": PLACE},
    },
}


@pytest.mark.parametrize("resource_type", ENTRIES)
def test_of_care_the_places_go_and_the_care_stays(resource_type: str) -> None:
    text = {"status": "generated", "div": _DIV}
    entry = {"resourceType": resource_type, "text": text} | ENTRIES[resource_type]
    left = reduced(entry)
    assert PLACE not in str(left)
    assert "SGlkZWF3YXk" not in str(left)
    assert validate(left) == validate({"id": "1", "meta": META} | entry) == []
    assert str(left).count("Kept") == str(entry).count("Kept")
    assert [each["code"] for each in left["meta"]["tag"]] == ["SUBSETTED"]
    assert "security" not in left["meta"]


_ADDRESS = {"line": [f"1 {PLACE} Street"], "postalCode": PLACE}
_PHONE = {"system": "phone", "value": PLACE}
_DOCUMENT = {"contentType": "text/plain", "data": PLACE, "url": f"https://{PLACE}.test"}
#: Members of any entry that tell a place where no list of elements names them.
ANYWHERE: dict[str, JsonObject] = {
    "an address in an extension": {"extension": [{"url": "urn:x", "valueAddress": _ADDRESS}]},
    "a number in a nested one": {
        "extension": [{"url": "urn:x", "extension": [{"url": "y", "valueContactPoint": _PHONE}]}]
    },
    "coordinates": {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/geolocation", "extension": [{"x": PLACE}]}]
    },
    "a document in an answer": {"item": [{"linkId": "1", "answer": [{"valueAttachment": _DOCUMENT}]}]},
    "a place in an answer": {"item": [{"linkId": "1", "answer": [{"valueReference": {"display": PLACE}}]}]},
    "a giver in words": {"performer": [{"display": PLACE}]},
    "where it happened": {"accident": {"locationAddress": _ADDRESS}},
    "a ward": {"agent": [{"location": {"reference": "Location/1", "display": PLACE}}]},
    "a contained relative": {
        "contained": [{"resourceType": "RelatedPerson", "id": "c", "address": [_ADDRESS], "telecom": [_PHONE]}]
    },
    "a contained doctor": {"contained": [{"resourceType": "Practitioner", "id": "c", "address": [_ADDRESS]}]},
    "a contained stay": {
        "contained": [{"resourceType": "Encounter", "id": "c", "serviceProvider": {"display": PLACE}}]
    },
    "a contained document": {"contained": [{"resourceType": "Binary", "id": "c", "data": PLACE}]},
    "contained words": {
        "contained": [{"resourceType": "Basic", "id": "c", "text": {"status": "generated", "div": PLACE}}]
    },
}


@pytest.mark.parametrize("told", ANYWHERE)
@pytest.mark.parametrize(
    "resource_type", ["Observation", "QuestionnaireResponse", "Basic", "Claim", "Media", "AuditEvent"]
)
def test_a_place_goes_wherever_in_an_entry_it_stands(resource_type: str, told: str) -> None:
    """Hazard: the address of a restricted person is exposed where nobody thought of it."""
    assert PLACE not in str(
        reduced({"resourceType": resource_type, "subject": {"reference": "Patient/1"}} | ANYWHERE[told])
    )


def test_a_place_that_is_written_in_words_goes_and_the_words_stay() -> None:
    said = {
        "item": [{"linkId": "1", "answer": [{"valueString": "I live at LS1 4AP now"}]}],
        "author": {"reference": "Patient/1"},
    }
    left = reduced({"resourceType": "QuestionnaireResponse", "status": "completed"} | said)
    assert left["item"][0]["answer"] == [{"valueString": "I live at [withheld] now"}]
    text = {"status": "additional", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Ring 0113 496 0000 first</div>'}
    assert "Ring [withheld] first" in str(reduced({"resourceType": "Observation", "text": text}))


def test_the_words_of_a_document_that_is_about_somebody_go() -> None:
    document = {"resourceType": "Binary", "contentType": "text/plain", "data": PLACE}
    assert reduced(document | {"securityContext": {"reference": "DocumentReference/1"}})["contentType"] == "text/plain"
    assert PLACE not in str(reduced(document | {"securityContext": {"reference": "DocumentReference/1"}}))


def test_where_in_a_body_something_is_stays() -> None:
    """Hazard: meaning lost. A site in a body is care, and no place in the world."""
    body = {"resourceType": "BodyStructure", "location": {"coding": [{"code": "1", "display": "Left knee"}]}}
    assert reduced(body)["location"] == body["location"]


def test_other_types_are_served_as_they_are_stored() -> None:
    for name in ("Organization", "Practitioner", "Medication"):
        assert location_safe(name, b"not even JSON") == b"not even JSON"


@pytest.mark.parametrize(
    "giver",
    [
        {"reference": "Organization/practice"},
        {"reference": "https://else.example/fhir/Practitioner/gp/_history/2", "display": PLACE},
        {"reference": "PractitionerRole/gp"},
        {"reference": "#own", "display": PLACE},
        {"reference": f"Organization?identifier={PLACE}"},
        {"type": "Organization", "display": f"{PLACE} Pharmacy"},
        {"identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A81001"}},
    ],
    ids=str,
)
def test_of_who_gave_the_care_an_entry_says_only_that_somebody_did(giver: JsonObject) -> None:
    """Hazard: who knows the practice or the pharmacy of a restricted person knows the town."""
    patient = {"reference": "Patient/1"}
    device = {"resourceType": "Device", "id": "kept", "meta": {"source": f"urn:{PLACE}"}}
    contained = [{"resourceType": "Organization", "id": "own", "name": PLACE}, device]
    said = {"url": SENT_SOURCE, "valueUri": f"https://{PLACE}", "_valueUri": {"id": PLACE}}
    meta = META | {"source": f"urn:lhcr:source:{PLACE}", "extension": [said]}
    entry = {"meta": meta, "contained": contained, "extension": [{"url": "urn:x", "valueReference": giver}]}
    care: list[JsonObject] = [
        {"resourceType": "AllergyIntolerance", "code": {"text": "Kept"}, "patient": patient, "recorder": giver},
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": "Kept"},
            "subject": patient,
            "device": {"reference": "#kept"},
            "performer": [giver, {"reference": "RelatedPerson/1"}],
        },
        {
            "resourceType": "Immunization",
            "status": "completed",
            "vaccineCode": {"text": "Kept"},
            "patient": patient,
            "occurrenceDateTime": "2026-01-01",
            "performer": [{"function": {"text": "Kept"}, "actor": giver}],
        },
    ]
    for each in care:
        left = reduced(each | entry)
        told = str(left)
        assert not [word for word in (PLACE, "A81001", "Organization", "practice", "/gp", "'source'") if word in told]
        assert told.count("Kept") == str(each).count("Kept")
        assert told.count("'masked'") == 2
        assert left.get("patient", left.get("subject")) == patient
        assert validate(left) == []
    assert reduced(care[1])["performer"][1] == {"reference": "RelatedPerson/1"}


def test_words_that_no_element_repeats_stay_with_an_entry_that_tells_no_place() -> None:
    """Hazard: an allergy that stands in its narrative alone is dropped."""
    for status, stays in (("additional", True), ("generated", False)):
        text = {"status": status, "div": '<div xmlns="http://www.w3.org/1999/xhtml">Nuts</div>'}
        left = reduced({"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/1"}, "text": text})
        assert ("Nuts" in str(left)) is stays


def test_whatever_finds_by_who_gave_the_care_or_by_the_source_tells_a_place() -> None:
    for name in WITHHELD_TYPES - PEOPLE:
        for code, parameter in parameters_of(name).items():
            if code == "_source" or (parameter.targets and set(parameter.targets) <= GIVERS):
                assert tells_place(parameter), (name, code)
            if code in {"_id", "code", "date", "patient", "subject", "status"}:
                assert not tells_place(parameter), (name, code)
    assert tells_place(parameters_of("Observation")["performer"])
    assert tells_place(parameters_of("AllergyIntolerance")["recorder"])
    assert not tells_place(parameters_of("PractitionerRole")["organization"])


@pytest.mark.parametrize("resource_type", sorted(PEOPLE))
def test_every_parameter_of_people_that_reads_a_place_tells_one(resource_type: str) -> None:
    reading = ("address", "telecom", "phone", "email", "organization", "general-practitioner", "identifier")
    for code, parameter in parameters_of(resource_type).items():
        assert tells_place(parameter) == (
            code.startswith(reading) or code == "_source" or (resource_type, code) == ("Person", "practitioner")
        )


def test_whatever_finds_by_a_location_tells_a_place() -> None:
    """Types whose place is not withheld yet are listed, so that one that is added is thought of."""
    found = {
        (name, code)
        for name in type_ids()
        for code, parameter in parameters_of(name).items()
        if parameter.targets == ("Location",) and name in WITHHELD_TYPES and not tells_place(parameter)
    }
    assert found == set()


def test_every_element_that_is_removed_and_every_parameter_that_is_withheld_exists() -> None:
    """Hazard: a misspelt name withholds nothing."""
    definitions = load_definitions()
    for resource_type, paths in _REMOVED.items():
        for path in paths:
            structure = resource_type
            for step in path.split("."):
                member = definitions.members(structure).get(step)
                assert member is not None, (resource_type, path)
                structure = member.type
    for resource_type, codes in _PARAMETERS.items():
        assert codes <= set(parameters_of(resource_type)), resource_type
        assert resource_type in WITHHELD_TYPES
