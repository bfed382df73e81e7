"""An access class: what a decision needs to know of a row, interned as one number on every row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b

from lhcr.access.agreements import NO_AGREEMENTS, Agreements


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClass:
    """Rows that one source contributed, of one category, with the same labels (sorted, as `system|code`)."""

    class_id: int
    source_id: int
    category: str
    labels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ClassTable:
    """All classes, sources and sharing agreements as they stood at one epoch of the policy."""

    epoch: int
    classes: tuple[AccessClass, ...]
    source_by_ods: Mapping[str, int]
    id_by_key: Mapping[tuple[int, str, tuple[str, ...]], int]
    agreements: Agreements = NO_AGREEMENTS
    merges: Mapping[int, int] = field(default_factory=dict)
    """Into whom each person was merged, who may have been merged since themselves."""

    def ods_of(self, class_id: int) -> str:
        """Return the ODS code of a class's source, empty where this table is older than the class."""
        return self._ods_by_class.get(class_id, "")

    def category_of(self, class_id: int) -> str:
        """Return the category of a class, empty where this table is older than the class."""
        return self._category_by_class.get(class_id, "")

    returned: Mapping[int, int] = field(default_factory=dict)
    """Where entries are, by the row number in their ids, that went back to whom they are about when a merge was undone."""

    @cached_property
    def survivors(self) -> Mapping[int, int]:
        """In whose record that of each merged person goes on."""
        return {merged: self._last(survivor) for merged, survivor in self.merges.items()}

    @cached_property
    def joined(self) -> frozenset[int]:
        """The persons in whose records those of others go on."""
        return frozenset(self.survivors.values())

    @cached_property
    def merges_named(self) -> str:
        """A name for which persons are one by now, empty where nobody was ever merged; it tells nothing of who they are."""
        stands = sorted(self.merges.items()), sorted(self.returned.items())
        return blake2b(repr(stands).encode(), digest_size=8).hexdigest() if any(stands) else ""

    def persons_of(self, person_id: int) -> tuple[int, ...]:
        """Return a person and everybody whose record goes on in theirs: under whose numbers the log speaks of them."""
        return (person_id, *sorted(each for each, survivor in self.survivors.items() if survivor == person_id))

    def _last(self, person_id: int) -> int:
        while person_id in self.merges:
            person_id = self.merges[person_id]
        return person_id

    @cached_property
    def by_id(self) -> Mapping[int, AccessClass]:
        """Every class by its number."""
        return {each.class_id: each for each in self.classes}

    @cached_property
    def _category_by_class(self) -> Mapping[int, str]:
        return {each.class_id: each.category for each in self.classes}

    @cached_property
    def _ods_by_class(self) -> Mapping[int, str]:
        codes = {source_id: ods for ods, source_id in self.source_by_ods.items()}
        return {each.class_id: codes.get(each.source_id, "") for each in self.classes}
