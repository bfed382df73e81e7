"""Patching: the resource that a patch makes of what stands, under the lock of what stands."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from lhcr.access.facts import restricted_among
from lhcr.fhir.json_document import read_json
from lhcr.fhir.json_patch import apply_patch
from lhcr.fhir.validation import require_valid
from lhcr.kernel.errors import Incorrect, Issue, NotFound
from lhcr.kernel.json_types import JsonArray
from lhcr.record.blame import for_each, place_in
from lhcr.record.draft import Draft, Method
from lhcr.record.existing import Existing, Owned, absent, find_existing, gone
from lhcr.record.links import Key
from lhcr.record.persons import Persons, lock_persons
from lhcr.record.quoting import is_quoting
from lhcr.store.database import Connection

#: Operations whose outcome depends on what stands, or that show it elsewhere.
_TELLING: Final = frozenset({"test", "copy", "move"})


class Overtaken(Exception):
    """What a patch was applied to has changed before it could be locked: the write is to begin again."""


async def apply_patches(
    connection: Connection,
    persons: Persons,
    drafts: Sequence[Draft],
    *,
    owned: Owned,
    nameable: tuple[int, ...] | None,
) -> None:
    """Give each draft of a patch its resource: what stands, as its operations leave it, valid again.

    A patch alone locks what it changes. Beside other entries, whose identifiers and ids are locked first, it is applied to what
    is read without a lock, and `settle` finds whether that still stands (`refuse_overtaken`). `nameable`: whom an entry may name
    that its writer reads whole, None for everybody. Raises NotFound where nothing of the source's own has the id (410 where it
    is deleted), Incorrect where the patch cannot be applied or leaves an invalid resource, and (422) for a masked entry.
    """
    patching = [draft for draft in drafts if draft.method is Method.PATCH]
    if not patching:
        return
    located = await persons.locate(connection, {draft.key for draft in patching if draft.key is not None})
    alone = len(drafts) == 1 and drafts[0].type != "Patient"
    if alone:
        await lock_persons(connection, {where.person_id for where in located.values()})
    existing = await find_existing(connection, patching, located, owned=owned, lock=alone)
    if nameable is not None:
        await _refuse_telling(connection, patching, existing)
    for_each(patching, lambda draft: _apply(draft, existing.get(draft.key) if draft.key else None, nameable=nameable))


async def _refuse_telling(connection: Connection, patching: Sequence[Draft], existing: Mapping[Key, Existing]) -> None:
    """Refuse (422) operations that would tell what a read leaves out of an entry that quotes, or is about a restricted person.

    Hazards: the place of a restricted person exposed, and a sensitive item. A test answers what it is asked, and what is copied or moved
    stands where everybody reads it.
    """
    telling = ((draft, existing.get(draft.key) if draft.key else None) for draft in patching if _tells(draft))
    known = [(draft, before) for draft, before in telling if before is not None]
    if not known:
        return
    restricted = await restricted_among(connection, {before.person_id for _, before in known})
    for draft, before in known:
        quotes = before.body is not None and is_quoting(before.body)
        if before.owned and (quotes or before.person_id in restricted):
            raise Incorrect([_left_out(draft)], status=422)


def _tells(draft: Draft) -> bool:
    return any(isinstance(each, dict) and each.get("op") in _TELLING for each in draft.patch or [])


def _apply(draft: Draft, before: Existing | None, *, nameable: tuple[int, ...] | None) -> None:
    if before is None or not before.owned:
        raise NotFound([absent(draft.type)])
    if before.body is None:
        raise NotFound([gone(draft.type)], status=410)
    if nameable is not None and not set(before.members) <= set(nameable):
        raise Incorrect([_masked(draft)], status=422)
    draft.resource = apply_patch(read_json(before.body), draft.patch or [])
    draft.patched_version, draft.patched = before.version, before.body
    require_valid(draft.resource)


def refuse_miscounted(draft: Draft, read: bytes | None) -> None:
    """Refuse a patch of a Patient that counts places in an element of which its writer reads more than their own contribution.

    Hazard: wrong item removed. `/telecom/1` was counted in what was read, where others' telephones stand too. Raises Incorrect
    (422).
    """
    if draft.patched is None or read is None or read == draft.patched:
        return
    own, seen = read_json(draft.patched), read_json(read)
    counted = set(_counted(draft.patch or []))
    if any(own.get(name) != seen.get(name) for name in counted):
        raise Incorrect([_miscounted(draft)], status=422)


def _counted(operations: JsonArray) -> Iterator[str]:
    """Yield the elements in which operations name an item by its place, but for those that the patch gave a value before."""
    given = set()
    for operation in operations:
        for pointer in (operation["path"], operation.get("from") or ""):
            _, *steps = pointer.split("/")
            if steps and steps[0] not in given and any(map(str.isdecimal, steps[1:])):
                yield steps[0]
        if operation["path"].count("/") == 1:
            given.add(operation["path"][1:])


def _masked(draft: Draft) -> Issue:
    """Hazard: wrong person. An operation that tests or copies what is masked would tell who it is."""
    return Issue(
        code="business-rule",
        error="subsetted",
        diagnostics="The entry names somebody who is not shown to you, so that it cannot be changed in part. Send it whole.",
        expression=draft.type,
    )


def _left_out(draft: Draft) -> Issue:
    return Issue(
        code="business-rule",
        error="subsetted",
        diagnostics="Something is left out of this entry where you read it, so that a patch of it tests, copies and moves nothing. Add, "
        "replace or remove what is to change, or send it whole.",
        expression=draft.type,
    )


def _miscounted(draft: Draft) -> Issue:
    return Issue(
        code="business-rule",
        error="patch-not-own",
        diagnostics="The patch names items by their places in what others contributed too, and would change other items of your "
        "own contribution. Give the element whole, or update your own contribution.",
        expression=place_in(draft),
    )


def refuse_overtaken(drafts: Sequence[Draft]) -> None:
    """Raise Overtaken where a settled patch would be the version after another than the one to which it was applied."""
    if any(draft.patched_version not in {None, draft.version - 1} for draft in drafts):
        raise Overtaken
