"""Whether the token was granted what is asked, whatever its bearer's role would cover."""

from lhcr.access.case import Case
from lhcr.access.smart_scope import is_granted
from lhcr.access.verdict import Verdict, abstain, deny_always

RULE = "scope"


def judge(case: Case) -> Verdict:
    if not case.principal.scopes:
        return abstain(RULE, "The token carries no scopes, so the role alone decides.")
    if is_granted(case.principal, case.request.interaction, case.request.type):
        return abstain(RULE, "The token's scopes grant it.")
    return deny_always(RULE, "The token's scopes do not grant this.")
