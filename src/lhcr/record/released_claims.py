"""Released claims: identifiers that a Patient no longer says, and that stop standing for its person.

Hazard: wrong person. A number that was typed into the wrong record and corrected must not join its owner, who comes later, to
that record. A Patient who is withdrawn keeps its numbers: the person's other entries wait for whoever comes with them.
"""

from collections.abc import Iterator, Mapping, Sequence

from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.catalogue import type_id
from lhcr.record.claimant import Claimant
from lhcr.record.claiming import columns_of
from lhcr.record.draft import Draft
from lhcr.record.existing import Owned
from lhcr.record.identity_claim import NATIONAL, IdentityClaim, claims_that_stand, set_apart
from lhcr.record.links import Key
from lhcr.record.sql import STATEMENTS
from lhcr.store.database import Connection

_PATIENT = type_id("Patient")


async def note_said_before(connection: Connection, claimants: Mapping[Key, Claimant], *, source_id: int) -> None:
    """Note what the stored versions of Patients say, so that it is locked together with what the new ones claim.

    `claimants` by the type and id of what they replace.
    """
    if claimants:
        persons = [claimant.known for claimant in claimants.values()]
        columns = persons, [key[0] for key in claimants], [key[1] for key in claimants]
        for row in await connection.fetch(STATEMENTS["last_bodies"], *columns):
            if row["body"] is not None:
                claimant = claimants[row["type"], row["id"]]
                claimant.before = read_json(row["body"])
                claimant.said = claims_that_stand(claimant.before, source_id=source_id)


async def release_claims(
    connection: Connection, drafts: Sequence[Draft], claimants: Sequence[Claimant], *, source_id: int, owned: Owned
) -> None:
    """Let go of what new versions of Patients do not say any more and nobody else says of their persons.

    The drafts are settled and their persons locked, so that what others say stands.
    """
    dropped = dict(_dropped(claimants, source_id=source_id))
    if not dropped:
        return
    rids = [draft.rid for draft in drafts if draft.type_id == _PATIENT]
    rows = await connection.fetch(STATEMENTS["other_bodies"], sorted(set(dropped.values())), _PATIENT, rids)
    own = await owned({row["class"] for row in rows})
    for row in rows:
        for claim in claims_that_stand(read_json(row["body"]), source_id=source_id):
            if claim.source_id == NATIONAL or row["class"] in own:
                dropped.pop(claim, None)
            if row["class"] in own:
                dropped.pop(set_apart(claim, source_id=source_id), None)
    if dropped:
        await connection.execute(STATEMENTS["release_identifiers"], *columns_of(dropped), list(dropped.values()))


def _dropped(claimants: Sequence[Claimant], *, source_id: int) -> Iterator[tuple[IdentityClaim, int]]:
    """Yield what claimants said and do not say any more, with their persons: the number itself, and what was set apart by it."""
    said = {claim for claimant in claimants for claim in claimant.claims}
    for claimant in claimants:
        for claim in set(claimant.said) - said:
            for each in {claim, set_apart(claim, source_id=source_id)} - said:
                yield each, claimant.person_id
