"""Sharing agreements together: what each source shares with one asker now, by the agreement that names both most closely.

Hazards guarded here: what an organisation does not share shown to others, and an agreement that ends and so opens what it was there to
limit. What has ended shares nothing, and what is not named is not shared.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from lhcr.access.agreement import EVERY, Agreement, SafetyTester
from lhcr.access.agreement_policy import Otherwise
from lhcr.access.policy import OTHER
from lhcr.access.span import ENDLESS

_NOTHING: Final[frozenset[str]] = frozenset()


class Term(NamedTuple):
    """One agreement as it stands for one asker: its place in the list, and whether it shares now, None where it has ended."""

    place: int
    shares: bool | None


class Terms(NamedTuple):
    """What the agreements say to one asker at one instant. `changes`: when the next of them begins or ends, if any does."""

    terms: tuple[Term, ...] = ()
    changes: datetime | None = None


#: Of somebody whom no agreement is about.
NO_TERMS: Final = Terms()


class Agreements:
    """All agreements of an area as they stood at one epoch of the policy."""

    def __init__(self, agreements: Sequence[Agreement] = ()) -> None:
        self.all = tuple(agreements)
        self._by_recipient = _by_recipient(self.all)

    def terms(self, organisation: str, user_id: str, *, emergency: bool, now: datetime) -> Terms:
        """Return what holds for one user at an instant. An agreement that has not begun is about nobody yet."""
        places = self._by_recipient.get(organisation, self._by_recipient.get(EVERY, ()))
        if not places:
            return NO_TERMS
        asker, found, changes = SafetyTester(organisation, user_id), list[Term](), list[datetime]()
        for place in places:
            one = self.all[place]
            changes += [each for each in (one.low, one.high) if now < each < ENDLESS]
            if one.low <= now:
                shares = one.shares_with(asker, emergency=emergency) if now < one.high else None
                found.append(Term(place, shares))
        return Terms(tuple(found), min(changes, default=None))

    def shared(
        self, terms: Terms, source: str, recipient: str, *, every: frozenset[str], otherwise: Otherwise
    ) -> frozenset[str]:
        """Return the categories, of `every` that an agreement can be about, that a source shares with a recipient.

        Hazard: a sensitive item exposed by what tells of it. Where a kind of entry is not shared neither is `other`, in which there
        is what follows entries of every kind, such as their Provenance.
        """
        closest = self._closest(terms, source, recipient)
        if not closest:
            return every if otherwise is Otherwise.OPEN else _NOTHING
        opened = _NOTHING.union(*(self._about(each, every) for each in closest if each.shares))
        # Of two that are about the same the stricter counts.
        stopped = _NOTHING.union(*(self._about(each, every) for each in closest if each.shares is False))
        shared = opened - stopped
        return shared if shared == every else shared - {OTHER}

    def _closest(self, terms: Terms, source: str, recipient: str) -> list[Term]:
        by_closeness: dict[int, list[Term]] = {}
        for term in terms.terms:
            closeness = self.all[term.place].closeness(source, recipient)
            if closeness is not None:
                by_closeness.setdefault(closeness, []).append(term)
        return by_closeness[max(by_closeness)] if by_closeness else []

    def _about(self, term: Term, every: frozenset[str]) -> frozenset[str]:
        named = self.all[term.place].categories
        return every if EVERY in named else named & every

    def sources(self, terms: Terms) -> tuple[str, ...]:
        """Return the sources that terms name, sorted."""
        named = (self.all[each.place].sources for each in terms.terms)
        return tuple(sorted(frozenset[str]().union(*named) - {EVERY}))


def _by_recipient(agreements: Sequence[Agreement]) -> Mapping[str, tuple[int, ...]]:
    """The places of agreements by recipient; of one that is not named, those with everybody."""
    recipients: Iterable[str] = {EVERY}.union(*(each.recipients for each in agreements))
    return MappingProxyType(
        {
            recipient: tuple(
                place for place, each in enumerate(agreements) if not each.recipients.isdisjoint({recipient, EVERY})
            )
            for recipient in recipients
        }
    )


NO_AGREEMENTS: Final = Agreements()
