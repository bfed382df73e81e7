"""A client of a local provider, whose clock and answers a test bends."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from joserfc.jwk import ECKey
from tests.identity.openid.accounts import NURSE, citizen, staff
from tests.identity.openid.journey import Journey
from tests.identity.openid_provider import Bent, OpenIdProvider, running

from lhcr.identity.openid.attempts import Attempts
from lhcr.identity.openid.client_key import ClientSigningKey
from lhcr.identity.openid.code_flow import CodeFlow
from lhcr.identity.openid.outgoing import Outgoing
from lhcr.identity.openid.provider import Provider, Service
from lhcr.kernel.clock import FixedClock
from lhcr.store.database import Pool, open_pool

CLIENT = "an-area"
_KEY = ECKey.generate_key("P-256")


@pytest.fixture(scope="session")
def served_provider() -> Iterator[OpenIdProvider]:
    with running(OpenIdProvider()) as provider:
        provider.clients[CLIENT] = (_KEY, "ES256")
        yield provider


@pytest.fixture
def provider(served_provider: OpenIdProvider, clock: FixedClock) -> OpenIdProvider:
    served_provider.bent = Bent()
    served_provider.asked.clear()
    served_provider.now = lambda: clock.now().timestamp()
    served_provider.accounts = {"nurse": staff(NURSE), "citizen": citizen()}
    return served_provider


@pytest.fixture
def flow(provider: OpenIdProvider, pool: Pool, clock: FixedClock) -> CodeFlow:
    return make_flow(provider, pool, clock)


def make_flow(
    provider: OpenIdProvider, pool: Pool, clock: FixedClock, *, issuer: str = "", service: Service = Service.CIS2
) -> CodeFlow:
    told = Provider(
        service=service,
        issuer=issuer or provider.issuer,
        client_id=CLIENT,
        key=ClientSigningKey(kid="area-1", algorithm="ES256", key=_KEY),
        scopes="openid profile nationalrbacaccess",
        asked={"acr_values": "AAL2_OR_AAL3_ANY"},
        max_age=3_600,
        redirect_uri="https://area.example/sign-in/cis2/back",
    )
    return CodeFlow(told, attempts=Attempts(pool, clock=clock), outgoing=Outgoing(deadline_seconds=2.0), clock=clock)


@pytest.fixture
def journey(flow: CodeFlow, provider: OpenIdProvider) -> Journey:
    return Journey(flow, provider)


@pytest.fixture(scope="module")
async def pool_of_module(migrated_database_of_module: Callable[[], str]) -> AsyncIterator[Pool]:
    opened = await open_pool(migrated_database_of_module())
    yield opened
    await opened.close()


@pytest.fixture
async def pool(pool_of_module: Pool) -> Pool:
    """A database of the module's own, in which nobody has begun to sign in."""
    await pool_of_module.execute("TRUNCATE sign_in_attempt, role_choice, failed_sign_in, session")
    return pool_of_module
