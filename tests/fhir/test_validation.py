"""Structural validation: everything that is wrong, each with the place where it is."""

import copy
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lhcr.fhir.compiled_check import CompiledChecks
from lhcr.fhir.definitions.structures import load_definitions
from lhcr.fhir.expression import root
from lhcr.fhir.json_document import DEEPEST, read_json
from lhcr.fhir.structural_check import MOST_ISSUES, StructuralCheck
from lhcr.fhir.validation import require_valid, validate
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject

OBSERVATION: JsonObject = read_json(
    b"""{
    "resourceType": "Observation", "id": "bp-1",
    "meta": {"profile": ["http://example.org/bp"], "security": [{"system": "urn:s", "code": "R"}]},
    "text": {"status": "generated", "div": "<div xmlns=\\"http://www.w3.org/1999/xhtml\\">85</div>"},
    "contained": [{"resourceType": "Patient", "id": "p", "active": true}],
    "extension": [{"url": "urn:a", "valueString": "x"}, {"url": "urn:b", "extension": [{"url": "c", "valueDecimal": 1.10}]}],
    "identifier": [{"use": "usual", "system": "urn:i", "value": "1", "period": {"start": "2026-02-28"}}],
    "status": "final",
    "category": [{"coding": [{"system": "urn:c", "code": "vital signs"}]}],
    "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}], "text": "Blood pressure"},
    "subject": {"reference": "Patient/1"}, "performer": [{"reference": "#p"}, {"display": "A nurse"}],
    "effectiveDateTime": "2026-01-31T12:00:00.123Z", "issued": "2026-01-31T12:00:00+01:00",
    "component": [
        {"code": {"text": "systolic"}, "valueQuantity": {"value": 107.0, "unit": "mmHg"}},
        {"code": {"text": "diastolic"}, "dataAbsentReason": {"text": "unknown"}}
    ],
    "note": [{"text": "Line one\\nline two"}],
    "hasMember": [{"reference": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"}, {"reference": "Observation?identifier=a|b"}]
}"""
)
PATIENT: JsonObject = {
    "resourceType": "Patient",
    "name": [{"given": ["Ann", None], "_given": [None, {"extension": [{"url": "urn:x", "valueCode": "masked"}]}]}],
    "birthDate": "1970-03-30",
    "_birthDate": {"extension": [{"url": "urn:t", "valueDateTime": "1970-03-30T14:35:45-05:00"}]},
    "deceasedBoolean": False,
    "link": [{"other": {"reference": "Patient/2"}, "type": "seealso"}],
}
Path = tuple[str | int, ...]


def changed(resource: JsonObject, path: Path, value: Any) -> JsonObject:
    mutant = copy.deepcopy(resource)
    holder: Any = mutant
    for step in path[:-1]:
        holder = holder[step]
    if value is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return mutant


def found(resource: JsonObject) -> set[tuple[str, str | None]]:
    return {(issue.error, issue.expression) for issue in validate(resource)}


@pytest.mark.parametrize("resource", [OBSERVATION, PATIENT], ids=["Observation", "Patient"])
def test_a_right_resource_has_no_issues(resource: JsonObject) -> None:
    assert validate(resource) == []
    require_valid(resource)


