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


wholes = st.sampled_from(["Ada Fell", "Mr Bob Smith", "Ada Fell Smith", "A", ""])
names = st.fixed_dictionaries({}, optional={"family": st.sampled_from(["Fell", "Smith", ""]), "text": wholes}).flatmap(
    lambda name: st.lists(st.sampled_from(["Ada", "Bob", "B", ""])).map(lambda given: name | {"given": given})
)
related = st.fixed_dictionaries(
    {"name": st.lists(names, max_size=2)},
    optional={
        "birthDate": births.filter(bool),
        "gender": st.sampled_from(["male", "female", "other", "unknown"]),
    },
)
patients = st.builds(patient, births, families) | related


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


def relative(birth: str, **elements: object) -> JsonObject:
    """Somebody of the family of the one who is tested against: Ada Fell, born on 1 January 1950, female."""
    return {"resourceType": "Patient", "birthDate": birth, "name": [{"family": "Fell"}], **elements}


ADA = relative("1950-01-01", name=[{"family": "Fell", "given": ["Ada", "Mary"]}], gender="female")


@pytest.mark.parametrize(
    ("one", "contradictory"),
    [
        (relative("2024-02-01", name=[{"family": "Fell", "given": ["Baby Zebedee"]}]), True),
        (relative("2024-02-01", name=[{"family": "Fell", "given": ["Ada"]}], gender="male"), True),
        (relative("2024-02-01", gender="male"), True),
        (relative("2024-02", gender="male"), False),
        (relative("1950-01-01", name=[{"family": "Fell", "given": ["Bob"]}], gender="male"), True),
        (relative("1950-01-01", name=[{"family": "Fell", "given": ["Bob"]}]), False),
        (relative("1950-01-01", name=[{"family": "Fell", "given": ["Bob"]}], gender="female"), False),
        (relative("1950-01-01", name=[{"family": "Fell", "given": ["Bob"]}], gender="other"), False),
        (relative("1950-01-01", name=[{"family": "Fell", "given": ["Bob", "Mary"]}], gender="male"), False),
        (relative("1950-01-01", name=[{"family": "Fell", "given": ["M"]}], gender="male"), False),
        (relative("1950-01-01", name=[{"family": "Fell", "given": ["Marya"]}], gender="male"), False),
        (relative("", name=[{"family": "Zimmer", "given": ["Zoltan"]}], gender="male"), True),
        (relative("1950-01-10", name=[{"family": "Fell", "given": ["Ada"]}], gender="female"), False),
        (relative("1950-01-10", name=[{"family": "Fell", "given": ["ÁDA-"]}], gender="unknown"), False),
        (relative("1950-01-10", name=[{"family": "Fell", "given": ["Jane Mary"]}]), False),
        (relative("1950-01-10", name=[{"family": "Fell", "given": ["M."]}]), False),
        (relative("1950-01-10", name=[{"family": "Fell", "given": ["Z."]}]), True),
        (relative("1950-01-10", name=[{"family": "Fell", "given": [None, "-"]}]), False),
    ],
    ids=str,
)
def test_hazard_wrong_person_somebody_of_the_same_family_is_told_apart(
    one: JsonObject,
    contradictory: bool,  # noqa: FBT001 -- a case of the test
) -> None:
    assert contradicts(one, [ADA]) is contradictory
    assert contradicts(ADA, [one]) is contradictory


@pytest.mark.parametrize(
    ("text", "contradictory"),
    [
        ("Mary Smith", True),
        ("Mrs Jane Fell", True),
        ("Mrs Ada Fell", False),
        ("FELL, A", False),
        ("Fell", False),
        ("Mrs", False),
        ("", False),
    ],
)
def test_hazard_wrong_person_a_name_that_is_written_as_a_whole_is_compared_by_its_words(
    text: str,
    contradictory: bool,  # noqa: FBT001 -- a case of the test
) -> None:
    whole = relative("2001-02-01", name=[{"text": text}, {}])
    assert contradicts(whole, [ADA]) is contradictory
    assert contradicts(ADA, [whole]) is contradictory


@pytest.mark.parametrize(("text", "contradictory"), [("Mrs Mary Smith", True), ("Fell-Smith, Ada", False)])
def test_two_names_that_are_written_as_wholes_share_a_word_or_contradict(
    text: str,
    contradictory: bool,  # noqa: FBT001 -- a case of the test
) -> None:
    whole = relative("1950-01-01", name=[{"text": "Mrs Ada Fell"}])
    assert contradicts(relative("2001-02-01", name=[{"text": text}]), [whole]) is contradictory


def test_a_family_name_of_several_words_is_found_in_a_whole_name() -> None:
    whole = relative("2001-02-01", name=[{"text": "Ada van der Berg"}])
    assert not contradicts(whole, [relative("1950-01-01", name=[{"family": "Van der Berg"}])])


def test_who_has_no_name_or_birth_date_contradicts_nobody() -> None:
    assert not contradicts({"resourceType": "Patient"}, [ADA])
    assert not contradicts(relative("2001-02-01", name=[]), [ADA])
