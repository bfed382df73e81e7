"""Sharing agreements together: what each source shares with one asker now, by the agreement that names both most closely.

Hazards guarded here: what an organisation does not share shown to others, and an agreement that ends and so opens what it was there to
limit. What has ended shares nothing, and what is not named is not shared.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from lhcr.access.agreement import EVERY, Agreement, SafetyTester
from lhcr.access.agreement_policy import Otherwise
from lhcr.access.policy import OTHER
from lhcr.access.span import ENDLESS

_NOTHING: Final[frozenset[str]] = frozenset()
_MOST_REMEMBERED: Final = 10_000
#: Recipient, who of its users is told apart as a tester, and whether inside an emergency.
_Asker: TypeAlias = tuple[str, SafetyTester | None, bool]


class Term(NamedTuple):
    """One agreement as it stands for one asker: its place in the list, and whether it shares now, None where it has ended."""

    place: int
    shares: bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """What the agreements say to one asker, as long as none begins or ends: the same to everybody to whom they say the same.

    `by_source` are the terms by the sources that they name. `changes`: when the next agreement begins or ends, if any does.
    """

    by_source: Mapping[str, tuple[Term, ...]]
    changes: datetime | None = None


#: Of somebody whom no agreement is about.
NO_TERMS: Final = Terms(MappingProxyType({}))


class Agreements:
    """All agreements of an area as they stood at one epoch of the policy; what they come to is worked out once."""

    def __init__(self, agreements: Sequence[Agreement] = ()) -> None:
        self.all = tuple(agreements)
        self._by_recipient = _by_recipient(self.all)
        self._testers = frozenset[SafetyTester]().union(*(each.testers for each in self.all))
        self._terms: dict[_Asker, tuple[datetime, Terms]] = {}
        self._shared: dict[tuple[Terms, str, str, frozenset[str], Otherwise], frozenset[str]] = {}

    def terms(self, organisation: str, user_id: str, *, emergency: bool, now: datetime) -> Terms:
        """Return what holds for one user at an instant. An agreement that has not begun is about nobody yet."""
        recipient = organisation if organisation in self._by_recipient else EVERY
        places = self._by_recipient[recipient]
        if not places:
            return NO_TERMS
        user = SafetyTester(organisation, user_id)
        asker = (recipient, user if user in self._testers else None, emergency)
        worked_out, found = self._terms.get(asker, (now, None))
        if found is None or now < worked_out or (found.changes is not None and found.changes <= now):
            found = self._work_out(places, user, emergency=emergency, now=now)
            self._terms[asker] = (now, found)
        return found

    def _work_out(self, places: tuple[int, ...], user: SafetyTester, *, emergency: bool, now: datetime) -> Terms:
        by_source, changes = dict[str, list[Term]](), list[datetime]()
        for place in places:
            one = self.all[place]
            changes += [each for each in (one.low, one.high) if now < each < ENDLESS]
            if one.low <= now:
                shares = one.shares_with(user, emergency=emergency) if now < one.high else None
                for source in one.sources:
                    by_source.setdefault(source, []).append(Term(place, shares))
        terms = {source: tuple(terms) for source, terms in by_source.items()}
        return Terms(MappingProxyType(terms), min(changes, default=None))

    def shared(
        self, terms: Terms, source: str, recipient: str, *, every: frozenset[str], otherwise: Otherwise
    ) -> frozenset[str]:
        """Return the categories, of `every` that an agreement can be about, that a source shares with a recipient."""
        key = (terms, source, recipient, every, otherwise)
        found = self._shared.get(key)
        if found is None:
            if len(self._shared) >= _MOST_REMEMBERED:
                self._shared.clear()
            found = self._shared[key] = self._sharing(terms, source, recipient, every=every, otherwise=otherwise)
        return found

    def _sharing(
        self, terms: Terms, source: str, recipient: str, *, every: frozenset[str], otherwise: Otherwise
    ) -> frozenset[str]:
        """Hazard: a sensitive item exposed by what tells of it. Where a kind of entry is not shared neither is `other`, in which
        there is what follows entries of every kind, such as their Provenance.
        """
        closest = self._closest(terms, source, recipient)
        if not closest:
            return every if otherwise is Otherwise.OPEN else _NOTHING
        opened = _NOTHING.union(*(self._about(each, every) for each in closest if each.shares))
        # Of two that are about the same the stricter counts.
        stopped = _NOTHING.union(*(self._about(each, every) for each in closest if each.shares is False))
        shared = opened - stopped
        return shared if shared == every else shared - {OTHER}

    def _closest(self, terms: Terms, source: str, recipient: str) -> Sequence[Term]:
        about = terms.by_source.get(source) or terms.by_source.get(EVERY, ())
        return [term for term in about if recipient in self.all[term.place].recipients] or about

    def _about(self, term: Term, every: frozenset[str]) -> frozenset[str]:
        named = self.all[term.place].categories
        return every if EVERY in named else named & every

    def sources(self, terms: Terms) -> tuple[str, ...]:
        """Return the sources that terms name, sorted."""
        return tuple(sorted(terms.by_source.keys() - {EVERY}))


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
