"""An area to which people sign in by two local providers, over real sockets, and a browser before it."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from joserfc.jwk import ECKey
from tests.identity.openid.accounts import NURSE, citizen, role, staff
from tests.identity.openid_provider import Bent, OpenIdProvider, running
from tests.portal.signing_in.visitor import BASE, Area

from lhcr.app import build_app
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.settings import Settings

_KEY = ECKey.generate_key("P-256")
THREE = (NURSE, role("RRE", "S0010:G0020:R8000", "2"), role("RRE", "S8001:G8005:R0001", "3", activities=["B0011"]))


@pytest.fixture(scope="session")
def served_providers() -> Iterator[tuple[OpenIdProvider, OpenIdProvider]]:
    with running(OpenIdProvider()) as cis2, running(OpenIdProvider(algorithm="RS512")) as nhs_login:
        for provider in (cis2, nhs_login):
            provider.clients["an-area"] = (_KEY, "ES256")
        yield cis2, nhs_login


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "area.jwk"
    path.write_bytes(msgspec.json.encode({**_KEY.as_dict(private=True), "kid": "area-1"}))
    return path


@pytest.fixture(scope="session")
def area_settings(served_providers: tuple[OpenIdProvider, OpenIdProvider], key_file: Path) -> Settings:
    cis2, nhs_login = served_providers
    told: dict[str, Any] = {
        "staff_issuer": cis2.issuer,
        "staff_client_id": "an-area",
        "staff_key_file": str(key_file),
        "staff_organisations": "A81001 RRE",
        "citizen_issuer": nhs_login.issuer,
        "citizen_client_id": "an-area",
        "citizen_key_file": str(key_file),
        "oversight_organisation": "RRE",
    }
    return Settings(base_url=BASE, area_name="Test Area", **told)


@pytest.fixture(scope="module")
def area_clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))


@pytest.fixture(scope="module")
async def served_area(
    migrated_database_of_module: Callable[[], str], area_settings: Settings, area_clock: FixedClock
) -> AsyncIterator[Area]:
    app = build_app(area_settings, migrated_database_of_module(), clock=area_clock)
    async with app.pages.router.lifespan_context(app.pages):
        assert app.parts is not None
        yield Area(app=app, pool=app.parts.side_pool)


@pytest.fixture
async def area(served_area: Area) -> Area:
    """The area when nobody has signed in yet, and nothing has failed."""
    await served_area.pool.execute("TRUNCATE sign_in_attempt, role_choice, failed_sign_in, session")
    return served_area


@pytest.fixture
def providers(
    served_providers: tuple[OpenIdProvider, OpenIdProvider], area_clock: FixedClock
) -> tuple[OpenIdProvider, OpenIdProvider]:
    for provider in served_providers:
        provider.bent = Bent()
        provider.now = lambda: area_clock.now().timestamp()
    cis2, nhs_login = served_providers
    cis2.accounts = {"nurse": staff(NURSE), "three": staff(*THREE, sub="555000000303")}
    nhs_login.accounts = {"citizen": citizen()}
    return served_providers


@pytest.fixture
def cis2(providers: tuple[OpenIdProvider, OpenIdProvider]) -> OpenIdProvider:
    return providers[0]


@pytest.fixture
def nhs_login(providers: tuple[OpenIdProvider, OpenIdProvider]) -> OpenIdProvider:
    return providers[1]


@pytest.fixture
async def browser(area: Area) -> AsyncIterator[httpx.AsyncClient]:
    async with area.browser() as client:
        yield client
