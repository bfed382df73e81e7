"""The person's objections: to sharing their record with everybody else, or with the asker's organisation.

An organisation goes on seeing what it contributed itself, and writing; what people see of their own record, or as a proxy, and what the
privacy office sees does not hang on it. Objections to a part stop nobody: the part is left out of what is read, without notice.
Hazard guarded here: a refusal that tells a stranger of an objection. Nothing is said before a relationship permits.
"""

from lhcr.access.case import Case
from lhcr.access.consent_policy import Strength
from lhcr.access.consented import may_be_stopped, objections_to_all
from lhcr.access.policy import Policy
from lhcr.access.relationship import CONTRIBUTION
from lhcr.access.rules import relationship
from lhcr.access.verdict import Verdict, abstain, deny_always, deny_unless_emergency

RULE = "consent"
_TO_EVERYBODY = "The person objects to sharing their record beyond the organisation that contributed each entry."
_TO_YOU = "The person objects to sharing their record with this organisation."


def judge(case: Case) -> Verdict:
    if not may_be_stopped(case):
        return abstain(RULE, "This rule is about professionals who open a record.")
    if not case.consents.objections:
        return abstain(RULE, "No objection of the person is in force.")
    if not case.in_emergency and not relationship.judge(case).permits:
        return abstain(RULE, "Objections are looked at where a relationship permits.")
    strongest = objections_to_all(case)
    if not strongest:
        return abstain(RULE, "The person objects to sharing a part of their record, which is left out.")
    reason = _TO_YOU if all(each.by_name for each, _ in strongest) else _TO_EVERYBODY
    is_lifted = case.in_emergency and all(strength is Strength.UNLESS_EMERGENCY for _, strength in strongest)
    if not is_lifted and (case.request.interaction.writes or any(tie.kind == CONTRIBUTION for tie in case.ties)):
        return abstain(RULE, f"{reason} Only the organisation's own contributions may be seen.")
    always = any(strength is Strength.ALWAYS for _, strength in strongest)
    return deny_always(RULE, reason) if always else deny_unless_emergency(RULE, reason)


def kept_to_own(policy: Policy) -> Verdict:
    """Return what stops a related organisation from more than it contributed itself, for a page that shows the whole or nothing."""
    reason = "The person objects to sharing with this organisation what others have contributed to their record."
    strengths = {policy.file.consent.to_everybody, policy.file.consent.to_an_organisation}
    return deny_always(RULE, reason) if Strength.ALWAYS in strengths else deny_unless_emergency(RULE, reason)
