"""JSON documents: what is kept to the letter and what is refused."""

import copy
import json
import pickle
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.fhir.exact_decimal import ExactDecimal
from lhcr.fhir.json_document import DEEPEST, read_json, write_json
from lhcr.kernel.errors import Incorrect, Issue


def refusal(body: bytes) -> Issue:
    with pytest.raises(Incorrect) as caught:
        read_json(body)
    assert caught.value.status == 400
    return caught.value.issues[0]


@pytest.mark.parametrize(
    "number",
    [
        "0.00000010",
        "1e2",
        "1E+2",
        "1.10",
        "100.0",
        "-0",
        "-0.0",
        "0",
        "123456789012345678901234567890",
        "1e-7",
        "5E-10",
    ],
)
def test_a_number_comes_back_in_the_spelling_it_came_in(number: str) -> None:
    """Hazard: a dose whose precision or magnitude is mangled on the way through."""
    body = f'{{"value":{number}}}'.encode()
    assert write_json(read_json(body)) == body


def test_a_number_in_an_unusual_spelling_still_compares_as_a_decimal() -> None:
    value = read_json(b'{"value":0.00000010}')["value"]
    assert isinstance(value, Decimal)
    assert value == Decimal("1e-7")
    assert value < Decimal("0.001")
    assert str(value) == "0.00000010"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_a_copied_decimal_keeps_its_spelling(copied: Any) -> None:
    assert write_json({"value": copied(ExactDecimal("1e2"))}) == b'{"value":1e2}'


@pytest.mark.parametrize("number", ["1e99999", "1e-99999", "1e999999999999999999999", "1." + "1" * 1001, "1" * 5000])
def test_a_number_beyond_all_measure_is_refused(number: str) -> None:
    assert refusal(f'{{"value":{number}}}'.encode()).error == "json-number-out-of-range"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "json-invalid"),
        (b"{", "json-invalid"),
        (b'{"a":1,}', "json-invalid"),
        (b'{"a":NaN}', "json-invalid"),
        (b'{"a":01}', "json-invalid"),
        (b'{"a":1} x', "json-invalid"),
        (b'{"a":"\x00"}', "json-invalid"),
        (b"{'a':1}", "json-invalid"),
        (b"[]", "json-not-an-object"),
        (b"null", "json-not-an-object"),
        (b'{"a":"\xff"}', "json-not-utf8"),
        (b'{"\xc3\x28":1}', "json-not-utf8"),
        (b'{"a":"\xed\xa0\x80"}', "json-not-utf8"),
        (rb'{"a":"\ud800 and more"}', "json-not-utf8"),
        (rb'{"a":"\udc00 and more"}', "json-not-utf8"),
    ],
)
def test_what_is_no_json_object_is_refused(body: bytes, error: str) -> None:
    issue = refusal(body)
    assert (issue.code, issue.error) == ("structure", error)


