"""Which sources answered, how fresh they are, and which sections policy closes: it travels with every view."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from lhcr.views.entry import Source


class Whereabouts(Enum):
    """What a reader is shown of where somebody lives who is restricted. Of anybody else it says nothing."""

    WITHHELD = "withheld"
    SHOWN = "shown"
    """To whoever sees only what their own organisation wrote."""
    OWN = "own"
    """To the person themself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAnswer:
    """What one source gave. `fresh` is the instant to which its data reach.

    `not_shared` holds keys of sections of which it shares nothing, `partly_shared` of those of which it shares some kinds of entry.
    """

    source: Source
    reached: bool = True
    fresh: datetime | None = None
    not_shared: frozenset[str] = frozenset()
    partly_shared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """The sources that gave something, and what the reader may not see; `cut` where a record is too long to be read whole.

    `closed` are the sections of which the reader may see nothing, `narrowed` those of which they may see some kinds of entry.
    `withholds` says that policy keeps sensitive entries of others from the reader, `own_only` that they see only what
    their own organisation wrote, `objected` that they do because the person objects to sharing anything else, `silent` who by agreement does not share everything with their organisation, whether or not it wrote
    anything. All five follow from policy and the asker alone. Hazard: were they derived from hidden rows, they would tell that
    there are some. `noticed`: the reader is told that something of the person's is hidden from them, in the sections `hidden` where
    policy lets that be told; `tells_withheld`: so they may be of sensitive entries. `whereabouts` follows from the decision. `chooses`: by policy the reader may choose about the record's sharing.
    """

    sources: tuple[SourceAnswer, ...] = ()
    closed: frozenset[str] = frozenset()
    narrowed: frozenset[str] = frozenset()
    withholds: bool = False
    own_only: bool = False
    objected: bool = False
    silent: tuple[SourceAnswer, ...] = ()
    cut: bool = False
    chooses: bool = False
    noticed: bool = False
    hidden: frozenset[str] = frozenset()
    tells_withheld: bool = False
    whereabouts: Whereabouts = Whereabouts.WITHHELD

    @property
    def whole(self) -> bool:
        """Whether every source that was asked has answered, and all of it is here."""
        return not self.cut and all(answer.reached for answer in self.sources)

    @property
    def unreached(self) -> tuple[SourceAnswer, ...]:
        return tuple(answer for answer in self.sources if not answer.reached)

    def is_narrowed(self, section: str) -> bool:
        """Whether a section may hold entries that were not looked at, because the reader may not see them."""
        narrowed = self.withholds or self.own_only or self.noticed or section in self.narrowed
        return narrowed or bool(self.not_sharing(section))

    @property
    def limits(self) -> bool:
        """Whether anything at all may be recorded that the reader may not see."""
        return self.withholds or self.own_only or self.noticed or bool(self.closed or self.narrowed or self.silent)

    def not_sharing(self, section: str) -> tuple[SourceAnswer, ...]:
        """Return who shares nothing of a section, or not all, among the sources that could be asked."""
        return tuple(
            answer
            for answer in (*self.sources, *self.silent)
            if answer.reached and section in answer.not_shared | answer.partly_shared
        )
