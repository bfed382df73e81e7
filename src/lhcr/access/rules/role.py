"""Whether the role and activities of the asker cover what is asked; the first rule in the order of explanation."""

from lhcr.access.case import Case
from lhcr.access.coverage import readable_categories, writable_categories
from lhcr.access.policy import PRODUCT
from lhcr.access.request import Interaction
from lhcr.access.verdict import Verdict, abstain, deny_always, permit
from lhcr.identity.principal import PrincipalKind
from lhcr.nhs.roles import Activity

RULE = "role"
#: Whatever a token of theirs claims: who runs an area is not who oversees it.
_NOBODY_IS_SEEN = "Those who run the area see nobody, neither in the record nor in the log."


def judge(case: Case) -> Verdict:
    interaction = case.request.interaction
    if interaction is Interaction.TRACE:
        return _trace(case)
    if interaction is Interaction.AUDIT_READ:
        return _audit_read(case)
    if interaction is Interaction.ORDER:
        return _order(case)
    return _write(case) if interaction.writes else _read(case)


def _trace(case: Case) -> Verdict:
    if case.principal.kind is PrincipalKind.OPERATOR:
        return deny_always(RULE, _NOBODY_IS_SEEN)
    if case.principal.kind is PrincipalKind.PROFESSIONAL and not case.principal.organisation:
        # Hazard: somebody's address told to whoever says nothing of where they work, so that nobody can ask them why.
        return deny_always(RULE, "Tracing a person needs a token that names the organisation.")
    if Activity.VIEW_DEMOGRAPHICS not in case.principal.activities:
        return deny_always(RULE, "Tracing a person needs a role that may view demographics.")
    own_only = case.principal.kind is PrincipalKind.SYSTEM
    return permit(RULE, "The role may view demographics, which is all that a trace shows.", own_only=own_only)


def _audit_read(case: Case) -> Verdict:
    if case.principal.kind is PrincipalKind.CITIZEN:
        return abstain(RULE, "A citizen may see who looked at a record that they may open.")
    if case.principal.kind is PrincipalKind.OPERATOR:
        return deny_always(RULE, _NOBODY_IS_SEEN)
    if Activity.VIEW_LOGS in case.principal.activities:
        return permit(RULE, "The role may view the log.")
    return deny_always(RULE, "Reading the log needs a role that may view logs.")


def _order(case: Case) -> Verdict:
    """Hazard: an entry that is gone or hidden on the word of somebody who does not answer for it."""
    if case.principal.kind is PrincipalKind.OFFICE and Activity.LEGAL_ACCESS in case.principal.activities:
        return permit(RULE, "The office may give orders over entries.")
    return deny_always(RULE, "An order over entries is the privacy office's, and needs a role with legal access.")


def _read(case: Case) -> Verdict:
    if case.of_directory:
        return permit(RULE, "The directory is open to everyone who is signed in.")
    if case.principal.kind is PrincipalKind.SYSTEM:
        return abstain(RULE, "A system's role does not decide what it reads.")
    covered = readable_categories(case.principal, policy=case.policy)
    if not covered or (case.categories is not None and not covered & case.categories):
        return deny_always(RULE, "The role does not cover reading this kind of entry.")
    if case.of_products and PRODUCT in covered:
        return permit(RULE, "A product is about nobody, and the role covers reading clinical entries.")
    return abstain(RULE, "The role covers reading this kind of entry.")


def _write(case: Case) -> Verdict:
    if case.principal.kind is PrincipalKind.SYSTEM:
        return abstain(RULE, "A system's role does not decide what it writes.")
    covered = writable_categories(case.principal, policy=case.policy)
    if case.categories is None or not covered & case.categories:
        return deny_always(RULE, "The role does not cover writing this kind of entry.")
    return abstain(RULE, "The role covers writing this kind of entry.")
