"""Whether the way in which the asker signed in may ever grant what is asked, whatever the token claims."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lhcr.access.case import Case
from lhcr.access.permissions import Permission, may_grant
from lhcr.access.policy import DEMOGRAPHICS
from lhcr.access.request import Interaction
from lhcr.access.verdict import Verdict, abstain, deny_always
from lhcr.identity.principal import PrincipalKind

RULE = "sign-in"
_OF_KIND: Final[Mapping[PrincipalKind, Permission]] = MappingProxyType(
    {PrincipalKind.CITIZEN: Permission.OWN_RECORD, PrincipalKind.SYSTEM: Permission.OWN_CONTRIBUTION}
)


def judge(case: Case) -> Verdict:
    permission = _needed(case)
    if may_grant(case.principal.sign_in, permission):
        return abstain(RULE, "The way of signing in may grant this.")
    return deny_always(RULE, f"This way of signing in never grants it: {permission.display}.")


def _needed(case: Case) -> Permission:
    """Return what a request asks to be permitted, whether or not it is."""
    interaction, kind = case.request.interaction, case.principal.kind
    if interaction is Interaction.AUDIT_READ and kind is not PrincipalKind.CITIZEN:
        return Permission.VIEW_LOGS
    if interaction is Interaction.ORDER:
        return Permission.LEGAL_ACCESS
    if case.of_directory and not interaction.writes:
        return Permission.READ_DIRECTORY
    return _OF_KIND.get(kind) or _of_others(case)


def _of_others(case: Case) -> Permission:
    """What is asked over all types, or of a type that may be more than demographics, needs the wider of two."""
    only_demographics = case.categories == frozenset({DEMOGRAPHICS})
    if case.request.interaction.writes:
        return Permission.AMEND_DEMOGRAPHICS if only_demographics else Permission.WRITE_ENTRIES
    return Permission.VIEW_DEMOGRAPHICS if only_demographics else Permission.VIEW_GP_SUMMARY
