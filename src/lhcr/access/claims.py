"""Claiming a relationship: whether somebody may say, on their own word and for a time, that they care for a person."""

from typing import Final

from lhcr.access.permissions import Permission, may_grant
from lhcr.access.policy import Policy
from lhcr.access.relationship import CLAIMED, Tie, holds_own_word
from lhcr.access.verdict import Verdict, deny_always, permit
from lhcr.identity.principal import Principal, PrincipalKind

RULE: Final = "claim"


def judge_claim(principal: Principal, *, policy: Policy) -> Verdict:
    """Return whether somebody may claim relationships at all, whoever the person is."""
    if principal.kind is not PrincipalKind.PROFESSIONAL or not principal.organisation or not principal.user_id:
        return deny_always(RULE, "Only professionals who work for an organisation can claim a relationship.")
    if principal.role_code not in policy.file.claims.roles:
        return deny_always(RULE, "Your role cannot claim a relationship with a person.")
    if not may_grant(principal.sign_in, Permission.CLAIM_RELATIONSHIP):
        return deny_always(RULE, "Your way of signing in never lets you claim a relationship with a person.")
    return permit(RULE, "The role may claim a relationship.")


def may_claim(principal: Principal, *, policy: Policy) -> bool:
    return judge_claim(principal, policy=policy).permits


def holds_claim(principal: Principal, ties: tuple[Tie, ...], *, policy: Policy) -> bool:
    """Return whether a claim of the asker's is in force. Hazard: a claim that outlives the role that let it be made."""
    return holds_own_word(principal, ties, kind=CLAIMED) and may_claim(principal, policy=policy)
