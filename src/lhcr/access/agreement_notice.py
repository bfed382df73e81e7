"""What an asker is told that sources do not share with their organisation: worked out once for all to whom agreements say the same."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeAlias, TypeVar

from lhcr.access.agreed import NotShared, may_be_narrowed, not_shared, terms_of
from lhcr.access.agreements import Agreements, Terms
from lhcr.access.coverage import kinds_among, readable_categories
from lhcr.access.policy import Policy
from lhcr.identity.principal import Principal
from lhcr.nhs.purposes import Purpose

_MOST_REMEMBERED: Final = 2_000
#: A source, empty for whoever has no agreement, and the kinds of entry that it does not share; none: nothing at all.
Unshared: TypeAlias = tuple[str, tuple[str, ...]]
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class AgreementNotices:
    """The notices of one worker."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._told: dict[tuple[Terms, str], tuple[NotShared, ...]] = {}
        self._kinds: dict[tuple[Terms, str, frozenset[str], tuple[str, ...]], tuple[Unshared, ...]] = {}

    def not_shared(self, principal: Principal, agreements: Agreements, *, now: datetime) -> tuple[NotShared, ...]:
        """Return what sources do not share with somebody's organisation, whoever it is about."""
        return self._not_shared(principal, agreements, _terms(principal, agreements, now=now))

    def unshared(
        self, principal: Principal, agreements: Agreements, types: Sequence[str], *, now: datetime
    ) -> tuple[Unshared, ...]:
        """Return who does not share entries of some types, of all where none is named, with their kinds as FHIR names them.

        What the asker's role does not show anyway is passed over.
        """
        terms = _terms(principal, agreements, now=now)
        if not (told := self._not_shared(principal, agreements, terms)):
            return ()
        readable = readable_categories(principal, policy=self._policy)
        key = (terms, principal.organisation, readable, tuple(types))
        if key not in self._kinds:
            _make_room(self._kinds)
            kinds = ((each, kinds_among(types, each.categories & readable, policy=self._policy)) for each in told)
            self._kinds[key] = tuple((each.source, () if each.whole else some) for each, some in kinds if some)
        return self._kinds[key]

    def _not_shared(self, principal: Principal, agreements: Agreements, terms: Terms) -> tuple[NotShared, ...]:
        if not may_be_narrowed(principal, terms, policy=self._policy):
            return ()
        key = (terms, principal.organisation)
        if key not in self._told:
            _make_room(self._told)
            self._told[key] = not_shared(terms, agreements, own=principal.organisation, policy=self._policy)
        return self._told[key]


def _terms(principal: Principal, agreements: Agreements, *, now: datetime) -> Terms:
    """Nobody but whoever is inside an emergency has a decision for that purpose."""
    emergency = principal.purpose is Purpose.EMERGENCY_TREATMENT
    return terms_of(agreements, principal, emergency=emergency, now=now)


def _make_room(known: dict[_Key, _Value]) -> None:
    if len(known) >= _MOST_REMEMBERED:
        known.clear()
