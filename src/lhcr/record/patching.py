"""Patching: the resource that a patch makes of what stands, under the lock of what stands."""

from collections.abc import Sequence

from lhcr.fhir.json_document import read_json
from lhcr.fhir.json_patch import apply_patch
from lhcr.fhir.validation import require_valid
from lhcr.kernel.errors import NotFound
from lhcr.record.draft import Draft, Method
from lhcr.record.existing import Owned, absent, find_existing, gone
from lhcr.record.persons import Persons, lock_persons
from lhcr.store.database import Connection


class Overtaken(Exception):
    """What a patch was applied to has changed before it could be locked: the write is to begin again."""


async def apply_patches(connection: Connection, persons: Persons, drafts: Sequence[Draft], *, owned: Owned) -> None:
    """Give each draft of a patch its resource: what stands, as its operations leave it, valid again.

    A patch alone locks what it changes. Beside other entries, whose identifiers and ids are locked first, it is applied to what
    is read without a lock, and `settle` finds whether that still stands (`refuse_overtaken`). Raises NotFound where nothing of
    the source's own has the id (410 where it is deleted), Incorrect where the patch cannot be applied or leaves an invalid
    resource.
    """
    patching = [draft for draft in drafts if draft.method is Method.PATCH]
    if not patching:
        return
    located = await persons.locate(connection, {draft.key for draft in patching if draft.key is not None})
    alone = len(drafts) == 1 and drafts[0].type != "Patient"
    if alone:
        await lock_persons(connection, {where.person_id for where in located.values()})
    existing = await find_existing(connection, patching, located, owned=owned, lock=alone)
    for draft in patching:
        before = existing.get(draft.key) if draft.key else None
        if before is None or not before.owned:
            raise NotFound([absent(draft.type)])
        if before.body is None:
            raise NotFound([gone(draft.type)], status=410)
        draft.resource = apply_patch(read_json(before.body), draft.patch or [])
        draft.patched_version = before.version
        require_valid(draft.resource)


def refuse_overtaken(drafts: Sequence[Draft]) -> None:
    """Raise Overtaken where a settled patch would be the version after another than the one to which it was applied."""
    if any(draft.patched_version not in {None, draft.version - 1} for draft in drafts):
        raise Overtaken
