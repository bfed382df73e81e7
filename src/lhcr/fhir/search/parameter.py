"""A search parameter: one question that can be asked of one resource type (FHIR R4 3.1.1, SearchParameter)."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """The type of a search parameter, which decides the table its values live in and the syntax of a query's values."""

    TOKEN = "token"  # noqa: S105 - a kind of search parameter, no secret.
    REFERENCE = "reference"
    DATE = "date"
    STRING = "string"
    NUMBER = "number"
    QUANTITY = "quantity"
    URI = "uri"
    COMPOSITE = "composite"
    POSITION = "position"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One part of a composite parameter; `expression` is relative to each node that the composite's expression selects."""

    code: str
    kind: Kind
    expression: str
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchParameter:
    """One (type, code) search parameter.

    `id` is a small integer that is unique over all types and never changes: search rows carry it instead of type and code.
    `rows` are the ids of the rows that answer the parameter: its own, or those of the parameters whose values together are
    exactly its own, so that nothing is stored twice (Observation `combo-code`: `code` and `component-code`).
    `targets` are the resource types that a reference parameter may point to, empty for other kinds.
    `implied_system` is the code system of a token parameter whose elements are plain codes: a row holds no system for them.
    `home` is true where the parameter means exactly the person whom the resource is about (Observation `subject` and
    `patient`): a reference to a Patient has no search row of its own then, because the row's person answers it.
    `clinical_date` is true where the parameter means exactly the interval by which the type is sorted.
    """

    id: int
    type: str
    code: str
    kind: Kind
    expression: str
    rows: tuple[int, ...]
    targets: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()
    implied_system: str | None = None
    home: bool = False
    clinical_date: bool = False
