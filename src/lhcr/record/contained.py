"""Contained resources of several Patients that are folded into one: each keeps its own, under ids that do not meet."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from lhcr.kernel.json_types import JsonArray, JsonObject

_LONGEST_STEM: Final = 56


def with_own_ids(patient: JsonObject, place: int) -> JsonObject:
    """Return a Patient whose contained resources have ids that those of the Patients at other places have not.

    Every id ends with its place, that of the first Patient too: left as it was, it might be what another becomes. Hazard: the
    practice of one Patient read as the trust of another.
    """
    ids = [each["id"] for each in patient.get("contained") or () if "id" in each]
    if not ids:
        return patient
    renamed = {f"#{each}": f"#{_stem(each)}-{place}" for each in ids}
    moved: JsonObject = _each_reference(patient, lambda reference: renamed.get(reference, reference))
    for each in moved["contained"]:
        if "id" in each:
            each["id"] = renamed[f"#{each['id']}"][1:]
    return moved


def _stem(id_: str) -> str:
    """What of an id leaves room for its place in the 64 characters that FHIR allows."""
    return id_ if len(id_) <= _LONGEST_STEM else hashlib.sha256(id_.encode()).hexdigest()[:_LONGEST_STEM]


def contained_in(folded: JsonObject, patients: Sequence[JsonObject]) -> JsonArray:
    """Return the contained resources to which the folded Patient refers, and those to which they refer."""
    # To what has no id nobody can refer.
    held = (each for patient in patients for each in patient.get("contained") or () if "id" in each)
    by_reference = {f"#{each['id']}": each for each in held}
    wanted: dict[str, JsonObject] = {}
    pending: list[JsonObject] = [folded] if by_reference else []
    while pending:
        for reference in _references(pending.pop()):
            if reference in by_reference and reference not in wanted:
                wanted[reference] = by_reference[reference]
                pending.append(by_reference[reference])
    return list(wanted.values())


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _references(each)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name == "reference" and isinstance(value, str):
                yield value
            else:
                yield from _references(value)


def _each_reference(node: Any, change: Callable[[str], str]) -> Any:
    """Return a copy of a node with what `change` makes of each literal reference in it."""
    if isinstance(node, list):
        return [_each_reference(each, change) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        name: change(value) if name == "reference" and isinstance(value, str) else _each_reference(value, change)
        for name, value in node.items()
    }
