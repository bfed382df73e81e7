"""Reverse includes (`_revinclude`): the resources that refer to rows."""

from collections.abc import Iterator, Sequence

import asyncpg

from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.parameter import SearchParameter
from lhcr.fhir.search.query import Include
from lhcr.fhir.whereabouts.parameters import tells_place
from lhcr.record.search.found import Entry
from lhcr.record.search.gathering import Gathering, entries_of
from lhcr.store.search.bindings import Key
from lhcr.store.search.compilation import PATIENT, Place, row_ids
from lhcr.store.search.homes import home_parameters, place_of


async def include_referring(gathering: Gathering, rows: Sequence[Entry], include: Include) -> None:
    """Gather what refers to rows, of the type that the include names, through its parameters."""
    referred = [row for row in rows if include.target in {None, row.type}]
    persons = sorted({row.person_id for row in referred if row.type == PATIENT})
    if persons:
        await _add_about(gathering, persons, [each for each in include.parameters if each.home])
        others = tuple(each for each in include.parameters if not each.home)
        await _add_referring_to_patients(gathering, persons, others)
    await _add_referring(gathering, [row for row in referred if row.type != PATIENT], include.parameters)


async def _add_about(gathering: Gathering, persons: Sequence[int], parameters: Sequence[SearchParameter]) -> None:
    """Add what is about persons through home parameters, which have no rows for them."""
    if not parameters:
        return
    types, seen = {each.type for each in parameters}, gathering.visibility
    homes = row_ids(tuple(each for name in types for each in home_parameters(name)))
    numbers = sorted(type_id(name) for name in types)
    rows = await gathering.fetch(
        "entries_of_persons",
        persons,
        numbers,
        homes,
        gathering.classes,
        seen.nameable,
        type_id(PATIENT),
        gathering.room,
    )
    gathering.add(entries_of(rows))


async def _add_referring_to_patients(
    gathering: Gathering, persons: Sequence[int], parameters: tuple[SearchParameter, ...]
) -> None:
    if not parameters:
        return
    seen, patient = gathering.visibility, type_id(PATIENT)
    ids = await gathering.fetch("patient_ids", persons, patient, gathering.classes, seen.nameable)
    for person_id in persons:
        keys = [(patient, row["id"]) for row in ids if row["person_id"] == person_id]
        await _add_sources_of_person(gathering, person_id, keys, parameters)


async def _add_referring(gathering: Gathering, rows: Sequence[Entry], parameters: tuple[SearchParameter, ...]) -> None:
    """What is at home with a person is referred to in that person's record, the rest from anywhere."""
    keys: dict[int, list[Key]] = {}
    for row in rows:
        keys.setdefault(max(row.person_id, 0), []).append((type_id(row.type), row.id))
    apart = keys.pop(0, [])
    for person_id, of_person in keys.items():
        await _add_sources_of_person(gathering, person_id, of_person, parameters)
    if apart:
        await _add_sources_anywhere(gathering, apart, parameters)


async def _add_sources_of_person(
    gathering: Gathering, person_id: int, keys: Sequence[Key], parameters: tuple[SearchParameter, ...]
) -> None:
    if not keys:
        return
    (types, ids), seen = zip(*keys, strict=True), gathering.visibility
    for told, asked in _by_telling(parameters):
        bounds = row_ids(asked), gathering.classes, seen.nameable, gathering.room, type_id(PATIENT)
        rows = await gathering.fetch("sources_of_person", person_id, types, ids, *bounds)
        await _add_sources(gathering, await gathering.unrestricted(rows) if told else rows)


async def _add_sources_anywhere(
    gathering: Gathering, keys: Sequence[Key], parameters: tuple[SearchParameter, ...]
) -> None:
    (types, ids), seen = zip(*keys, strict=True), gathering.visibility
    in_directory = tuple(each for each in parameters if place_of(each.type) is Place.DIRECTORY)
    if in_directory:
        permitted = row_ids(in_directory), gathering.classes, gathering.room
        found = await gathering.fetch("directory_sources", types, ids, *permitted)
        gathering.add(entries_of(found))
    others = tuple(each for each in parameters if place_of(each.type) is not Place.DIRECTORY)
    for told, asked in _by_telling(others):
        bounds = row_ids(asked), gathering.classes, seen.nameable, gathering.scope.persons, gathering.room
        rows = await gathering.fetch("sources_anywhere", types, ids, *bounds, type_id(PATIENT))
        await _add_sources(gathering, await gathering.unrestricted(rows) if told else rows)


def _by_telling(parameters: tuple[SearchParameter, ...]) -> Iterator[tuple[bool, tuple[SearchParameter, ...]]]:
    """Part parameters by whether what they find tells where its person is."""
    for told in (False, True):
        if asked := tuple(each for each in parameters if tells_place(each) is told):
            yield told, asked


async def _add_sources(gathering: Gathering, rows: Sequence[asyncpg.Record]) -> None:
    """Add rows; a Patient contribution stands for its person's golden Patient."""
    entries = entries_of(rows)
    gathering.add(each for each in entries if each.type != PATIENT)
    await gathering.add_persons({each.person_id for each in entries if each.type == PATIENT})
