"""Whether the system that asks in somebody's name, or the app through which they ask, may do so; what they may see is for other rules.

Hazards guarded here: records read by a supplier's system whose people are not at work with it, and a whole record opened by an app because
its user opened it in an emergency. The decision needs both: the system is registered for people of the asker's organisation and for this
purpose, or the app for emergencies where it is one, and the asker may see it themselves.
"""

from lhcr.access.case import Case
from lhcr.access.verdict import Verdict, abstain, deny_always
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.nhs.purposes import Purpose

RULE = "acting"


def judge(case: Case) -> Verdict:
    principal, actor = case.principal, case.principal.actor
    if actor is None:
        return _of_app(principal)
    if principal.kind is not PrincipalKind.PROFESSIONAL:
        return deny_always(RULE, "A system acts for professionals alone.")
    if principal.organisation != actor.acts_for:
        return deny_always(RULE, "The system is not registered to act for people of the asker's organisation.")
    if principal.purpose is Purpose.EMERGENCY_TREATMENT or principal.purpose not in actor.purposes:
        return deny_always(RULE, "The system is not registered to act for this purpose.")
    if not principal.scopes:
        return deny_always(RULE, "A system acts within scopes, and the token carries none.")
    return abstain(RULE, "The system is registered to act for people of the asker's organisation, for this purpose.")


def _of_app(principal: Principal) -> Verdict:
    """Judge an app through which somebody asks themself: what they let it do is in its scopes, but an emergency is their own."""
    app = principal.app
    if app is None:
        return abstain(RULE, "No system acts for the asker.")
    if principal.purpose is Purpose.EMERGENCY_TREATMENT and not app.emergency:
        return deny_always(RULE, "The app is not registered to ask inside an emergency.")
    return abstain(RULE, "The asker asks through an app that they let act for them.")
