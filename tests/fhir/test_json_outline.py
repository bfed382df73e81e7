"""The outline of a JSON text: its marks outside strings, whatever the strings hold."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.fhir import json_outline
from lhcr.fhir.json_outline import outline

VALUES = st.recursive(
    st.none() | st.text(alphabet='a"\\[{,]}:\n') | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet='a"\\[{,]}:'), inner),
    max_leaves=30,
)


def slow_outline(body: bytes, marks: bytes) -> bytes:
    """Walk the text letter by letter."""
    found, inside, escaped = b"", False, False
    for byte in body:
        letter = bytes([byte])
        if escaped:
            escaped = False
        elif inside and letter == b"\\":
            escaped = True
        elif letter == b'"':
            inside = not inside
        elif not inside and letter in marks:
            found += letter
    return found


@given(value=VALUES, part=st.integers(1, 20))
def test_the_outline_is_that_of_a_walk_letter_by_letter_wherever_its_parts_end(value: Any, part: int) -> None:
    body = json.dumps(value).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_outline, "_PART", part)
        for marks in (b"[{]}", b",[{"):
            assert b"".join(outline(body, marks)) == slow_outline(body, marks)


@given(value=VALUES, seldom=st.integers(1, 200))
def test_escapes_hide_no_quote_whether_there_are_few_or_many(value: Any, seldom: int) -> None:
    body = json.dumps(value).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_outline, "_SELDOM", seldom)
        assert b"".join(outline(body, b"[{]}")) == slow_outline(body, b"[{]}")


def test_a_large_text_is_outlined_part_by_part() -> None:
    body = b'["\\\\","\\"[",' * 200_000
    parts = list(outline(body, b"[,"))
    assert len(parts) > 2
    assert b"".join(parts) == b"[,," * 200_000
