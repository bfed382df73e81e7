"""The parts of a running worker: its pools, its log, its gate and its record, made here once for whoever puts edges on them.

It imports no edge, so that a load, which needs none, starts in half the time.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from lhcr.access.classes import AccessClasses
from lhcr.access.decide import RULES, Gate
from lhcr.access.own_word import OwnWord
from lhcr.access.policy import Policy, area_policy
from lhcr.access.what_if_answer import WhatIfs
from lhcr.audit.log import AuditLog
from lhcr.audit.writer_hold import WriterHold
from lhcr.identity.area_settings import ACCESS_POLICY, read_setting, setting_made_once
from lhcr.kernel.clock import Clock
from lhcr.kernel.ids import RandomIds
from lhcr.kernel.settings import Settings
from lhcr.record.persons import Persons
from lhcr.record.record import Record, RecordGround
from lhcr.record.search.record_search import RecordSearch
from lhcr.record.search.searching import Searching
from lhcr.record.surviving_routes import SurvivingRoutes
from lhcr.store.code_systems import CodeSystems
from lhcr.store.database import Pool, open_pool

#: A setting of the area: the key of the ids that it assigns.
IDENTIFIER_KEY: Final = "identifier-key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of a running worker, for those who put edges on it."""

    settings: Settings
    pool: Pool
    side_pool: Pool
    log: AuditLog
    classes: AccessClasses
    policy: Policy
    gate: Gate
    own_word: OwnWord
    what_ifs: WhatIfs
    record: Record
    searching: Searching
    clock: Clock
    ids: RandomIds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What is opened when a worker begins: its connections and its log."""

    pool: Pool
    search_pool: Pool
    side_pool: Pool
    log: AuditLog


@asynccontextmanager
async def running_parts(settings: Settings, dsn: str, *, clock: Clock) -> AsyncIterator[Parts]:
    """Open a worker's pools and make its parts; closes them, the record first, then the log, when the worker ends."""
    async with AsyncExitStack() as stack:
        parts = await _make_parts(settings, await _open_ground(stack, settings, dsn), clock=clock)
        stack.push_async_callback(parts.record.close)
        yield parts


async def _open_ground(stack: AsyncExitStack, settings: Settings, dsn: str) -> _Ground:
    wait = settings.longest_wait
    pool = await open_pool(dsn, largest=settings.pool_size, generic_plans=True, patience_seconds=wait)
    stack.push_async_callback(pool.close)
    search_pool = await open_pool(dsn, largest=settings.pool_size, patience_seconds=wait)
    stack.push_async_callback(search_pool.close)
    # One more than is asked for: the log keeps one for the locks of its writers.
    side_pool = await open_pool(dsn, largest=settings.side_pool_size + 1, patience_seconds=wait)
    stack.push_async_callback(side_pool.close)
    hold = WriterHold(side_pool)
    await stack.enter_async_context(hold.running())
    log = AuditLog(side_pool, hold=hold)
    stack.push_async_callback(log.close)
    return _Ground(pool=pool, search_pool=search_pool, side_pool=side_pool, log=log)


async def _make_parts(settings: Settings, ground: _Ground, *, clock: Clock) -> Parts:
    pool, side_pool, log = ground.pool, ground.side_pool, ground.log
    policy = area_policy(await read_setting(side_pool, ACCESS_POLICY))
    classes = AccessClasses(side_pool)
    # Also whose record goes on in whose, which is needed before the first decision.
    await classes.refreshed(epoch=1)
    routes = SurvivingRoutes(await setting_made_once(side_pool, IDENTIFIER_KEY, make=_new_id_key), classes)
    gate = Gate(pool=side_pool, log=log, classes=classes, policy=policy, clock=clock, site=settings.area_name)
    ids = RandomIds()
    own_word = OwnWord(pool=side_pool, log=log, policy=policy, clock=clock, ids=ids, site=settings.area_name)
    what_ifs = WhatIfs(pool=side_pool, classes=classes, policy=policy, clock=clock, rules=RULES)
    record = Record(RecordGround(
        pool=pool, side_pool=side_pool, gate=gate, log=log, classes=classes, policy=policy, clock=clock, routes=routes,
        base=settings.fhir_base, area=settings.area_name,
    ))  # fmt: skip
    search = RecordSearch(pool=ground.search_pool, persons=Persons(routes), systems=CodeSystems(side_pool))
    searching = Searching(search=search, gate=gate, log=log, clock=clock)
    return Parts(
        settings=settings, pool=pool, side_pool=side_pool, log=log, classes=classes, policy=policy, gate=gate,
        own_word=own_word, what_ifs=what_ifs, record=record, searching=searching, clock=clock, ids=ids,
    )  # fmt: skip


def _new_id_key() -> bytes:
    return secrets.token_bytes(16)
