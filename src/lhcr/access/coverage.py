"""Coverage: the categories that a principal's role, activities and occupation let them read or write, whoever it is about."""

from lhcr.access.policy import Policy
from lhcr.identity.principal import Principal, PrincipalKind

_NONE: frozenset[str] = frozenset()


def readable_categories(principal: Principal, *, policy: Policy) -> frozenset[str]:
    """Return the categories that may be read. A system reads every category of its own organisation's; see the rules."""
    if principal.kind is PrincipalKind.CITIZEN:
        return policy.citizen_reads
    covered = _NONE.union(*(policy.reads.get(activity, _NONE) for activity in principal.activities))
    return covered & policy.occupation_reads.get(principal.occupation, covered)


def writable_categories(principal: Principal, *, policy: Policy) -> frozenset[str]:
    """Return the categories that may be written. A citizen writes nothing here."""
    if principal.kind is not PrincipalKind.PROFESSIONAL:
        return _NONE
    by_activity = (policy.writes.get(activity, _NONE) for activity in principal.activities)
    covered = policy.role_writes.get(principal.role_code, _NONE).union(*by_activity)
    return covered & policy.occupation_writes.get(principal.occupation, covered)
