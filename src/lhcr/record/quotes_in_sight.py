"""Quotes in sight: what entries say of other entries is served to whoever may see those others, and to nobody else.

Hazard: a sensitive item exposed. Whether words are left out hangs on what their reader may see alone: of a target that is hidden, one
that was deleted and one that was never here the same is left, so that nothing tells that there is something to hide.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeAlias

import asyncpg

from lhcr.fhir.search.catalogue import type_id
from lhcr.record.quoting import is_quoting, names_in, without_quotes
from lhcr.record.sql import READS
from lhcr.record.stored import Stored
from lhcr.store.shelf import shelf_bucket
from lhcr.store.visibility import Visibility

Target: TypeAlias = tuple[int, int, str]
"""Whose an entry would be (a person, or below 0 a bucket of the shelf), the number of its type, and its id."""
Found: TypeAlias = tuple[str, str, int, bytes, int]
"""As `record/everything.py` has it."""


class Fetching(Protocol):
    """A pool or a connection."""

    async def fetch(self, query: str, *args: object) -> list[asyncpg.Record]: ...


class QuotesInSight:
    """For one worker. Nothing is asked or parsed where nothing quotes, nor for a source that reads its own."""

    def __init__(self, routed: Callable[[str], int | None]) -> None:
        """`routed` returns with whom an id of this server's own making is at home, None for any other id."""
        self._routed = routed

    async def bodies(
        self,
        fetching: Fetching,
        visibility: Visibility,
        quoting: Mapping[int, tuple[int, bytes]],
        *,
        shown: Collection[str] = (),
    ) -> dict[int, bytes]:
        """Return the bodies that quote as they may be served, by their places, each with whom its entry is at home.

        `shown` are names `Type/id` of what the same answer shows: nobody needs to ask for these.
        """
        if visibility.whole or not quoting:
            return {}
        named = {place: names_in(body).difference(shown) for place, (_, body) in quoting.items()}
        wanted = {(person_id, name) for place, (person_id, _) in quoting.items() for name in named[place]}
        seen = await self._seen(fetching, visibility, wanted)
        served = {}
        for place, (person_id, body) in quoting.items():
            unseen = {name for name in named[place] if seen.isdisjoint(self._homes(person_id, name))}
            served[place] = without_quotes(body, unseen) if unseen else body
        return served

    async def stored(
        self, fetching: Fetching, visibility: Visibility, versions: Sequence[Stored], persons: Sequence[int]
    ) -> Sequence[Stored]:
        """Return versions as they may be served, each at home with the person in the same place."""
        quoting = {
            place: (persons[place], each.body)
            for place, each in enumerate(versions)
            if each.body is not None and is_quoting(each.body)
        }
        bodies = await self.bodies(fetching, visibility, quoting)
        return [replace(each, body=bodies[place]) if place in bodies else each for place, each in enumerate(versions)]

    async def found(
        self, fetching: Fetching, visibility: Visibility, found: Sequence[Found], *, person_id: int
    ) -> Sequence[Found]:
        """Return what was found of one person, and on the shelf beside it, as it may be served."""
        quoting = {place: (person_id, each[3]) for place, each in enumerate(found) if is_quoting(each[3])}
        shown = {f"{each[0]}/{each[1]}" for each in found} if quoting else ()
        bodies = await self.bodies(fetching, visibility, quoting, shown=shown)
        return (
            [(*each[:3], bodies.get(place, each[3]), each[4]) for place, each in enumerate(found)] if bodies else found
        )

    async def _seen(
        self, fetching: Fetching, visibility: Visibility, wanted: Collection[tuple[int, str]]
    ) -> set[Target]:
        """Return those of the places in which entries would be where there is one in sight."""
        places = {each for person_id, name in wanted for each in self._homes(person_id, name)}
        persons = visibility.persons
        asked = sorted(each for each in places if each[0] < 0 or persons is None or each[0] in persons)
        if not asked:
            return set()
        columns = [list(column) for column in zip(*asked, strict=True)]
        rows = await fetching.fetch(READS["quoted_in_sight"], *columns, visibility.mask, visibility.nameable)
        return {(row["person_id"], row["type"], row["id"]) for row in rows}

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
