"""Those who ask a live area: each with a token that the area's own key signed."""

from datetime import timedelta
from typing import Final

from tests.interoperability import canary

from lhcr.identity.claims import Claims
from lhcr.identity.principal import PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.identity.tokens import Tokens
from lhcr.kernel.clock import SystemClock
from lhcr.nhs.roles import Role, activities_of
from lhcr.store.database import open_pool

#: The number of the canary who is the citizen.
CITIZEN: Final = 1


def _system(sub: str, ods: str) -> Claims:
    name = f"System of {ods}"
    purposes = ["TREAT", "HOPERAT"]
    return Claims(
        sub=sub,
        name=name,
        kind=PrincipalKind.SYSTEM,
        ods=ods,
        organisation=name,
        purposes=purposes,
        sign_in=SignIn.CLIENT_CREDENTIALS,
    )


def _professional(sub: str, ods: str, role: Role) -> Claims:
    return Claims(
        sub=sub,
        name=f"{role.display} {sub}",
        kind=PrincipalKind.PROFESSIONAL,
        role=role.code,
        role_name=role.display,
        activities=sorted(activity.code for activity in activities_of(role)),
        ods=ods,
        organisation=f"Organisation {ods}",
        purposes=["TREAT"],
        sign_in=SignIn.CIS2_AAL3,
    )


BEARERS: Final = {
    "hospital": _system("hospital-system", "RRE"),
    "pharmacy": _system("pharmacy-system", "FA123"),
    "gp": _professional("555000000101", "A81001", Role.CLINICAL_PRACTITIONER),
    "receptionist": _professional("555000000102", "A81001", Role.RECEPTIONIST),
    "citizen": Claims(
        sub="citizen-1",
        name="Somebody",
        kind=PrincipalKind.CITIZEN,
        nhs_number=canary.nhs_number(CITIZEN),
        purposes=["PATRQT"],
        sign_in=SignIn.NHS_LOGIN_P9,
    ),
}


async def issue_tokens(dsn: str, base_url: str) -> dict[str, str]:
    """Return a token for each bearer, as the area whose database it is issues them."""
    async with await open_pool(dsn) as pool:
        tokens = await Tokens.open(pool, issuer=base_url, audience=f"{base_url}/fhir", clock=SystemClock())
        return {name: tokens.issue(claims, lifetime=timedelta(hours=1)) for name, claims in BEARERS.items()}
