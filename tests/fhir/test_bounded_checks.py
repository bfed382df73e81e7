"""Checks end where there is enough to tell, and none takes more time than its input is long."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from lhcr.fhir.json_document import read_json
from lhcr.fhir.primitives import accepts
from lhcr.fhir.structural_check import MOST_ISSUES
from lhcr.fhir.validation import validate
from lhcr.fhir.xml_document import read_xml
from lhcr.kernel.errors import Incorrect


class Endless(list[Any]):
    """An array of which nobody may look at more than so many items as there are issues to tell."""

    def __iter__(self) -> Iterator[Any]:
        for index in range(len(self)):
            assert index <= MOST_ISSUES
            yield self[index]

    def __getitem__(self, index: Any) -> Any:
        assert index <= MOST_ISSUES
        return super().__getitem__(index)


class EndlessObject(dict[str, Any]):
    """An object of which nobody may look at more than so many members as there are issues to tell."""

    def __iter__(self) -> Iterator[str]:
        for count, name in enumerate(super().__iter__()):
            assert count <= MOST_ISSUES
            yield name


@pytest.mark.parametrize(
    "name",
    [
        Endless([{}] * 1_000),
        Endless([1] * 1_000),
        [{"given": Endless([""] * 1_000)}],
        [{"given": Endless([None] * 1_000)}],
        [{"_given": Endless([{}] * 1_000)}],
        [EndlessObject({f"x{number}": 1 for number in range(1_000)})],
        Endless([{"given": Endless([""] * 1_000)}] * 1_000),
    ],
)
def test_nothing_is_looked_at_once_there_is_enough_to_tell(name: Any) -> None:
    """Hazard: a sender of millions of mistakes keeps everybody else of a worker waiting."""
    assert len(validate({"resourceType": "Patient", "name": name})) == MOST_ISSUES


def test_null_is_no_array() -> None:
    (issue,) = validate({"resourceType": "Patient", "name": [{"given": None}]})
    assert (issue.error, issue.expression) == ("wrong-json-type", "Patient.name[0].given")


def xml_refusals(body: bytes) -> set[str]:
    with pytest.raises(Incorrect) as refused:
        read_xml(body)
    assert len(refused.value.issues) <= MOST_ISSUES
    return {issue.error for issue in refused.value.issues}


@pytest.mark.parametrize(
    ("child", "error"),
    [(b"<nope/>", "unknown-element"), (b'<gender value="male"/>' * 2, "xml-repeated"), (b"<name/>x", "xml-text")],
)
def test_xml_of_mistakes_is_told_at_most_as_many(child: bytes, error: str) -> None:
    body = b'<Patient xmlns="http://hl7.org/fhir">' + (b"<contact>" + child + b"</contact>") * 2_000 + b"</Patient>"
    assert xml_refusals(body) == {error}


def test_attributes_without_number_are_refused_unread() -> None:
    """Hazard: reading so many takes the square of their number, and everybody else of the worker waits."""
    many = " ".join(f"a{number}=''" for number in range(100_000))
    began = time.monotonic()
    assert xml_refusals(f'<Patient xmlns="http://hl7.org/fhir" {many}/>'.encode()) == {"xml-attribute"}
    assert not accepts("xhtml", f"<div {many}/>")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("base64Binary", "AAAA" * 1_000_000 + "A==="),
        ("base64Binary", "A " * 1_999_998 + "A"),
        ("code", "a b " * 1_000_000),
        ("code", "a b" * 1_000_000 + "  x"),
        ("uri", "a" * 4_000_000 + " "),
        ("date", "1" * 4_000_000),
        ("oid", "urn:oid:1" + ".1" * 2_000_000 + "."),
        ("id", "a" * 4_000_000),
    ],
)
def test_a_long_text_that_is_no_value_of_its_type_is_refused_at_once(kind: str, text: str) -> None:
    began = time.monotonic()
    assert not accepts(kind, text)
    assert time.monotonic() - began < 1


def test_base64_may_hold_white_space_and_nothing_else_between() -> None:
    assert accepts("base64Binary", "YW Jj\r\n\tYWJj")
    assert not accepts("base64Binary", "YWJj\u00a0")
    assert not accepts("base64Binary", "YWJ\u00e9")


def test_a_number_without_end_is_refused_at_once() -> None:
    began = time.monotonic()
    for digits in (b"1" * 10_000_000, b"1." + b"1" * 10_000_000, b"1e" + b"1" * 10_000_000):
        with pytest.raises(Incorrect):
            read_json(b'{"value":' + digits + b"}")
    assert time.monotonic() - began < 2
