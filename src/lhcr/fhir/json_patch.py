"""JSON Patch (RFC 6902) on a resource: all operations or none, on a copy."""

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from lhcr.fhir.expression import UNNAMEABLE
from lhcr.fhir.json_document import DEEPEST, write_json
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonArray, JsonObject

MOST_OPERATIONS = 1_000
MOST_COPIED_BYTES = 10_000_000
_MOST_STEPS = 100
_LONGEST_TOLD = 80

Pointer = tuple[str, ...]

_is_index = re.compile(r"0|[1-9][0-9]{0,9}").fullmatch
_is_tellable = re.compile(r"_?[A-Za-z][A-Za-z0-9]{0,63}|0|[1-9][0-9]{0,3}|-").fullmatch
_is_pointer = re.compile(r"(?:/(?:[^~/]|~[01])*)*").fullmatch
_NEEDS = MappingProxyType(
    {
        "add": {"path", "value"},
        "remove": {"path"},
        "replace": {"path", "value"},
        "move": {"path", "from"},
        "copy": {"path", "from"},
        "test": {"path", "value"},
    }
)


def apply_patch(resource: JsonObject, operations: JsonArray) -> JsonObject:
    """Give the resource as the operations leave it; the one passed in stays as it is.

    Raises Incorrect: 400 `patch-invalid` for a document that is no JSON Patch; 422, which RFC 5789 names for a patch
    that is understood and cannot be done, with `patch-path-missing`, `patch-test-failed`, `patch-too-large` or
    `patch-changes-identity` (a resource keeps its `resourceType` and `id`), each saying which operation it was and where.
    """
    if len(operations) > MOST_OPERATIONS:
        raise _unprocessable("patch-too-large", f"A patch may hold at most {MOST_OPERATIONS} operations.")
    steps = [_checked(operation, index) for index, operation in enumerate(operations)]
    patch = _Patch(copy.deepcopy(resource))
    for index, operation in enumerate(steps):
        try:
            patch.apply(operation)
        except Incorrect as error:
            error.issues = tuple(_of_operation(issue, operation, index) for issue in error.issues)
            raise
    return _with_the_same_identity(resource, patch.document)


def _checked(operation: Any, index: int) -> JsonObject:
    """Check the form of an operation before any is done."""
    if not isinstance(operation, dict):
        raise _invalid(index, "is no object")
    needs = _NEEDS.get(operation["op"]) if isinstance(operation.get("op"), str) else None
    if needs is None:
        raise _invalid(index, "needs an op: add, remove, replace, move, copy or test")
    if missing := sorted(needs - operation.keys()):
        raise _invalid(index, f"lacks {' and '.join(missing)}")
    for name in sorted(needs & {"path", "from"}):
        if not isinstance(operation[name], str) or not _is_pointer(operation[name]):
            raise _invalid(index, f"has a {name} that is no JSON Pointer (RFC 6901)")
    return operation


def _invalid(index: int, what: str) -> Incorrect:
    return Incorrect([Issue(code="structure", error="patch-invalid", diagnostics=f"Operation {index} {what}.")])


def _of_operation(issue: Issue, operation: JsonObject, index: int) -> Issue:
    source = f"from {_told(operation['from'])} to " if "from" in _NEEDS[operation["op"]] else ""
    what = f"{operation['op']} {source}{_told(operation['path'])}"
    return replace(issue, diagnostics=f"Operation {index} ({what}): {issue.diagnostics}")


def _told(pointer: str) -> str:
    """Repeat a pointer to a caller who sent it, but for steps that are no FHIR names: these could hold person data."""
    if not pointer:
        return "the whole"
    steps = pointer.split("/", _MOST_STEPS)[1:]
    told = "".join(f"/{step if _is_tellable(step) else UNNAMEABLE}" for step in steps)
    return told if len(told) <= _LONGEST_TOLD else f"{told[:_LONGEST_TOLD]}..."


def _unprocessable(error: str, diagnostics: str) -> Incorrect:
    return Incorrect([Issue(code="processing", error=error, diagnostics=diagnostics)], status=422)


def _pointer(text: str) -> Pointer:
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:])


