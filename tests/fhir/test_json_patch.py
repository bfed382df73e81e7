"""JSON Patch: what each operation does, and that a patch is done whole or not at all."""

import copy
from decimal import Decimal
from typing import Any

import pytest

from lhcr.fhir.json_document import read_json, read_json_array, write_json
from lhcr.fhir.json_patch import MOST_OPERATIONS, apply_patch
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject

PATIENT: JsonObject = {
    "resourceType": "Patient",
    "id": "1",
    "active": True,
    "name": [{"given": ["Ann", "Bea"]}, {"family": "Smith"}],
    "a/b~c": 1,
}


def patched(*operations: Any) -> JsonObject:
    before = copy.deepcopy(PATIENT)
    after = apply_patch(PATIENT, list(operations))
    assert before == PATIENT
    return after


def refusal(*operations: Any) -> tuple[int, str]:
    before = copy.deepcopy(PATIENT)
    with pytest.raises(Incorrect) as caught:
        apply_patch(PATIENT, list(operations))
    assert before == PATIENT
    return caught.value.status, caught.value.issues[0].error


def op(op: str, path: str, **members: Any) -> JsonObject:
    return {"op": op, "path": path, **members}


def from_op(op: str, source: str, path: str) -> JsonObject:
    return {"op": op, "from": source, "path": path}


@pytest.mark.parametrize(
    ("operation", "path", "expected"),
    [
        (op("add", "/gender", value="other"), ("gender",), "other"),
        (op("add", "/active", value=False), ("active",), False),
        (op("add", "/name/0", value={"text": "A"}), ("name", 0), {"text": "A"}),
        (op("add", "/name/-", value={"text": "A"}), ("name", 2), {"text": "A"}),
        (op("add", "/name/2", value={"text": "A"}), ("name", 2), {"text": "A"}),
        (op("add", "/name/0/given/1", value="X"), ("name", 0, "given"), ["Ann", "X", "Bea"]),
        (op("remove", "/name/0/given/0"), ("name", 0, "given"), ["Bea"]),
        (op("remove", "/name/0"), ("name",), [{"family": "Smith"}]),
        (op("replace", "/name/0/given/0", value="X"), ("name", 0, "given"), ["X", "Bea"]),
        (op("replace", "/a~1b~0c", value=2), ("a/b~c",), 2),
        (from_op("move", "/name/0/given", "/given"), ("given",), ["Ann", "Bea"]),
        (from_op("move", "/name/0", "/name/1"), ("name", 1), {"given": ["Ann", "Bea"]}),
        (from_op("move", "/active", "/active"), ("active",), True),
        (from_op("copy", "/name/1", "/name/-"), ("name", 2), {"family": "Smith"}),
        (op("test", "/a~1b~0c", value=Decimal("1.0")), ("active",), True),
    ],
)
def test_an_operation_does_what_rfc_6902_says(operation: JsonObject, path: tuple[Any, ...], expected: Any) -> None:
    value: Any = patched(operation)
    for step in path:
        value = value[step]
    assert value == expected


def test_an_operation_sees_what_those_before_it_did_and_a_copy_is_a_copy() -> None:
    after = patched(from_op("copy", "/name/1", "/name/-"), op("replace", "/name/2/family", value="Jones"))
    assert [name.get("family") for name in after["name"]] == [None, "Smith", "Jones"]


def test_what_is_not_patched_keeps_its_order_and_spelling() -> None:
    resource = read_json(b'{"resourceType":"Observation","b":1e2,"a":1.10,"c":0}')
    operations = read_json_array(b'[{"op":"replace","path":"/c","value":0.00000010}]')
    assert write_json(apply_patch(resource, operations)) == (
        b'{"resourceType":"Observation","b":1e2,"a":1.10,"c":0.00000010}'
    )


@pytest.mark.parametrize(
    "operation",
    [
        1, {}, {"op": "add"}, {"op": "jump", "path": "/a"}, {"op": ["add"], "path": "/a", "value": 1}, {"op": "add", "path": "/a"},
        op("add", "a", value=1), op("add", "/~2", value=1), op("add", "/~", value=1), {"op": "remove", "path": 1},
        {"op": "move", "path": "/a"}, {"op": "copy", "path": "/a", "from": 1}, {"op": "test", "path": "/active"},
    ],
)  # fmt: skip
def test_what_is_no_operation_is_refused_before_any_is_done(operation: Any) -> None:
    assert refusal(op("remove", "/nowhere"), operation) == (400, "patch-invalid")


