"""The asker's own record, where they are old enough for it, or one of a person for whom they are a proxy."""

from lhcr.access.case import Case
from lhcr.access.proxies import is_proxy
from lhcr.access.relationship import SELF
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
    if case.competence.person_may and any(tie.kind == SELF and tie.until is not None for tie in case.ties):
        return permit(RULE, "It is the asker's own record.")
    if case.principal.app is not None and case.principal.app.own_only:
        # Hazard: a child's record in an app that its parent let in for their own. It says the same of a stranger.
        return deny_always(RULE, "This is not the asker's own record, and they let the app see that alone.")
    if is_proxy(case.ties, competence=case.competence):
        return permit(RULE, "The asker is this person's proxy.")
    # Hazard: who is refused for an age must not learn more of who has a record here than a stranger does.
    return deny_always(RULE, "This is neither the asker's own record nor one for which they are a proxy.")
