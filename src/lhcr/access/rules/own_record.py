"""The asker's own record, or one of a person for whom they are a proxy."""

from lhcr.access.case import Case
from lhcr.access.relationship import PROXY, SELF
from lhcr.access.verdict import Verdict, abstain, deny_always, permit
from lhcr.identity.principal import PrincipalKind

RULE = "own-record"


def judge(case: Case) -> Verdict:
    if case.principal.kind is not PrincipalKind.CITIZEN:
        return abstain(RULE, "This rule is about people who ask for themselves or as a proxy.")
    if case.of_directory or case.of_products:
        return abstain(RULE, "The target is about nobody.")
    if case.request.interaction.writes:
        return deny_always(RULE, "People cannot write clinical entries here.")
    in_force = {tie.kind for tie in case.ties if tie.until is not None}
    if SELF in in_force:
        return permit(RULE, "It is the asker's own record.")
    if PROXY in in_force:
        return permit(RULE, "The asker is this person's proxy.")
    return deny_always(RULE, "This is neither the asker's own record nor one for which they are a proxy.")
