"""What is given back is refused with the next request, in every worker; and nobody gives back what is another's."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from tests.auth.apps import APP, OTHER_APP, Flow, bearer
from tests.auth.clients import OTHER_SYSTEM, SYSTEM, Signer, ask, entries, register
from tests.auth.conftest import demonstration, running

from lhcr.identity.clients import Clients
from lhcr.kernel.clock import SystemClock
from lhcr.store.database import open_pool

FLOW = Flow()
SIGNER = Signer()
SEARCH = "/fhir/Observation"


@pytest.fixture
async def area(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    await demonstration(dsn)
    await register(dsn, APP, OTHER_APP, SYSTEM, OTHER_SYSTEM)
    async with running(dsn) as client:
        yield client


async def system_token(area: httpx.AsyncClient, signer: Signer = SIGNER) -> str:
    return str((await ask(area, signer.form())).json()["access_token"])


def about(token: str, signer: Signer = SIGNER) -> dict[str, str]:
    return {**signer.form(grant_type=None, scope=None), "token": token}


async def test_hazard_a_token_that_is_given_back_is_refused_in_every_worker(area: httpx.AsyncClient, dsn: str) -> None:
    async with running(dsn) as other:
        token = await system_token(area)
        for worker in (area, other):
            assert (await worker.get(SEARCH, headers=bearer(token))).status_code == 200
        answer = await ask(area, about(token), "/auth/revoke")
        assert (answer.status_code, answer.content) == (200, b"")
        refused = await area.get(SEARCH, headers=bearer(token))
        assert refused.status_code == 401
        assert refused.json()["issue"][0]["details"]["coding"][0]["code"] == "token-revoked"
        await asyncio.sleep(1.0)
        assert (await other.get(SEARCH, headers=bearer(token))).status_code == 401


async def test_a_token_that_was_given_back_stays_so_in_a_worker_that_begins_later(
    area: httpx.AsyncClient, dsn: str
) -> None:
    token = await system_token(area)
    await ask(area, about(token), "/auth/revoke")
    async with running(dsn) as later:
        assert (await later.get(SEARCH, headers=bearer(token))).status_code == 401


async def test_a_refresh_token_that_is_given_back_takes_its_access_tokens_with_it(area: httpx.AsyncClient) -> None:
    await FLOW.sign_in(area, "gp")
    told = await FLOW.tokens(area)
    answer = await ask(area, {"client_id": "an-app", "token": told["refresh_token"]}, "/auth/revoke")
    assert answer.status_code == 200
    assert (await area.get(SEARCH, headers=bearer(told["access_token"]))).status_code == 401
    assert (await ask(area, FLOW.refresh(told["refresh_token"]))).json()["error"] == "invalid_grant"


async def test_nobody_gives_back_what_is_anothers(area: httpx.AsyncClient) -> None:
    """Hazard: one app ends the work of another."""
    await FLOW.sign_in(area, "gp")
    told = await FLOW.tokens(area)
    system = await system_token(area)
    for token in (told["access_token"], told["refresh_token"], system):
        answer = await ask(area, {"client_id": "another-app", "token": token}, "/auth/revoke")
        assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
    answer = await ask(area, {"client_id": "hospital-system", "token": system}, "/auth/revoke")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert (await area.get(SEARCH, headers=bearer(system))).status_code == 200
    assert (await ask(area, FLOW.refresh(told["refresh_token"]))).status_code == 200


@pytest.mark.parametrize("token", ["noise", "a.b.c", "é", "x" * 20_000])
async def test_what_is_no_token_is_given_back_already(area: httpx.AsyncClient, token: str) -> None:
    assert (await ask(area, about(token), "/auth/revoke")).status_code == 200
    assert (await ask(area, about(token), "/auth/introspect")).json() == {"active": False}


async def test_a_client_that_ended_gets_nothing_and_keeps_nothing(area: httpx.AsyncClient, dsn: str) -> None:
    token = await system_token(area)
    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        await Clients(pool, clock=SystemClock()).end("hospital-system")
    await asyncio.sleep(1.0)
    assert (await area.get(SEARCH, headers=bearer(token))).status_code == 401
    assert (await ask(area, SIGNER.form())).json()["error"] == "invalid_client"
    others = await system_token(area, Signer(client_id="pharmacy-system"))
    assert (await area.get(SEARCH, headers=bearer(others))).status_code == 200


async def test_a_client_is_told_what_its_own_token_is_worth(area: httpx.AsyncClient) -> None:
    token = await system_token(area)
    told = (await ask(area, about(token), "/auth/introspect")).json()
    assert (told["active"], told["client_id"], told["sub"], told["scope"], told["token_type"]) == (
        True,
        "hospital-system",
        "hospital-system",
        "system/Observation.rs",
        "Bearer",
    )
    await ask(area, about(token), "/auth/revoke")
    assert (await ask(area, about(token), "/auth/introspect")).json() == {"active": False}


async def test_hazard_nobody_learns_of_anothers_token(area: httpx.AsyncClient) -> None:
    token = await system_token(area)
    others = Signer(client_id="pharmacy-system")
    assert (await ask(area, about(token, others), "/auth/introspect")).json() == {"active": False}
    for form in ({"token": token}, {"token": token, "client_id": "an-app"}, {"token": token, "client_id": "nobody"}):
        answer = await ask(area, form, "/auth/introspect")
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("path", ["/auth/introspect", "/auth/revoke"])
async def test_without_a_token_there_is_nothing_to_ask(area: httpx.AsyncClient, path: str) -> None:
    answer = await ask(area, SIGNER.form(), path)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_giving_back_is_in_the_log(area: httpx.AsyncClient, dsn: str) -> None:
    token = await system_token(area)
    await ask(area, about(token), "/auth/revoke")
    _, given_back = await entries(dsn)
    assert (given_back["subtype"], given_back["agent"]["user"]) == ("revoke", "hospital-system")
    assert token not in str(given_back)


async def test_hazard_while_the_log_is_away_nothing_is_granted(area: httpx.AsyncClient, dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("ALTER TABLE audit_entry RENAME TO away")
    try:
        answer = await ask(area, SIGNER.form())
        assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    finally:
        await connection.execute("ALTER TABLE away RENAME TO audit_entry")
        await connection.close()
