"""Removed names: under what a removed entry was known to its source, as digests, so that a feed cannot bring it back.

Hazard guarded here: what a court ordered to be removed is here again with the next load. Whoever is not its source learns nothing:
the digest holds the source, and a name that is not taken any more is free for others as one that never was. Beside ids, the names are
the entry's own identifiers, by which a source that writes under a condition knows what it sends. A Bundle that holds a copy of a
removed entry, under its id or one of its identifiers, is refused as that is.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from lhcr.fhir.search.catalogue import type_ids
from lhcr.identity.area_settings import setting_made_once
from lhcr.kernel.errors import Conflict, Issue
from lhcr.kernel.json_types import JsonObject
from lhcr.record.blame import for_each
from lhcr.record.draft import Draft, Method
from lhcr.record.entry_order import ORDERS
from lhcr.store.database import Connection, Pool

#: The key of the digests, a setting of the area: a name alone can be guessed, as a number of ten digits can.
REMOVED_NAME_KEY: Final = "removed-name-key"
ENTRY_REMOVED: Final = "entry-removed"
_KEY_BYTES: Final = 32
_PEOPLE: Final = frozenset({"Patient", "Person", "RelatedPerson"})
_BUNDLE: Final = "Bundle"
#: Entries with names of their own of which the digests cost more than to ask first whether anything was ever removed.
_MANY: Final = 8


class RemovedNames:
    """Of one worker. `pool` is asked once for the area's key."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._key = b""

    async def digests(self, source_id: int, names: Iterable[tuple[int, str]]) -> list[bytes]:
        """Return the digests of names, each a number of a type and an id or a feed's key, in their order."""
        if not self._key:
            self._key = await setting_made_once(
                self._pool, REMOVED_NAME_KEY, make=lambda: secrets.token_bytes(_KEY_BYTES)
            )
        return [self._digest(source_id, type_id, name) for type_id, name in names]

    async def refuse(self, connection: Connection, drafts: Sequence[Draft], *, source_id: int) -> None:
        """Refuse new entries under names from which an order removed one. Raises Conflict (409 `entry-removed`).

        The drafts are settled and their persons locked. What is made under a name of the server's own asks nothing.
        """
        named = {id(draft): names for draft in drafts if (names := list(_names(draft)))}
        if not named or (len(named) >= _MANY and not await _any_removed(connection)):
            return
        digests = {key: await self.digests(source_id, names) for key, names in named.items()}
        asked = [digest for each in digests.values() for digest in each]
        removed = {row["name_digest"] for row in await connection.fetch(ORDERS["removed_among"], asked)}
        if removed:
            for_each(drafts, lambda draft: _refuse(draft, removed.intersection(digests.get(id(draft), ()))))

    def _digest(self, source_id: int, type_id: int, name: str) -> bytes:
        return hashlib.blake2b(f"{source_id}|{type_id}|{name}".encode(), key=self._key, digest_size=32).digest()


async def _any_removed(connection: Connection) -> bool:
    """Ask by a statement of its own, once the persons are locked: an order that removes from a record locks its person first.

    Hazard: a batch that waited for an order to be carried out knows nothing of it by what was read before it waited.
    """
    return bool(await connection.fetchval(ORDERS["any_removed"]))


def _names(draft: Draft) -> Iterable[tuple[int, str]]:
    """Yield what a source calls an entry that is new here, and what it calls those of which a Bundle holds copies."""
    if draft.found or draft.method is Method.DELETE:
        return
    if draft.type == _BUNDLE and draft.resource is not None:
        yield from _names_of_copies(draft.resource)
    if draft.replaces:
        return
    if draft.source_key:
        yield draft.type_id, draft.source_key
    if draft.method is not Method.POST and draft.id:
        yield draft.type_id, draft.id
    if draft.condition is not None and draft.resource is not None:
        yield from ((draft.type_id, name) for name in identifier_names(draft.resource))


def _names_of_copies(bundle: JsonObject) -> Iterator[tuple[int, str]]:
    """Yield the names of what a Bundle holds, however deep: but of no people, who are in each document of somebody's.

    Hazard: what a court ordered to be removed is here again, in the next document.
    """
    numbers, pending = type_ids(), [bundle]
    while pending:
        entries = pending.pop().get("entry")
        for entry in entries if isinstance(entries, list) else ():
            copy = entry.get("resource") if isinstance(entry, dict) else None
            if not isinstance(copy, dict) or (number := numbers.get(str(copy.get("resourceType")))) is None:
                continue
            pending.append(copy)
            if copy["resourceType"] not in _PEOPLE:
                yield from (
                    (number, name) for name in (copy.get("id"), *identifier_names(copy)) if isinstance(name, str)
                )


def identifier_names(resource: JsonObject) -> Iterator[str]:
    """Yield the identifiers by which a condition may mean a resource.

    Of none that people have: somebody may come back to a source from which an entry about them was removed.
    """
    if resource["resourceType"] in _PEOPLE:
        return
    told = resource.get("identifier")
    for each in told if isinstance(told, list) else [told]:
        if isinstance(each, dict) and isinstance(each.get("value"), str):
            yield f"{each.get('system') or ''}|{each['value']}"


def _refuse(draft: Draft, removed: set[bytes]) -> None:
    if removed:
        diagnostics = (
            "An entry under this name was removed under an order and is not taken again. Nothing was written. The privacy office of "
            "the area can say more, and release the order."
        )
        issue = Issue(code="business-rule", error=ENTRY_REMOVED, diagnostics=diagnostics, expression=draft.type)
        raise Conflict([issue])
