"""The catalogue of permissions: each thing that can be permitted, and which way of signing in may ever grant which.

Hazard guarded here: a sensitive item exposed to a token whose claims are better than the proof of who its bearer is. The table is
this project's own proposal, told in words in `docs/rules.md`.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from lhcr.identity.sign_in import SignIn
from lhcr.nhs.roles import Activity


class Permission(Enum):
    """A thing that can be permitted, by its national activity code where there is one, and in words for people."""

    READ_DIRECTORY = ("directory", "Read who and what there is")
    OWN_CONTRIBUTION = ("own-contribution", "See and change, as a system, what the own organisation contributed")
    OWN_RECORD = ("own-record", "See one's own record, or one for which one is a proxy")
    WRITE_ENTRIES = ("write-entries", "Write clinical entries")
    CLAIM_RELATIONSHIP = ("claim-relationship", "Claim, for a time, to care for a person")
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
        Permission.CLAIM_RELATIONSHIP,
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
            {
                Permission.READ_DIRECTORY,
                Permission.OWN_CONTRIBUTION,
                Permission.VIEW_LOGS,
                Permission.LEGAL_ACCESS,
            },
        ),
        SignIn.NOT_TOLD: frozenset(),
    }
)


def may_grant(way: SignIn, permission: Permission) -> bool:
    """Return whether a way of signing in may ever grant a permission."""
    return permission in GRANTABLE.get(way, frozenset())