def test_a_byte_order_mark_is_ignored() -> None:
    assert read_json(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


def test_a_nul_is_found_behind_any_number_of_other_escapes() -> None:
    """Hazard: what the database cuts at a NUL is not what was sent."""
    for many in (999, 1_000, 1_001, 5_000):
        text = rb"\n" * many
        assert read_json(b'{"a":"' + text + b'"}') == {"a": "\n" * many}
        assert refusal(b'{"a":"' + text + rb'\u0000"}').error == "json-nul"


def test_a_nul_is_refused_with_its_path_and_a_backslash_before_u0000_is_none() -> None:
    assert refusal(rb'{"resourceType":"Patient","name":[{"family":"a\u0000b"}]}').expression == "Patient.name[0].family"
    assert refusal(rb'{"resourceType":"Patient","a\u0000":1}').error == "json-nul"
    assert read_json(rb'{"a":"\\u0000"}') == {"a": r"\u0000"}


@pytest.mark.parametrize("depth", [DEEPEST + 1, 900, 10_000, 1_000_000])
@pytest.mark.parametrize(("opening", "closing"), [(b'{"a":', b"}"), (b'[{"a":', b"}]"), (b"[", b"]")])
def test_deep_nesting_is_refused_and_harms_nobody(opening: bytes, closing: bytes, depth: int) -> None:
    assert refusal(b'{"a":' + opening * depth + b"1" + closing * depth + b"}").error == "json-too-deep"


def test_the_deepest_allowed_nesting_is_read() -> None:
    read_json(b'{"a":' * DEEPEST + b"1" + b"}" * DEEPEST)


def test_brackets_inside_strings_neither_hide_nor_feign_depth() -> None:
    shallow = json.dumps({"a": ['[{"\\' * 200, {"}": "}" * 200}] * 60}).encode()
    assert read_json(shallow) == json.loads(shallow)
    hidden = b"[" * 101 + b'"]]]"' + b"]" * 101
    assert refusal(b'{"a":' + hidden + b"}").error == "json-too-deep"


@pytest.mark.parametrize(
    ("body", "expression"),
    [
        (b'{"resourceType":"Patient","id":"1","id":"1"}', "Patient.id"),
        (rb'{"resourceType":"Patient","id":"1","\u0069d":"2"}', "Patient.id"),
        (b'{"resourceType":"Patient","name":[{},{"family":"a","family":"b"}]}', "Patient.name[1].family"),
        (rb'{"resourceType":"Patient","id":"\u003a","id":1}', "Patient.id"),
        (rb'{"resourceType":"Patient","id":"\u003A\u003a","id":1,"id":2}', "Patient.id"),
        (b'{"resourceType":"Bundle","entry":[{"resource":{"a":{"b":1,"b":1}}}]}', "Bundle.entry[0].resource.a.b"),
        (b'{"x y":1,"x y":1}', "Resource.%unknown"),
    ],
)
def test_a_duplicate_key_is_refused_with_its_path(body: bytes, expression: str) -> None:
    issue = refusal(body)
    assert (issue.error, issue.expression) == ("json-duplicate-key", expression)


def repeated_places(body: bytes) -> list[str | None]:
    with pytest.raises(Incorrect) as caught:
        read_json(body)
    assert {issue.error for issue in caught.value.issues} == {"json-duplicate-key"}
    return [issue.expression for issue in caught.value.issues]


def test_every_duplicate_key_is_told_with_its_path() -> None:
    body = (
        b'{"resourceType":"Patient","name":[{"family":"a","family":"b"},{"family":"c"},{"text":"d","text":{"x":1,"x":2}}],'
        b'"gender":"x","gender":"y","gender":"z","birthDate":1,"birthDate":2}'
    )
    assert repeated_places(body) == [
        "Patient.name[0].family",
        "Patient.name[2].text",
        "Patient.name[2].text.x",
        "Patient.gender",
        "Patient.birthDate",
    ]


def test_what_is_told_of_many_duplicate_keys_is_as_much_as_anybody_reads() -> None:
    names = ",".join(['{"family":"a","family":"b"}'] * 5_000)
    places = repeated_places(f'{{"resourceType":"Patient","name":[{names}]}}'.encode())
    assert places == [f"Patient.name[{index}].family" for index in range(100)]


def has_repeated_key(body: bytes) -> bool:
    found = False

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal found
        found = found or len({name for name, _ in pairs}) < len(pairs)
        return dict(pairs)

    json.loads(body, object_pairs_hook=members)
    return found


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in text)


@st.composite
def json_texts(draw: st.DrawFn, depth: int = 3) -> str:
    """JSON with repeated keys, escapes, and the characters that quick checks count."""
    kind = draw(st.integers(0, 5 if depth else 2))
    if kind <= 1:
        text = draw(st.text(alphabet=':-{}[]"\\a0é', max_size=4))
        return draw(st.sampled_from([json.dumps(text), f'"{escaped(text)}"']))
    if kind == 2:
        return draw(st.sampled_from(["-0", "0", "-1", "1e-2", "-0.0", "true", "null"]))
    values = draw(st.lists(json_texts(depth - 1), max_size=4))
    if kind == 3:
        return f"[{','.join(values)}]"
    names = draw(st.lists(st.sampled_from(["a", ":", "-", "b"]), min_size=len(values), max_size=len(values)))
    keys = [draw(st.sampled_from([json.dumps(name), f'"{escaped(name)}"'])) for name in names]
    return "{" + ", ".join(f"{key} : {value}" for key, value in zip(keys, values, strict=True)) + "}"


@given(json_texts())
def test_repeated_keys_are_refused_exactly_when_a_slow_reader_finds_some(text: str) -> None:
    body = f'{{"root":{text}}}'.encode()
    if has_repeated_key(body):
        assert refusal(body).error == "json-duplicate-key"
    else:
        assert json.loads(write_json(read_json(body))) == json.loads(body)


@given(
    st.recursive(
        st.text(alphabet='[]{}"\\a'),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet='[]{}"\\a'), inner),
    )
)
def test_what_nests_little_is_never_called_too_deep(value: Any) -> None:
    body = json.dumps({"a": [value] * 20}).encode()
    assert read_json(body) == json.loads(body)
