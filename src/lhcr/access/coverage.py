"""Coverage: the categories that a principal's role, activities and occupation let them read or write, whoever it is about."""

from collections.abc import Iterable

from lhcr.access.categories import categories_of_type
from lhcr.access.policy import DIRECTORY, OTHER, Policy
from lhcr.fhir.search.catalogue import type_ids
from lhcr.identity.principal import Principal, PrincipalKind

_NONE: frozenset[str] = frozenset()
_NEVER_STORED = "Parameters"


def readable_categories(principal: Principal, *, policy: Policy) -> frozenset[str]:
    """Return the categories that may be read. A system reads every category of its own organisation's; see the rules."""
    if principal.kind is PrincipalKind.CITIZEN:
        return policy.citizen_reads
    covered = _NONE.union(*(policy.reads.get(activity, _NONE) for activity in principal.activities))
    return covered & policy.occupation_reads.get(principal.occupation, covered)


def withheld_kinds(principal: Principal, types: Iterable[str], *, policy: Policy) -> tuple[str, ...]:
    """Return `withheld_categories` of some types, of all where none is named, as FHIR names them: by type, sorted.

    Of a type of which some entries are shown, the codes of `category` are named by which the others are told:
    `Observation (category laboratory or imaging)`.
    """
    withheld = frozenset(withheld_categories(principal, types := tuple(types), policy=policy))
    return kinds_among(types, withheld, policy=policy)


def kinds_among(types: Iterable[str], withheld: frozenset[str], *, policy: Policy) -> tuple[str, ...]:
    """Return what of some types, of all where none is named, lies in categories that are withheld, as FHIR names it: sorted."""
    if not withheld:
        return ()
    kinds = (_withheld_of(each, withheld, policy=policy) for each in sorted(types or {*type_ids()} - {_NEVER_STORED}))
    return tuple(kind for kind in kinds if kind)


def _withheld_of(type: str, withheld: frozenset[str], *, policy: Policy) -> str:
    categories = categories_of_type(type, policy=policy)
    if categories <= withheld:
        return type
    by_code = policy.file.category_of_code.get(type, {})
    own = policy.category_by_type.get(type, OTHER)
    if own in withheld:
        shown = sorted(code for code, category in by_code.items() if category not in withheld)
        return f"{type} (but for category {_one_of(shown)})"
    hidden = sorted(code for code, category in by_code.items() if category in withheld)
    return f"{type} (category {_one_of(hidden)})" if hidden else ""


def _one_of(codes: list[str]) -> str:
    *first, last = codes
    return f"{', '.join(first)} or {last}" if first else last


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
