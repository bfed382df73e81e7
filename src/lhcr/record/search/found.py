"""What a search found: entries with their stored bytes, and the page that holds them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

Item = tuple[str, str, int]
"""(type, id, version) of a resource that is disclosed."""


class Entry(NamedTuple):
    """A resource as it is served. `person_id` is whose it is: 0 the directory, below 0 the shelf."""

    person_id: int
    rid: int
    type: str
    id: str
    version: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """One page of a search.

    `total`: how many resources match in all, where that was asked for. `after`: where the next page begins, plain data that goes
    back into `RecordSearch.search`, None on the last page. `cut`: not everything that should be included is. `noticed`: the asker is told that entries of the person's are hidden from
    them. `policy_epoch` and `person_epoch` stood when the last row was read; both only ever
    grow, so a decision that was made from them stood for every row (None: the decision is about no one person).
    """

    matches: Sequence[Entry] = ()
    included: Sequence[Entry] = ()
    total: int | None = None
    after: list[Any] | None = None
    cut: bool = False
    noticed: bool = False
    policy_epoch: int
    person_epoch: int | None

    def entries(self) -> Iterator[Entry]:
        yield from self.matches
        yield from self.included

    def disclosed(self) -> Mapping[int, list[Item]]:
        """Return what the page says about each person; what is about nobody stands under 0."""
        found: dict[int, list[Item]] = {}
        for entry in self.entries():
            found.setdefault(max(entry.person_id, 0), []).append((entry.type, entry.id, entry.version))
        return found
