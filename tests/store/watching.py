"""Watching: every statement that a worker runs on the partitioned tables, with the partitions that it touched when it ran.

Each is first explained on the same connection and in the same transaction, with its own arguments, and undone; then it runs. What
counts is what is executed: partitions that the executor skips have a plan and no turn.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import asyncpg

from lhcr.store.database import STATEMENTS_KEPT, Pool
from lhcr.store.tables import Kind, tables_of

_TABLES = "|".join(table.name for table in tables_of(Kind.BY_PERSON))
_NAMED = re.compile(rf"\b(?:{_TABLES})\b")
_PARTITION = re.compile(rf"(?:{_TABLES})_p(\d+)")
# In a test's few rows whole tables are cheaper to scan than to look up, as they never are in an area's record.
_LARGE_TABLES = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"


class Plans(Enum):
    """How a prepared statement is planned: for its arguments, or once for all, as PostgreSQL may choose from the sixth time on."""

    CUSTOM = "force_custom_plan"
    GENERIC = "force_generic_plan"


@dataclass(frozen=True, slots=True)
class Watched:
    """A statement that ran; `touched` are the partitions of which it read or changed rows, of any table."""

    sql: str
    touched: frozenset[int]
    scans: tuple[str, ...]

    def __repr__(self) -> str:
        return f"{' '.join(self.sql.split())} -> {sorted(self.touched)} by {', '.join(self.scans)}"


@dataclass(slots=True)
class Watch:
    """Collects statements while it is open."""

    plans: Plans | None = None
    seen: list[Watched] = field(default_factory=list)

    def begin(self, plans: Plans) -> None:
        self.plans, self.seen = plans, []

    def end(self) -> list[Watched]:
        self.plans = None
        return self.seen


def watched_connection(watch: Watch) -> type[asyncpg.Connection]:
    """Return the class of connections that a pool opens so that `watch` sees their statements."""

    class WatchedConnection(asyncpg.Connection):
        async def _execute(self, query: str, args: Any, *rest: Any, **more: Any) -> Any:
            if watch.plans is not None and _NAMED.search(query):
                watch.seen.append(await explained(self, query, args, plans=watch.plans))
            return await super()._execute(query, args, *rest, **more)  # type: ignore[misc]

    return WatchedConnection


async def open_watched_pool(dsn: str, watch: Watch) -> Pool:
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=4,
        statement_cache_size=STATEMENTS_KEPT,
        connection_class=watched_connection(watch),
        server_settings={"TimeZone": "UTC", "jit": "off"},
    )


async def explained(connection: Any, query: str, args: Any, *, plans: Plans) -> Watched:
    """Run a statement under EXPLAIN ANALYZE and undo it."""
    return _watched(query, await plan_of(connection, query, args, plans=plans, settings=_LARGE_TABLES))


async def plan_of(connection: Any, query: str, args: Any, *, plans: Plans, settings: str = "") -> dict[str, Any]:
    """Return the plan of a statement with what each node did when it ran, and undo what it did."""
    types = [each.name for each in (await connection.prepare(query)).get_parameters()]
    literals = await _literals(connection, types, args)
    undone = connection.transaction()
    await undone.start()
    try:
        await connection.execute(f"SET LOCAL plan_cache_mode = {plans.value}; {settings}")
        await connection.execute(f"PREPARE watched{_listed(types)} AS {query}")
        ran = await connection.prepare(
            f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, FORMAT JSON) EXECUTE watched{_listed(literals)}"
        )
        plan: dict[str, Any] = json.loads(await ran.fetchval())[0]["Plan"]
        return plan
    finally:
        await undone.rollback()
        await connection.execute("DEALLOCATE PREPARE watched")


async def _literals(connection: Any, types: list[str], args: Any) -> list[str]:
    if not types:
        return []
    columns = ", ".join(f"quote_nullable(${place}::{name}::text)" for place, name in enumerate(types, start=1))
    return list(await (await connection.prepare(f"SELECT {columns}")).fetchrow(*args))


def _listed(parts: list[str]) -> str:
    return f" ({', '.join(parts)})" if parts else ""


def _watched(query: str, plan: Mapping[str, Any]) -> Watched:
    touched, scans = set(), []
    for node in nodes_of(plan):
        partition = _PARTITION.fullmatch(node.get("Relation Name", ""))
        if partition and node["Actual Loops"]:
            touched.add(int(partition[1]))
            scans.append(f"{node['Node Type']} {node['Relation Name']}")
    return Watched(query, frozenset(touched), tuple(scans))


def nodes_of(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the nodes of a plan, the outermost first."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes_of(child)
