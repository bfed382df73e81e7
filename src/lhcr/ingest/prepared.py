"""Prepared entries: source entries with the drafts that they became, parted into waves that can each be written at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lhcr.ingest.drafting import draft_entry
from lhcr.ingest.rejection import Rejection
from lhcr.ingest.source_entry import SourceEntry
from lhcr.ingest.subjects import names_of, subject_error
from lhcr.kernel.errors import Incorrect
from lhcr.record.draft import Draft


@dataclass(frozen=True, slots=True)
class Prepared:
    """An entry and its draft. Writing changes a draft and its resource, so that one is used for one attempt alone."""

    entry: SourceEntry
    draft: Draft

    def again(self) -> "Prepared":
        """Return the same entry with a draft as good as new."""
        return Prepared(self.entry, draft_entry(self.entry))


def prepare(entries: Sequence[SourceEntry]) -> tuple[list[Prepared], list[Rejection]]:
    """Make drafts of entries; what is no sound resource becomes a rejection."""
    prepared: list[Prepared] = []
    rejections: list[Rejection] = []
    for entry in entries:
        try:
            prepared.append(Prepared(entry, draft_entry(entry)))
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
