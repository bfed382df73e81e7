"""A visitor of an area: their browser, and what they do to sign in."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from tests.identity.openid.journey import query_of
from tests.identity.openid_provider import Account, OpenIdProvider

from lhcr.app import App
from lhcr.store.database import Pool

BASE = "http://area.test"
SESSION = "lhcr-session"


@dataclass(frozen=True, kw_only=True)
class Area:
    app: App
    pool: Pool

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE, headers={"origin": BASE}) as client:
            yield client

    async def logged(self) -> list[dict[str, Any]]:
        rows = await self.pool.fetch("SELECT text FROM audit_entry ORDER BY recorded, writer_id, seq")
        return [json.loads(row["text"]) for row in rows]


async def lead(browser: httpx.AsyncClient, service: str = "cis2", **asked: str) -> dict[str, str]:
    """Begin a sign-in and return what the provider is asked."""
    led = await browser.get(f"/sign-in/{service}", params=asked)
    assert led.status_code == 303, led.text
    return query_of(led.headers["location"])


async def come_back(
    browser: httpx.AsyncClient, provider: OpenIdProvider, asked: dict[str, str], account: Account
) -> httpx.Response:
    answered = provider.answered(asked, account)
    assert answered.startswith(f"{BASE}/sign-in/")
    return await browser.get(answered.removeprefix(BASE))


async def sign_in(
    browser: httpx.AsyncClient, provider: OpenIdProvider, account: Account, *, service: str = "cis2", **asked: str
) -> httpx.Response:
    return await come_back(browser, provider, await lead(browser, service, **asked), account)