class _Patch:
    """A document that operations change one after another."""

    def __init__(self, document: JsonObject) -> None:
        self.document: Any = document
        self._copied_bytes = 0

    def apply(self, operation: JsonObject) -> None:
        actions: Mapping[str, Callable[[JsonObject, Pointer], None]] = {
            "add": lambda each, path: self._add(path, copy.deepcopy(each["value"])),
            "remove": lambda _, path: self._remove(path),
            "replace": lambda each, path: self._replace(path, copy.deepcopy(each["value"])),
            "move": lambda each, path: self._move(_pointer(each["from"]), path),
            "copy": lambda each, path: self._copy(_pointer(each["from"]), path),
            "test": lambda each, path: self._test(path, each["value"]),
        }
        actions[operation["op"]](operation, _pointer(operation["path"]))

    def _value_at(self, path: Pointer) -> Any:
        value = self.document
        for step in path:
            value = value[_existing(value, step)]
        return value

    def _add(self, path: Pointer, value: Any) -> None:
        if len(path) + _depth(value) > DEEPEST:
            raise _unprocessable("patch-too-large", f"The patch nests deeper than {DEEPEST} levels.")
        if not path:
            self.document = value
            return
        holder = self._value_at(path[:-1])
        if isinstance(holder, list):
            holder.insert(_insertion_place(holder, path[-1]), value)
        elif isinstance(holder, dict):
            holder[path[-1]] = value
        else:
            raise _missing()

    def _remove(self, path: Pointer) -> None:
        if not path:
            raise _unprocessable("patch-changes-identity", "A patch cannot remove the whole resource.")
        holder = self._value_at(path[:-1])
        del holder[_existing(holder, path[-1])]

    def _replace(self, path: Pointer, value: Any) -> None:
        """Put the value where the old one is: an object keeps the order of its members."""
        if not path:
            self._add(path, value)
            return
        holder = self._value_at(path[:-1])
        step = _existing(holder, path[-1])
        if len(path) + _depth(value) > DEEPEST:
            raise _unprocessable("patch-too-large", f"The patch nests deeper than {DEEPEST} levels.")
        holder[step] = value

    def _move(self, source: Pointer, path: Pointer) -> None:
        value = self._value_at(source)
        if source == path:
            return
        self._carry(value)
        if path[: len(source)] == source:
            raise _unprocessable("patch-path-missing", "A value cannot be moved into itself.")
        self._remove(source)
        self._add(path, value)

    def _copy(self, source: Pointer, path: Pointer) -> None:
        value = self._value_at(source)
        self._carry(value)
        self._add(path, copy.deepcopy(value))

    def _carry(self, value: Any) -> None:
        """Count what is moved or copied. Hazard: a thousand moves of a large value keep everybody else waiting."""
        self._copied_bytes += len(write_json(value))
        if self._copied_bytes > MOST_COPIED_BYTES:
            raise _unprocessable("patch-too-large", f"A patch may move and copy at most {MOST_COPIED_BYTES} bytes.")

    def _test(self, path: Pointer, value: Any) -> None:
        if not _equal(self._value_at(path), value):
            raise _unprocessable("patch-test-failed", "The value there is not what the patch expects.")


def _missing() -> Incorrect:
    return _unprocessable("patch-path-missing", "The resource has no such place, or not yet at this operation.")


def _existing(holder: Any, step: str) -> Any:
    """Give the key or index of an existing value."""
    if isinstance(holder, dict) and step in holder:
        return step
    if isinstance(holder, list) and _is_index(step) and int(step) < len(holder):
        return int(step)
    raise _missing()


def _insertion_place(holder: JsonArray, step: str) -> int:
    if step == "-":
        return len(holder)
    if _is_index(step) and int(step) <= len(holder):
        return int(step)
    raise _missing()


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


def _equal(left: Any, right: Any) -> bool:
    """Compare as RFC 6902 section 4.6 does: numbers by value; Python would take true for 1."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_equal(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_equal, left, right))
    return _json_type(left) is _json_type(right) and bool(left == right)


def _json_type(value: Any) -> type:
    return Decimal if type(value) is int or isinstance(value, Decimal) else type(value)


def _with_the_same_identity(before: JsonObject, after: Any) -> JsonObject:
    if not isinstance(after, dict) or any(before.get(name) != after.get(name) for name in ("resourceType", "id")):
        raise _unprocessable("patch-changes-identity", "A patch cannot change resourceType or id.")
    return after
