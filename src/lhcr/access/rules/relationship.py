"""Whether the organisation has a legitimate relationship with the person, derived from facts that are in force now."""

from lhcr.access.case import Case
from lhcr.access.claims import holds_claim
from lhcr.access.relationship import CLAIMED, CONTRIBUTION
from lhcr.access.request import Interaction
from lhcr.access.verdict import Verdict, abstain, deny_always, deny_unless_emergency, permit
from lhcr.identity.principal import PrincipalKind

RULE = "relationship"
WITHOUT_PERSON = "person-not-named"
#: One sentence for a stranger, for whom nothing is in force any more and for a person who is not here at all.
NOTHING_IN_FORCE = "Nothing in force ties the organisation to this person."


def judge(case: Case) -> Verdict:
    if case.principal.kind is not PrincipalKind.PROFESSIONAL or case.request.interaction in {
        Interaction.TRACE,
        Interaction.AUDIT_READ,
        Interaction.ORDER,
    }:
        return abstain(RULE, "This rule is about professionals who open a record.")
    if case.of_directory or case.of_products or case.on_shelf:
        return abstain(RULE, "The target is about nobody.")
    if not case.names_person:
        return _without_person(case)
    if kinds := derived_kinds(case):
        return permit(RULE, f"The organisation has a relationship with the person: {', '.join(kinds)}.")
    if holds_claim(case.principal, case.ties, policy=case.policy):
        return permit(RULE, f"The asker has a relationship with the person on their own word alone: {CLAIMED}.")
    # Inside an emergency nothing narrows the record to own contributions: what is denied here is what the emergency lifts.
    if any(tie.kind == CONTRIBUTION for tie in case.ties) and not case.in_emergency:
        return abstain(RULE, "No relationship is in force; only own contributions may be seen.")
    return deny_unless_emergency(RULE, NOTHING_IN_FORCE)


def _without_person(case: Case) -> Verdict:
    if case.request.interaction.writes:
        return abstain(RULE, "A new contribution names nobody yet.")
    return deny_always(WITHOUT_PERSON, "Entries about people can be asked for only by naming one person.")


def derived_kinds(case: Case) -> list[str]:
    """Return the kinds of relationship in force that facts of the record tell of, on nobody's own word."""
    kinds = frozenset(case.policy.file.relationship_days_after)
    return sorted({tie.kind for tie in case.ties if tie.until is not None and tie.kind in kinds})
