"""The limits of a document that comes over the network."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.fhir import document_limits
from lhcr.fhir.document_limits import LONGEST_TEXT, limit_json, limit_xml
from lhcr.fhir.json_document import read_json, read_json_array
from lhcr.fhir.xml_document import read_xml
from lhcr.kernel.errors import Incorrect

VALUES = st.recursive(
    st.none() | st.text(alphabet='a"\\[{,') | st.integers(),
    lambda inner: st.lists(inner, min_size=1) | st.dictionaries(st.text(alphabet='a"\\[{,'), inner, min_size=1),
    max_leaves=30,
)
MANY = 1_000


def error_of(refused: "pytest.ExceptionInfo[Incorrect]") -> tuple[int, str]:
    return refused.value.status, refused.value.issues[0].error


def count(value: Any) -> int:
    """Count the members and items of a value and of all within it."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return len(inner) + sum(map(count, inner))


@given(VALUES)
def test_a_text_is_refused_exactly_when_it_holds_more_members_and_items_than_allowed(value: Any) -> None:
    body = json.dumps(value).encode()
    limit_json(body, most_values=count(value))
    if count(value):
        with pytest.raises(Incorrect) as refused:
            limit_json(body, most_values=count(value) - 1)
        assert error_of(refused) == (413, "body-too-many-values")


@given(VALUES)
def test_a_text_holds_no_more_values_than_its_limit_says_that_it_may(value: Any) -> None:
    """Hazard: a resource of too many values, which keeps everybody else waiting, is not looked at."""
    body = json.dumps(value).encode()
    assert limit_json(body, most_values=1_000_000) >= count(value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document_limits, "_FEW_VALUES", 0)
        assert limit_json(body, most_values=1_000_000) >= count(value)


@pytest.mark.parametrize("tag", ["<b/>", "\\u003cb/>", "\\u003Cb/>"])
def test_elements_of_narratives_count_however_they_are_written(tag: str) -> None:
    body = f'{{"div":"<div>{tag * MANY}</div>"}}'.encode()
    limit_json(body, most_values=MANY + 4)
    with pytest.raises(Incorrect):
        limit_json(body, most_values=MANY)


def test_elements_and_attributes_of_xml_count() -> None:
    body = b"<Patient>" + b'<active value="true"></active>' * MANY + b"</Patient>"
    limit_xml(body, most_values=2 * MANY + 1)
    with pytest.raises(Incorrect):
        limit_xml(body, most_values=2 * MANY)


def test_readers_look_at_the_limit_first_and_only_where_there_is_one() -> None:
    """Hazard: what is counted after it was made of the body has taken its memory already."""
    array = b"[" + b"{}," * MANY + b"{}"
    with pytest.raises(Incorrect) as refused:
        read_json(b'{"name":' + array, most_values=MANY)
    assert error_of(refused) == (413, "body-too-many-values")
    with pytest.raises(Incorrect) as refused:
        read_json_array(array, most_values=MANY)
    assert error_of(refused) == (413, "body-too-many-values")
    with pytest.raises(Incorrect) as refused:
        read_xml(b"<a>" * 2 * MANY, most_values=MANY)
    assert error_of(refused) == (413, "body-too-many-values")
    assert len(read_json_array(array + b"]")) == MANY + 1


@pytest.mark.parametrize("wide", ["\U0001f600", "\\ud83d\\ude00"])
def test_a_long_string_that_would_take_four_times_its_bytes_is_refused(wide: str) -> None:
    body = f'{{"a":"x","b":"{wide}{"y" * LONGEST_TEXT}"}}'.encode()
    with pytest.raises(Incorrect) as refused:
        limit_json(body, most_values=MANY)
    assert error_of(refused) == (413, "json-string-too-long")


def test_a_long_string_of_plain_letters_beside_a_wide_one_is_read() -> None:
    body = f'{{"a":"\U0001f600 \\"","b":"{"y" * LONGEST_TEXT}"}}'.encode()
    limit_json(body, most_values=MANY)
