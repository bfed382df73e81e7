"""Consent: what a person objects to, as rows of facts and as a decision weighs them.

Direct care rests on implied consent, so that no Consent permits more than there was, and none forbids nothing. An objection
stops others than whose own contribution something is: each organisation answers for what it contributed itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final, NamedTuple

from lhcr.access.policy import DEMOGRAPHICS, DIRECTORY, OTHER, PRODUCT

#: In the place of an organisation, source or category: whichever it is.
EVERY: Final = ""
_ABOUT_NOBODY: Final = frozenset({DIRECTORY, PRODUCT})
#: What no objection to a kind of entry can name: what is about nobody, and what tells one person from another.
NOT_TO_BE_OBJECTED_TO: Final = _ABOUT_NOBODY | {DEMOGRAPHICS}


class ConsentFact(NamedTuple):
    """A row to be: `organisation` is not to see what `source` contributed of `category`, or is excepted where it `permits`.

    `objection` numbers the objections of one Consent; an exception belongs to the one of its number. It holds from `low` up to,
    not including, `high` (UTC).
    """

    objection: int
    permits: bool
    organisation: str
    source: str
    category: str
    low: datetime
    high: datetime


class Part(NamedTuple):
    """Entries: of one source or of `EVERY`, of one category or of `EVERY`."""

    source: str
    category: str


@dataclass(frozen=True, slots=True)
class Objection:
    """What one objection in force keeps from one organisation. `by_name`: it names that organisation."""

    denied: frozenset[Part]
    excepted: frozenset[Part]
    by_name: bool

    @property
    def is_to_whole(self) -> bool:
        return Part(EVERY, EVERY) in self.denied

    @property
    def is_to_all(self) -> bool:
        """Whether nothing is left but what the organisation contributed itself."""
        return self.is_to_whole and not self.excepted

    def hides(self, source: str, category: str) -> bool:
        """Return whether it hides what others contributed of a source and category.

        Hazard: a sensitive item exposed by what tells of it. Where a kind of entry is hidden so is `other`, in which there is what
        follows entries of every kind, such as their Provenance.
        """
        kinds = {(source, category), (EVERY, category), (source, EVERY), (EVERY, EVERY)}
        if category in _ABOUT_NOBODY or not self.excepted.isdisjoint(kinds):
            return False
        if category == OTHER:
            return any(each.source in {EVERY, source} for each in self.denied)
        return not self.denied.isdisjoint(kinds)


@dataclass(frozen=True, slots=True)
class Consents:
    """What one organisation must know of a person's Consents now. `changes`: when the next objection begins or ends, if any does."""

    objections: tuple[Objection, ...] = ()
    changes: datetime | None = None


NO_CONSENTS: Final = Consents()


def consents_of(rows: Sequence[tuple[int, ConsentFact]], *, now: datetime) -> Consents:
    """Return what rows say now: each the rid of its Consent and a fact that concerns the organisation that asks.

    Rows are in the order of rid and objection.
    """
    if not rows:
        return NO_CONSENTS
    grouped = groupby(rows, key=lambda row: (row[0], row[1].objection))
    found = (_objection([fact for _, fact in facts if fact.low <= now < fact.high]) for _, facts in grouped)
    changes = [each for _, fact in rows for each in (fact.low, fact.high) if each > now]
    return Consents(tuple(each for each in found if each is not None), min(changes, default=None))


def _objection(facts: Iterable[ConsentFact]) -> Objection | None:
    parts: Mapping[bool, set[Part]] = {False: set(), True: set()}
    by_name = False
    for fact in facts:
        parts[fact.permits].add(Part(fact.source, fact.category))
        by_name |= not fact.permits and fact.organisation != EVERY
    return Objection(frozenset(parts[False]), frozenset(parts[True]), by_name) if parts[False] else None
