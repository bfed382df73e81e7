"""The catalogue of permissions: each thing that can be permitted, and which way of signing in may ever grant which.

Hazard guarded here: a sensitive item exposed to a token whose claims are better than the proof of who its bearer is. The table is
this project's own proposal, told in words in `docs/rules.md`.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from lhcr.access.case import Case
from lhcr.access.policy import DEMOGRAPHICS
from lhcr.access.request import Interaction
from lhcr.identity.principal import PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.nhs.roles import Activity


class Permission(Enum):
    """A thing that can be permitted, by its national activity code where there is one, and in words for people."""

    READ_DIRECTORY = ("directory", "Read who and what there is")
    OWN_CONTRIBUTION = ("own-contribution", "See and change, as a system, what the own organisation contributed")
    OWN_RECORD = ("own-record", "See one's own record, or one for which one is a proxy")
    WRITE_ENTRIES = ("write-entries", "Write clinical entries")
    VIEW_DEMOGRAPHICS = (Activity.VIEW_DEMOGRAPHICS.code, Activity.VIEW_DEMOGRAPHICS.display)
    AMEND_DEMOGRAPHICS = (Activity.AMEND_DEMOGRAPHICS.code, Activity.AMEND_DEMOGRAPHICS.display)
    VIEW_GP_SUMMARY = (Activity.VIEW_GP_SUMMARY.code, Activity.VIEW_GP_SUMMARY.display)
    EMERGENCY_ACCESS = (Activity.EMERGENCY_ACCESS.code, Activity.EMERGENCY_ACCESS.display)
    LEGAL_ACCESS = (Activity.LEGAL_ACCESS.code, Activity.LEGAL_ACCESS.display)
    VIEW_LOGS = (Activity.VIEW_LOGS.code, Activity.VIEW_LOGS.display)

    def __init__(self, code: str, display: str) -> None:
        self.code = code
        self.display = display


_AT_A_DESK: Final = frozenset(
    {
        Permission.READ_DIRECTORY,
        Permission.WRITE_ENTRIES,
        Permission.VIEW_DEMOGRAPHICS,
        Permission.AMEND_DEMOGRAPHICS,
        Permission.VIEW_GP_SUMMARY,
        Permission.EMERGENCY_ACCESS,
    }
)
#: What each way of signing in may ever grant, whatever a token claims; a way that is missing grants nothing.
GRANTABLE: Final[Mapping[SignIn, frozenset[Permission]]] = MappingProxyType(
    {
        SignIn.CIS2_AAL3: _AT_A_DESK | {Permission.LEGAL_ACCESS, Permission.VIEW_LOGS},
        SignIn.CIS2_AAL2: _AT_A_DESK,
        SignIn.NHS_LOGIN_P9: frozenset({Permission.READ_DIRECTORY, Permission.OWN_RECORD}),
        SignIn.CLIENT_CREDENTIALS: frozenset({Permission.READ_DIRECTORY, Permission.OWN_CONTRIBUTION}),
        SignIn.PERSONA: frozenset(Permission),
        SignIn.COMMAND_LINE: frozenset(
            {Permission.READ_DIRECTORY, Permission.OWN_CONTRIBUTION, Permission.VIEW_LOGS},
        ),
        SignIn.NOT_TOLD: frozenset(),
    }
)
_OF_KIND: Final[Mapping[PrincipalKind, Permission]] = MappingProxyType(
    {PrincipalKind.CITIZEN: Permission.OWN_RECORD, PrincipalKind.SYSTEM: Permission.OWN_CONTRIBUTION}
)


def may_grant(way: SignIn, permission: Permission) -> bool:
    """Return whether a way of signing in may ever grant a permission."""
    return permission in GRANTABLE.get(way, frozenset())


def needed(case: Case) -> tuple[Permission, ...]:
    """Return what a request asks to be permitted, whether or not it is: emergency access besides, inside an emergency."""
    asked = _needed(case)
    return (asked, Permission.EMERGENCY_ACCESS) if case.in_emergency else (asked,)


def _needed(case: Case) -> Permission:
    interaction, kind = case.request.interaction, case.principal.kind
    if interaction is Interaction.AUDIT_READ and kind is not PrincipalKind.CITIZEN:
        return Permission.VIEW_LOGS
    if case.of_directory and not interaction.writes:
        return Permission.READ_DIRECTORY
    return _OF_KIND.get(kind) or _of_professionals(case)


def _of_professionals(case: Case) -> Permission:
    """What is asked over all types, or of a type that may be more than demographics, needs the wider of two."""
    only_demographics = case.categories == frozenset({DEMOGRAPHICS})
    if case.request.interaction.writes:
        return Permission.AMEND_DEMOGRAPHICS if only_demographics else Permission.WRITE_ENTRIES
    return Permission.VIEW_DEMOGRAPHICS if only_demographics else Permission.VIEW_GP_SUMMARY
