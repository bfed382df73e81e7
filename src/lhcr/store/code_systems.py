"""Code systems, interned: the four bytes that stand in search rows for the address of a code or identifier system."""

from collections.abc import Collection, Mapping
from typing import Final

from lhcr.store.database import Connection, Pool
from lhcr.store.search.bounded import bounded
from lhcr.store.statements import load_statements

_STATEMENTS: Final = load_statements("lhcr.store", "code_systems.sql")

NO_SYSTEM: Final = 0
"""Stands for a code without a system."""

_MOST_KEPT: Final = 65_536


class CodeSystems:
    """Numbers of code systems, kept in memory: a number never changes once given.

    An address is not trusted: whoever writes can invent new ones. A search therefore never creates a number, and the
    memory is cleared when it holds 65,536.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._known: dict[str, int] = {}

    async def number(self, uri: str, *, create: bool) -> int | None:
        """Return the number of one system; None where it is unknown and not to be created."""
        return (await self.numbers([uri], create=create)).get(uri)

    async def numbers(self, uris: Collection[str], *, create: bool) -> Mapping[str, int]:
        """Return the numbers of systems by address. Unknown ones are created in a transaction of their own, or absent."""
        found = self.known(uris)
        if len(found) < len(uris):
            await self._learn([uri for uri in uris if uri not in found], create=create)
            found = self.known(uris)
        return found

    def known(self, uris: Collection[str]) -> dict[str, int]:
        """Return the numbers that need no look-up."""
        known = self._known
        return {uri: known[uri] if uri else NO_SYSTEM for uri in uris if not uri or uri in known}

    async def _learn(self, uris: list[str], *, create: bool) -> None:
        stored = {uri: bounded(uri) for uri in uris}
        async with self._pool.acquire() as connection:
            numbers = await _look_up(connection, stored.values())
            missing = sorted(set(stored.values()) - set(numbers)) if create else []
            if missing:
                await _create(connection, missing)
                numbers |= await _look_up(connection, missing)
        if len(self._known) + len(uris) > _MOST_KEPT:
            self._known.clear()
        self._known |= {uri: numbers[text] for uri, text in stored.items() if text in numbers}


async def _look_up(connection: Connection, texts: Collection[str]) -> dict[str, int]:
    rows = await connection.fetch(_STATEMENTS["numbers"], list(texts))
    return {row["uri"]: row["system_id"] for row in rows}


async def _create(connection: Connection, texts: list[str]) -> None:
    """Give the next free numbers under a lock, so that two workers never give one number or one address twice."""
    async with connection.transaction():
        await connection.execute(_STATEMENTS["lock"])
        await connection.execute(_STATEMENTS["create"], texts)
