"""Whether the way in which the asker signed in may ever grant what is asked, whatever the token claims."""

from lhcr.access.case import Case
from lhcr.access.permissions import may_grant, needed
from lhcr.access.verdict import Verdict, abstain, deny_always

RULE = "sign-in"


def judge(case: Case) -> Verdict:
    for permission in needed(case):
        if not may_grant(case.principal.sign_in, permission):
            return deny_always(RULE, f"This way of signing in never grants it: {permission.display}.")
    return abstain(RULE, "The way of signing in may grant this.")
