"""Which sources answered, how fresh they are, and which sections policy closes: it travels with every view."""

from dataclasses import dataclass
from datetime import datetime

from lhcr.views.entry import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAnswer:
    """What one source gave. `fresh` is the instant to which its data reach; `not_shared` holds section keys."""

    source: Source
    reached: bool = True
    fresh: datetime | None = None
    not_shared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """The sources asked, and the sections that the reader's role may not see; `cut` where a record is too long to be read whole.

    `closed` follows from policy and the asker alone. Hazard: were it derived from hidden rows, it would tell that there
    are some.
    """

    sources: tuple[SourceAnswer, ...] = ()
    closed: frozenset[str] = frozenset()
    cut: bool = False

    @property
    def whole(self) -> bool:
        """Whether every source that was asked has answered, and all of it is here."""
        return not self.cut and all(answer.reached for answer in self.sources)

    @property
    def unreached(self) -> tuple[SourceAnswer, ...]:
        return tuple(answer for answer in self.sources if not answer.reached)

    def not_sharing(self, section: str) -> tuple[SourceAnswer, ...]:
        return tuple(answer for answer in self.sources if answer.reached and section in answer.not_shared)
