"""What several Patients contain stays apart when they are folded: each reference leads to its own Patient's resource."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.kernel.json_types import JsonObject
from lhcr.record.contained import contained_in, with_own_ids

IDS = st.one_of(
    st.sampled_from(["o", "o-0", "o-1", "o-1-1", "1", "x" * 64, "y" * 64]),
    st.from_regex(r"[A-Za-z0-9\-.]{1,64}", fullmatch=True),
)


def patient(*ids: str, owner: str = "") -> JsonObject:
    return {
        "resourceType": "Patient",
        "contained": [{"resourceType": "Organization", "id": each, "name": f"{owner} {each}"} for each in ids],
        "generalPractitioner": [{"reference": f"#{each}"} for each in ids],
    }


def names_by_reference(folded: JsonObject) -> list[str]:
    held = {f"#{each['id']}": each["name"] for each in folded["contained"]}
    return [held[reference["reference"]] for reference in folded["generalPractitioner"]]


@given(st.lists(st.lists(IDS, max_size=3, unique=True), min_size=1, max_size=4))
def test_hazard_wrong_practice_no_reference_leads_to_what_another_patient_contains(owners: list[list[str]]) -> None:
    patients = [with_own_ids(patient(*ids, owner=str(at)), at) for at, ids in enumerate(owners)]
    together: JsonObject = {
        "resourceType": "Patient",
        "generalPractitioner": [each for one in patients for each in one["generalPractitioner"]],
    }
    together["contained"] = contained_in(together, patients)
    assert names_by_reference(together) == [f"{at} {each}" for at, ids in enumerate(owners) for each in ids]
    assert all(re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", each["id"]) for each in together["contained"])


def test_what_is_contained_and_refers_to_what_is_contained_follows_it() -> None:
    inner = patient("a", "b")
    inner["contained"][0]["partOf"] = {"reference": "#b"}
    inner["generalPractitioner"] = [{"reference": "#a"}]
    moved = with_own_ids(inner, 1)
    found = contained_in({"generalPractitioner": moved["generalPractitioner"]}, [moved])
    assert [each["name"] for each in found] == [" a", " b"]
    assert found[0]["partOf"]["reference"] == f"#{found[1]['id']}"


def test_what_refers_to_itself_in_a_circle_is_told_once() -> None:
    circle = patient("a")
    circle["contained"][0]["partOf"] = {"reference": "#a"}
    assert len(contained_in(circle, [circle])) == 1


def test_what_nothing_refers_to_is_left_out() -> None:
    alone = patient("a", "b")
    assert [each["id"] for each in contained_in({"managingOrganization": {"reference": "#b"}}, [alone])] == ["b"]
    assert contained_in({"managingOrganization": {"reference": "#gone"}}, [alone]) == []
    assert contained_in({"managingOrganization": {"reference": "Organization/a"}}, [alone]) == []


@pytest.mark.parametrize("place", [0, 1])
def test_a_contained_resource_without_an_id_stops_nobody(place: int) -> None:
    """Hazard: one source's careless Patient would keep everyone from the person's demographics."""
    careless: JsonObject = {"resourceType": "Patient", "contained": [{"resourceType": "Organization"}]}
    moved = with_own_ids(careless, place)
    assert contained_in(moved, [moved]) == []
    mixed = patient("a")
    mixed["contained"].append({"resourceType": "Organization"})
    moved = with_own_ids(mixed, place)
    assert [each["name"] for each in contained_in(moved, [moved])] == [" a"]


def test_the_patient_that_was_given_is_not_changed() -> None:
    given_one = patient("a")
    with_own_ids(given_one, 3)
    assert given_one == patient("a")
