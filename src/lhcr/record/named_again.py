"""Named again: entries that name others, at home with anybody, name the one of two persons whom they mean, once these are two again."""

from collections.abc import Iterator, Sequence
from typing import Final

import asyncpg

from lhcr.fhir.json_document import read_json
from lhcr.record.original_person import Whose
from lhcr.record.returning import UNMERGE
from lhcr.record.sorting_out import Sorted
from lhcr.store.database import Connection

_CURRENT: Final = None


async def name_again(connection: Connection, found: Sorted, *, survivor: int, merged: int) -> None:
    """Have every version name whom its own words name, and each be found by the entries that name them now.

    Hazards: what names somebody is shown to a reader of another's record as their own; it is masked where nobody else is named.
    """
    persons = {Whose.SURVIVOR: survivor, Whose.MERGED: merged}
    # Entries that went back may name the survivor, and entries that stayed may name whom they went back to.
    homes = [merged] * len(found.rids) + [survivor] * len(found.naming)
    rows = await connection.fetch(UNMERGE["naming_both"], survivor, merged, homes, [*found.rids, *found.naming])
    current = []
    for row in rows:
        if row["body"] is None:
            continue
        whose = found.original.named(read_json(row["body"]))
        members = sorted(
            {*(row["members"] or ())} - {survivor, merged} | {persons[each] for each in whose} - {row["person_id"]}
        )
        if members != (row["members"] or []):
            await _name(connection, row, members or None)
        if row["version"] is _CURRENT:
            current.append((row, [each for each in members if each in (survivor, merged)]))
    await _note(connection, current, both=[survivor, merged])


async def _name(connection: Connection, row: asyncpg.Record, members: Sequence[int] | None) -> None:
    if row["version"] is _CURRENT:
        await connection.execute(UNMERGE["name_current"], row["person_id"], row["rid"], members)
    else:
        await connection.execute(UNMERGE["name_past"], row["person_id"], row["rid"], row["version"], members)


async def _note(
    connection: Connection, current: Sequence[tuple[asyncpg.Record, list[int]]], *, both: Sequence[int]
) -> None:
    places = [row["person_id"] for row, _ in current], [row["rid"] for row, _ in current]
    await connection.execute(UNMERGE["forget_members"], both, *places)
    named = [*_memberships(current)]
    if named:
        await connection.execute(UNMERGE["note_members"], *map(list, zip(*named, strict=True)))


def _memberships(current: Sequence[tuple[asyncpg.Record, list[int]]]) -> Iterator[tuple[int, int, int, int, int]]:
    for row, members in current:
        for member in members:
            yield member, row["person_id"], row["rid"], row["type"], row["class"]
