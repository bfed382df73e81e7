"""Forward includes (`_include`): the resources that rows refer to."""

from collections.abc import Sequence

import asyncpg

from lhcr.fhir.search.catalogue import type_id, type_name
from lhcr.fhir.search.parameter import SearchParameter
from lhcr.fhir.search.query import Include
from lhcr.record.search.found import Entry
from lhcr.record.search.gathering import Gathering, Target, entries_of
from lhcr.store.search.compilation import PATIENT, Place, row_ids
from lhcr.store.search.homes import home_parameters, place_of


async def include_referred(gathering: Gathering, rows: Sequence[Entry], includes: Sequence[Include]) -> None:
    """Gather what rows refer to through the parameters of includes, each to the types that it names."""
    parameters = [each for include in includes for each in include.parameters]
    sources = {each.type for each in parameters}
    referring = [row for row in rows if row.type in sources]
    if not referring:
        return
    references = await gathering.without_places(await _references(gathering, referring, parameters), parameters)
    await _add_targets(gathering, _wanted(references, includes))
    await gathering.add_persons(_own_persons(referring, includes, references))


async def _references(
    gathering: Gathering, rows: Sequence[Entry], parameters: Sequence[SearchParameter]
) -> list[asyncpg.Record]:
    """Return the reference rows of resources under parameters, and under the home parameters of their types."""
    homes = tuple(each for name in {each.type for each in parameters} for each in home_parameters(name))
    ids, seen = row_ids((*parameters, *homes)), gathering.visibility
    found: list[asyncpg.Record] = []
    patients = [row.person_id for row in rows if row.type == PATIENT]
    # A person's contributions are found by the person alone: only parameters of Patient may ask for them.
    of_patients = row_ids(tuple(each for each in parameters if each.type == PATIENT))
    if patients and of_patients:
        found += await gathering.fetch(
            "references_of_patients", patients, of_patients, gathering.classes, seen.nameable
        )
    directory = [row.rid for row in rows if row.person_id == 0]
    if directory:
        found += await gathering.fetch("references_of_directory", ids, directory, gathering.classes)
    others = [(row.person_id, row.rid) for row in rows if row.person_id != 0 and row.type != PATIENT]
    if others:
        owners, rids = zip(*others, strict=True)
        if len(set(owners)) == 1:
            found += await gathering.fetch("references_of_person", owners[0], ids, rids, gathering.classes)
        else:
            found += await gathering.fetch("references_of_persons", owners, ids, rids, gathering.classes)
    return found


def _wanted(references: Sequence[asyncpg.Record], includes: Sequence[Include]) -> list[asyncpg.Record]:
    asked: dict[int, set[int | None]] = {}
    for include in includes:
        target = None if include.target is None else type_id(include.target)
        for row_id in row_ids(include.parameters):
            asked.setdefault(row_id, set()).add(target)
    return [row for row in references if {None, row["target_type"]} & asked.get(row["param"], set())]


async def _add_targets(gathering: Gathering, references: Sequence[asyncpg.Record]) -> None:
    by_place: dict[Place, set[Target]] = {place: set() for place in Place}
    for row in references:
        if row["target_type"]:
            target = (row["person_id"], row["target_type"], row["target_id"])
            by_place[place_of(type_name(row["target_type"]))].add(target)
    await _add_from_directory(gathering, by_place[Place.DIRECTORY])
    # Persons are named by a Patient of their own, in their own record; anybody else's is no hop from here.
    named = await gathering.targets({each for each in by_place[Place.PATIENT] if each[0] > 0})
    await gathering.add_persons({each.person_id for each in named})
    await _add_from_records(gathering, by_place[Place.PERSON])


async def _add_from_directory(gathering: Gathering, targets: set[Target]) -> None:
    if targets:
        types, ids = zip(*sorted({(number, each) for _, number, each in targets}), strict=True)
        gathering.add(
            entries_of(await gathering.fetch("directory_targets", types, ids, gathering.classes, gathering.room))
        )


async def _add_from_records(gathering: Gathering, targets: set[Target]) -> None:
    """Add what is at home with the referring row's person, else what is on the shelf."""
    found = await gathering.targets(targets)
    gathering.add(found)
    at_home = {(type_id(each.type), each.id) for each in found}
    apart = {(number, each) for _, number, each in targets} - at_home
    gathering.add(await gathering.targets(await gathering.on_the_shelf(apart)))


def _own_persons(rows: Sequence[Entry], includes: Sequence[Include], references: Sequence[asyncpg.Record]) -> set[int]:
    """Return the persons whom rows are about through home parameters: those references have no rows of their own."""
    types = {
        each.type
        for include in includes
        if include.target in {None, PATIENT}
        for each in include.parameters
        if each.home
    }
    homes = {row_id for name in types for row_id in row_ids(home_parameters(name))}
    about_something_else = {
        (row["person_id"], row["rid"])
        for row in references
        if row["param"] in homes and row["target_type"] != type_id(PATIENT)
    }
    return {
        row.person_id
        for row in rows
        if row.type in types and row.person_id > 0 and (row.person_id, row.rid) not in about_something_else
    }
