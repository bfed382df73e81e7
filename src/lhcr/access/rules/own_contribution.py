"""What the asker's own organisation contributed: always theirs to see and correct, and nothing else by this rule."""

from lhcr.access.case import Case
from lhcr.access.relationship import CONTRIBUTION
from lhcr.access.request import Interaction
from lhcr.access.verdict import Verdict, abstain, deny_always, permit
from lhcr.identity.principal import PrincipalKind

RULE = "own-contribution"


def judge(case: Case) -> Verdict:
    kind, interaction = case.principal.kind, case.request.interaction
    if interaction in {Interaction.TRACE, Interaction.AUDIT_READ, Interaction.ORDER} or kind not in {
        PrincipalKind.SYSTEM,
        PrincipalKind.PROFESSIONAL,
    }:
        return abstain(RULE, "This rule is about what organisations contribute.")
    if not case.principal.organisation:
        return deny_always(RULE, "The token names no organisation, and who contributes must be known.")
    if kind is PrincipalKind.SYSTEM:
        return permit(RULE, "A system sees and changes what its own organisation contributed.", own_only=True)
    return _professional(case)


def _professional(case: Case) -> Verdict:
    if case.request.interaction.writes and not case.names_person:
        return permit(RULE, "A new contribution, or one about nobody, is the organisation's own.", own_only=True)
    if case.on_shelf:
        return permit(RULE, "Entries about nobody are open to the organisation that contributed them.", own_only=True)
    if any(tie.kind == CONTRIBUTION for tie in case.ties):
        return permit(RULE, "The organisation contributed to this person's record.", own_only=True)
    if case.names_person:
        return abstain(RULE, "The organisation has contributed nothing about this person.")
    return abstain(RULE, "The request names no person.")
