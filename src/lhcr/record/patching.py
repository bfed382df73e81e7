"""Patching: the resource that a patch makes of what stands, under the lock of what stands."""

from collections.abc import Sequence

from lhcr.fhir.json_document import read_json
from lhcr.fhir.json_patch import apply_patch
from lhcr.fhir.validation import require_valid
from lhcr.kernel.errors import NotFound
from lhcr.record.draft import Draft, Method
from lhcr.record.existing import Owned, absent, gone, lock_existing
from lhcr.record.persons import Persons, lock_persons
from lhcr.store.database import Connection


async def apply_patches(connection: Connection, persons: Persons, drafts: Sequence[Draft], *, owned: Owned) -> None:
    """Give each draft of a patch its resource: what stands, as its operations leave it, valid again.

    Raises NotFound where nothing of the source's own has the id (410 where it is deleted), Incorrect where the patch cannot be
    applied or leaves an invalid resource.
    """
    patching = [draft for draft in drafts if draft.method is Method.PATCH]
    if not patching:
        return
    # Persons are locked before their resources, as by every other write, and all that are known of the batch at once.
    named = {draft.key for draft in drafts if draft.key is not None}
    located = await persons.locate(connection, named)
    await lock_persons(connection, {where.person_id for where in located.values()})
    existing = await lock_existing(connection, patching, located, owned=owned)
    for draft in patching:
        before = existing.get(draft.key) if draft.key else None
        if before is None or not before.owned:
            raise NotFound([absent(draft.type)])
        if before.body is None:
            raise NotFound([gone(draft.type)], status=410)
        draft.resource = apply_patch(read_json(before.body), draft.patch or [])
        require_valid(draft.resource)
