"""The state of tokens in the area: which keys verify, and what is revoked; every worker looks at it twice a second.

Hazard guarded here: whoever lost a telephone, or was let go, reads on. A worker knows of a revocation before it sends anything that
was asked for after it: the statement that makes an answer's entry durable tells the epoch, and what changes something looks first.
A worker that could not look for ten seconds accepts no token at all (503).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from lhcr.identity.signing_keys import KeySet, read_keys, sweep_keys
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Unavailable
from lhcr.store.background import in_background
from lhcr.store.database import Connection, Pool
from lhcr.store.outages import OUTAGES
from lhcr.store.statements import load_statements

LOOK_SECONDS: Final = 0.5
_SWEEP_EVERY: Final = 600  # looks
_LOOK_TIMEOUT: Final = 5.0
_UNREAD: Final[tuple[type[Exception], ...]] = (*OUTAGES, Unavailable)
_SQL: Final = load_statements("lhcr.identity", "token_state.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenState:
    """`revoked` are the ids of tokens, grants and clients that are good for nothing any more."""

    epoch: int
    keys: KeySet
    revoked: frozenset[str]


async def read_state(pool: Pool, *, clock: Clock) -> TokenState:
    """Read the epoch first: what changes while the rest is read is read again at the next look."""
    epoch = await pool.fetchval(_SQL["epoch"])
    keys = await read_keys(pool, clock=clock)
    rows = await pool.fetch(_SQL["revoked"], clock.now())
    return TokenState(epoch=epoch, keys=keys, revoked=frozenset(row["name"] for row in rows))


async def revoke(source: Connection | Pool, names: Sequence[str], *, until: datetime) -> None:
    """Revoke tokens, grants or clients by their ids, until the last token of theirs has ended."""
    await source.execute(_SQL["revoke"], list(names), until)


class TokenWatch:
    """Looks at the state of tokens and hands it to `renew`, also where nothing changed, which says that it was looked."""

    def __init__(self, pool: Pool, *, clock: Clock, renew: Callable[[TokenState], None]) -> None:
        self._pool = pool
        self._clock = clock
        self._renew = renew
        self._state: TokenState | None = None
        self._one_at_a_time = asyncio.Lock()
        self._log = structlog.get_logger("lhcr.identity")

    async def look(self) -> None:
        """Look now, after any look that is under way, so that none undoes what a later one saw. Raises one of OUTAGES."""
        async with self._one_at_a_time:
            self._renew(await self._now())

    async def look_from(self, epoch: int) -> None:
        """Look unless the state that is known is of an epoch or later: whoever read the epoch with something else looks for nothing."""
        if self._state is None or self._state.epoch < epoch:
            await self.look()

    async def _now(self) -> TokenState:
        if self._state is None or await self._pool.fetchval(_SQL["epoch"], timeout=_LOOK_TIMEOUT) != self._state.epoch:
            self._state = await read_state(self._pool, clock=self._clock)
        return self._state

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        await self.look()
        async with in_background(self._run()):
            yield

    async def _run(self) -> None:
        looks = 0
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            looks += 1
            try:
                await self.look()
                if looks % _SWEEP_EVERY == 0:
                    await self._sweep()
            except _UNREAD as error:
                # Tokens notice by themselves that nobody looked; the next look may succeed.
                self._log.warning("token-state-unread", error=type(error).__name__)
            except Exception:  # noqa: BLE001 - a watch that ended would refuse every token until the worker ends.
                self._log.exception("token-state-unread")

    async def _sweep(self) -> None:
        """Remove what has ended. The state is read anew too, because a retired key ends without anybody's doing."""
        await sweep_keys(self._pool, clock=self._clock)
        await self._pool.execute(_SQL["sweep"], self._clock.now() - timedelta(minutes=1))
        self._state = None
