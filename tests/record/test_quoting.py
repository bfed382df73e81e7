"""The names in a stored body are found without parsing it, and none is missed of which anything is said.

Hazard: a sensitive item exposed by the words beside a reference that nobody looked behind.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.fhir.json_document import read_json, write_json
from lhcr.kernel.json_types import JsonObject
from lhcr.record.quoting import marked, names_in, quoting_among, without_quotes

LITERALS = st.sampled_from(
    [
        "Observation/one",
        "Observation/two",
        "Observation/two/_history/3",
        "Observation/one#part",
        'Observation/two#"quoted"',
        "Observation/two#a\\",
        "Observation/one#a\nb",
        "Patient/one",
        "Organization/one",
        "https://elsewhere.test/Observation/one",
        "#inside",
        "Observation?identifier=x|y",
        'Observation/","x',
    ]
)
WORDS = st.sampled_from(["HIV test", 'said "so"', '{"reference":"Observation/two"}', '","reference":"', "\\"])
REFERENCES = st.fixed_dictionaries(
    {"reference": LITERALS},
    optional={"display": WORDS, "identifier": st.just({"value": "1"}), "type": st.just("Observation"), "id": WORDS},
).flatmap(lambda found: st.permutations(list(found.items())).map(dict))
RESOURCES = st.recursive(
    REFERENCES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2)
)


def said(node: Any) -> Iterator[JsonObject]:
    """The References of which a word or number is said, by walking through what was parsed."""
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str) and ("display" in node or "identifier" in node):
            yield node
        for each in node.values():
            yield from said(each)
    elif isinstance(node, list):
        for each in node:
            yield from said(each)


def entry_named(literal: str) -> str:
    """The entry to which a literal leads that this server may hold of somebody."""
    name = literal.partition("#")[0].removesuffix("/_history/3")
    return name if name in {"Observation/one", "Observation/two"} else ""


def body(content: Any) -> bytes:
    return marked(write_json({"resourceType": "List", "id": "x", "content": content}))


@given(RESOURCES, st.sets(st.sampled_from(["Observation/one", "Observation/two"])))
def test_every_entry_of_which_something_is_said_is_found_but_those_that_are_shown(
    content: Any, shown: set[str]
) -> None:
    quoted = {entry_named(each["reference"]) for each in said(content)} - {""}
    found = names_in(body(content), shown=shown)
    assert found >= quoted - shown
    assert found.isdisjoint(shown)
    assert found <= {"Observation/one", "Observation/two"}


@given(st.lists(RESOURCES, max_size=4))
def test_in_many_bodies_at_once_is_found_what_is_found_in_each(contents: list[Any]) -> None:
    bodies = [body(each) for each in contents]
    assert names_in(b"".join(bodies)) == {name for each in bodies for name in names_in(each)}


@given(RESOURCES)
def test_nothing_is_left_of_what_is_said_of_entries_that_are_not_seen(content: Any) -> None:
    stored = body(content)
    left = read_json(without_quotes(stored, names_in(stored)))
    assert [each for each in said(left) if entry_named(each["reference"])] == []


@pytest.mark.parametrize("alone", ["Observation/one", "Observation/one#part", "Observation/one/_history/3"])
def test_a_reference_alone_is_not_looked_behind(alone: str) -> None:
    assert names_in(body([{"reference": alone}, {"reference": alone}])) == set()
    assert names_in(body([{"reference": alone}, {"reference": alone, "display": "x"}])) == {"Observation/one"}


def test_those_that_are_marked_are_found_among_many() -> None:
    assert quoting_among([b"{}", None, marked(b"{}"), b"{}"]) == {2: b"{}\n"}
