"""The reach of an order: beside the entries that it names, the documents that hold copies of them, their attachments, and who refers.

Copies are found where a stored Bundle of the same person holds an entry of the same type and id, in any version. A document of the
same source is reached with the entry; another organisation's is its own controller's, and told. A dispute says in words what an entry
holds, and is made here: it is reached with it. Hazard: what is thought to be gone and is not. What somebody copied into words, into an attachment or under another name is found by nobody and told to nobody.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from lhcr.access.disputed import focus_of, is_dispute
from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.catalogue import parameters_by_id, type_id, type_ids, type_name
from lhcr.fhir.search.homes import followed_references, home
from lhcr.fhir.search.parameter import Kind
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject
from lhcr.record.entry_order import ORDERS, EntryRow, read_rows
from lhcr.record.persons import Persons
from lhcr.store.database import Connection

_BUNDLE: Final = type_id("Bundle")
_BINARY: Final = type_id("Binary")
_TASK: Final = type_id("Task")
_NAME: Final = re.compile(rb'[/"]([A-Z][A-Za-z]{1,63}/[A-Za-z0-9\-.]{1,64})(?=["/])')
_PEOPLE: Final = ("Patient/", "Person/", "RelatedPerson/")
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """`rows` are the entries that are named; `documents` those of the same source that hold copies; `disputes` what somebody said to
    be wrong with them; `attachments` what lies on the shelf for them alone. `holding` are documents of other sources with a copy, `referring` entries that refer, by reference;
    `shared` attachments that others name too, so that they stay.
    """

    rows: tuple[EntryRow, ...]
    documents: tuple[EntryRow, ...] = ()
    disputes: tuple[EntryRow, ...] = ()
    attachments: tuple[EntryRow, ...] = ()
    holding: tuple[str, ...] = ()
    referring: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()

    @property
    def every_row(self) -> tuple[EntryRow, ...]:
        return (*self.rows, *self.documents, *self.disputes, *self.attachments)


async def read_reach(connection: Connection, persons: Persons, rows: Sequence[EntryRow]) -> Reach:
    """Return what an order over some entries of one person reaches. All of it is read inside the order's transaction."""
    person_id, names = rows[0].person_id, {row.reference for row in rows}
    sources, rids = {row.source_id for row in rows}, [row.rid for row in rows]
    own: set[int] = set()
    disputing: set[int] = set()
    holding: set[str] = set()
    referring: dict[str, int] = {}
    async for row in connection.cursor(ORDERS["other_bodies_of_person"], person_id, rids, prefetch=_AT_ONCE):
        reference = f"{type_name(row['type'])}/{row['id']}"
        if row["type"] == _BUNDLE and _holds(row["body"], names):
            if row["source_id"] in sources:
                own.add(row["rid"])
            else:
                holding.add(reference)
        elif not names.isdisjoint(_named(row["body"])):
            referring[reference] = row["rid"]
            if row["type"] == _TASK and row["source_id"] in sources and _disputes(read_json(row["body"]), names):
                disputing.add(row["rid"])
    documents = read_rows(await connection.fetch(ORDERS["names_of_rows"], person_id, sorted(own)))
    disputes = read_rows(await connection.fetch(ORDERS["names_of_rows"], person_id, sorted(disputing)))
    attachments, shared = await attachments_of(connection, persons, [*rows, *documents])
    return Reach(
        rows=tuple(rows),
        documents=tuple(documents),
        disputes=tuple(disputes),
        attachments=tuple(attachments),
        holding=tuple(sorted(holding)),
        referring=tuple(sorted(each for each, rid in referring.items() if rid not in own | disputing)),
        shared=tuple(sorted(shared)),
    )


async def followers_of(connection: Connection, rows: Sequence[EntryRow]) -> list[EntryRow]:
    """Return the entries of the same person that follow some of theirs, as a Provenance follows its target."""
    types, ids = [row.type_id for row in rows], [row.id for row in rows]
    found = await connection.fetch(ORDERS["followers"], rows[0].person_id, _following_types(), types, ids)
    names = {row.reference for row in rows}
    return [EntryRow(*list(each.values())[:-1]) for each in found if _follows(each["body"], names)]


def _follows(body: bytes, names: AbstractSet[str]) -> bool:
    """Whether what an entry follows is among some names: merely to refer to them tells less.

    Whoever an entry is about is not what it follows: everything of theirs would be hidden with one Patient. What is said to be wrong
    with a Patient follows it.
    """
    resource = read_json(body)
    plain = (_plain(each) for each in followed_references(resource))
    return _disputes(resource, names) or any(each in names and not each.startswith(_PEOPLE) for each in plain)


def _disputes(resource: JsonObject, names: AbstractSet[str]) -> bool:
    """Whether an entry says that one with some of these names is wrong."""
    return is_dispute(resource) and any(_plain(each) in names for each in focus_of(resource))


def _plain(reference: str) -> str:
    return "/".join(reference.partition("/_history/")[0].split("/")[-2:])


async def attachments_of(
    connection: Connection, persons: Persons, rows: Sequence[EntryRow]
) -> tuple[list[EntryRow], list[str]]:
    """Return the attachments on the shelf that only these entries name, and the names of those that others name too."""
    rids = [row.rid for row in rows]
    bodies = await connection.fetch(ORDERS["bodies_of"], rows[0].person_id, rids)
    wanted = {
        name.removeprefix("Binary/") for each in bodies for name in _named(each["body"]) if name.startswith("Binary/")
    }
    located = await persons.locate(connection, [(_BINARY, each) for each in sorted(wanted)])
    sources, only, shared = {row.source_id for row in rows}, [], []
    for (number, own_id), where in located.items():
        found = read_rows(await connection.fetch(ORDERS["entry_named"], where.person_id, number, own_id))
        for each in found:
            if each.rid in rids or each.source_id not in sources:
                continue
            if await _is_named_elsewhere(connection, each, rids):
                shared.append(each.reference)
            else:
                only.append(each)
    return only, shared


async def _is_named_elsewhere(connection: Connection, row: EntryRow, rids: Sequence[int]) -> bool:
    addresses = [row.reference, f"/{row.reference}"]
    asked = (_naming_parameters(), row.type_id, row.id, addresses, list(rids))
    is_named: bool = await connection.fetchval(ORDERS["named_elsewhere"], *asked)
    return is_named


def _named(body: bytes) -> Iterator[str]:
    """Yield every `Type/id` that stands in a body as a reference or an address, with or without a version behind it."""
    for match in _NAME.finditer(body):
        yield match[1].decode()


def _holds(body: bytes, names: AbstractSet[str]) -> bool:
    """Whether a stored Bundle holds an entry with one of some names, however deep it lies."""
    try:
        return any(f"{each.get('resourceType')}/{each.get('id')}" in names for each in _resources(read_json(body)))
    except Incorrect:
        return any(name.partition("/")[2].encode() in body for name in names)


def _resources(bundle: dict[str, Any]) -> Iterator[dict[str, Any]]:
    pending: list[Any] = [bundle]
    while pending:
        for entry in _objects(pending.pop().get("entry")):
            resource = entry.get("resource")
            if isinstance(resource, dict):
                yield resource
                pending.append(resource)


def _objects(value: object) -> Iterable[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else ()


@cache
def _following_types() -> list[int]:
    return sorted(number for name, number in type_ids().items() if home(name).follows)


@cache
def _naming_parameters() -> list[int]:
    """The parameters by whose rows an entry may name another."""
    return sorted(each.id for each in parameters_by_id().values() if each.kind in {Kind.REFERENCE, Kind.URI})
