"""Placeholders: persons known so far only by the Patient id that a feed's source uses, until their Patient arrives."""

from lhcr.record.links import Key
from lhcr.record.sql import STATEMENTS
from lhcr.store.database import Connection


class Placeholders:
    """Makes placeholders for one source. Only feeds have them; a user's mistaken reference is refused instead."""

    def __init__(self, *, source_id: int) -> None:
        self._source_id = source_id
        self._made: dict[Key, int] = {}

    async def person(self, connection: Connection, key: Key | None) -> int | None:
        """Return the person who stands for an unknown Patient reference; None where it leads to another server."""
        if key is None:
            return None
        if key not in self._made:
            self._made[key] = await self._make(connection, key)
        return self._made[key]

    async def _make(self, connection: Connection, key: Key) -> int:
        person_id: int = await connection.fetchval(STATEMENTS["new_person"])
        await connection.fetch(STATEMENTS["claim_ids"], [key[0]], [key[1]], [person_id], [self._source_id])
        holder: int = await connection.fetchval(STATEMENTS["holder_of_id"], *key)
        if holder != person_id:
            await connection.execute(STATEMENTS["forget_person"], person_id)
        return holder
