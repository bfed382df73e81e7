"""What changes something looks whether its token was revoked: those who come together look once, and nobody by an older look."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lhcr.audit.log import AuditLog
from lhcr.auth.standing_tokens import StandingTokens
from lhcr.identity.claims import Claims
from lhcr.identity.principal import PrincipalKind
from lhcr.identity.token_state import TokenWatch, revoke
from lhcr.identity.tokens import Tokens
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.errors import Unauthenticated
from lhcr.store.database import Pool, open_pool

CLOCK = FixedClock(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
HOUR = timedelta(hours=1)
AREA = {"issuer": "https://area", "audience": "https://area/fhir"}
SYSTEM = Claims(
    sub="a-system",
    name="A system",
    kind=PrincipalKind.SYSTEM,
    ods="A81001",
    organisation="The Surgery",
    purposes=["TREAT"],
)


@dataclass
class SlowPool:
    """A pool that counts the looks at the epoch, and whose answers come once they may."""

    pool: Pool
    looks: int = 0
    read: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def fetchval(self, *asked: Any, **options: Any) -> Any:
        found = await self.pool.fetchval(*asked, **options)
        self.looks += 1
        self.read.set()
        await self.go_on.wait()
        return found

    async def fetch(self, *asked: Any) -> Any:
        return await self.pool.fetch(*asked)


@dataclass(frozen=True, slots=True)
class Worker:
    slow: SlowPool
    standing: StandingTokens
    token: str


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await open_pool(dsn) as opened:
        yield opened


@pytest.fixture
async def worker(pool: Pool) -> Worker:
    tokens = await Tokens.open(pool, **AREA, clock=CLOCK)
    slow = SlowPool(pool)
    watch = TokenWatch(slow, clock=CLOCK, renew=tokens.renew)  # type: ignore[arg-type]
    slow.go_on.set()
    await watch.look()
    slow.read.clear()
    slow.go_on.clear()
    slow.looks = 0
    token = tokens.issue(SYSTEM, lifetime=HOUR, grant="g")
    return Worker(slow, StandingTokens(tokens=tokens, watch=watch, log=AuditLog(pool)), token)


async def test_hazard_nobody_writes_by_a_look_that_began_before_their_token_was_revoked(
    pool: Pool, worker: Worker
) -> None:
    """Hazard: whoever was let go writes on, because somebody else's look was under way when they came."""
    before = asyncio.create_task(worker.standing.looked(worker.token))
    await worker.slow.read.wait()
    await revoke(pool, ["g"], until=CLOCK.instant + HOUR)
    after = [asyncio.create_task(worker.standing.looked(worker.token)) for _ in range(3)]
    await asyncio.sleep(0)
    worker.slow.go_on.set()
    await before
    for each in await asyncio.gather(*after, return_exceptions=True):
        assert isinstance(each, Unauthenticated)
        assert each.issues[0].error == "token-revoked"


async def test_those_who_come_while_one_look_is_under_way_share_the_next(worker: Worker) -> None:
    first = asyncio.create_task(worker.standing.looked(worker.token))
    await worker.slow.read.wait()
    others = [asyncio.create_task(worker.standing.looked(worker.token)) for _ in range(20)]
    await asyncio.sleep(0)
    worker.slow.go_on.set()
    await asyncio.gather(first, *others)
    assert worker.slow.looks == 2


async def test_whoever_leaves_while_it_is_looked_keeps_nobody_else_waiting(worker: Worker) -> None:
    leaves = asyncio.create_task(worker.standing.looked(worker.token))
    await worker.slow.read.wait()
    stays = asyncio.create_task(worker.standing.looked(worker.token))
    await asyncio.sleep(0)
    leaves.cancel()
    worker.slow.go_on.set()
    await asyncio.wait_for(stays, timeout=5)
    assert leaves.cancelled()