@pytest.mark.parametrize(
    "operation",
    [
        op("remove", "/nowhere"),
        op("replace", "/nowhere", value=1),
        op("add", "/nowhere/x", value=1),
        op("add", "/active/x", value=1),
        op("add", "/name/3", value={}),
        op("add", "/name/01", value={}),
        op("add", "/name/x", value={}),
        op("remove", "/name/-"),
        op("remove", "/name/2"),
        op("test", "/nowhere", value=None),
        from_op("move", "/nowhere", "/x"),
        from_op("move", "/name", "/name/0"),
    ],
)
def test_a_place_that_is_not_there_is_unprocessable(operation: JsonObject) -> None:
    assert refusal(operation) == (422, "patch-path-missing")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/active", 1),
        ("/active", "true"),
        ("/a~1b~0c", True),
        ("/a~1b~0c", 2),
        ("/name/0", {}),
        ("/name", []),
        ("/name/0/given", ["Ann"]),
    ],
)
def test_a_failed_test_undoes_the_whole_patch(path: str, value: Any) -> None:
    assert refusal(op("add", "/gender", value="other"), op("test", path, value=value)) == (422, "patch-test-failed")


@pytest.mark.parametrize(
    "operation",
    [
        op("replace", "/id", value="2"),
        op("remove", "/id"),
        op("replace", "/resourceType", value="Person"),
        op("replace", "", value={"resourceType": "Patient", "id": "2"}),
        op("replace", "", value=[]),
        op("remove", ""),
    ],
)
def test_a_patch_cannot_make_another_resource_of_it(operation: JsonObject) -> None:
    """Hazard: one person's record overwritten under another's identity."""
    assert refusal(operation) == (422, "patch-changes-identity")


def test_a_patch_cannot_explode() -> None:
    too_many = [op("test", "/active", value=True)] * (MOST_OPERATIONS + 1)
    assert refusal(*too_many) == (422, "patch-too-large")
    doubling = [op("add", "/x", value={"a": 1}), *(from_op("copy", "/x", f"/x/{n}") for n in range(40))]
    assert refusal(*doubling) == (422, "patch-too-large")
    nest: Any = []
    for _ in range(80):
        nest = [nest]
    chain = [op("add", "/x" + "/0" * 80 * n + "/0" * n, value=nest) for n in range(2)]
    assert refusal(*chain) == (422, "patch-too-large")


def told(*operations: Any) -> str:
    with pytest.raises(Incorrect) as caught:
        apply_patch(PATIENT, list(operations))
    (issue,) = caught.value.issues
    return issue.diagnostics


@pytest.mark.parametrize(
    ("operation", "beginning"),
    [
        (op("test", "/active", value=False), "Operation 1 (test /active): "),
        (op("remove", "/name/2"), "Operation 1 (remove /name/2): "),
        (op("add", "/name/-/given/0", value="X"), "Operation 1 (add /name/-/given/0): "),
        (op("replace", "/_birthDate/extension", value=[]), "Operation 1 (replace /_birthDate/extension): "),
        (op("remove", ""), "Operation 1 (remove the whole): "),
        (from_op("move", "/nowhere", "/name/0"), "Operation 1 (move from /nowhere to /name/0): "),
        (from_op("copy", "/name", "/nowhere/name"), "Operation 1 (copy from /name to /nowhere/name): "),
    ],
)
def test_what_cannot_be_done_is_told_with_its_operation_and_path(operation: JsonObject, beginning: str) -> None:
    first = op("test", "/active", value=True)
    diagnostics = told(first, operation)
    assert diagnostics.startswith(beginning)
    assert len(diagnostics) > len(beginning)


def test_steps_that_are_no_fhir_names_are_not_repeated() -> None:
    """Hazard: a person's name in an error."""
    diagnostics = told(op("replace", "/Ann Smith/name/9990000018-/\u202e/00", value=1))
    assert diagnostics.startswith("Operation 0 (replace /%unknown/name/%unknown/%unknown/%unknown): ")


@pytest.mark.parametrize("step", ["/name", "/" + "a" * 60, "/" + "9" * 5_000])
def test_a_long_path_is_told_as_far_as_anybody_reads(step: str) -> None:
    diagnostics = told(op("test", step * 200, value=1))
    assert diagnostics.startswith("Operation 0 (test /")
    assert len(diagnostics) < 300
