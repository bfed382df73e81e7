"""Whether the purpose of use fits the asker."""

from lhcr.access.case import Case
from lhcr.access.verdict import Verdict, abstain, deny_always
from lhcr.nhs.purposes import Purpose

RULE = "purpose"


def judge(case: Case) -> Verdict:
    purpose = case.principal.purpose
    if case.in_emergency:
        return abstain(RULE, "The purpose is emergency treatment, inside a recorded emergency session.")
    if purpose is Purpose.EMERGENCY_TREATMENT:
        return deny_always(RULE, "Emergency treatment is a purpose only inside a recorded emergency session.")
    if purpose not in case.policy.purposes.get(case.principal.kind, frozenset()):
        return deny_always(RULE, f"The purpose {purpose.code} gives this kind of asker no access.")
    return abstain(RULE, f"The purpose is {purpose.display}.")
