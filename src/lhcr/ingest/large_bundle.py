"""A large Bundle, parted into units that can each be written at once, so that what an entry refers to is written before it.

A Bundle is one transaction as long as a database can carry it as one. Past that its entries are ordered by their references to
each other; only entries that refer to each other in a circle stay together whatever their number.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from lhcr.ingest.source_entry import Form, SourceEntry, Unit

MOST_IN_A_UNIT: Final = 5000
_FULL_URL: Final = {
    Form.JSON_BUNDLE_ENTRY: re.compile(rb'"fullUrl"\s*:\s*"([^"\\]+)"'),
    Form.XML_BUNDLE_ENTRY: re.compile(rb'<(?:\w+:)?fullUrl\s+value="([^"]+)"'),
}
_REFERENCE: Final = {
    Form.JSON_BUNDLE_ENTRY: re.compile(rb'"reference"\s*:\s*"([^"\\]+)"'),
    Form.XML_BUNDLE_ENTRY: re.compile(rb'<(?:\w+:)?reference\s+value="([^"]+)"'),
}


def units_of(entries: Sequence[SourceEntry], *, progress: int, most: int = MOST_IN_A_UNIT) -> Iterator[Unit]:
    """Yield the entries of one file in units of at most `most`, each after the units that it refers to."""
    if len(entries) <= most:
        yield Unit(entries=tuple(entries), progress=progress)
        return
    parting = _Parting(entries, most)
    for part in parting.parts():
        written = len(parting.placed) / len(entries)
        yield Unit(entries=tuple(entries[number] for number in part), progress=int(progress * written), is_part=True)


@dataclass(slots=True)
class _Parting:
    entries: Sequence[SourceEntry]
    most: int
    placed: set[int] = field(default_factory=set)

    def parts(self) -> Iterator[list[int]]:
        """Yield the numbers of the entries of each unit."""
        needs = self._needs()
        waiting = list(range(len(self.entries)))
        while waiting:
            part, waiting = self._ready(waiting, needs)
            if not part:
                part = sorted(_closure(waiting[0], needs, self.placed))
                waiting = [number for number in waiting if number not in set(part)]
            self.placed.update(part)
            yield part

    def _ready(self, waiting: Sequence[int], needs: Sequence[frozenset[int]]) -> tuple[list[int], list[int]]:
        """Return as many entries as a unit takes that refer only to what is placed or in the unit, and all others."""
        part: list[int] = []
        known = set(self.placed)
        rest: list[int] = []
        for number in waiting:
            if len(part) < self.most and needs[number] <= known:
                part.append(number)
                known.add(number)
            else:
                rest.append(number)
        return part, rest

    def _needs(self) -> list[frozenset[int]]:
        """Return for each entry the numbers of the others that it refers to by their fullUrl."""
        places = {}
        for number, entry in enumerate(self.entries):
            found = _FULL_URL[entry.form].search(entry.content)
            if found:
                places[found[1]] = number
        return [
            frozenset(
                place
                for name in _REFERENCE[entry.form].findall(entry.content)
                if (place := places.get(name)) is not None
            )
            - {number}
            for number, entry in enumerate(self.entries)
        ]


def _closure(first: int, needs: Sequence[frozenset[int]], placed: set[int]) -> set[int]:
    """Return an entry and everything that it needs, at any distance, and that is not placed yet."""
    found = {first}
    pending = [first]
    while pending:
        for number in needs[pending.pop()]:
            if number not in found and number not in placed:
                found.add(number)
                pending.append(number)
    return found
