"""Anything that HTTP can carry: the API always answers, in FHIR, and never fails inside."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir.validation import validate

TYPES = st.sampled_from(
    ["Patient", "Observation", "Organization", "Bundle", "List", "Binary", "Nonsense", "Parameters"]
)
IDS = st.sampled_from(["1", "known", "0123456789abcdef0123456789abcdef", "a" * 64, "a" * 65, "..", "é"])
LASTS = st.sampled_from(
    ["", "_history", "_history/1", "_search", "$everything", "$meta", "$validate", "Observation", "*", "$x"]
)
PATHS = st.one_of(
    st.sampled_from(["", "/", "/_history", "/_search", "/metadata"]),
    st.tuples(TYPES, LASTS).map("/".join),
    st.tuples(TYPES, IDS, LASTS).map("/".join),
    st.lists(st.text(max_size=20), max_size=4).map(lambda parts: "/".join(quote(part, safe="") for part in parts)),
)
NAMES = st.sampled_from(
    ["_count", "_since", "_sort", "_include", "_revinclude", "_summary", "_elements", "_format", "_pretty", "_cursor",
     "_type", "_id", "_total", "_has:Observation:patient:code", "code", "date", "patient", "subject:Patient.name",
     "identifier", "name:exact", "value-quantity", "code-value-quantity", "start", "mode", "_lastUpdated", "_text"]
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(["1", "0", "-1", "2026-01-01", "x", "a|b", "|", ",", "$", "\\", "Patient/1", "true", "json", "code",
                     "Observation:patient", "*", "9" * 30, "1e400", "ge2026", "Patient", "-date", "count"]),
    st.text(max_size=30),
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {"request": st.fixed_dictionaries({"method": st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "x"]), "url": PATHS})},
        optional={"resource": JSON, "fullUrl": st.text(max_size=20)},
    ),
    max_size=3,
)  # fmt: skip
BODIES = st.one_of(
    st.binary(max_size=100),
    JSON.map(write_json),
    st.dictionaries(st.sampled_from(["id", "meta", "name", "status", "code", "subject", "active", "text"]), JSON).map(
        lambda members: write_json({"resourceType": "Patient", **members})
    ),
    st.tuples(st.sampled_from(["batch", "transaction"]), ENTRIES).map(
        lambda parts: write_json({"resourceType": "Bundle", "type": parts[0], "entry": parts[1]})
    ),
    st.lists(
        st.fixed_dictionaries({"op": st.text(max_size=7), "path": st.text(max_size=9)}, optional={"value": JSON})
    ).map(write_json),
)
HEADERS = st.dictionaries(
    st.sampled_from(["if-match", "if-none-match", "if-none-exist", "if-modified-since", "prefer", "accept", "x-request-id"]),
    st.sampled_from(['W/"1"', "*", "identifier=x|y", "name=x", "return=minimal", "application/fhir+json", "rubbish", "*/*"]),
    max_size=2,
)  # fmt: skip


@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    path=PATHS,
    query=st.lists(st.tuples(NAMES, VALUES), max_size=3),
    body=BODIES,
    media=st.sampled_from(["application/fhir+json", "application/fhir+xml", "application/json-patch+json",
                           "application/x-www-form-urlencoded", "text/plain"]),
    headers=HEADERS,
)  # fmt: skip
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_asked_is_answered_in_fhir(
    supplier: Any, method: str, path: str, query: Any, body: bytes, media: str, headers: dict[str, str]
) -> None:
    address = f"/{path}?" + "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in query)
    response = await supplier.ask(method, address, content=body, headers={"content-type": media, **headers})
    assert response.status_code < 500, (response.text, address)
    if response.content:
        document = read_json(response.content)
        if response.status_code >= 400 or document["resourceType"] != "Bundle":
            assert validate(document) == []


@pytest.mark.parametrize("token", ["gp", "receptionist"])
@given(path=PATHS, query=st.lists(st.tuples(NAMES, VALUES), max_size=2))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whoever_asks_is_answered_in_fhir(area: Any, token: str, path: str, query: Any) -> None:
    address = f"/{path}?" + "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in query)
    response = await area.asker(token).get(address)
    assert response.status_code < 500, (response.text, address)
