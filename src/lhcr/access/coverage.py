"""Coverage: the categories that a principal's role, activities and occupation let them read or write, whoever it is about."""

from collections.abc import Iterable

from lhcr.access.categories import categories_of_type
from lhcr.access.policy import DIRECTORY, Policy
from lhcr.identity.principal import Principal, PrincipalKind

_NONE: frozenset[str] = frozenset()


def readable_categories(principal: Principal, *, policy: Policy) -> frozenset[str]:
    """Return the categories that may be read. A system reads every category of its own organisation's; see the rules."""
    if principal.kind is PrincipalKind.CITIZEN:
        return policy.citizen_reads
    covered = _NONE.union(*(policy.reads.get(activity, _NONE) for activity in principal.activities))
    return covered & policy.occupation_reads.get(principal.occupation, covered)


def withheld_categories(principal: Principal, types: Iterable[str], *, policy: Policy) -> tuple[str, ...]:
    """Return the categories of some types, of all where none is named, that the asker never reads, whoever it is about.

    Said from policy alone, never from what a record holds: so it may be told to the asker.
    """
    if principal.kind is PrincipalKind.SYSTEM:
        return ()
    of_types = [categories_of_type(each, policy=policy) for each in types] or [frozenset(policy.categories)]
    return tuple(sorted(_NONE.union(*of_types) - readable_categories(principal, policy=policy) - {DIRECTORY}))


def withheld_labels(principal: Principal, *, policy: Policy) -> tuple[str, ...]:
    """Return the labels of entries that the asker is not shown unless their own organisation contributed them."""
    if principal.kind is PrincipalKind.SYSTEM:
        return ()
    is_citizen = principal.kind is PrincipalKind.CITIZEN
    return tuple(sorted(policy.hiding_labels if is_citizen else policy.sensitive_labels))


def writable_categories(principal: Principal, *, policy: Policy) -> frozenset[str]:
    """Return the categories that may be written. A citizen writes nothing here."""
    if principal.kind is not PrincipalKind.PROFESSIONAL:
        return _NONE
    by_activity = (policy.writes.get(activity, _NONE) for activity in principal.activities)
    covered = policy.role_writes.get(principal.role_code, _NONE).union(*by_activity)
    return covered & policy.occupation_writes.get(principal.occupation, covered)
