"""A whole worker over a database of its own, asked over ASGI in this process, and people who ask."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from tests.record.tying import every_source_ties

from lhcr.access.policy import area_policy
from lhcr.app import App, build_app
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Issue, Unauthenticated
from lhcr.kernel.settings import Settings
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Role, activities_of

BASE = "http://area.test/fhir"
FOREVER = datetime(2100, 1, 1, tzinfo=UTC)
GP = Principal(
    user_id="555000000101",
    name="Dr Ada Fell",
    kind=PrincipalKind.PROFESSIONAL,
    role_code=Role.CLINICAL_PRACTITIONER.code,
    role_display=Role.CLINICAL_PRACTITIONER.display,
    activities=activities_of(Role.CLINICAL_PRACTITIONER),
    organisation="A81001",
    organisation_name="The Surgery",
    person_nhs_number=None,
    purposes=(Purpose.TREATMENT,),
    purpose=Purpose.TREATMENT,
    scopes=(),
    token_id="token-gp",
    expires=FOREVER,
)
_RECEPTIONIST = replace(
    GP,
    user_id="receptionist",
    role_code=Role.RECEPTIONIST.code,
    activities=activities_of(Role.RECEPTIONIST),
    token_id="token-receptionist",
)
_SUPPLIER = replace(
    GP,
    user_id="supplier",
    kind=PrincipalKind.SYSTEM,
    activities=frozenset(),
    organisation="RRE",
    organisation_name="The Hospital",
    purposes=(Purpose.TREATMENT, Purpose.OPERATIONS),
    token_id="token-supplier",
)
PRINCIPALS = {
    "gp": GP,
    "receptionist": _RECEPTIONIST,
    "student": replace(GP, user_id="student", activities=activities_of(Role.STUDENT), token_id="token-student"),
    "pharmacist": replace(GP, user_id="pharmacist", organisation="FA123", token_id="token-pharmacist"),
    "technician": replace(
        GP, user_id="technician", organisation="FA123", occupation="pharmacy-technician", token_id="token-technician"
    ),
    "social-worker": replace(GP, user_id="social", occupation="social-worker", token_id="token-social-worker"),
    "supplier": _SUPPLIER,
    "other-supplier": replace(_SUPPLIER, user_id="other", organisation="FA123", token_id="token-other"),
    "citizen": replace(
        GP,
        user_id="citizen",
        kind=PrincipalKind.CITIZEN,
        activities=frozenset(),
        organisation="",
        person_nhs_number="9990000085",
        purposes=(Purpose.PATIENT_REQUEST,),
        purpose=Purpose.PATIENT_REQUEST,
        token_id="token-citizen",
    ),
    "practice-system": replace(_SUPPLIER, user_id="practice", organisation="A81001", token_id="token-practice"),
    "ended": replace(GP, token_id="token-ended", expires=datetime(2020, 1, 1, tzinfo=UTC)),
}


def authenticate(token: str) -> Principal:
    if token not in PRINCIPALS:
        raise Unauthenticated([Issue(code="login", error="token-invalid", diagnostics="No such token.")])
    return PRINCIPALS[token]


@pytest.fixture(scope="session")
def principals() -> dict[str, Principal]:
    return PRINCIPALS


@pytest.fixture(scope="session")
def token_reader() -> Callable[[str], Principal]:
    return authenticate


@asynccontextmanager
async def running(app: App) -> AsyncIterator[None]:
    """Run the application's lifespan as a server does."""
    async with app.pages.router.lifespan_context(app.pages):
        yield


@dataclass(frozen=True)
class Asker:
    """Somebody with a token, and the area to ask."""

    client: httpx.AsyncClient

    async def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        response = await self.client.request(method, f"{BASE}{path}", **sent)
        assert "traceback" not in response.text.lower()
        return response

    async def get(self, path: str, **sent: Any) -> httpx.Response:
        return await self.ask("GET", path, **sent)

    async def send(self, method: str, path: str, resource: Any, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.ask(method, path, json=resource, headers={"content-type": "application/fhir+json", **named})

    async def create(self, resource: dict[str, Any]) -> dict[str, Any]:
        response = await self.send("POST", f"/{resource['resourceType']}", resource)
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.json()
        return created


@dataclass(frozen=True)
class Area:
    app: App
    dsn: str

    def asker(self, token: str | None, **headers: str) -> Asker:
        bearer = {} if token is None else {"authorization": f"Bearer {token}"}
        # What fails inside is answered as it would be over a socket.
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=True)
        return Asker(httpx.AsyncClient(transport=transport, headers={**bearer, **headers}))

    @property
    def supplier(self) -> Asker:
        return self.asker("supplier")

    @property
    def gp(self) -> Asker:
        return self.asker("gp")

    async def rows(self, statement: str, *values: object) -> list[Any]:
        assert self.app.parts is not None
        return await self.app.parts.pool.fetch(statement, *values)


@asynccontextmanager
async def make_area(dsn: str, **settings: Any) -> AsyncIterator[Area]:
    app = build_app(Settings(base_url="http://area.test", **settings), dsn, authenticate=authenticate)
    # Most of these tests are about what follows from a tie: whose word makes one is tried in `tests/record/test_sources.py`.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("lhcr.parts.area_policy", lambda setting: every_source_ties(area_policy(setting)))
        async with running(app):
            yield Area(app, dsn)


@pytest.fixture(scope="session", name="make_area")
def area_maker() -> Callable[..., AbstractAsyncContextManager[Area]]:
    return make_area


@pytest.fixture(scope="module")
async def area(migrated_database_of_module: Callable[[], str]) -> AsyncIterator[Area]:
    async with make_area(migrated_database_of_module()) as made:
        yield made


@pytest.fixture
def supplier(area: Area) -> Asker:
    return area.supplier


@pytest.fixture
def gp(area: Area) -> Asker:
    return area.gp


class Build:
    """Resources as callers send them."""

    def patient(self, **more: Any) -> dict[str, Any]:
        return {"resourceType": "Patient", "name": [{"family": "Fell", "given": ["Ann"]}], **more}

    def observation(self, patient_id: str, **more: Any) -> dict[str, Any]:
        return {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
            "subject": {"reference": f"Patient/{patient_id}"},
            **more,
        }

    def registration(self, patient_id: str, ods: str) -> dict[str, Any]:
        """Return what ties a practice to a person: an episode of care that it manages."""
        return {
            "resourceType": "EpisodeOfCare",
            "status": "active",
            "patient": {"reference": f"Patient/{patient_id}"},
            "managingOrganization": {
                "identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": ods}
            },
            "period": {"start": "2020-01-01"},
        }


@pytest.fixture
def build() -> Build:
    return Build()


@pytest.fixture
def granted(area: Any, principals: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function to an asker whose token has scopes."""

    def asker(name: str, *scopes: str, **headers: str) -> Any:
        token = f"{name} {' '.join(scopes)}"
        monkeypatch.setitem(principals, token, replace(principals[name], scopes=scopes, token_id=token))
        return area.asker(token, **headers)

    return asker
