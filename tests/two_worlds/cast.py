"""The cast: the sources that fill two worlds, and everybody who asks both of them the same."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from tests.fhir_api.conftest import PRINCIPALS

from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Issue, Unauthenticated
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Role, activities_of

PRACTICE, HOSPITAL, PHARMACY = "A81001", "RRE", "FA123"
#: The sources of what is hidden, by why it is.
LABELLED, CODED, OBJECTED, OBJECTED_IN_PART = "RZA", "RZB", "RZC", "RZD"
UNSHARED, UNSHARED_IN_PART, UNPROCESSED, REDACTED, REMOVED = "RZE", "RZH", "RZF", "RZG", "RZJ"
STRANGE = "RZK"
#: Numbers of people: the citizen who asks, another, one who must not be found, one who is a stranger to all but a hospital.
ANN, BOB, CAT, DAN, EVE = "9990000085", "9990000093", "9990000107", "9990000115", "9990000123"

_OFFICE: Final = replace(
    PRINCIPALS["gp"],
    user_id="office",
    kind=PrincipalKind.OFFICE,
    role_code=Role.PRIVACY_OFFICER.code,
    activities=activities_of(Role.PRIVACY_OFFICER),
    purposes=(Purpose.OPERATIONS,),
    purpose=Purpose.OPERATIONS,
    token_id="token-office",
)


def _scoped(name: str, *scopes: str) -> Principal:
    return replace(PRINCIPALS[name], scopes=scopes, token_id=f"{name} with scopes")


#: Who asks. None of them may see anything of what the hidden sources contributed.
ASKERS: Final[Mapping[str, Principal]] = MappingProxyType(
    {
        "gp": PRINCIPALS["gp"],
        "pharmacist": PRINCIPALS["pharmacist"],
        "technician": PRINCIPALS["technician"],
        "receptionist": PRINCIPALS["receptionist"],
        "hospital": PRINCIPALS["supplier"],
        "pharmacy": PRINCIPALS["other-supplier"],
        "citizen": PRINCIPALS["citizen"],
        "office": _OFFICE,
        "app-of-citizen": _scoped("citizen", "patient/Observation.rs", "patient/Patient.r", "patient/Encounter.s"),
        "app-of-gp": _scoped(
            "gp",
            "user/Patient.rs",
            "user/Condition.cruds",
            "user/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
        ),
    }
)


def source(organisation: str) -> Principal:
    """Return the software of an organisation, whose token is the organisation's code."""
    return replace(
        PRINCIPALS["supplier"],
        user_id=f"system-{organisation}",
        organisation=organisation,
        organisation_name=organisation,
        token_id=f"token-{organisation}",
    )


def authenticate(token: str) -> Principal:
    if token in ASKERS:
        return ASKERS[token]
    if token == "guardian":
        guardian = Role.CALDICOTT_GUARDIAN
        return replace(_OFFICE, user_id="guardian", role_code=guardian.code, activities=activities_of(guardian))
    if token.isupper():
        return source(token)
    raise Unauthenticated([Issue(code="login", error="token-invalid", diagnostics="No such token.")])
