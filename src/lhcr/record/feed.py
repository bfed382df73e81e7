"""A feed: what one source called its resources, and what they are called here, so that loading twice changes nothing.

A feed is keyed on (source, type, source key); the key is the entry's fullUrl, or its type and id. Where the source's own id is
held by somebody else here, another is assigned and the mapping kept, and later references by the source's id follow it.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

import asyncpg

from lhcr.fhir.json_document import write_json
from lhcr.fhir.search.catalogue import type_name
from lhcr.kernel.errors import Busy, Issue
from lhcr.record.draft import Draft, Method
from lhcr.record.links import Key
from lhcr.record.persons import Persons
from lhcr.record.sql import STATEMENTS
from lhcr.store.database import Connection

_NOT_SENT: Final = b""
_COLUMNS: Final = ("source_id", "type", "source_key", "id", "person_id", "digest")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A resource that this source has sent before."""

    id: str
    person_id: int
    digest: bytes


class Feed:
    """The feed of one batch. Its drafts carry `source_key`."""

    def __init__(self, persons: Persons, *, source_id: int) -> None:
        self._persons = persons
        self._source_id = source_id
        self._digests: dict[int, bytes] = {}
        self._loaded: dict[Key, Loaded] = {}
        self._stand_ins: dict[Key, Loaded] = {}

    async def recognise(self, connection: Connection, drafts: Sequence[Draft], references: Iterable[Key]) -> None:
        """Find what was sent before: an unchanged resource is `found` and not written again, a changed one is an update.

        A new resource keeps the id that its source gave it where nobody else holds it. `references` are the (type, id) that
        the batch refers to and does not hold.
        """
        for draft in drafts:
            self._digests[id(draft)] = hashlib.sha256(write_json(draft.resource or {})).digest()
        keys = [(draft.type_id, draft.source_key or "") for draft in drafts]
        await self._look_up(connection, [*keys, *((number, name) for number, name in references)])
        taken = await self._taken(connection, drafts)
        for draft, key in zip(drafts, keys, strict=True):
            self._settle(draft, self._loaded.get(key), taken)

    def mapped(self, key: Key) -> Loaded | None:
        """Return what a resource is called here that this source calls by a type and id."""
        return self._loaded.get(key)

    def stand_in(self, key: Key, *, id: str, person_id: int) -> None:
        """Call what the source calls by a type and id by another id from now on, although it has not been sent yet."""
        self._stand_ins[key[0], f"{type_name(key[0])}/{key[1]}"] = Loaded(id, person_id, _NOT_SENT)

    async def remember(self, connection: Connection, drafts: Sequence[Draft]) -> None:
        """Keep the names of what was written, inside the batch's transaction.

        Raises Busy (503) where another batch has written one of them meanwhile: loading the same again finds it.
        """
        names = {
            (draft.type_id, draft.source_key or ""): Loaded(
                draft.id or "", draft.person_id or 0, self._digests[id(draft)]
            )
            for draft in drafts
            if not draft.found
        }
        names |= {key: loaded for key, loaded in self._stand_ins.items() if key not in names}
        added = {key: loaded for key, loaded in names.items() if key not in self._loaded}
        changed = {key: loaded for key, loaded in names.items() if key in self._loaded}
        await self._add(connection, added)
        await self._change(connection, changed)

    async def _add(self, connection: Connection, added: Mapping[Key, Loaded]) -> None:
        """Keep new names, in an order in which two batches wait for each other instead of each for the other."""
        rows = [
            (self._source_id, *key, loaded.id, loaded.person_id, loaded.digest)
            for key, loaded in sorted(added.items(), key=itemgetter(0))
        ]
        if rows:
            try:
                await connection.copy_records_to_table("loaded_id", records=rows, columns=_COLUMNS)
            except asyncpg.UniqueViolationError:
                raise Busy([_overtaken()], status=503) from None

    async def _change(self, connection: Connection, changed: Mapping[Key, Loaded]) -> None:
        """Note what names stand for now, where they still stand for what was looked up."""
        if not changed:
            return
        digests = [each.digest for each in changed.values()], [self._loaded[key].digest for key in changed]
        kept = await connection.fetchval(STATEMENTS["remember_changed"], self._source_id, *_columns(changed), *digests)
        if kept < len(changed):
            raise Busy([_overtaken()], status=503)

    async def _look_up(self, connection: Connection, keys: Sequence[Key]) -> None:
        for row in await connection.fetch(STATEMENTS["loaded"], self._source_id, *_columns(keys)):
            self._loaded[row["type"], row["source_key"]] = Loaded(row["id"], row["person_id"], row["digest"])

    async def _taken(self, connection: Connection, drafts: Sequence[Draft]) -> set[Key]:
        """Return the ids that another source, or this server, holds already."""
        chosen = [draft.key for draft in drafts if draft.key is not None and draft.method is Method.PUT]
        located = await self._persons.locate(connection, chosen)
        return {key for key, where in located.items() if where.source_id != self._source_id}

    def _settle(self, draft: Draft, before: Loaded | None, taken: set[Key]) -> None:
        if before is not None:
            draft.method, draft.id, draft.person_id = Method.PUT, before.id, before.person_id
            draft.found, draft.assigned = before.digest == self._digests[id(draft)], True
        elif draft.key is None or draft.key in taken:
            draft.method, draft.id = Method.POST, None


def _columns(keys: Collection[Key]) -> tuple[list[int], list[str]]:
    return [key[0] for key in keys], [key[1] for key in keys]


def _overtaken() -> Issue:
    return Issue(
        code="transient",
        error="feed-overtaken",
        diagnostics="The same entries were loaded from somewhere else at this moment. Nothing was written; load them again.",
    )
