"""Emergency access: whether somebody may begin an emergency session about a person, and the purpose inside one.

Emergency treatment (ETREAT of HL7 v3 ActReason) is a purpose that no token gives: it holds about one person, for one user, inside
a session that is recorded, and it lifts what is denied unless there is an emergency, nothing else.
"""

from dataclasses import replace
from typing import Final

from lhcr.access.permissions import Permission, may_grant
from lhcr.access.relationship import EMERGENCY, Tie, holds_own_word
from lhcr.access.verdict import Verdict, deny_always, permit
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Activity

RULE: Final = "emergency"


def judge_emergency(principal: Principal) -> Verdict:
    """Return whether somebody may begin emergency sessions at all, whoever the person is."""
    if principal.kind is not PrincipalKind.PROFESSIONAL or not principal.organisation or not principal.user_id:
        return deny_always(RULE, "Only professionals who work for an organisation have emergency access.")
    if Activity.EMERGENCY_ACCESS not in principal.activities:
        return deny_always(RULE, "Your role does not include emergency access.")
    if not may_grant(principal.sign_in, Permission.EMERGENCY_ACCESS):
        return deny_always(RULE, "Your way of signing in never grants emergency access.")
    return permit(RULE, "The role includes emergency access.")


def may_begin_emergency(principal: Principal) -> bool:
    return judge_emergency(principal).permits


def in_emergency(principal: Principal, ties: tuple[Tie, ...]) -> bool:
    """Return whether somebody asks for emergency treatment inside a session of theirs about the person asked for.

    `ties` are those of that person with the asker. Hazards: a session about one person that opens another; a session that outlives its end; one whose user has lost the activity.
    """
    return (
        principal.purpose is Purpose.EMERGENCY_TREATMENT
        and may_begin_emergency(principal)
        and holds_own_word(principal, ties, kind=EMERGENCY)
    )


def for_emergency(principal: Principal) -> Principal:
    """Return the asker with the purpose of emergency treatment; whether it counts is the gate's to say of each request."""
    purposes = tuple(dict.fromkeys((*principal.purposes, Purpose.EMERGENCY_TREATMENT)))
    return replace(principal, purposes=purposes, purpose=Purpose.EMERGENCY_TREATMENT)
