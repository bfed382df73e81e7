"""What is revoked is refused: at once where it is known, within a second everywhere, and nothing is accepted by who cannot look."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from lhcr.identity.claims import Claims
from lhcr.identity.signing_keys import keys_made_once, new_key_set, rotate
from lhcr.identity.token_state import TokenState, TokenWatch, revoke
from lhcr.identity.tokens import Tokens, client_name
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.errors import Unauthenticated, Unavailable
from lhcr.store.database import Pool

HOUR = timedelta(hours=1)
AREA = {"issuer": "https://area", "audience": "https://area/fhir"}


def error_of(tokens: Tokens, token: str) -> str:
    with pytest.raises(Unauthenticated) as caught:
        tokens.verify(token)
    return caught.value.issues[0].error


@pytest.mark.parametrize("by", ["token", "grant", "client"])
async def test_a_token_is_revoked_by_its_id_its_grant_or_its_client(
    pool: Pool, clock: FixedClock, claims: Claims, by: str
) -> None:
    tokens = await Tokens.open(pool, **AREA, clock=clock)
    watch = TokenWatch(pool, clock=clock, renew=tokens.renew)
    token = tokens.issue(claims, lifetime=HOUR, client="c1", grant="g1")
    other = tokens.issue(claims, lifetime=HOUR, client="c2", grant="g2")
    names = {"token": tokens.verify(token).token_id, "grant": "g1", "client": client_name("c1")}
    await revoke(pool, [names[by]], until=clock.instant + HOUR)
    await watch.look()
    assert error_of(tokens, token) == "token-revoked"
    assert tokens.verify(other).user_id == claims.sub


async def test_hazard_every_worker_refuses_a_revoked_token_within_a_second(
    pool: Pool, clock: FixedClock, claims: Claims
) -> None:
    first, second = await Tokens.open(pool, **AREA, clock=clock), await Tokens.open(pool, **AREA, clock=clock)
    token = first.issue(claims, lifetime=HOUR, grant="g")
    async with (
        TokenWatch(pool, clock=clock, renew=first.renew).running(),
        TokenWatch(pool, clock=clock, renew=second.renew).running(),
    ):
        assert second.verify(token)
        await revoke(pool, ["g"], until=clock.instant + HOUR)
        await asyncio.sleep(1.0)
        assert error_of(first, token) == error_of(second, token) == "token-revoked"


async def test_every_worker_sees_a_rotation_within_a_second(pool: Pool, clock: FixedClock) -> None:
    tokens = await Tokens.open(pool, **AREA, clock=clock)
    async with TokenWatch(pool, clock=clock, renew=tokens.renew).running():
        kids = (await rotate(pool, clock=clock)).kids
        await asyncio.sleep(1.0)
        assert {key["kid"] for key in tokens.public_keys()["keys"]} == kids


async def test_hazard_a_worker_that_cannot_look_accepts_no_token(clock: FixedClock, claims: Claims) -> None:
    """It may have been revoked: better nobody for a while than somebody who was let go."""
    now = [100.0]
    keys = new_key_set()
    tokens = Tokens(keys, **AREA, clock=clock, demonstration=False, subject_key=b"k", monotonic=lambda: now[0])
    token = tokens.issue(claims, lifetime=HOUR)
    tokens.renew(TokenState(epoch=1, keys=keys, revoked=frozenset()))
    now[0] += 9.9
    assert tokens.verify(token)
    now[0] += 0.2
    with pytest.raises(Unavailable) as caught:
        tokens.verify(token)
    assert caught.value.status == 503


async def test_hazard_a_watch_goes_on_after_looks_that_failed_in_whatever_way(pool: Pool, clock: FixedClock) -> None:
    """Otherwise every token is refused until the worker ends, and nobody is told why."""
    seen: list[int] = []
    watch = TokenWatch(pool, clock=clock, renew=lambda state: seen.append(state.epoch))
    async with watch.running():
        await pool.execute("ALTER TABLE token_epoch RENAME TO away")
        await asyncio.sleep(1.2)
        before = len(seen)
        await pool.execute("ALTER TABLE away RENAME TO token_epoch")
        await asyncio.sleep(1.2)
        assert len(seen) > before
        await revoke(pool, ["x"], until=clock.instant + HOUR)
        await asyncio.sleep(1.2)
    assert seen[-1] == seen[0] + 1


class SlowPool:
    """A pool whose first reading of what is revoked comes late."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.asked = asyncio.Event()
        self.go_on = asyncio.Event()

    async def fetchval(self, *asked: Any, **options: Any) -> Any:
        return await self._pool.fetchval(*asked, **options)

    async def fetch(self, statement: str, *values: Any) -> Any:
        rows = await self._pool.fetch(statement, *values)
        if "revoked_token" in statement and not self.asked.is_set():
            self.asked.set()
            await self.go_on.wait()
        return rows


async def test_hazard_a_look_that_began_before_a_revocation_does_not_undo_one_after_it(
    pool: Pool, clock: FixedClock
) -> None:
    """Hazard: the worker that revoked a token takes it again, because an older look of its own came back later."""
    await keys_made_once(pool, clock=clock)
    seen: list[TokenState] = []
    slow = SlowPool(pool)
    watch = TokenWatch(slow, clock=clock, renew=seen.append)  # type: ignore[arg-type]
    older = asyncio.create_task(watch.look())
    await slow.asked.wait()
    await revoke(pool, ["stolen"], until=clock.instant + HOUR)
    newer = asyncio.create_task(watch.look())
    await asyncio.wait([newer], timeout=0.2)
    slow.go_on.set()
    await asyncio.gather(older, newer)
    assert "stolen" in seen[-1].revoked
