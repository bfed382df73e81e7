"""A typed path: the JSON keys that a FHIRPath walks through, and the type of what it ends in.

FHIR's choice elements make one step of FHIRPath (`Observation.value`) several keys of JSON (`valueQuantity`, `valueString`...), so
one path becomes one typed path for each of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from lhcr.fhir.search.fhirpath import (
    As,
    Extension,
    FhirPathError,
    Index,
    Name,
    Path,
    Step,
    WhereEquals,
    WhereExtended,
    WhereResolves,
)


@dataclass(frozen=True, slots=True)
class Element:
    """What a name leads to: the JSON keys with their types (several for a choice), and whether it repeats."""

    keys: Mapping[str, str]
    many: bool


@dataclass(frozen=True, slots=True)
class Key:
    key: str
    many: bool


Segment: TypeAlias = Key | Index | Extension | WhereEquals | WhereExtended
Lookup: TypeAlias = Callable[[str, str], Element]
"""Find an element by the type that holds it and its FHIRPath name; raises FhirPathError where there is none."""


@dataclass(frozen=True, slots=True)
class TypedPath:
    """Segments from the context to nodes of `type`; `resolves` limits references to those of that resource type."""

    type: str
    segments: tuple[Segment, ...] = ()
    resolves: str | None = None
    from_resource: bool = False

    def then(self, segment: Segment, node_type: str) -> "TypedPath":
        if self.resolves is not None:
            raise FhirPathError("nothing is understood after where(resolve() is ...)")
        return TypedPath(node_type, (*self.segments, segment), None, self.from_resource)


def typed_paths(path: Path, *, context: str, resource: str, lookup: Lookup) -> tuple[TypedPath, ...]:
    """Resolve `path` in the context of a type; `resource` is the type that %resource has."""
    found: tuple[TypedPath, ...] = (
        TypedPath(resource if path.from_resource else context, from_resource=path.from_resource),
    )
    for step in _without_root(path, context):
        found = tuple(reached for start in found for reached in _take(step, start, lookup))
        if isinstance(step, As):
            found = tuple(reached for reached in found if reached.type == step.type)
        if not found:
            raise FhirPathError(f"{step} leads nowhere in {context}")
    return found


def _without_root(path: Path, context: str) -> tuple[Step, ...]:
    """A path may begin with the name of its context's type: `Observation.code` in an Observation."""
    return path.steps[1:] if path.steps[:1] == (Name(context),) else path.steps


def _take(step: Step, start: TypedPath, lookup: Lookup) -> tuple[TypedPath, ...]:
    if isinstance(step, Name):
        element = lookup(start.type, step.name)
        return tuple(start.then(Key(key, element.many), key_type) for key, key_type in element.keys.items())
    if isinstance(step, As):
        return (start,)
    if isinstance(step, Extension):
        return (start.then(step, "Extension"),)
    if isinstance(step, WhereResolves):
        return (TypedPath(start.type, start.segments, step.type, start.from_resource),)
    if isinstance(step, WhereEquals) and lookup(start.type, step.name).many:
        raise FhirPathError(f"{step.name} repeats, so that it cannot be compared")
    return (start.then(step, start.type),)
