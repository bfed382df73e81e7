"""The primitive types: what each accepts."""

import base64
import contextlib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.fhir.definitions.structures import load_definitions
from lhcr.fhir.primitives import LONGEST_STRING, PRIMITIVES, accepts

ACCEPTED: dict[str, list[Any]] = {
    "base64Binary": ["YQ==", "YWI=", "YWJj", "YQ==\n", "YW Jj\r\nYWJj"],
    "boolean": [True, False],
    "canonical": ["http://example.org/a|1.0#x"],
    "code": ["a", "vital signs", "é"],
    "date": ["2026", "2026-02", "2026-02-28", "2024-02-29", "2000-02-29", "0001"],
    "dateTime": [
        "2026",
        "2026-01-31",
        "2026-01-31T23:59:59Z",
        "2026-01-31T00:00:00.123456+14:00",
        "2016-12-31T23:59:60Z",
    ],
    "decimal": [0, -1, Decimal("1.10"), Decimal("1e2"), 10**30],
    "id": ["a", "A-1.b", "1" * 64],
    "instant": ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.1234567-05:30"],
    "integer": [0, -(2**31), 2**31 - 1],
    "markdown": ["# a\n\n* b"],
    "oid": ["urn:oid:1.2.3.0.10"],
    "positiveInt": [1, 2**31 - 1],
    "string": ["a", " ", "a\tb\r\nc", "👩‍⚕️ \u00a0", "a" * LONGEST_STRING],
    "time": ["00:00:00", "23:59:59.999"],
    "unsignedInt": [0],
    "uri": ["urn:a:b", "a/b", "http://example.org/é"],
    "url": ["https://example.org"],
    "uuid": ["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"],
    "xhtml": ["<div>x</div>"],
}
REFUSED: dict[str, list[Any]] = {
    "base64Binary": ["", "a", "YQ=", "Y===", "YQ==YQ==", "!!!!", "\n", 1],
    "boolean": ["true", 0, 1],
    "canonical": ["a b", ""],
    "code": ["", " a", "a ", "a  b", "a\n", "a\x00", 1, True],
    "date": ["", "0000", "26", "2026-1", "2026-13", "2026-00", "2026-02-29", "1900-02-29", "2026-04-31", "2026-01-31T00:00:00Z",
             "2026-01-32", "2026-02-28 ", "\u0662\u0660\u0662\u0666", 2026],
    "dateTime": ["2026-01-31T12:00Z", "2026-01-31T12:00:00", "2026-01-31T24:00:00Z", "2026-02-30T12:00:00Z", "2026-01T12:00:00Z",
                 "2026T12:00:00Z", "2026-01-31T12:00:00+14:30", "2026-01-31T12:00:00.Z", "2026-01-31 12:00:00Z"],
    "decimal": ["1.0", True, None, 1.5],
    "id": ["", "a" * 65, "a_b", "a b", "é", "a\n"],
    "instant": ["2026", "2026-01-31", "2026-01-31T12:00:00"],
    "integer": [2**31, -(2**31) - 1, Decimal("1.0"), "1", True],
    "markdown": [""],
    "oid": ["1.2.3", "urn:oid:3.1", "urn:oid:1.02"],
    "positiveInt": [0, -1, True],
    "string": ["", "a\x00", "a\x01", "a\x0b", "a" * (LONGEST_STRING + 1), 1, None, [], {}],
    "time": ["24:00:00", "12:00", "12:00:00Z"],
    "unsignedInt": [-1, False],
    "uri": ["", "a b", "a\n", "\x01", 1],
    "url": ["a b"],
    "uuid": ["c757873d-ec9a-4326-a141-556f43239520", "urn:uuid:C757873D-ec9a-4326-a141-556f43239520", "urn:uuid:1"],
    "xhtml": ["x", 1],
}  # fmt: skip


def test_every_primitive_type_of_r4_is_known() -> None:
    structures = load_definitions().structures
    primitives = {name for name, structure in structures.items() if structure.kind == "primitive"}
    assert primitives == PRIMITIVES.keys() == ACCEPTED.keys() == REFUSED.keys()


@pytest.mark.parametrize("type_name", PRIMITIVES)
def test_a_primitive_accepts_its_values_and_no_others(type_name: str) -> None:
    assert [value for value in ACCEPTED[type_name] if not accepts(type_name, value)] == []
    assert [value for value in REFUSED[type_name] if accepts(type_name, value)] == []


def exists(year: int, month: int, day: int) -> bool:
    with contextlib.suppress(ValueError):
        date(year, month, day)
        return True
    return False


@given(st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32))
def test_a_date_is_accepted_exactly_when_it_exists(year: int, month: int, day: int) -> None:
    """Hazard: a birth date or a last dose on a day that never was."""
    text = f"{year:04}-{month:02}-{day:02}"
    assert accepts("date", text) == exists(year, month, day)
    assert accepts("instant", f"{text}T00:00:00Z") == exists(year, month, day)


@given(st.binary(min_size=1, max_size=80))
def test_base64_of_anything_is_accepted_whole_and_refused_cut(content: bytes) -> None:
    text = base64.b64encode(content).decode()
    assert accepts("base64Binary", text)
    assert not accepts("base64Binary", text[:-1])
