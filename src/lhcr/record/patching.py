"""Patching: the resource that a patch makes of what stands, under the lock of what stands."""

from collections.abc import Callable, Sequence

from lhcr.fhir.json_document import read_json
from lhcr.fhir.json_patch import apply_patch
from lhcr.fhir.search.homes import HomeKind, home
from lhcr.fhir.validation import require_valid
from lhcr.kernel.errors import NotFound
from lhcr.record.draft import Draft, Method
from lhcr.record.existing import absent, gone, lock_existing
from lhcr.record.persons import DIRECTORY, Persons
from lhcr.store.database import Connection


async def apply_patches(
    connection: Connection, persons: Persons, drafts: Sequence[Draft], *, owns: Callable[[int], bool]
) -> None:
    """Give each draft of a patch its resource: what stands, as its operations leave it, valid again.

    Raises NotFound where nothing of the source's own has the id (410 where it is deleted), Incorrect where the patch cannot be
    applied or leaves an invalid resource.
    """
    patching = [draft for draft in drafts if draft.method is Method.PATCH]
    if not patching:
        return
    located = await persons.locate(connection, [draft.key for draft in patching if draft.key is not None])
    for draft in patching:
        where = located.get(draft.key) if draft.key else None
        directory = home(draft.type).kind is HomeKind.DIRECTORY
        draft.person_id = DIRECTORY if where is None or directory else where.person_id
    existing = await lock_existing(connection, patching)
    for draft in patching:
        before = existing.get(draft.key) if draft.key else None
        if before is None or not owns(before.class_id):
            raise NotFound([absent(draft.type)])
        if before.body is None:
            raise NotFound([gone(draft.type)], status=410)
        draft.resource = apply_patch(read_json(before.body), draft.patch or [])
        require_valid(draft.resource)
