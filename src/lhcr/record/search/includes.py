"""Included resources: what matches refer to, and what refers to them, round by round, within what may be seen.

Hazard: an included resource of a class, or of a person, that the decision does not permit. Every statement carries both.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import asyncpg

from lhcr.fhir.search.catalogue import type_id, type_name
from lhcr.fhir.search.parameter import SearchParameter
from lhcr.fhir.search.query import Include, SearchQuery
from lhcr.record.persons import Persons
from lhcr.record.search.found import Entry
from lhcr.record.search.golden_patients import golden_patients
from lhcr.record.search.sql import STATEMENTS
from lhcr.store.database import Connection
from lhcr.store.search.compilation import PATIENT, Place, row_ids
from lhcr.store.search.homes import home_parameters, place_of
from lhcr.store.search.scope import Scope
from lhcr.store.visibility import Visibility

MOST_INCLUDED: Final = 1000
DEEPEST: Final = 5

Target = tuple[int, int, str]
"""(person_id of the referring row, type id, id)."""


class Includes:
    """The included resources of one page. `cut` says that there would be more than are given."""

    def __init__(
        self,
        connection: Connection,
        *,
        visibility: Visibility,
        scope: Scope,
        persons: Persons,
        most: int = MOST_INCLUDED,
    ) -> None:
        self._connection = connection
        self._visibility = visibility
        self._scope = scope.permitted(visibility)
        self._persons = persons
        self._most = most
        self._found: dict[tuple[str, str], Entry] = {}
        self._known: set[tuple[str, str]] = set()
        self.cut = False

    async def gather(self, query: SearchQuery, matches: Sequence[Entry]) -> list[Entry]:
        """Return what a query includes with its matches; a resource once, and none that is a match."""
        self._known = {(each.type, each.id) for each in matches}
        forward, reverse = query.includes, query.reverse_includes
        latest: Sequence[Entry] = matches
        for _ in range(DEEPEST):
            latest = await self._round(latest, forward, reverse)
            forward = tuple(each for each in forward if each.iterate)
            reverse = tuple(each for each in reverse if each.iterate)
            if not latest or not (forward or reverse) or self.cut:
                break
        else:
            self.cut = self.cut or bool(await self._round(latest, forward, reverse))
        return list(self._found.values())[: self._most]

    async def _round(
        self, latest: Sequence[Entry], forward: Iterable[Include], reverse: Iterable[Include]
    ) -> list[Entry]:
        before = len(self._found)
        await self._forward(latest, list(forward))
        for include in reverse:
            await self._reverse(latest, include)
        return list(self._found.values())[before:]

    def _add(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            key = (entry.type, entry.id)
            if key in self._known:
                continue
            if len(self._found) >= self._most:
                self.cut = True
                return
            self._known.add(key)
            self._found[key] = entry

    def _room(self) -> int:
        """Ask for enough rows to see that there are more than fit, even if all the known ones come first."""
        return self._most + len(self._known) + 1

    # What rows refer to.

    async def _forward(self, rows: Sequence[Entry], includes: Sequence[Include]) -> None:
        asked: dict[int, list[str | None]] = {}
        for include in includes:
            for parameter in include.parameters:
                for row_id in parameter.rows:
                    asked.setdefault(row_id, []).append(include.target)
        parameters = [each for include in includes for each in include.parameters]
        sources = {each.type for each in parameters}
        referring = [row for row in rows if row.type in sources]
        if not referring:
            return
        references = await self._references(referring, parameters)
        wanted = [
            row
            for row in references
            if any(target is None or type_id(target) == row["target_type"] for target in asked.get(row["param"], ()))
        ]
        await self._add_targets(wanted)
        await self._add_own_persons(referring, includes, references)

    async def _references(self, rows: Sequence[Entry], parameters: Sequence[SearchParameter]) -> list[asyncpg.Record]:
        """Return the reference rows of resources under parameters, and under the home parameters of their types."""
        homes = tuple(each for name in {each.type for each in parameters} for each in home_parameters(name))
        ids = row_ids((*parameters, *homes))
        classes, persons = self._visibility.classes, self._visibility.persons
        found: list[asyncpg.Record] = []
        patients = [row.person_id for row in rows if row.type == PATIENT]
        # A person's contributions are found by the person alone: only parameters of Patient may ask for them.
        of_patients = row_ids(tuple(each for each in parameters if each.type == PATIENT))
        if patients and of_patients:
            found += await self._fetch("references_of_patients", patients, of_patients, classes, persons)
        directory = [row.rid for row in rows if row.person_id == 0]
        if directory:
            found += await self._fetch("references_of_directory", ids, directory)
        others = [(row.person_id, row.rid) for row in rows if row.person_id != 0 and row.type != PATIENT]
        if others:
            owners, rids = zip(*others, strict=True)
            if len(set(owners)) == 1:
                found += await self._fetch("references_of_person", owners[0], ids, rids, classes)
            else:
                found += await self._fetch("references_of_persons", owners, ids, rids, classes)
        return found

    async def _add_targets(self, references: Sequence[asyncpg.Record]) -> None:
        by_place: dict[Place, set[Target]] = {place: set() for place in Place}
        for row in references:
            if row["target_type"]:
                target = (row["person_id"], row["target_type"], row["target_id"])
                by_place[place_of(type_name(row["target_type"]))].add(target)
        await self._add_from_directory(by_place[Place.DIRECTORY])
        await self._add_persons(await self._persons_named(by_place[Place.PATIENT]))
        await self._add_from_records(by_place[Place.PERSON])

    async def _add_from_directory(self, targets: set[Target]) -> None:
        if targets:
            keys = sorted({(number, each) for _, number, each in targets})
            types, ids = zip(*keys, strict=True)
            self._add(_entries(await self._fetch("directory_targets", types, ids, self._room())))

    async def _add_from_records(self, targets: set[Target]) -> None:
        """Add what is at home with the referring row's person, else what is on the shelf."""
        found = await self._targets(targets) if targets else []
        self._add(found)
        at_home = {(type_id(each.type), each.id) for each in found}
        apart = [(number, each) for _, number, each in sorted(targets) if (number, each) not in at_home]
        located = await self._persons.locate(self._connection, apart) if apart else {}
        shelf = {(place.person_id, *key) for key, place in located.items() if place.person_id < 0}
        if shelf:
            self._add(await self._targets(shelf))

    async def _targets(self, targets: set[Target]) -> list[Entry]:
        owners, types, ids = zip(*sorted(targets), strict=True)
        classes, persons = self._visibility.classes, self._visibility.persons
        return _entries(await self._fetch("targets", owners, types, ids, classes, persons, self._room()))

    async def _persons_named(self, targets: set[Target]) -> set[int]:
        """Return the persons who are named by a permitted Patient of their own, in their own record."""
        own = {each for each in targets if each[0] > 0}
        return {each.person_id for each in await self._targets(own)} if own else set()

    async def _add_own_persons(
        self, rows: Sequence[Entry], includes: Sequence[Include], references: Sequence[asyncpg.Record]
    ) -> None:
        """Add the Patients whom rows are about: those references have no rows of their own."""
        types = {
            each.type
            for include in includes
            if include.target in {None, PATIENT}
            for each in include.parameters
            if each.home
        }
        homes = {row_id for name in types for row_id in row_ids(home_parameters(name))}
        patient = type_id(PATIENT)
        elsewhere = {
            (row["person_id"], row["rid"])
            for row in references
            if row["param"] in homes and row["target_type"] != patient
        }
        await self._add_persons(
            {
                row.person_id
                for row in rows
                if row.type in types and row.person_id > 0 and (row.person_id, row.rid) not in elsewhere
            }
        )

    async def _add_persons(self, persons: set[int]) -> None:
        found = await golden_patients(self._connection, persons, self._visibility)
        self._add(found[person_id] for person_id in sorted(found))

    # What refers to rows.

    async def _reverse(self, rows: Sequence[Entry], include: Include) -> None:
        if include.target is not None:
            rows = [row for row in rows if row.type == include.target]
        patients = sorted({row.person_id for row in rows if row.type == PATIENT})
        if patients:
            await self._add_about(patients, [each for each in include.parameters if each.home])
            others = [each for each in include.parameters if not each.home]
            await self._add_referring_to_patients(patients, others)
        named = [row for row in rows if row.type != PATIENT]
        await self._add_referring(named, include.parameters)

    async def _add_about(self, persons: Sequence[int], parameters: Sequence[SearchParameter]) -> None:
        if not parameters:
            return
        types = {each.type for each in parameters}
        homes = row_ids(tuple(each for name in types for each in home_parameters(name)))
        rows = await self._fetch(
            "entries_of_persons",
            persons,
            sorted(type_id(name) for name in types),
            homes,
            self._visibility.classes,
            self._visibility.persons,
            type_id(PATIENT),
            self._room(),
        )
        self._add(_entries(rows))

    async def _add_referring_to_patients(self, persons: Sequence[int], parameters: Sequence[SearchParameter]) -> None:
        if not parameters:
            return
        classes, permitted = self._visibility.classes, self._visibility.persons
        ids = await self._fetch("patient_ids", persons, type_id(PATIENT), classes, permitted)
        for person_id in persons:
            own = [row["id"] for row in ids if row["person_id"] == person_id]
            await self._add_sources_of_person(person_id, [(type_id(PATIENT), each) for each in own], parameters)

    async def _add_referring(self, rows: Sequence[Entry], parameters: Sequence[SearchParameter]) -> None:
        by_person: dict[int, list[tuple[int, str]]] = {}
        for row in rows:
            by_person.setdefault(max(0, row.person_id), []).append((type_id(row.type), row.id))
        apart = by_person.pop(0, [])
        for person_id, keys in by_person.items():
            await self._add_sources_of_person(person_id, keys, parameters)
        if apart:
            await self._add_sources_anywhere(apart, parameters)

    async def _add_sources_of_person(
        self, person_id: int, keys: Sequence[tuple[int, str]], parameters: Sequence[SearchParameter]
    ) -> None:
        if not keys:
            return
        types, ids = zip(*keys, strict=True)
        classes, persons = self._visibility.classes, self._visibility.persons
        rows = await self._fetch(
            "sources_of_person", person_id, types, ids, row_ids(tuple(parameters)), classes, persons, self._room()
        )
        await self._add_sources(rows)

    async def _add_sources_anywhere(
        self, keys: Sequence[tuple[int, str]], parameters: Sequence[SearchParameter]
    ) -> None:
        types, ids = zip(*keys, strict=True)
        in_directory = tuple(each for each in parameters if place_of(each.type) is Place.DIRECTORY)
        if in_directory:
            found = await self._fetch("directory_sources", types, ids, row_ids(in_directory), self._room())
            self._add(_entries(found))
        others = tuple(each for each in parameters if place_of(each.type) is not Place.DIRECTORY)
        if others:
            classes, persons = self._visibility.classes, self._visibility.persons
            scope = self._scope.persons
            await self._add_sources(
                await self._fetch(
                    "sources_anywhere", types, ids, row_ids(others), classes, persons, scope, self._room()
                )
            )

    async def _add_sources(self, rows: Sequence[asyncpg.Record]) -> None:
        """Add rows; a Patient contribution stands for its person's golden Patient."""
        entries = _entries(rows)
        self._add(each for each in entries if each.type != PATIENT)
        await self._add_persons({each.person_id for each in entries if each.type == PATIENT})

    async def _fetch(self, name: str, *arguments: Any) -> list[asyncpg.Record]:
        found: list[asyncpg.Record] = await self._connection.fetch(STATEMENTS[name], *arguments)
        return found


def _entries(rows: Iterable[asyncpg.Record]) -> list[Entry]:
    return [
        Entry(row["person_id"], row["rid"], type_name(row["type"]), row["id"], row["version"], row["body"])
        for row in rows
    ]
