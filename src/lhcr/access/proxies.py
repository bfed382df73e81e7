"""Proxies, and the person themself: whose word on which citizen may open a record is taken.

Hazard guarded here: a record opened to somebody by one who may not read it. Whoever names a citizen gives all that a citizen reads
out of hand, so that amending demographics alone names none.
"""

from collections.abc import Iterable

from lhcr.access.categories import categories_of_type
from lhcr.access.competence import Competence
from lhcr.access.coverage import readable_categories
from lhcr.access.policy import Policy
from lhcr.access.relationship import PARENT, PROXY, Tie
from lhcr.access.smart_scope import granted_types
from lhcr.identity.principal import Principal, PrincipalKind


def is_proxy(ties: Iterable[Tie], *, competence: Competence) -> bool:
    """Return whether ties with a citizen let them open the record of somebody of a competence as a proxy.

    Hazard: a sensitive item exposed to a parent who is no parent's proxy any more, by a code for those who act for adults. Who was
    appointed acts in somebody's place, and so opens no more than the person could.
    """
    in_force = {tie.kind for tie in ties if tie.until is not None}
    return (PROXY in in_force and competence.person_may) or (PARENT in in_force and competence.parents_may)


def may_name_proxies(writer: Principal, *, policy: Policy) -> bool:
    """Return whether a writer's entries say who may act for somebody.

    They do of an organisation that the policy names: of its systems, and of a professional with all of the policy's activities
    for it who reads everything that a proxy would, with the app in hand too.
    """
    if writer.organisation not in policy.proxy_sources:
        return False
    if writer.kind is not PrincipalKind.PROFESSIONAL:
        return writer.kind is PrincipalKind.SYSTEM
    return _has_activities(writer, policy) and policy.citizen_reads <= _read_by(writer, policy)


def may_name_the_person(writer: Principal, *, policy: Policy) -> bool:
    """Return whether the NHS number that a writer gives somebody opens the record to the citizen who has it.

    That of a system does, which sends what its organisation holds, and that of a professional who reads all that the citizen would.
    """
    return writer.kind is PrincipalKind.SYSTEM or (
        writer.kind is PrincipalKind.PROFESSIONAL and policy.citizen_reads <= _read_by(writer, policy)
    )


def _has_activities(writer: Principal, policy: Policy) -> bool:
    """Where the policy names none, no professional has them."""
    return bool(policy.proxy_activities) and policy.proxy_activities <= writer.activities


def _read_by(writer: Principal, policy: Policy) -> frozenset[str]:
    covered, types = readable_categories(writer, policy=policy), granted_types(writer)
    if types is None:
        return covered
    return covered & frozenset[str]().union(*(categories_of_type(each, policy=policy) for each in types))
