"""Filling: what may tie staff to people, from the Patients that were written before it was kept. It goes on where it was stopped."""

from typing import Final

from lhcr.access.kin import KIN_FILLED, PROJECTED_KIN
from lhcr.access.kin_digest import KinDigests, kin_digests
from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.catalogue import type_id
from lhcr.identity.area_settings import read_setting
from lhcr.record.persons import lock_persons
from lhcr.store.database import Connection, Pool

#: A setting of the area: the last person of whom it was done.
_PLACE: Final = "kin-filled"
_DONE: Final = b"done"
_PEOPLE: Final = "SELECT person_id FROM person WHERE person_id > $1 ORDER BY person_id LIMIT $2"
_PATIENTS: Final = (
    "SELECT person_id, rid, body FROM resource WHERE person_id = ANY ($1::bigint[]) AND type = $2 AND body IS NOT NULL"
)


async def fill_kin(pool: Pool, *, people_at_once: int = 500) -> int:
    """Project the digests of all people of whom that was not done; return of how many it was. Safe twice, and beside writers."""
    digests, filled = await kin_digests(pool), 0
    while (place := await read_setting(pool, _PLACE) or b"0") != _DONE:
        async with pool.acquire() as connection, connection.transaction():
            people = [row["person_id"] for row in await connection.fetch(_PEOPLE, int(place), people_at_once)]
            await _fill(connection, people, digests)
            await connection.execute(KIN_FILLED, _PLACE, str(people[-1]).encode() if people else _DONE)
        filled += len(people)
    return filled


async def _fill(connection: Connection, people: list[int], digests: KinDigests) -> None:
    await lock_persons(connection, set(people))
    rows = [
        (row["person_id"], row["rid"], int(kind), digest)
        for row in await connection.fetch(_PATIENTS, people, type_id("Patient"))
        for kind, digest in digests.of_patient(read_json(row["body"]))
    ]
    if rows:
        await connection.execute(PROJECTED_KIN, *(list(column) for column in zip(*rows, strict=True)))
