"""Where the cause of an error stands: the very element, whatever stands beside it, and nothing of what it says."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.kernel.errors import Conflict, Fault, Incorrect, Issue
from lhcr.kernel.json_types import JsonObject
from lhcr.record.blame import for_each, path_inside, place_in, places_of, put_at
from lhcr.record.draft import Draft, Method

NAMES = st.sampled_from(["subject", "extension", "valueReference", "_birthDate", "participant"])
TREES: st.SearchStrategy[JsonObject] = st.recursive(
    st.just({}),
    lambda inner: st.dictionaries(NAMES, inner | st.lists(inner, max_size=3), max_size=3),
    max_leaves=12,
)


def draft(resource: JsonObject | None = None, *, place: str = "", method: Method = Method.POST) -> Draft:
    return Draft(method=method, type="Observation", type_id=1, resource=resource, place=place)


def refusal(expression: str | None = "Observation.code") -> Incorrect:
    return Incorrect(
        [Issue(code="value", error="wrong", diagnostics="It is wrong.", expression=expression)], status=422
    )


def followed(resource: JsonObject, path: str) -> Any:
    """Follow a path step by step."""
    value: Any = resource
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        value = value[int(index)] if index else value[name if name in value else f"_{name}"]
    return value


def objects(value: Any) -> list[JsonObject]:
    inner = value.values() if isinstance(value, dict) else value
    found = [value] if isinstance(value, dict) else []
    return found + [each for part in inner for each in objects(part)]


@given(resource=TREES)
def test_every_path_leads_to_the_element_that_was_asked_for(resource: JsonObject) -> None:
    sent = draft(resource, place="Bundle.entry[3].resource")
    asked = objects(resource)
    places = places_of([(sent, each) for each in asked])
    for element, place in zip(asked, places, strict=True):
        assert followed(resource, place.removeprefix("Bundle.entry[3].resource")) is element
        assert followed(resource, path_inside(resource, element)) is element


def test_elements_of_several_drafts_are_told_in_the_order_in_which_they_are_asked_for() -> None:
    one: JsonObject = {"subject": {}, "focus": [{}, {}]}
    other: JsonObject = {"subject": {}, "focus": [{}, {}]}
    first, second = draft(one, place="Bundle.entry[0].resource"), draft(other)
    uses = [(second, other["focus"][1]), (first, one["subject"]), (second, other["subject"]), (first, {})]
    assert places_of(uses) == [
        "Observation.focus[1]",
        "Bundle.entry[0].resource.subject",
        "Observation.subject",
        "Bundle.entry[0].resource",
    ]


def test_a_name_that_is_no_fhir_name_is_not_repeated() -> None:
    """Hazard: a person's name in an error."""
    element: JsonObject = {}
    assert path_inside({"Ann Smith": element}, element) == ".%unknown"


def test_a_deletion_has_no_place_but_its_entry() -> None:
    deletion = draft(place="Bundle.entry[1]", method=Method.DELETE)
    assert place_in(deletion, ".id") == "Bundle.entry[1]"
    assert place_in(draft(method=Method.DELETE), ".id") == "Observation.id"


@pytest.mark.parametrize(
    ("expression", "place", "told"),
    [
        ("Observation.code", "", "Observation.code"),
        ("Observation.code", "Bundle.entry[0].resource", "Bundle.entry[0].resource.code"),
        ("Observation", "Bundle.entry[0].resource", "Bundle.entry[0].resource"),
        (None, "Bundle.entry[0].resource", "Bundle.entry[0].resource"),
        (None, "", None),
    ],
)
def test_an_issue_about_a_draft_is_put_where_the_draft_stands(
    expression: str | None, place: str, told: str | None
) -> None:
    error = refusal(expression)
    put_at(error, draft(place=place))
    assert [issue.expression for issue in error.issues] == [told]


def test_what_is_wrong_with_several_is_told_at_once_as_the_first_was() -> None:
    drafts = [draft(place=f"Bundle.entry[{index}].resource") for index in range(4)]
    errors = {id(drafts[1]): refusal(), id(drafts[3]): Conflict(refusal().issues)}

    def refuse(one: Draft) -> int:
        if id(one) in errors:
            raise errors[id(one)]
        return 1

    with pytest.raises(Incorrect) as caught:
        for_each(drafts, refuse)
    assert caught.value.status == 422
    places = [issue.expression for issue in caught.value.issues]
    assert places == ["Bundle.entry[1].resource.code", "Bundle.entry[3].resource.code"]
    assert for_each(drafts[::2], refuse) == [1, 1]


def test_no_more_is_looked_for_than_anybody_reads() -> None:
    asked: list[Draft] = []

    def refuse(one: Draft) -> None:
        asked.append(one)
        raise refusal()

    with pytest.raises(Incorrect) as caught:
        for_each([draft() for _ in range(5_000)], refuse)
    assert len(caught.value.issues) == len(asked) == 100


def test_a_fault_is_nobodys_mistake_and_is_raised_at_once() -> None:
    def fail(_one: Draft) -> None:
        raise Fault([Issue(code="exception", error="fault", diagnostics="It broke.")])

    with pytest.raises(Fault) as caught:
        for_each([draft(place="Bundle.entry[0].resource")], fail)
    assert caught.value.issues[0].expression is None
