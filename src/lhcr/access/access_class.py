"""An access class: what a decision needs to know of a row, interned as one number on every row."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClass:
    """Rows that one source contributed, of one category, with the same labels (sorted, as `system|code`)."""

    class_id: int
    source_id: int
    category: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTable:
    """All classes and sources as they stood at one epoch of the policy."""

    epoch: int
    classes: tuple[AccessClass, ...]
    source_by_ods: Mapping[str, int]
    id_by_key: Mapping[tuple[int, str, tuple[str, ...]], int]
