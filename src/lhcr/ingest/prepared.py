"""Prepared entries: source entries with the drafts that they became, parted into waves that can each be written at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

from lhcr.fhir.references import rewrite_references
from lhcr.ingest.drafting import draft_entry
from lhcr.ingest.rejection import Rejection
from lhcr.ingest.source_entry import SourceEntry
from lhcr.ingest.subjects import names_of, subject_error
from lhcr.kernel.errors import Incorrect
from lhcr.record.draft import Draft

Names: TypeAlias = Mapping[str, str]
"""What entries that are written already are called here (`Type/id`), by the fullUrl that their file calls them."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An entry and its draft. Writing changes a draft and its resource, so that one is used for one attempt alone."""

    entry: SourceEntry
    draft: Draft
    names: Names | None = None

    @classmethod
    def of(cls, entry: SourceEntry, names: Names | None) -> Self:
        """Make the draft of an entry. Raises Incorrect."""
        draft = draft_entry(entry)
        if names and draft.resource is not None:
            rewrite_references(draft.resource, names)
        return cls(entry, draft, names)

    def again(self) -> "Prepared":
        """Return the same entry with a draft as good as new."""
        return Prepared.of(self.entry, self.names)


def prepare(entries: Sequence[SourceEntry], names: Names | None = None) -> tuple[list[Prepared], list[Rejection]]:
    """Make drafts of entries; what is no sound resource becomes a rejection.

    `names` are those of entries that were written before and that these refer to by fullUrl.
    """
    prepared: list[Prepared] = []
    rejections: list[Rejection] = []
    for entry in entries:
        try:
            prepared.append(Prepared.of(entry, names))
        except Incorrect as error:
            rejections.append(Rejection.of(entry, error))
    return prepared, rejections


def waves(prepared: Sequence[Prepared]) -> Iterator[list[Prepared]]:
    """Part entries so that no resource stands twice in one wave: of several versions the last one stands in the end."""
    waves: list[list[Prepared]] = []
    seen: dict[tuple[int, str | None], int] = {}
    for each in prepared:
        key = (each.draft.type_id, each.draft.source_key)
        number = seen[key] = seen.get(key, -1) + 1
        if number == len(waves):
            waves.append([])
        waves[number].append(each)
    yield from waves


def part_unplaceable(prepared: Sequence[Prepared], *, base: str) -> tuple[list[Prepared], list[Rejection]]:
    """Part off the entries of which it cannot be known whose they are."""
    names = names_of([each.draft for each in prepared])
    placeable: list[Prepared] = []
    rejections: list[Rejection] = []
    for each in prepared:
        error = subject_error(each.draft, names, base=base)
        if error is None:
            placeable.append(each)
        else:
            rejections.append(Rejection.of(each.entry, error))
    return placeable, rejections
