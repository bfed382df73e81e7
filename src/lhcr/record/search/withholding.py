"""Withholding: the entries of a page without what tells where restricted persons are.

Hazard: the address of a restricted person is exposed, as a match, as a Patient who is included, or because something found
them by where they are.
"""

from collections.abc import Collection, Sequence

import asyncpg

from lhcr.access.facts import restricted_among
from lhcr.fhir.search.parameter import SearchParameter
from lhcr.fhir.whereabouts.givers import is_about_somebody
from lhcr.fhir.whereabouts.location_safe import location_safe
from lhcr.fhir.whereabouts.parameters import tells_place
from lhcr.record.search.found import Entry
from lhcr.store.database import Connection
from lhcr.store.search.compilation import row_ids
from lhcr.store.visibility import Places


async def without_places(connection: Connection, entries: Sequence[Entry], places: Places) -> Sequence[Entry]:
    """Return the entries as they may be served, in the snapshot in which they were read. Nobody else's are parsed."""
    telling = {each.person_id for each in entries if is_about_somebody(each.type)}
    withheld = telling if places is Places.WITHHELD else await restricted(connection, telling, places)
    if not withheld:
        return entries
    return [
        each._replace(body=location_safe(each.type, each.body)) if each.person_id in withheld else each
        for each in entries
    ]


async def restricted(connection: Connection, persons: Collection[int], places: Places) -> Collection[int]:
    """Return those of some persons whose places are withheld."""
    if places is Places.SHOWN:
        return ()
    return await restricted_among(connection, {person for person in persons if person > 0})


async def references_without_places(
    connection: Connection,
    references: Sequence[asyncpg.Record],
    parameters: Sequence[SearchParameter],
    places: Places,
) -> list[asyncpg.Record]:
    """Return reference rows but for those that tell where a restricted person is."""
    telling = row_ids(tuple(each for each in parameters if tells_place(each)))
    persons = {row["person_id"] for row in references if row["param"] in telling}
    withheld = await restricted(connection, persons, places)
    return [row for row in references if row["param"] not in telling or row["person_id"] not in withheld]
