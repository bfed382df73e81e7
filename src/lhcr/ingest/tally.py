"""The tally of a load: how many entries were accepted, unchanged, folded and quarantined, and which references lead nowhere."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from lhcr.ingest.rejection import Rejection

#: Of more rejections than this only the number is told; each one is in the quarantine.
MOST_LISTED: Final = 1000


@dataclass(frozen=True, slots=True)
class RejectedEntry:
    """A rejection without its content, for the summary."""

    file: str
    place: str
    error: str
    reason: str


@dataclass(slots=True)
class Tally:
    """`folded` counts Patient contributions that joined a person who was here, `apart` those whose NHS number is set apart, because
    somebody else holds it; both are among `accepted`.

    `quarantined` counts by error code. `rejected` lists at most 1,000.
    """

    accepted: int = 0
    unchanged: int = 0
    folded: int = 0
    apart: int = 0
    quarantined: Counter[str] = field(default_factory=Counter)
    rejected: list[RejectedEntry] = field(default_factory=list)

    def reject(self, rejections: Iterable[Rejection]) -> None:
        for each in rejections:
            self.quarantined[each.error] += 1
            self._list(RejectedEntry(each.origin.file, each.origin.place, each.error, each.reason))

    def add(self, other: "Tally") -> None:
        self.accepted += other.accepted
        self.unchanged += other.unchanged
        self.folded += other.folded
        self.apart += other.apart
        self.quarantined.update(other.quarantined)
        for each in other.rejected:
            self._list(each)

    @property
    def entries(self) -> int:
        return self.accepted + self.unchanged + self.quarantined.total()

    def _list(self, rejected: RejectedEntry) -> None:
        if len(self.rejected) < MOST_LISTED:
            self.rejected.append(rejected)
