"""A gathering: the resources that are included with one page so far, and what every look for more is bound to.

Hazard: an included resource of a class, or of a person, that the decision does not permit. Every statement carries both.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

import asyncpg

from lhcr.fhir.search.catalogue import type_id, type_name
from lhcr.fhir.search.parameter import SearchParameter
from lhcr.record.masking import served_of
from lhcr.record.persons import Persons
from lhcr.record.search.found import Entry
from lhcr.record.search.golden_patients import golden_patients
from lhcr.record.search.sql import STATEMENTS
from lhcr.record.search.withholding import references_without_places, restricted
from lhcr.store.database import Connection
from lhcr.store.search.bindings import Key
from lhcr.store.search.compilation import PATIENT
from lhcr.store.search.scope import Scope
from lhcr.store.visibility import Visibility

MOST_INCLUDED: Final = 1000

Target = tuple[int, int, str]
"""(person_id of the referring row, type id, id)."""


class Gathering:
    """`classes` are the permitted access classes as a mask. `cut` says that there would be more than `most`. A resource is gathered once, and none that is `known` already."""

    def __init__(
        self,
        connection: Connection,
        *,
        visibility: Visibility,
        scope: Scope,
        persons: Persons,
        known: Iterable[Entry] = (),
        most: int = MOST_INCLUDED,
    ) -> None:
        self.visibility = visibility
        self.classes = visibility.mask
        self.scope = scope.permitted(visibility)
        self.found: list[Entry] = []
        self.cut = False
        self._connection = connection
        self._persons = persons
        self._most = most
        self._known = {(each.type, each.id) for each in known}

    def add(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            key = (entry.type, entry.id)
            if key in self._known:
                continue
            if len(self.found) >= self._most:
                self.cut = True
                return
            self._known.add(key)
            self.found.append(entry)

    async def add_persons(self, persons: Collection[int]) -> None:
        """Add the golden Patients of persons."""
        found = await golden_patients(self._connection, persons, self.visibility)
        self.add(found[person_id] for person_id in sorted(found))

    async def without_places(
        self, references: Sequence[asyncpg.Record], parameters: Sequence[SearchParameter]
    ) -> list[asyncpg.Record]:
        """Return reference rows of parameters but for those that tell where a restricted person is."""
        places = self.visibility.places
        return await references_without_places(self._connection, references, parameters, places)

    async def unrestricted(self, rows: Sequence[asyncpg.Record]) -> list[asyncpg.Record]:
        """Return rows but for those of persons whose places are withheld; beyond the last of `room` rows there may be more."""
        withheld = await restricted(self._connection, {row["person_id"] for row in rows}, self.visibility.places)
        kept = [row for row in rows if row["person_id"] not in withheld]
        self.cut = self.cut or len(kept) < len(rows) == self.room
        return kept

    @property
    def room(self) -> int:
        """Ask for enough rows to see that there are more than fit, even if all the known ones come first."""
        return self._most + len(self._known) + 1

    async def targets(self, targets: Collection[Target]) -> list[Entry]:
        """Return the resources of keys, each at home with the person that stands with it, as far as they may be seen."""
        if not targets:
            return []
        owners, types, ids = zip(*sorted(targets), strict=True)
        seen = self.visibility
        bounds = self.classes, seen.nameable, self.room, type_id(PATIENT)
        return entries_of(await self.fetch("targets", owners, types, ids, *bounds))

    async def on_the_shelf(self, keys: Collection[Key]) -> set[Target]:
        located = await self._persons.locate(self._connection, keys) if keys else {}
        return {(place.person_id, *key) for key, place in located.items() if place.person_id < 0}

    async def fetch(self, name: str, *arguments: Any) -> list[asyncpg.Record]:
        found: list[asyncpg.Record] = await self._connection.fetch(STATEMENTS[name], *arguments)
        return found


def entries_of(rows: Iterable[asyncpg.Record]) -> list[Entry]:
    return [
        Entry(row["person_id"], row["rid"], type_name(row["type"]), row["id"], row["version"], served_of(row))
        for row in rows
    ]
