"""Paths, parameters, headers and media types: anything that can be sent is read or refused, never a failure of ours."""

import string
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.fhir_api.headers import if_match, is_unchanged, preferred_return, read_headers
from lhcr.fhir_api.media import form_of, require_json_accepted
from lhcr.fhir_api.parameters import count_of, instant_of, read_pairs, refuse_unknown
from lhcr.fhir_api.request_id import request_id_of
from lhcr.fhir_api.target import Kind, Target, parse_target
from lhcr.kernel.errors import LhcrError

IDS = st.text(string.ascii_letters + string.digits + "-.", min_size=1, max_size=64).filter(
    lambda text: text not in {".", ".."}
)
NOW = datetime(2026, 3, 2, 9, 30, 0, 500, tzinfo=UTC)


def refusal_of(read: Callable[[], object]) -> int | None:
    """Read something and return the status of its refusal, None where it could be read."""
    try:
        read()
    except LhcrError as error:
        return error.status
    return None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (b"", Target(kind=Kind.SYSTEM)),
        (b"/", Target(kind=Kind.SYSTEM)),
        (b"/metadata", Target(kind=Kind.METADATA)),
        (b"/_history", Target(kind=Kind.SYSTEM_HISTORY)),
        (b"/_search", Target(kind=Kind.SYSTEM_SEARCH)),
        (b"/$meta", Target(kind=Kind.SYSTEM_OPERATION, operation="$meta")),
        (b"/Patient", Target(kind=Kind.TYPE, type="Patient")),
        (b"/Patient/", Target(kind=Kind.TYPE, type="Patient")),
        (b"/Patient/_search", Target(kind=Kind.TYPE_SEARCH, type="Patient")),
        (b"/Patient/_history", Target(kind=Kind.TYPE_HISTORY, type="Patient")),
        (b"/Patient/$validate", Target(kind=Kind.TYPE_OPERATION, type="Patient", operation="$validate")),
        (b"/Patient/%24validate", Target(kind=Kind.TYPE_OPERATION, type="Patient", operation="$validate")),
        (b"/Patient/1", Target(kind=Kind.INSTANCE, type="Patient", id="1")),
        (b"/Patient/1/_history", Target(kind=Kind.INSTANCE_HISTORY, type="Patient", id="1")),
        (b"/Patient/1/_history/2", Target(kind=Kind.VERSION, type="Patient", id="1", version="2")),
        (b"/Patient/1/$meta", Target(kind=Kind.INSTANCE_OPERATION, type="Patient", id="1", operation="$meta")),
        (b"/Patient/1/Observation", Target(kind=Kind.COMPARTMENT, type="Patient", id="1", member="Observation")),
        (b"/Patient/1/*", Target(kind=Kind.COMPARTMENT, type="Patient", id="1", member="*")),
        (b"/Device/1/*/_search", Target(kind=Kind.COMPARTMENT_SEARCH, type="Device", id="1", member="*")),
    ],
)
def test_a_path_names_its_target(path: bytes, expected: Target) -> None:
    assert parse_target(path) == expected


@given(IDS, IDS)
def test_every_id_that_fhir_allows_can_be_named(id_: str, version: str) -> None:
    assert parse_target(f"/Patient/{id_}".encode()).id == id_
    assert parse_target(f"/Patient/{quote(id_)}/_history/{version}".encode()).version == version


@given(st.binary(max_size=200) | st.text(max_size=50).map(lambda text: f"/Patient/{quote(text, safe='')}".encode()))
def test_any_path_is_read_or_refused(path: bytes) -> None:
    read: list[Target] = []
    assert refusal_of(lambda: read.append(parse_target(path))) in {None, 400, 404, 414}
    assert all("/" not in target.id + target.version for target in read)


@given(st.lists(st.tuples(st.text(min_size=1), st.text())))
def test_parameters_are_read_as_they_were_written(pairs: list[tuple[str, str]]) -> None:
    written = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    assert read_pairs(written.encode()) == tuple(pairs)


@given(st.binary(max_size=500))
def test_any_query_is_read_or_refused(query: bytes) -> None:
    def read() -> None:
        pairs = read_pairs(query)
        refuse_unknown(pairs)
        count_of(pairs, usual=1, most=2)
        instant_of(pairs, "_since")

    assert refusal_of(read) in {None, 400}


@given(st.text(max_size=100))
def test_any_value_of_a_header_is_read_or_refused(value: str) -> None:
    raw = [(b"x", value.encode("utf-8", "replace"))]
    headers = {name: read_headers(raw)["x"] for name in ("if-match", "if-none-match", "if-modified-since", "prefer")}
    assert preferred_return(headers) in {"minimal", "representation", "OperationOutcome"}
    assert is_unchanged(headers, version=1, last_updated=NOW) in {True, False}
    for read in (lambda: if_match(headers), lambda: form_of(value), lambda: require_json_accepted(value, None)):
        assert refusal_of(read) in {None, 400, 406, 415}


@given(st.binary(max_size=100))
def test_a_request_id_that_is_repeated_is_harmless(value: bytes) -> None:
    """Hazard: a line of the log that somebody else wrote."""
    found = request_id_of([(b"X-Request-ID", value)])
    assert found is None or (found.isascii() and found.isprintable() and len(found) <= 64 and " " not in found)


@pytest.mark.parametrize(
    ("headers", "unchanged"),
    [
        ({}, False),
        ({"if-none-match": 'W/"3"'}, True),
        ({"if-none-match": '"3"'}, True),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": 'W/"2", W/"3"'}, True),
        ({"if-none-match": 'W/"33"'}, False),
        ({"if-modified-since": "Mon, 02 Mar 2026 09:30:00 GMT"}, True),
        ({"if-modified-since": "Mon, 02 Mar 2026 09:29:59 GMT"}, False),
        ({"if-none-match": 'W/"2"', "if-modified-since": "Mon, 02 Mar 2026 09:30:00 GMT"}, False),
    ],
)
def test_a_condition_says_whether_the_caller_has_the_version(headers: dict[str, str], *, unchanged: bool) -> None:
    assert is_unchanged(headers, version=3, last_updated=NOW) is unchanged
