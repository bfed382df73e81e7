"""Numbers and other identifiers of a person that go with the Patients who said them, where nothing that stays needs them.

Hazard: wrong person, and somebody who cannot be found. An NHS number stays while any entry of the person does, because nobody is cared
for safely whose record is not found by number; a source's own number stays while that source has an entry of the person.
"""

from collections.abc import Sequence

from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.catalogue import type_id
from lhcr.record.entry_order import ORDERS, EntryRow
from lhcr.record.identity_claim import NATIONAL, IdentityClaim, claims_that_stand, set_apart
from lhcr.store.database import Connection

_PATIENT = type_id("Patient")


async def forget_identifiers(
    connection: Connection, person_id: int, patients: Sequence[EntryRow], *, gone: Sequence[EntryRow]
) -> None:
    """Let go of what Patients that go say in any version, but for what others say and what entries that stay need."""
    if not patients:
        return
    source_of = {row.rid: row.source_id for row in patients}
    bodies = await connection.fetch(ORDERS["bodies_of"], person_id, sorted(source_of))
    said = {claim for row in bodies for claim in _claims(row["body"], source_of[row["rid"]])}
    rids = [row.rid for row in gone]
    for row in await connection.fetch(ORDERS["patients_that_stay"], person_id, _PATIENT, rids):
        if row["body"] is not None:
            said -= _claims(row["body"], row["source_id"])
    staying = {row["source_id"] for row in await connection.fetch(ORDERS["sources_that_stay"], person_id, rids)}
    dropped = [claim for claim in said if not (staying if claim.source_id == NATIONAL else claim.source_id in staying)]
    columns = [
        [claim.source_id for claim in dropped],
        [claim.system for claim in dropped],
        [claim.value for claim in dropped],
    ]
    await connection.execute(ORDERS["forget_identifiers"], *columns, person_id)


def _claims(body: bytes, source_id: int) -> set[IdentityClaim]:
    """Return what a Patient of a source claims, and what was set apart by it."""
    claims = claims_that_stand(read_json(body), source_id=source_id)
    return {*claims, *(set_apart(claim, source_id=source_id) for claim in claims)}
