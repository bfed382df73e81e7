"""A running area with an authorization server, and what a client needs to speak to it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from lhcr.app import App, build_app
from lhcr.identity.area_settings import DEMONSTRATION, setting_made_once
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.settings import Settings
from lhcr.store.database import open_pool

BASE = "http://area.test"


@asynccontextmanager
async def running(dsn: str, *, clock: FixedClock | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A worker on a database, and a browser's or client's way to it."""
    app: App = build_app(Settings(base_url=BASE, area_name="Test Area"), dsn, clock=clock)
    async with app.pages.router.lifespan_context(app.pages):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            yield client


@pytest.fixture
def dsn(migrated_database: Callable[[], str]) -> str:
    return migrated_database()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))


@pytest.fixture
async def area(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    async with running(dsn) as client:
        yield client


async def demonstration(dsn: str) -> None:
    """Mark a database as a demonstration, to which personas sign in."""
    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        await setting_made_once(pool, DEMONSTRATION, make=lambda: b"yes")
