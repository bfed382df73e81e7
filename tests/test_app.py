"""The worker as a whole: its edges side by side, the keys that it makes, and how it begins and ends."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from structlog.testing import capture_logs

from lhcr.app import App, build_app, open_tokens
from lhcr.identity.area_settings import DEMONSTRATION, setting_made_once
from lhcr.identity.claims import Claims
from lhcr.identity.principal import PrincipalKind
from lhcr.identity.sessions import Sessions
from lhcr.identity.sign_in import SignIn
from lhcr.kernel.settings import Settings
from lhcr.parts import IDENTIFIER_KEY
from lhcr.store.database import open_pool

SUPPLIER = Claims(
    sub="s",
    name="S",
    kind=PrincipalKind.SYSTEM,
    ods="RRE",
    organisation="The Hospital",
    purposes=["TREAT"],
    sign_in=SignIn.CLIENT_CREDENTIALS,
)
GP = Claims(
    sub="persona:gp",
    name="Dr Amina Farouk",
    kind=PrincipalKind.PROFESSIONAL,
    ods="A81001",
    purposes=["TREAT"],
    persona=True,
)


@asynccontextmanager
async def running(app: App) -> AsyncIterator[httpx.AsyncClient]:
    async with app.pages.router.lifespan_context(app.pages):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://area.test") as client:
            yield client


def an_app(dsn: str) -> App:
    return build_app(Settings(base_url="http://area.test", area_name="Test Area"), dsn, personas={"gp": GP})


async def test_health_portal_and_api_stand_beside_each_other(migrated_database: Callable[[], str]) -> None:
    async with running(an_app(migrated_database())) as client:
        assert (await client.get("/health/live")).json() == {"status": "live"}
        assert (await client.get("/health/ready")).json() == {"status": "ready"}
        assert (await client.get("/fhir/metadata")).json()["implementation"]["description"] == "Test Area"
        page = await client.get("/")
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "Test Area" in page.text
        assert (await client.get("/fhirx")).headers["content-type"].startswith("text/html")


async def test_the_areas_own_tokens_name_who_asks(migrated_database: Callable[[], str]) -> None:
    app = an_app(migrated_database())
    async with running(app) as client:
        assert app.parts is not None
        token = (await open_tokens(app.parts)).issue(SUPPLIER, lifetime=timedelta(minutes=5))
        allowed = await client.get("/fhir/Organization", headers={"authorization": f"Bearer {token}"})
        refused = await client.get("/fhir/Organization", headers={"authorization": f"Bearer {token}x"})
        assert (allowed.status_code, refused.status_code) == (200, 401)


async def test_hazard_personas_exist_in_a_demonstration_alone(migrated_database: Callable[[], str]) -> None:
    dsn = migrated_database()
    async with running(an_app(dsn)) as client:
        assert "Amina Farouk" not in (await client.get("/")).text
    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        await setting_made_once(pool, DEMONSTRATION, make=lambda: b"yes")
    async with running(an_app(dsn)) as client:
        assert "Amina Farouk" in (await client.get("/")).text


async def test_hazard_a_defect_of_a_page_is_told_to_the_operator_without_what_was_at_hand(
    migrated_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazard: person data in logs. An exception's message holds what was read, and a server that meets one writes it down."""

    async def find(_: Sessions, session_id: str) -> None:
        raise RuntimeError(f"9990000018 {session_id}")

    async with running(an_app(migrated_database())) as client:
        monkeypatch.setattr(Sessions, "find", find)
        with capture_logs() as lines:
            page = await client.get("/home", headers={"cookie": "lhcr-session=secret"})
    assert page.status_code == 500
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    (line,) = lines
    assert (line["event"], line["error"]) == ("request-failed", "RuntimeError")
    assert line["frames"]
    assert "9990000018" not in f"{page.text}{line}"
    assert "secret" not in f"{page.text}{line}"


async def test_workers_that_start_together_share_their_keys(migrated_database: Callable[[], str]) -> None:
    """Hazard: two workers that assign ids with two keys would lose each other's entries."""
    dsn = migrated_database()
    async with running(an_app(dsn)) as first, running(an_app(dsn)) as second:
        one, other = await asyncio.gather(first.get("/health/ready"), second.get("/health/ready"))
        assert (one.status_code, other.status_code) == (200, 200)
    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        assert await pool.fetchval("SELECT count(*) FROM area_setting WHERE name = $1", IDENTIFIER_KEY) == 1


async def test_a_worker_whose_database_is_gone_says_that_it_is_not_ready(migrated_database: Callable[[], str]) -> None:
    app = an_app(migrated_database())
    async with running(app) as client:
        assert app.parts is not None
        await app.parts.side_pool.close()
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})
        assert (await client.get("/health/live")).status_code == 200
