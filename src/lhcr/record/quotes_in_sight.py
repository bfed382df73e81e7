"""Quotes in sight: what entries say of other entries is served to whoever may see those others, and to nobody else.

Hazard: a sensitive item exposed. Whether words are left out hangs on what their reader may see alone: of a target that is hidden, one
that was deleted and one that was never here the same is left, so that nothing tells that there is something to hide.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Final, Protocol, TypeAlias

import asyncpg

from lhcr.fhir.search.catalogue import type_id
from lhcr.record.quoting import names_in, quoting_among, without_quotes
from lhcr.record.sql import READS
from lhcr.record.stored import Stored
from lhcr.store.shelf import shelf_bucket
from lhcr.store.visibility import Visibility

Target: TypeAlias = tuple[int, int, str]
"""Whose an entry would be (a person, or below 0 a bucket of the shelf), the number of its type, and its id."""
Found: TypeAlias = tuple[str, str, int, bytes, int]
"""As `record/everything.py` has it."""
_BODY: Final = itemgetter(3)


class Fetching(Protocol):
    """A pool or a connection."""

    async def fetch(self, query: str, *args: object) -> list[asyncpg.Record]: ...


def _nothing(_: int) -> Collection[str]:
    return ()


class QuotesInSight:
    """For one worker. Nothing is asked or parsed where nothing quotes, nor for a source that reads its own."""

    def __init__(self, routed: Callable[[str], int | None]) -> None:
        """`routed` returns with whom an id of this server's own making is at home, None for any other id."""
        self._routed = routed

    async def bodies(
        self,
        fetching: Fetching,
        visibility: Visibility,
        bodies: Iterable[bytes | None],
        *,
        whose: Callable[[int], int],
        shown: Callable[[int], Collection[str]] = _nothing,
    ) -> dict[int, bytes]:
        """Return those of some stored bodies that may not be served as they stand, as they may be, by their places.

        `whose`: with whom the entry in a place is at home. `shown`: names `Type/id` of what the same answer shows, of whatever an
        entry at home with somebody may name. That is in sight: nobody needs to ask for it.
        """
        if visibility.whole or not (quoting := quoting_among(bodies)):
            return {}
        homes = {place: whose(place) for place in quoting}
        wanted = set()
        for person_id in set(homes.values()):
            # All at once, because most answers show whatever is named in them.
            every = b"".join(body for place, body in quoting.items() if homes[place] == person_id)
            wanted |= {(person_id, name) for name in names_in(every, shown=shown(person_id))}
        if not (wanted and (unseen := await self._unseen(fetching, visibility, wanted))):
            return {}
        return {
            place: without_quotes(body, left_out)
            for place, body in quoting.items()
            if (left_out := {name for name in names_in(body) if (homes[place], name) in unseen})
        }

    async def stored(
        self, fetching: Fetching, visibility: Visibility, versions: Sequence[Stored], persons: Sequence[int]
    ) -> Sequence[Stored]:
        """Return versions as they may be served, each at home with the person in the same place."""
        bodies = await self.bodies(fetching, visibility, (each.body for each in versions), whose=persons.__getitem__)
        return [replace(each, body=bodies[place]) if place in bodies else each for place, each in enumerate(versions)]

    async def found(
        self, fetching: Fetching, visibility: Visibility, found: Sequence[Found], *, person_id: int
    ) -> Sequence[Found]:
        """Return what was found of one person, and on the shelf beside it, as it may be served."""
        bodies = await self.bodies(
            fetching,
            visibility,
            map(_BODY, found),
            whose=lambda _: person_id,
            shown=lambda _: {f"{each[0]}/{each[1]}" for each in found},
        )
        return (
            [(*each[:3], bodies.get(place, each[3]), each[4]) for place, each in enumerate(found)] if bodies else found
        )

    async def _unseen(
        self, fetching: Fetching, visibility: Visibility, wanted: Collection[tuple[int, str]]
    ) -> Collection[tuple[int, str]]:
        """Return those of names, each with whom is at home what says it, to which no entry in sight answers."""
        persons = visibility.persons
        places = {
            each: [place for place in self._homes(*each) if place[0] < 0 or persons is None or place[0] in persons]
            for each in wanted
        }
        asked = sorted({place for some in places.values() for place in some})
        if not asked:
            return wanted
        columns = [list(column) for column in zip(*asked, strict=True)]
        rows = await fetching.fetch(READS["quoted_in_sight"], *columns, visibility.mask, visibility.nameable)
        seen: set[Target] = {(row["person_id"], row["type"], row["id"]) for row in rows}
        return {each for each, some in places.items() if seen.isdisjoint(some)}

    def _homes(self, person_id: int, name: str) -> Iterator[Target]:
        """Yield where an entry may be that one at home with a person names: in the same record, or on the shelf.

        What is said of entries in the records of others is said to nobody.
        """
        resource_type, _, own_id = name.partition("/")
        number, routed = type_id(resource_type), self._routed(own_id)
        if person_id > 0:
            yield person_id, number, own_id
        if routed is None or routed < 0:
            yield shelf_bucket(number, own_id) if routed is None else routed, number, own_id
