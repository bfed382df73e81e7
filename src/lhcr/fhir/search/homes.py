"""Homes: whom a resource is about, and so where it is stored and whose permit its reader needs.

A resource of a `PERSON` type is stored with the Patient that it names; one that names none is on the shelf. Hazard: a resource
stored with the wrong person shows one person's care in another's record, so only a reference that says it is to a Patient
makes a home.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any

from lhcr.fhir.search.catalogue import parameters_of
from lhcr.kernel.json_types import JsonObject


class HomeKind(Enum):
    PERSON = "person"
    DIRECTORY = "directory"
    SHELF = "shelf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where the resources of a type live.

    `subjects`: dotted paths of the elements that may name the person, in the order in which they are asked. `follows`: paths
    of references whose target's home is also this resource's, where it names no Patient itself (a Provenance follows its
    target). `parameters`: codes that mean exactly the subject.
    """

    type: str
    kind: HomeKind
    subjects: tuple[str, ...]
    follows: tuple[str, ...]
    parameters: tuple[str, ...]


@cache
def _rows() -> dict[str, tuple[str, list[str], list[str]]]:
    loaded: dict[str, tuple[str, list[str], list[str]]] = json.loads(
        (files("lhcr.fhir.search") / "homes.json").read_bytes()
    )
    return loaded


@cache
def home(resource_type: str) -> Home:
    """Give the home of a type; KeyError where R4 has no such type."""
    kind, subjects, follows = _rows()[resource_type]
    codes = tuple(code for code, found in parameters_of(resource_type).items() if found.home)
    return Home(
        type=resource_type, kind=HomeKind(kind), subjects=tuple(subjects), follows=tuple(follows), parameters=codes
    )


def home_reference(resource: JsonObject) -> str | None:
    """Give the literal reference to the Patient whom a resource is about, None where it names none.

    A Patient is its own home (`Patient/id`, None while it has no id). Where several are named the first is the home.
    """
    resource_type = resource["resourceType"]
    if resource_type == "Patient":
        return f"Patient/{resource['id']}" if "id" in resource else None
    for path in _paths(resource_type):
        for reference in references_at(resource, path):
            if is_patient(reference):
                literal: str = reference["reference"]
                return literal
    return None


def followed_references(resource: JsonObject) -> tuple[str, ...]:
    """Give the literal references whose targets' home is also this resource's, in order."""
    found: list[str] = []
    for path in _followed_paths(resource["resourceType"]):
        references = references_at(resource, path) if path[0] in resource else ()
        found += [literal for each in references if (literal := each.get("reference")) is not None]
    return tuple(found)


def is_patient(reference: JsonObject) -> bool:
    """Say whether a Reference says that it is to a Patient: by its literal, or by its `type`; a contained one never is."""
    literal = reference.get("reference")
    if not isinstance(literal, str) or literal.startswith("#"):
        return False
    segments = literal.split("/_history/", 1)[0].rsplit("/", 2)
    if len(segments) > 1 and segments[-2] == "Patient":
        return True
    return reference.get("type") == "Patient" and not _tells_a_type(segments)


def _tells_a_type(segments: list[str]) -> bool:
    """`Device/1` with type Patient contradicts itself: the literal is what would be resolved."""
    return len(segments) > 1 and segments[-2] in _rows()


@cache
def _paths(resource_type: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(path.split(".")) for path in home(resource_type).subjects)


@cache
def _followed_paths(resource_type: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(path.split(".")) for path in home(resource_type).follows)


def references_at(node: Any, path: tuple[str, ...]) -> Iterable[JsonObject]:
    """Give the objects at a path of element names, through every array on the way."""
    for place, name in enumerate(path):
        if node.__class__ is not dict:
            return _each_at(node, path[place:])
        if name not in node:
            return ()
        node = node[name]
    return (node,) if node.__class__ is dict else _each_at(node, ())


def _each_at(items: Any, path: tuple[str, ...]) -> Iterator[JsonObject]:
    if isinstance(items, list):
        for item in items:
            yield from references_at(item, path)
