"""How a resource names its person: nobody who is meant is taken for nobody, and no thing for a person."""

from collections.abc import Callable
from typing import Any

import pytest

from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.identity_claim import NATIONAL, IdentityClaim
from lhcr.record.naming import Naming, naming_of, national_numbers

NUMBER = {"system": NHS_NUMBER, "value": "999 000 0018"}
LOCAL = {"system": "urn:hospital", "value": "7"}
NATIONAL_CLAIM = IdentityClaim(NATIONAL, NHS_NUMBER, "9990000018")
LOCAL_CLAIM = IdentityClaim(5, "urn:hospital", "7")
URN = "urn:uuid:00000000-0000-0000-0000-000000000001"


def nobody_in_batch(_reference: str) -> str | None:
    return None


def named(
    subject: JsonObject, *, kind: str = "Observation", batch: Callable[[str], str | None] = nobody_in_batch, **more: Any
) -> Naming | None:
    element = "patient" if kind == "AllergyIntolerance" else "subject"
    return naming_of({"resourceType": kind, element: subject, **more}, source_id=5, entry_type=batch)


@pytest.mark.parametrize(
    "literal",
    ["Patient/1", "https://elsewhere.example/fhir/Patient/1", "Patient/1/_history/2"],
)
def test_a_reference_to_a_patient_names_that_patient(literal: str) -> None:
    assert named({"reference": literal}) == Naming(reference=literal, claims=(), is_certain=True)


@pytest.mark.parametrize("literal", ["Group/1", "Device/1", "Location/1", "#contained"])
def test_a_reference_to_something_else_names_nobody(literal: str) -> None:
    assert named({"reference": literal}) is None


def test_a_reference_with_a_number_names_the_person_by_both() -> None:
    """Hazard: a reference that leads to one person and a number of another must both be seen, to be refused."""
    found = named({"reference": "Patient/1", "identifier": NUMBER})
    assert found == Naming(reference="Patient/1", claims=(NATIONAL_CLAIM,), is_certain=True)


def test_an_entry_of_the_same_batch_is_a_patient_where_the_batch_says_so() -> None:
    batch = {URN: "Patient", "urn:uuid:2": "Device"}
    assert named({"reference": URN}, batch=batch.get) == Naming(reference=URN, claims=(), is_certain=True)
    assert named({"reference": "urn:uuid:2"}, batch=batch.get) is None


@pytest.mark.parametrize(
    "literal", [URN, "urn:oid:1.2.3", "Patient?identifier=7", "https://elsewhere.example/fhir/Patient?identifier=7"]
)
def test_hazard_partial_record_somebody_whom_nobody_can_follow_is_not_taken_for_nobody(literal: str) -> None:
    assert named({"reference": literal}) == Naming(reference=None, claims=(), is_certain=True)


@pytest.mark.parametrize(
    ("subject", "kind", "is_certain"),
    [
        ({"identifier": NUMBER}, "Observation", True),
        ({"identifier": LOCAL, "type": "Patient"}, "Observation", True),
        ({"identifier": LOCAL}, "AllergyIntolerance", True),
        ({"identifier": LOCAL}, "Observation", False),
        ({"identifier": LOCAL, "type": "Device"}, "Observation", False),
    ],
)
def test_a_number_alone_names_a_person_surely_only_where_it_can_be_nothing_elses(
    subject: JsonObject,
    kind: str,
    is_certain: bool,  # noqa: FBT001
) -> None:
    """A local number that does not say whose it is may be that of a device."""
    claims = (NATIONAL_CLAIM,) if subject["identifier"] is NUMBER else (LOCAL_CLAIM,)
    assert named(subject, kind=kind) == Naming(reference=None, claims=claims, is_certain=is_certain)


def test_a_contained_patient_is_named_by_its_numbers() -> None:
    them = {"resourceType": "Patient", "id": "them", "identifier": [LOCAL, NUMBER]}
    found = named({"reference": "#them"}, contained=[{"resourceType": "Device", "id": "d"}, them])
    assert found == Naming(reference=None, claims=(NATIONAL_CLAIM, LOCAL_CLAIM), is_certain=True)


