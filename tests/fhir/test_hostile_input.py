"""Hostile input: whatever comes in, what comes out is a resource or a refusal, never another error."""

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lhcr.fhir.compiled_check import CompiledChecks
from lhcr.fhir.definitions.structures import load_definitions
from lhcr.fhir.expression import root
from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir.json_patch import apply_patch
from lhcr.fhir.outcome import error_outcome
from lhcr.fhir.references import parse_reference, rewrite_references
from lhcr.fhir.structural_check import StructuralCheck
from lhcr.fhir.validation import validate
from lhcr.fhir.xml_document import read_xml
from lhcr.kernel.errors import LhcrError

CHECKS = CompiledChecks(load_definitions())
JSON_SEED = (
    rb'{"resourceType":"Patient","name":[{"given":["A\u00e9",null],"_given":[null,{"id":"x"}]}],"multipleBirthInteger":-0,'
    rb'"extension":[{"url":"a:b","valueDecimal":1.10e2}],"contained":[{"resourceType":"Basic","code":{"text":"{[\"]}"}}]}'
)
XML_SEED = (
    b'<?xml version="1.0"?><Patient xmlns="http://hl7.org/fhir"><text><status value="empty"/>'
    b'<div xmlns="http://www.w3.org/1999/xhtml">x</div></text><contained><Basic><code><text value="a"/></code></Basic></contained>'
    b'<name><given value="A"><extension url="u"><valueDecimal value="1.0"/></extension></given></name></Patient>'
)


def attempt(what: Callable[..., Any], *arguments: Any) -> tuple[int, Any]:
    """Give 200 and the result, or the status of the refusal."""
    try:
        return 200, what(*arguments)
    except LhcrError as error:
        return error_outcome(error)[0], None


@st.composite
def mutated(draw: st.DrawFn, seed: bytes) -> bytes:
    body = bytearray(seed)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.integers(start, min(len(body), start + 12)))
        inside = st.builds(lambda at: bytes(body[at : at + 20]), st.integers(0, len(body)))
        body[start:end] = draw(
            st.binary(max_size=4) | st.sampled_from([b'"', b"\\u0000", b"{", b"]", b"-0", b"<", b"&#0;"]) | inside
        )
    return bytes(body)


@settings(max_examples=300)
@given(mutated(JSON_SEED) | st.binary())
def test_any_json_is_read_and_judged_or_refused(body: bytes) -> None:
    status, resource = attempt(read_json, body)
    assert status in {200, 400}
    if resource is None:
        return
    assert write_json(read_json(write_json(resource))) == write_json(resource)
    validate(resource)
    rewrite_references(resource, {"Patient/1": "Patient/2"})


@settings(max_examples=300)
@given(mutated(XML_SEED) | st.binary())
def test_any_xml_is_read_and_judged_or_refused(body: bytes) -> None:
    status, resource = attempt(read_xml, body)
    assert status in {200, 400}
    if resource is None:
        return
    validate(resource)
    assert read_json(write_json(resource)) == resource


NAMES = st.sampled_from(
    ["resourceType", "id", "extension", "url", "valueReference", "reference", "contained", "name", "_id", "given"]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["Patient", "Bundle", "Extension", "Patient/1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300)
@given(VALUES)
def test_any_value_is_judged_by_both_checks_alike_and_walked(value: Any) -> None:
    check = StructuralCheck()
    check.resource(value, root(value))
    assert not (CHECKS.surely_valid(value) and check.issues)
    if isinstance(value, dict):
        rewrite_references(value, {"Patient/1": "Patient/2"})


POINTERS = st.sampled_from(
    ["", "/", "/name", "/name/0", "/name/-", "/name/0/given", "/name/0/given/1", "/x", "/id", "~", "/~1", "/name/00"]
)
OPERATIONS = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test", "x"]), "path": POINTERS},
    optional={"from": POINTERS, "value": VALUES},
)


@settings(max_examples=300)
@given(st.lists(OPERATIONS | VALUES, max_size=5))
def test_any_patch_is_done_or_refused_and_leaves_the_resource_alone(operations: list[Any]) -> None:
    resource = {"resourceType": "Patient", "id": "1", "name": [{"given": ["A", "B"]}]}
    before = copy.deepcopy(resource)
    status, after = attempt(apply_patch, resource, operations)
    assert status in {200, 400, 422}
    assert after is None or (after["resourceType"], after["id"]) == ("Patient", "1")
    assert resource == before


@given(st.text() | st.from_regex(r"(https?://a/)?[A-Z][a-z]*/[a-z0-9]+(/_history/1)?"))
def test_any_reference_is_parsed(text: str) -> None:
    parsed = parse_reference(text, base="http://a")
    assert (parsed.id is None) or f"{parsed.type}/{parsed.id}" in text
