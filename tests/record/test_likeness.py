"""Whether two Patients can be one person. Hazard: wrong person, by a number that was typed into another's record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.kernel.json_types import JsonObject
from lhcr.record.likeness import contradicts

births = st.sampled_from([None, "1950", "1950-01", "1950-01-01", "1950-02", "1980-05-05"])
families = st.lists(st.sampled_from(["Fell", "FÉLL", "Fell-Smith", "Smith", "O'Neil", "", "-"]), max_size=2)


def patient(birth: str | None, names: list[str]) -> JsonObject:
    said: JsonObject = {"resourceType": "Patient", "name": [{"family": name} for name in names]}
    return said if birth is None else said | {"birthDate": birth}


patients = st.builds(patient, births, families)


@given(patients, st.lists(patients, max_size=3))
def test_only_two_differences_contradict_and_agreeing_with_one_source_is_enough(
    one: JsonObject, others: list[JsonObject]
) -> None:
    assert contradicts(one, others) == (bool(others) and all(contradicts(one, [each]) for each in others))
    assert not contradicts(one, [one, *others])


@given(patients, patients)
def test_it_is_the_same_whichever_came_first(one: JsonObject, other: JsonObject) -> None:
    assert contradicts(one, [other]) == contradicts(other, [one])


@pytest.mark.parametrize(
    ("names", "birth", "contradictory"),
    [
        (["Other"], "1980-05-05", True),
        (["Other"], "1950-02", True),
        (["Other"], "1950-01", False),
        (["Other"], None, False),
        ([], "1980-05-05", False),
        (["-"], "1980-05-05", False),
        (["féll"], "1980-05-05", False),
        (["F E L L"], "1980-05-05", False),
        (["Other", "Fell"], "1980-05-05", False),
    ],
)
def test_what_is_not_said_or_written_otherwise_contradicts_nothing(
    names: list[str],
    birth: str | None,
    contradictory: bool,  # noqa: FBT001 -- a case of the test
) -> None:
    assert contradicts(patient(birth, names), [patient("1950-01-01", ["Fell"])]) is contradictory


def test_names_that_have_no_family_say_nothing() -> None:
    bare: JsonObject = {"resourceType": "Patient", "birthDate": "1980-05-05", "name": [{"text": "Ada Other"}, {}]}
    assert not contradicts(bare, [patient("1950-01-01", ["Fell"])])
    assert not contradicts({"resourceType": "Patient"}, [bare])