OBSERVATION_MUTANTS: list[tuple[Path, Any, str, str]] = [
    (("status",), ..., "required-missing", "Observation.status"),
    (("code",), ..., "required-missing", "Observation.code"),
    (("component", 1, "code"), ..., "required-missing", "Observation.component[1].code"),
    (("note", 0, "text"), ..., "empty", "Observation.note[0]"),
    (("extension", 0, "url"), ..., "required-missing", "Observation.extension[0].url"),
    (("statuss",), "final", "unknown-element", "Observation.statuss"),
    (("component", 0, "unit"), "mmHg", "unknown-element", "Observation.component[0].unit"),
    (("value[x]",), "a", "unknown-element", "Observation.%unknown"),
    (("valueAddress",), {"text": "x"}, "unknown-element", "Observation.valueAddress"),
    (("resourceType",), "Observatio", "unknown-resource-type", "Observatio.resourceType"),
    (("resourceType",), "DomainResource", "unknown-resource-type", "DomainResource.resourceType"),
    (("resourceType",), "Quantity", "unknown-resource-type", "Quantity.resourceType"),
    (("resourceType",), 1, "unknown-resource-type", "Resource.resourceType"),
    (("resourceType",), ..., "unknown-resource-type", "Resource"),
    (("code", "resourceType"), "CodeableConcept", "unknown-element", "Observation.code.resourceType"),
    (("_code",), {"extension": [{"url": "u", "valueCode": "c"}]}, "unknown-element", "Observation.code"),
    (("status",), ["final"], "wrong-json-type", "Observation.status"),
    (("status",), 1, "wrong-json-type", "Observation.status"),
    (("status",), None, "wrong-json-type", "Observation.status"),
    (("status",), "finished", "code-not-allowed", "Observation.status"),
    (("status",), "Final", "code-not-allowed", "Observation.status"),
    (("code",), "85354-9", "wrong-json-type", "Observation.code"),
    (("code",), [], "wrong-json-type", "Observation.code"),
    (("code",), {}, "empty", "Observation.code"),
    (("code",), {"id": "x"}, "empty", "Observation.code"),
    (("category",), {"text": "x"}, "wrong-json-type", "Observation.category"),
    (("category",), [], "empty", "Observation.category"),
    (("category",), [None], "wrong-json-type", "Observation.category[0]"),
    (("category", 0, "coding", 0, "code"), "", "value-invalid", "Observation.category[0].coding[0].code"),
    (("category", 0, "coding", 0, "code"), " a", "value-invalid", "Observation.category[0].coding[0].code"),
    (("category", 0, "coding", 0, "code"), "a  b", "value-invalid", "Observation.category[0].coding[0].code"),
    (("effectivePeriod",), {"start": "2026"}, "choice-repeated", "Observation.effectivePeriod"),
    (("effectiveDateTime",), "2026-02-30", "value-invalid", "Observation.effectiveDateTime"),
    (("effectiveDateTime",), "2026-01-31T12:00Z", "value-invalid", "Observation.effectiveDateTime"),
    (("effectiveDateTime",), "2026-01-31T12:00:00", "value-invalid", "Observation.effectiveDateTime"),
    (("issued",), "2026-01-31", "value-invalid", "Observation.issued"),
    (("id",), "a b", "value-invalid", "Observation.id"),
    (("id",), "a" * 65, "value-invalid", "Observation.id"),
    (("component", 0, "valueString"), "x", "choice-repeated", "Observation.component[0].valueString"),
    (("component", 0, "valueQuantity", "value"), "107.0", "wrong-json-type", "Observation.component[0].valueQuantity.value"),
    (("component", 0, "valueQuantity", "value"), True, "wrong-json-type", "Observation.component[0].valueQuantity.value"),
    (("subject", "reference"), "Practitioner/1", "reference-target", "Observation.subject.reference"),
    (("subject", "reference"), "Pateint/1", "reference-target", "Observation.subject.reference"),
    (("subject", "reference"), "Practitioner?identifier=1", "reference-target", "Observation.subject.reference"),
    (("contained", 0, "gender"), "x", "code-not-allowed", "Observation.contained[0].gender"),
    (("contained", 0, "resourceType"), ..., "unknown-resource-type", "Observation.contained[0]"),
    (("contained", 0, "contained"), [{"resourceType": "Patient"}], "contained-nested", "Observation.contained[0].contained"),
    (("contained", 0), "Patient/1", "wrong-json-type", "Observation.contained[0]"),
    (("extension", 0, "extension"), [{"url": "u", "valueCode": "c"}], "extension-shape", "Observation.extension[0]"),
    (("extension", 0, "valueString"), ..., "extension-shape", "Observation.extension[0]"),
    (("extension", 0, "valueCode"), "c", "choice-repeated", "Observation.extension[0].valueCode"),
    (("text", "div"), ..., "required-missing", "Observation.text.div"),
    (("note", 0, "text"), "a\x01b", "value-invalid", "Observation.note[0].text"),
    (("note", 0, "text"), "a" * 1_048_577, "value-invalid", "Observation.note[0].text"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "error", "expression"), OBSERVATION_MUTANTS)
