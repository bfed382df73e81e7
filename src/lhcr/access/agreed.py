"""What agreements leave of a permit, and what may be said of it: from the agreements alone, never from a row's existence.

Professionals alone are kept from anything by an agreement: citizens see their own record, systems only what their organisation
contributed. What the own organisation contributed, the directory and products are never narrowed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from lhcr.access.access_class import ClassTable
from lhcr.access.agreement import ABOUT_NOBODY
from lhcr.access.agreement_policy import Otherwise
from lhcr.access.agreements import NO_TERMS, Agreements, Term, Terms
from lhcr.access.policy import Policy
from lhcr.identity.principal import Principal, PrincipalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NotShared:
    """Categories that a source does not share with somebody's organisation. `source` is empty for whoever no agreement names."""

    source: str
    categories: frozenset[str]
    whole: bool


def terms_of(agreements: Agreements, principal: Principal, *, emergency: bool, now: datetime) -> Terms:
    if principal.kind is not PrincipalKind.PROFESSIONAL:
        return NO_TERMS
    return agreements.terms(principal.organisation, principal.user_id, emergency=emergency, now=now)


def agreed_with(terms: Terms, agreements: Agreements) -> tuple[tuple[str, bool | None], ...]:
    """Return the ids of the agreements with somebody's organisation, each with whether it shares with them, None where it has ended."""
    found = frozenset[Term]().union(*terms.by_source.values())
    return tuple(sorted((agreements.all[each.place].agreement_id, each.shares) for each in found))


def may_be_narrowed(principal: Principal, terms: Terms, *, policy: Policy) -> bool:
    """Whether agreements may keep anything from somebody."""
    closed = policy.file.agreements.otherwise is Otherwise.OFF
    return principal.kind is PrincipalKind.PROFESSIONAL and (closed or bool(terms.by_source))


def agreed_on(policy: Policy) -> frozenset[str]:
    """Return every category that an agreement can be about."""
    return frozenset(policy.categories) - ABOUT_NOBODY


def without_unshared(
    terms: Terms, classes: Iterable[int], *, table: ClassTable, own: str, policy: Policy
) -> tuple[int, ...]:
    """Return those of some classes that their sources share with an organisation, `own`."""
    return tuple(_shown(terms, classes, table=table, own=own, policy=policy))


def _shown(terms: Terms, classes: Iterable[int], *, table: ClassTable, own: str, policy: Policy) -> Iterator[int]:
    every, known = agreed_on(policy), dict[str, frozenset[str]]()
    for class_id in classes:
        source, category = table.ods_of(class_id), table.category_of(class_id)
        if source not in known:
            known[source] = _shared(terms, source, own, table.agreements, every=every, policy=policy)
        if (own and source == own) or category in ABOUT_NOBODY or category in known[source]:
            yield class_id


def _shared(
    terms: Terms, source: str, own: str, agreements: Agreements, *, every: frozenset[str], policy: Policy
) -> frozenset[str]:
    return agreements.shared(terms, source, own, every=every, otherwise=policy.file.agreements.otherwise)


def not_shared(terms: Terms, agreements: Agreements, *, own: str, policy: Policy) -> tuple[NotShared, ...]:
    """Return what sources do not share with an organisation, those that agreements name first, then all others as one."""
    every = agreed_on(policy)
    named = (source for source in agreements.sources(terms) if source != own)
    found = ((each, every - _shared(terms, each, own, agreements, every=every, policy=policy)) for each in (*named, ""))
    return tuple(NotShared(source=each, categories=kept, whole=kept == every) for each, kept in found if kept)
