"""Places: whether a permit shows where people live and can be found, or withholds it of those who are restricted.

Hazard guarded here: the address of a restricted person is exposed. It is withheld from everybody but the person themself and a
source that sees only what it contributed; a proxy may be the very one from whom the person is kept safe.
"""

from lhcr.access.case import Case
from lhcr.access.proxies import is_proxy
from lhcr.access.relationship import SELF
from lhcr.identity.principal import PrincipalKind
from lhcr.store.visibility import Places


def places_of(case: Case, *, own_only: bool) -> Places:
    """Return what a permit shows of places. `own_only`: it reaches only what the asker's own organisation contributed."""
    if own_only or is_trusted_citizen(case):
        return Places.SHOWN
    if not case.names_person:
        return Places.ASKED
    return Places.WITHHELD if case.restricted else Places.SHOWN


def is_trusted_citizen(case: Case) -> bool:
    """Whether the person asks for themself, or a proxy does where the policy trusts proxies with places."""
    if case.principal.kind is not PrincipalKind.CITIZEN:
        return False
    if any(tie.kind == SELF and tie.until is not None for tie in case.ties):
        return True
    return case.policy.file.restriction.proxies_see_places and is_proxy(case.ties, competence=case.competence)