@pytest.mark.parametrize(
    "inside", [[], None, [{"resourceType": "Patient"}], [{"resourceType": "Device", "id": "them"}]]
)
def test_a_contained_reference_that_leads_to_no_patient_names_nobody(inside: object) -> None:
    assert named({"reference": "#them"}, contained=inside) is None


@pytest.mark.parametrize("subject", [{}, {"display": "Ann Smith"}, {"reference": None}])
def test_words_alone_name_nobody(subject: JsonObject) -> None:
    """Hazard: wrong person. A name is no identity."""
    assert named(subject) is None


def test_a_resource_without_a_subject_names_nobody() -> None:
    assert naming_of({"resourceType": "Observation"}, source_id=5, entry_type=nobody_in_batch) is None


def test_a_placeholder_number_names_nobody() -> None:
    assert named({"identifier": {"system": NHS_NUMBER, "value": "9999999999"}}) is None


def test_a_wrong_number_is_refused_with_where_it_stands() -> None:
    with pytest.raises(Incorrect) as caught:
        named({"identifier": {"system": NHS_NUMBER, "value": "9990000019"}})
    assert caught.value.issues[0].expression == "Observation.subject.identifier.value"


def test_of_several_subjects_the_first_patient_is_the_one_whatever_stands_before_it() -> None:
    several: list[JsonObject] = [{"actor": {"reference": "Location/1"}}, {"actor": {"reference": "Patient/2"}}]
    several += [{"actor": {"reference": "Patient/3"}}]
    appointment = {"resourceType": "Appointment", "participant": several}
    found = naming_of(appointment, source_id=5, entry_type=nobody_in_batch)
    assert found is not None
    assert found.reference == "Patient/2"


def test_people_named_by_number_anywhere_are_told_by_their_nhs_numbers() -> None:
    references: list[JsonObject] = [
        {"identifier": NUMBER},
        {"identifier": NUMBER | {"use": "old"}},
        {"identifier": {"system": NHS_NUMBER, "value": "9990000026"}},
    ]
    found = list(national_numbers({"resourceType": "Task"}, references=references))
    assert found == [NATIONAL_CLAIM, IdentityClaim(NATIONAL, NHS_NUMBER, "9990000026")]


class _Looked(dict[str, Any]):
    """A contained resource that counts how often it is looked at."""

    looks = 0

    def __contains__(self, key: object) -> bool:
        type(self).looks += 1
        return super().__contains__(key)

    def __getitem__(self, key: str) -> Any:
        type(self).looks += 1
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        type(self).looks += 1
        return super().get(key, default)


@pytest.mark.parametrize("meant", ["#absent", "#p7"])
@pytest.mark.parametrize("numbers", [[], [LOCAL | {"use": "old"}]])
def test_contained_people_are_looked_through_once_however_many_refer_to_them(
    meant: str, numbers: list[JsonObject]
) -> None:
    """Hazard: a request of a megabyte that takes a worker for many seconds, because each reference asks each of them."""
    _Looked.looks = 0
    people = [_Looked(resourceType="Patient", id=f"p{number}", identifier=numbers) for number in range(100)]
    participants: list[JsonObject] = [{"actor": {"reference": meant}} for _ in range(100)]
    appointment = {"resourceType": "Appointment", "contained": people, "participant": participants}
    assert naming_of(appointment, source_id=5, entry_type=nobody_in_batch) is None
    assert _Looked.looks < 5 * len(people)


def test_of_contained_patients_with_one_id_the_first_is_named_and_one_without_an_id_is_not() -> None:
    first, second = ({"resourceType": "Patient", "id": "p", "identifier": [each]} for each in (NUMBER, LOCAL))
    found = named({"reference": "#p"}, contained=[first, second])
    assert found is not None
    assert found.claims == (NATIONAL_CLAIM,)
    assert named({"reference": "#"}, contained=[{"resourceType": "Patient", "identifier": [NUMBER]}]) is None
