"""What is said of a value that is not of its type: the form that is wanted, of which the examples themselves are."""

import re

import pytest

from lhcr.fhir.primitive_forms import wanted_form
from lhcr.fhir.primitives import LONGEST_STRING, PRIMITIVES, accepts

_TEXTS = {"string", "markdown"}
#: Of these no value is refused but one of another JSON type, or they have words of their own.
_NEVER = {"boolean", "xhtml"} | _TEXTS


@pytest.mark.parametrize("name", sorted(set(PRIMITIVES) - _NEVER))
def test_every_type_says_which_form_is_wanted(name: str) -> None:
    assert wanted_form(name, " x ").startswith(f"This is no valid {name}, which is ")


@pytest.mark.parametrize("name", ["date", "dateTime", "instant", "time", "oid", "uuid"])
def test_the_examples_are_of_the_type(name: str) -> None:
    examples = re.findall(r"(?:urn:\S+:[0-9a-f.-]+|\d\d[\d:T.+Z-]+)", wanted_form(name, " x "))
    assert examples
    assert [each for each in examples if not accepts(name, each.rstrip("."))] == []


@pytest.mark.parametrize("name", sorted(_TEXTS))
@pytest.mark.parametrize(
    ("value", "why"), [("", "empty"), ("a" * (LONGEST_STRING + 1), str(LONGEST_STRING)), ("a\x01b", "control")]
)
def test_of_a_text_it_is_said_why(name: str, value: str, why: str) -> None:
    assert not accepts(name, value)
    assert why in wanted_form(name, value)


def test_the_value_is_not_repeated() -> None:
    assert all("Fell" not in wanted_form(name, "Fell Ann") for name in PRIMITIVES)
