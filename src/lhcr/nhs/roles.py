"""Roles and activities of national role-based access control, and which role may do what unless an area says otherwise.

A role code (R....) says what somebody is employed as, an activity code (B....) what they may do. The codes here are the
national ones that this project is sure of; the whole table of job roles is loaded, not written down here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final, Self

from lhcr.kernel.errors import Incorrect, Issue


class Role(Enum):
    """A national role code and its name."""

    CLINICAL_PRACTITIONER = ("R8000", "Clinical Practitioner")
    NURSE = ("R8001", "Nurse")
    HEALTH_PROFESSIONAL = ("R8003", "Health Professional")
    STUDENT = ("R8004", "Student")
    MEDICAL_SECRETARY = ("R8006", "Medical Secretary")
    CLINICAL_SUPPORT = ("R8008", "Admin/Clinical Support")
    RECEPTIONIST = ("R8009", "Receptionist")
    CLERICAL = ("R8010", "Clerical")
    INFORMATION_OFFICER = ("R8012", "Information Officer")
    SYSTEMS_SUPPORT = ("R8015", "Systems Support")
    PRIVACY_OFFICER = ("R0001", "Privacy Officer")
    CALDICOTT_GUARDIAN = ("R5105", "Caldicott Guardian")

    def __init__(self, code: str, display: str) -> None:
        self.code = code
        self.display = display

    @classmethod
    def parse(cls, code: str) -> Self:
        """Return the role with this code. Raises `Incorrect` (`role-unknown`)."""
        for role in cls:
            if role.code == code:
                return role
        raise Incorrect([Issue(code="value", error="role-unknown", diagnostics="No national role has this code here.")])


class Activity(Enum):
    """A national activity code and its name."""

    VIEW_DEMOGRAPHICS = ("B0820", "View patient demographics")
    AMEND_DEMOGRAPHICS = ("B0825", "Amend patient demographics")
    VIEW_GP_SUMMARY = ("B0370", "View GP summary")
    EMERGENCY_ACCESS = ("B0168", "Emergency access")
    LEGAL_ACCESS = ("B0082", "Legal access")
    VIEW_LOGS = ("B0011", "View logs")

    def __init__(self, code: str, display: str) -> None:
        self.code = code
        self.display = display


#: What an activity brings with it: whoever may amend demographics may see them.
INCLUDED: Final[Mapping[Activity, frozenset[Activity]]] = MappingProxyType(
    {
        Activity.AMEND_DEMOGRAPHICS: frozenset({Activity.VIEW_DEMOGRAPHICS}),
        Activity.VIEW_GP_SUMMARY: frozenset({Activity.VIEW_DEMOGRAPHICS}),
    }
)

_CARE: Final = frozenset({Activity.AMEND_DEMOGRAPHICS, Activity.VIEW_GP_SUMMARY, Activity.EMERGENCY_ACCESS})
_DESK: Final = frozenset({Activity.AMEND_DEMOGRAPHICS})
_OVERSIGHT: Final = frozenset({Activity.VIEW_DEMOGRAPHICS, Activity.VIEW_LOGS, Activity.LEGAL_ACCESS})

#: The baseline policy of this project, which an area replaces by its own: not a national table. A student works under
#: another's eyes and so has no emergency access; those who run systems see no person at all.
BASELINE: Final[Mapping[Role, frozenset[Activity]]] = MappingProxyType(
    {
        Role.CLINICAL_PRACTITIONER: _CARE,
        Role.NURSE: _CARE,
        Role.HEALTH_PROFESSIONAL: _CARE,
        Role.STUDENT: frozenset({Activity.VIEW_GP_SUMMARY}),
        Role.MEDICAL_SECRETARY: _DESK,
        Role.CLINICAL_SUPPORT: _DESK,
        Role.RECEPTIONIST: _DESK,
        Role.CLERICAL: frozenset({Activity.VIEW_DEMOGRAPHICS}),
        Role.INFORMATION_OFFICER: frozenset(),
        Role.SYSTEMS_SUPPORT: frozenset(),
        Role.PRIVACY_OFFICER: _OVERSIGHT,
        Role.CALDICOTT_GUARDIAN: _OVERSIGHT,
    }
)


def activities_of(role: Role, *, policy: Mapping[Role, frozenset[Activity]] = BASELINE) -> frozenset[Activity]:
    """Return all that a role may do, with what its activities include; a role that the policy does not name: nothing."""
    granted = set(policy.get(role, frozenset()))
    waiting = list(granted)
    while waiting:
        new = INCLUDED.get(waiting.pop(), frozenset()) - granted
        granted |= new
        waiting.extend(new)
    return frozenset(granted)


@dataclass(frozen=True, slots=True)
class Occupation:
    """What somebody does, the national role that stands for it here, and whether that role is only the nearest one."""

    key: str
    display: str
    role: Role
    nearest_only: bool

    @property
    def remark(self) -> str:
        """The sentence to show wherever the role is shown; empty where the role is the occupation's own."""
        if not self.nearest_only:
            return ""
        return f"{self.display} has no national role code loaded here; {self.role.code} {self.role.display} stands in for it."


#: Until a table of national job roles is loaded, four occupations borrow the nearest role and say so.
OCCUPATIONS: Final[Mapping[str, Occupation]] = MappingProxyType(
    {
        occupation.key: occupation
        for occupation in (
            Occupation("doctor", "Doctor", Role.CLINICAL_PRACTITIONER, nearest_only=False),
            Occupation("nurse", "Nurse", Role.NURSE, nearest_only=False),
            Occupation("receptionist", "Receptionist", Role.RECEPTIONIST, nearest_only=False),
            Occupation("privacy-officer", "Privacy officer", Role.PRIVACY_OFFICER, nearest_only=False),
            Occupation("caldicott-guardian", "Caldicott guardian", Role.CALDICOTT_GUARDIAN, nearest_only=False),
            Occupation("systems-support", "Systems support", Role.SYSTEMS_SUPPORT, nearest_only=False),
            Occupation("pharmacist", "Pharmacist", Role.HEALTH_PROFESSIONAL, nearest_only=True),
            Occupation("pharmacy-technician", "Pharmacy technician", Role.HEALTH_PROFESSIONAL, nearest_only=True),
            Occupation("paramedic", "Paramedic", Role.HEALTH_PROFESSIONAL, nearest_only=True),
            Occupation("social-worker", "Social worker", Role.HEALTH_PROFESSIONAL, nearest_only=True),
        )
    }
)
