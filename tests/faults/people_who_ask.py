"""People who ask a live area in every way: with tokens, in the portal's sessions, and for others by token exchange."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.auth.clients import SYSTEM, Signer
from tests.interoperability import canary
from tests.interoperability.apart import run_apart
from tests.interoperability.bearers import BEARERS, CITIZEN
from tests.interoperability.live_area import LiveArea

from lhcr.identity.acting_registration import ActingRegistration, ActingRegistrations
from lhcr.identity.area_settings import setting_made_once
from lhcr.identity.claims import Claims
from lhcr.identity.clients import Clients
from lhcr.identity.principal import PrincipalKind
from lhcr.identity.sessions import Sessions
from lhcr.identity.sign_in import SignIn
from lhcr.identity.tokens import Tokens
from lhcr.kernel.clock import SystemClock
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Role, activities_of
from lhcr.pages import RECORD_KEY
from lhcr.portal.record_keys import RecordKeys
from lhcr.store.database import Pool, open_pool

PRACTICE = "A81001"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
PRACTICE_SYSTEM = Claims(
    sub="practice-system",
    name="System of the practice",
    kind=PrincipalKind.SYSTEM,
    ods=PRACTICE,
    organisation="Organisation A81001",
    purposes=["TREAT", "HOPERAT"],
    sign_in=SignIn.CLIENT_CREDENTIALS,
)
OFFICE = Claims(
    sub="555000000109",
    name="Privacy officer",
    kind=PrincipalKind.OFFICE,
    role=Role.PRIVACY_OFFICER.code,
    role_name=Role.PRIVACY_OFFICER.display,
    activities=sorted(each.code for each in activities_of(Role.PRIVACY_OFFICER)),
    ods=PRACTICE,
    organisation="Organisation A81001",
    purposes=["HOPERAT"],
    sign_in=SignIn.CIS2_AAL3,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleWhoAsk:
    """`patient` is registered with the practice, `person` its internal number; `stranger` is a Patient of the hospital alone."""

    patient: str
    person: int
    stranger: str
    record: str
    office: str
    practice: str
    tokens: Tokens

    def exchange(self, subject: str) -> dict[str, str]:
        """The form by which the hospital's system asks for a token of a professional's."""
        kind = "urn:ietf:params:oauth:token-type:access_token"
        grant = "urn:ietf:params:oauth:grant-type:token-exchange"
        return self.proof(grant_type=grant, subject_token=subject, subject_token_type=kind)

    def proof(self, **more: str) -> dict[str, str]:
        signer = Signer()
        assertion = signer.assertion(aud=f"{self.tokens.issuer}/auth/token")
        return signer.form(grant_type=None, scope=None, client_assertion=assertion) | more


def settle(area: LiveArea) -> PeopleWhoAsk:
    """Register a person with the practice, and the hospital's system as one that may act for the practice's people."""
    tokens, office, practice = run_apart(_issue(area))
    made = _send(area, practice, canary.patient(index=CITIZEN))
    _send(area, practice, registration(made["id"]))
    stranger = area.caller("hospital").create(canary.patient())
    rows = area.rows("SELECT person_id FROM resource WHERE id = $1", made["id"])
    record = run_apart(_record_key(area, made["id"]))
    return PeopleWhoAsk(
        patient=made["id"],
        person=rows[0]["person_id"],
        stranger=stranger["id"],
        record=f"/record/{record}",
        office=office,
        practice=practice,
        tokens=tokens,
    )


def begin_session(area: LiveArea, claims: Claims) -> str:
    """Sign somebody in to the portal and return the cookie's value."""

    async def begin() -> str:
        async with await _pool(area) as pool:
            return await Sessions(pool, clock=SystemClock()).begin(claims)

    return run_apart(begin())


def registration(patient: str) -> dict[str, Any]:
    """What ties the practice to somebody: an episode of care that it manages."""
    return {
        "resourceType": "EpisodeOfCare",
        "status": "active",
        "patient": {"reference": f"Patient/{patient}"},
        "managingOrganization": {"identifier": {"system": ODS, "value": PRACTICE}},
        "period": {"start": "2020-01-01"},
    }


def _send(area: LiveArea, token: str, resource: dict[str, Any]) -> dict[str, Any]:
    sent = area.caller(None).send("POST", f"/{resource['resourceType']}", resource, authorization=f"Bearer {token}")
    assert sent.status_code == 201, sent.text
    made: dict[str, Any] = sent.json()
    return made


async def _pool(area: LiveArea) -> Pool:
    return await open_pool(area.dsn, smallest=1, largest=1)


async def _issue(area: LiveArea) -> tuple[Tokens, str, str]:
    base = area.base.removesuffix("/fhir")
    async with await _pool(area) as pool:
        await Clients(pool, clock=SystemClock()).register(SYSTEM)
        await ActingRegistrations(pool, clock=SystemClock()).replace(
            SYSTEM.client_id,
            ActingRegistration(organisations=(PRACTICE,), scopes=("user/*.rs",), purposes=(Purpose.TREATMENT,)),
        )
        tokens = await Tokens.open(pool, issuer=base, audience=area.base, clock=SystemClock())
    life = timedelta(hours=1)
    return tokens, tokens.issue(OFFICE, lifetime=life), tokens.issue(PRACTICE_SYSTEM, lifetime=life)


async def _record_key(area: LiveArea, patient: str) -> str:
    async with await _pool(area) as pool:
        key = await setting_made_once(pool, RECORD_KEY, make=RecordKeys.new_key)
    return RecordKeys(key).seal(patient)


GP = BEARERS["gp"]
