"""What the token of a persona says: who it is, what it may do and for which purposes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lhcr.demo.organisations import BY_ODS
from lhcr.demo.people import BY_KEY
from lhcr.demo.personas import Persona
from lhcr.identity.claims import Claims
from lhcr.identity.principal import PrincipalKind
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Role, activities_of

_OFFICES: Final = frozenset({Role.PRIVACY_OFFICER, Role.CALDICOTT_GUARDIAN})
#: The first is what a token is for unless another is asked for.
PURPOSES: Final[Mapping[PrincipalKind, tuple[Purpose, ...]]] = MappingProxyType(
    {
        PrincipalKind.PROFESSIONAL: (Purpose.TREATMENT,),
        PrincipalKind.CITIZEN: (Purpose.PATIENT_REQUEST,),
        PrincipalKind.SYSTEM: (Purpose.TREATMENT, Purpose.OPERATIONS),
        PrincipalKind.OFFICE: (Purpose.OPERATIONS,),
        PrincipalKind.OPERATOR: (Purpose.OPERATIONS,),
    }
)


def persona_claims(persona: Persona, *, purposes: tuple[Purpose, ...] = (), scopes: tuple[str, ...] = ()) -> Claims:
    """Return the claims of a persona; without `purposes`, all that its kind has."""
    kind = _kind(persona)
    role = persona.job.role if persona.job else None
    activities = activities_of(role) if role else frozenset()
    organisation = BY_ODS.get(persona.organisation or "")
    return Claims(
        sub=f"persona:{persona.name}",
        name=persona.display,
        kind=kind,
        role=role.code if role else "",
        role_name=role.display if role else "",
        occupation=persona.occupation or "",
        activities=sorted(activity.code for activity in activities),
        ods=persona.organisation or "",
        organisation=organisation.name if organisation else "",
        nhs_number=BY_KEY[persona.person].person.nhs_number.value if persona.person else None,
        purposes=[purpose.code for purpose in purposes or PURPOSES[kind]],
        scopes=list(scopes),
        persona=True,
    )


def _kind(persona: Persona) -> PrincipalKind:
    if persona.is_system:
        return PrincipalKind.SYSTEM
    if persona.job is None:
        return PrincipalKind.CITIZEN
    if persona.job.role in _OFFICES:
        return PrincipalKind.OFFICE
    return PrincipalKind.OPERATOR if persona.job.role is Role.SYSTEMS_SUPPORT else PrincipalKind.PROFESSIONAL
