"""Whether the system that asks in somebody's name may do so; what they themselves may see is for the other rules.

Hazard guarded here: records read by a supplier's system whose people are not at work with it. The decision needs both: the system is
registered for people of the asker's organisation and for this purpose, and the asker may see it themselves.
"""

from lhcr.access.case import Case
from lhcr.access.verdict import Verdict, abstain, deny_always
from lhcr.identity.principal import PrincipalKind
from lhcr.nhs.purposes import Purpose

RULE = "acting"


def judge(case: Case) -> Verdict:
    principal, actor = case.principal, case.principal.actor
    if actor is None:
        return abstain(RULE, "No system acts for the asker.")
    if principal.kind is not PrincipalKind.PROFESSIONAL:
        return deny_always(RULE, "A system acts for professionals alone.")
    if principal.organisation != actor.acts_for:
        return deny_always(RULE, "The system is not registered to act for people of the asker's organisation.")
    if principal.purpose is Purpose.EMERGENCY_TREATMENT or principal.purpose not in actor.purposes:
        return deny_always(RULE, "The system is not registered to act for this purpose.")
    if not principal.scopes:
        return deny_always(RULE, "A system acts within scopes, and the token carries none.")
    return abstain(RULE, "The system is registered to act for people of the asker's organisation, for this purpose.")