def test_a_mistake_in_an_observation_is_found_at_its_place(path: Path, value: Any, error: str, expression: str) -> None:
    assert found(changed(OBSERVATION, path, value)) == {(error, expression)}


PATIENT_MUTANTS: list[tuple[Path, Any, str, str]] = [
    (("birthDate",), "1970-03-30T00:00:00Z", "value-invalid", "Patient.birthDate"),
    (("birthDate",), "1900-02-29", "value-invalid", "Patient.birthDate"),
    (("_birthDate",), {}, "empty", "Patient.birthDate"),
    (("_birthDate",), [{}], "wrong-json-type", "Patient.birthDate"),
    (("_birthDate", "value"), "1970", "unknown-element", "Patient.birthDate.value"),
    (("name", 0, "_given"), [None, None], "wrong-json-type", "Patient.name[0].given[1]"),
    (("name", 0, "_given"), ..., "wrong-json-type", "Patient.name[0].given[1]"),
    (("name", 0, "_given"), [], "empty", "Patient.name[0].given"),
    (("_deceasedDateTime",), {"id": "a", "extension": [{"url": "u", "valueCode": "c"}]}, "choice-repeated", "Patient.deceasedDateTime"),
    (("deceasedBoolean",), "false", "wrong-json-type", "Patient.deceasedBoolean"),
    (("multipleBirthInteger",), Decimal("1.5"), "value-invalid", "Patient.multipleBirthInteger"),
    (("multipleBirthInteger",), 2_147_483_648, "value-invalid", "Patient.multipleBirthInteger"),
    (("link", 0, "other"), ..., "required-missing", "Patient.link[0].other"),
    (("_link",), [{"id": "x"}], "unknown-element", "Patient.link"),
    (("photo",), [{"data": "YWI"}], "value-invalid", "Patient.photo[0].data"),
    (("telecom",), [{"rank": 0}], "value-invalid", "Patient.telecom[0].rank"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "error", "expression"), PATIENT_MUTANTS)
def test_a_mistake_in_a_patient_is_found_at_its_place(path: Path, value: Any, error: str, expression: str) -> None:
    assert (error, expression) in found(changed(PATIENT, path, value))


def test_all_mistakes_are_told_in_one_pass_and_none_repeats_a_value() -> None:
    resource = {"resourceType": "Patient", "gender": "Ann Smith", "birthDate": "Ann Smith", "Ann Smith": 1, "active": 1}
    issues = validate(resource)
    assert len(issues) == 4
    assert not any("Smith" in issue.diagnostics + str(issue.expression) for issue in issues)
    with pytest.raises(Incorrect) as caught:
        require_valid(resource)
    assert caught.value.status == 400
    assert list(caught.value.issues) == issues


def test_the_issues_of_a_hopeless_resource_are_capped() -> None:
    assert len(validate({"resourceType": "Patient", "name": [1] * 1000})) == MOST_ISSUES


def test_a_required_primitive_may_be_absent_with_a_reason() -> None:
    reason = {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
    }
    resource = changed(changed(OBSERVATION, ("status",), ...), ("_status",), reason)
    assert validate(resource) == []
    assert found(changed(resource, ("_status",), {"id": "x"})) == {("empty", "Observation.status")}


@pytest.mark.parametrize(
    "clinical_status",
    [{"text": "active"}, {"coding": [{"code": "active"}]}, {"coding": [{"system": "urn:other", "code": "active"}]}],
)
def test_a_clinical_status_that_no_program_can_read_is_refused(clinical_status: JsonObject) -> None:
    """Hazard: an active allergy taken for an inactive one, or the reverse."""
    allergy = {"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/1"}}
    right = {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}]
    }
    assert validate({**allergy, "clinicalStatus": right}) == []
    assert found({**allergy, "clinicalStatus": clinical_status}) == {
        ("code-not-allowed", "AllergyIntolerance.clinicalStatus")
    }


