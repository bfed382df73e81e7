"""Sorting out: which entries of a record go back when a merge is undone, and which cannot be told and stay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.catalogue import type_id, type_name
from lhcr.record.choice_consent import is_choice
from lhcr.record.identity_claim import NATIONAL, IdentityClaim, claims_that_stand
from lhcr.record.links import Key, LinkReader
from lhcr.record.original_person import OneOfTwo, OriginalPerson, Whose
from lhcr.record.returning import UNMERGE
from lhcr.store.database import Connection

_PATIENT: Final = type_id("Patient")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """`going` back; `untold` were written since the merge and name neither for certain. Sources that wrote since, of each of the two.

    `naming`: rows that stay and may name whom others go back to; `claims`: identifiers that only what goes back says.
    """

    going: Sequence[asyncpg.Record]
    untold: Sequence[str]
    sources_of_merged: frozenset[int]
    sources_of_survivor: frozenset[int]
    claims: frozenset[IdentityClaim]
    naming: Sequence[int]
    original: OriginalPerson

    @property
    def rids(self) -> list[int]:
        return [row["rid"] for row in self.going]

    @property
    def keys(self) -> list[Key]:
        return [(row["type"], row["id"]) for row in self.going]


class SortingOut:
    """Of one merge: its `parts`, as kinds and what they hold."""

    def __init__(self, connection: Connection, *, reader: LinkReader, merge_id: str, survivor: int) -> None:
        self._connection = connection
        self._reader = reader
        self._merge_id = merge_id
        self._survivor = survivor

    async def sort_out(self) -> Sorted:
        parts = await self._connection.fetch(UNMERGE["parts"], self._survivor, self._merge_id)
        since = datetime.fromisoformat(next(row["part"][0] for row in parts if row["kind"] == "moment"))
        rows = await self._connection.fetch(UNMERGE["brought"], self._survivor, self._merge_id, since)
        beside = await self._connection.fetch(UNMERGE["patients_beside"], self._survivor, self._merge_id, _PATIENT)
        merged, survivor = _merged(parts, rows), _survivor([row for row in beside if not _is_first(row, since=since)])
        original = OriginalPerson(merged, survivor, key=self._reader.key)
        going, untold, staying = [], [], []
        # What follows others comes last, when it is told where those are.
        for row in sorted(rows, key=lambda row: (not row["brought"], row["rid"])):
            told = _told(row, original, since=since)
            if (told or (Whose.MERGED if row["brought"] else Whose.SURVIVOR)) is Whose.MERGED:
                going.append(row)
                merged.entries.add((row["type"], row["id"]))
            else:
                staying.append(row)
            if told is None and _is_new(row, since=since):
                untold.append(f"{type_name(row['type'])}/{row['id']}")
        back = {row["rid"] for row in going}
        return Sorted(
            going=going,
            untold=untold,
            sources_of_merged=frozenset(row["source_id"] for row in going if row["last_updated"] > since),
            sources_of_survivor=frozenset(row["source_id"] for row in staying),
            claims=frozenset(_claims(going)) - frozenset(_claims([row for row in beside if row["rid"] not in back])),
            naming=[*_naming(parts, home=self._survivor), *(row["rid"] for row in staying)],
            original=original,
        )


def _is_new(row: asyncpg.Record, *, since: datetime) -> bool:
    return not row["brought"] and row["last_updated"] > since and row["body"] is not None


def _is_first(row: asyncpg.Record, *, since: datetime) -> bool:
    return bool(row["version"] == 1 and row["last_updated"] > since)


def _naming(parts: Sequence[asyncpg.Record], *, home: int) -> Iterator[int]:
    """Yield the survivor's own entries that named the merged when they were two."""
    for row in parts:
        if row["kind"] == "member" and int(row["part"][0]) == home:
            yield int(row["part"][1])


def _told(row: asyncpg.Record, original: OriginalPerson, *, since: datetime) -> Whose | None:
    """Return whose what was written since says that it is. A Patient that was here before is whose it was."""
    if row["type"] == _PATIENT and not _is_first(row, since=since):
        return Whose.MERGED if row["brought"] else Whose.SURVIVOR
    if row["body"] is None or row["last_updated"] <= since:
        return None
    resource = read_json(row["body"])
    # Hazard: an objection that is lost. A person chose on the page of one record, under whatever id that was known by then.
    return None if is_choice(resource) else original.of(resource, source_id=row["source_id"])


def _merged(parts: Sequence[asyncpg.Record], rows: Sequence[asyncpg.Record]) -> OneOfTwo:
    known = OneOfTwo()
    known.patients.update((row["type"], row["id"]) for row in rows if row["brought"] and row["type"] == _PATIENT)
    for row in parts:
        part = row["part"]
        if row["kind"] == "locator" and int(part[0]) == _PATIENT:
            known.patients.add((_PATIENT, part[1]))
        elif row["kind"] == "identifier":
            known.claims.add(IdentityClaim(int(part[0]), part[1], part[2]))
        elif row["kind"] == "released":
            known.claims.add(IdentityClaim(NATIONAL, part[0], part[1]))
    return known


def _survivor(patients: Sequence[asyncpg.Record]) -> OneOfTwo:
    known = OneOfTwo(patients={(row["type"], row["id"]) for row in patients})
    known.claims.update(_claims(patients))
    return known


def _claims(rows: Sequence[asyncpg.Record]) -> Iterator[IdentityClaim]:
    for row in rows:
        if row["type"] == _PATIENT and row["body"] is not None:
            yield from claims_that_stand(read_json(row["body"]), source_id=row["source_id"])
