"""The published keys: all that verify, none that is secret, and a rotation within a minute."""

import asyncio

import httpx

from lhcr.identity.signing_keys import rotate
from lhcr.kernel.clock import SystemClock
from lhcr.store.database import open_pool


async def test_the_keys_are_published_without_their_secrets(area: httpx.AsyncClient) -> None:
    answer = await area.get("/auth/jwks")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    keys = answer.json()["keys"]
    assert len(keys) == 2
    for key in keys:
        assert set(key) == {"kty", "crv", "x", "alg", "use", "kid"}


async def test_a_rotation_is_published_by_a_worker_that_runs(area: httpx.AsyncClient, dsn: str) -> None:
    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        kids = (await rotate(pool, clock=SystemClock())).kids
    await asyncio.sleep(1.0)
    assert {key["kid"] for key in (await area.get("/auth/jwks")).json()["keys"]} == kids


async def test_an_unknown_address_of_the_server_is_no_page_of_the_portal(area: httpx.AsyncClient) -> None:
    assert (await area.get("/auth/nothing")).status_code == 404
    assert (await area.post("/auth/jwks")).status_code == 405
