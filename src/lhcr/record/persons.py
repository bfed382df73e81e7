"""Persons: who is behind an id.

`person_id` is internal and never leaves the record. Nothing here reads clinical content.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from lhcr.access.moved import PersonMoved
from lhcr.kernel.ids import RouteCipher
from lhcr.record.sql import STATEMENTS
from lhcr.store.database import Connection, Pool

DIRECTORY = 0


@dataclass(frozen=True, slots=True)
class Located:
    """Where the resource of an id lives, whether or not it exists there; `source_id` of the client's choice of the id."""

    person_id: int
    source_id: int | None


class Persons:
    def __init__(self, routes: RouteCipher) -> None:
        self._routes = routes

    def routed(self, resource_id: str) -> int | None:
        """Return the person that a server-assigned id leads to, without asking the database."""
        return self._routes.person_of(resource_id)

    async def locate(
        self, connection: Connection | Pool, wanted: Collection[tuple[int, str]]
    ) -> dict[tuple[int, str], Located]:
        """Return where each (type, id) lives. Ids that nobody chose or assigned are absent."""
        located, unrouted = {}, []
        for key in wanted:
            person_id = self._routes.person_of(key[1])
            if person_id is None:
                unrouted.append(key)
            else:
                located[key] = Located(person_id, None)
        if unrouted:
            types, ids = zip(*unrouted, strict=True)
            for row in await connection.fetch(STATEMENTS["locate"], types, ids):
                located[row["type"], row["id"]] = Located(row["person_id"], row["source_id"])
        return located


class Locked(NamedTuple):
    """Persons who are locked, each with the epoch at which they stand, and that of the sensitive codes; None where nobody is locked."""

    epochs: dict[int, int]
    sensitivity: int | None


async def lock_for_writing(connection: Connection, persons: Collection[int]) -> Locked:
    """Lock persons for a change of their records, in the one order of all writers; what is nobody's has no lock.

    The epoch of each moves no more while the lock is held. Raises PersonMoved (503) where the record of one goes on in another's.
    """
    people = sorted(person_id for person_id in persons if person_id > 0)
    rows = await connection.fetch(STATEMENTS["lock_persons"], people) if people else []
    if any(row["survivor_id"] is not None for row in rows):
        raise PersonMoved
    sensitivity = rows[0]["sensitivity"] if rows else None
    return Locked({row["person_id"]: row["epoch"] for row in rows}, sensitivity)


async def lock_persons(connection: Connection, persons: Collection[int]) -> dict[int, int]:
    """Lock persons as `lock_for_writing` does, and return their epochs."""
    return (await lock_for_writing(connection, persons)).epochs
