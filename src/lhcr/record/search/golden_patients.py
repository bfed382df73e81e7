"""Golden Patients of a page: one Patient for each person, folded from the contributions that the reader may see."""

from collections.abc import Collection
from itertools import groupby

from lhcr.fhir.search.catalogue import type_id
from lhcr.record.golden import fold
from lhcr.record.reading import contributions_of
from lhcr.record.search.found import Entry
from lhcr.record.search.sql import STATEMENTS
from lhcr.store.database import Connection
from lhcr.store.search.compilation import PATIENT
from lhcr.store.visibility import Visibility


async def golden_patients(connection: Connection, persons: Collection[int], visibility: Visibility) -> dict[int, Entry]:
    """Return the golden Patient of each person who has a permitted contribution that stands."""
    if not persons:
        return {}
    rows = await connection.fetch(
        STATEMENTS["contributions"],
        sorted(persons),
        type_id(PATIENT),
        visibility.mask,
        visibility.nameable,
    )
    found = {}
    for person_id, of_person in groupby(
        sorted(rows, key=lambda row: row["person_id"]), key=lambda row: row["person_id"]
    ):
        contributions = contributions_of(list(of_person))
        golden = fold(contributions)
        if golden is not None:
            rid = min(each.rid for each in contributions if each.body is not None)
            found[person_id] = Entry(person_id, rid, PATIENT, golden.id, golden.version, golden.body)
    return found
