"""Secondary use: research, public health and planning, from which the National Data Opt-out keeps a person's record.

It never opens anything, and never touches a person's own care or their own asking. Hazards guarded here: somebody's record used for
research against their word, also where it cannot be told whether they gave it; a refusal that tells a stranger of an opt-out. Nothing is
said before a relationship permits.
"""

from lhcr.access.case import Case
from lhcr.access.rules import relationship
from lhcr.access.verdict import Verdict, VerdictKind, abstain, deny_always

RULE = "secondary-use"


def judge(case: Case) -> Verdict:
    if not case.policy.file.secondary_use.is_secondary(case.principal.purpose):
        return abstain(RULE, "The purpose is no secondary use.")
    if not case.names_person:
        return deny_always(RULE, "Research and planning may ask only about one person at a time.")
    if case.no_opt_out or relationship.judge(case).kind is VerdictKind.DENY_UNLESS_EMERGENCY:
        return abstain(RULE, "The National Data Opt-out stops nothing here that other rules permit.")
    return deny_always(
        RULE,
        "The National Data Opt-out keeps this record from research and planning, or it is not known whether it does.",
    )