def test_entries_of_a_bundle_and_parameters_are_checked_within() -> None:
    bad = changed(OBSERVATION, ("status",), ...)
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": OBSERVATION}, {"resource": bad}]}
    assert found(bundle) == {("required-missing", "Bundle.entry[1].resource.status")}
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "p", "resource": bad}]}
    assert found(parameters) == {("required-missing", "Parameters.parameter[0].resource.status")}


def test_a_medication_is_required_of_a_prescription_whatever_its_type() -> None:
    """Hazard: a prescription for nothing."""
    prescription = {
        "resourceType": "MedicationRequest", "status": "active", "intent": "order",
        "subject": {"reference": "Patient/1"}, "medicationReference": {"reference": "Medication/1"},
    }  # fmt: skip
    assert validate(prescription) == []
    assert found(changed(prescription, ("medicationReference",), ...)) == {
        ("required-missing", "MedicationRequest.medication")
    }


def test_the_deepest_readable_nesting_is_validated() -> None:
    body = b'{"resourceType":"Basic","code":{"text":"c"}' + b',"extension":[{"url":"u"' * ((DEEPEST - 1) // 2)
    resource = read_json(body + b"}]" * ((DEEPEST - 1) // 2) + b"}")
    assert [error for error, _ in found(resource)] == ["extension-shape"]


def slowly(resource: Any) -> StructuralCheck:
    check = StructuralCheck()
    check.resource(resource, root(resource))
    return check


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, 1, -1, "", "x", "final", "2026-02-30", [], {}, [None], [{}], {"id": "a"}, ["x"], {"url": "u"},
     {"url": "u", "valueCode": "c"}, {"reference": "Patient/1"}, {"reference": "Group/1"}, {"reference": 1}, {"text": "t"}, ...]
)  # fmt: skip
NAMES = st.sampled_from(
    ["status", "_status", "code", "subject", "valueString", "valueQuantity", "_valueString", "id", "extension", "x",
     "coding", "system", "reference", "resourceType", "url", "value", "given", "_given", "contained"]
)  # fmt: skip


def holders(value: Any) -> list[Any]:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return ([value] if inner else []) + [holder for each in inner for holder in holders(each)]


@settings(max_examples=400)
@given(st.data())
def test_the_quick_check_says_yes_only_where_the_explaining_one_finds_nothing(data: st.DataObject) -> None:
    resource = copy.deepcopy(data.draw(st.sampled_from([OBSERVATION, PATIENT])))
    for _ in range(data.draw(st.integers(1, 2))):
        holder = data.draw(st.sampled_from(holders(resource)))
        key = data.draw(st.sampled_from(list(holder)) | NAMES) if isinstance(holder, dict) else 0
        junk = copy.deepcopy(data.draw(JUNK))
        if junk is not ...:
            holder[key] = junk
        elif isinstance(holder, dict):
            holder.pop(key, None)
    quick = CHECKS.surely_valid(resource)
    issues = slowly(resource).issues
    assert not (quick and issues)
    assert (validate(resource) == []) == (issues == [])


CHECKS = CompiledChecks(load_definitions())


def test_every_resource_type_compiles_and_refuses_an_unknown_element() -> None:
    for resource_type in load_definitions().resource_types():
        assert not CHECKS.surely_valid({"resourceType": resource_type, "unknown": 1})
        errors = {issue.error for issue in validate({"resourceType": resource_type, "unknown": 1})}
        assert "unknown-element" in errors
        assert errors <= {"unknown-element", "required-missing"}


def test_threads_that_meet_a_type_at_once_agree() -> None:
    checks = CompiledChecks(load_definitions())
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(checks.surely_valid, [OBSERVATION] * 64))
    assert checks.surely_valid(OBSERVATION)
    assert len(answers) == 64  # A thread may be told to ask the slow check, but none may fail.
