"""What stored entries follow, whose labels they share: the target of a Provenance, the medicine of a prescription.

Hazard guarded here: a sensitive item exposed by an entry that names it.
"""

from collections.abc import Iterator
from typing import Final

from lhcr.fhir.search.catalogue import type_id, type_ids
from lhcr.fhir.search.homes import home
from lhcr.kernel.ids import RouteCipher
from lhcr.kernel.json_types import JsonObject
from lhcr.record.followed import OF_MEDICINES, classes_of, followed_keys
from lhcr.record.links import LinkReader
from lhcr.record.persons import Persons
from lhcr.store.database import Connection


class FollowedLabels:
    """Finds, for one process, the classes of what entries follow."""

    def __init__(self, *, routes: RouteCipher, base: str) -> None:
        self._persons = Persons(routes)
        self._reader = LinkReader(base)

    async def classes(self, connection: Connection, resource: JsonObject) -> frozenset[int]:
        """Return the access classes of the entries that a resource follows and that are here."""
        keys = set(followed_keys(resource, self._reader))
        found = await classes_of(connection, keys, lambda wanted: self._persons.locate(connection, wanted))
        return frozenset(found.values())


def _following() -> Iterator[int]:
    for name in type_ids():
        if home(name).follows or name in OF_MEDICINES:
            yield type_id(name)


FOLLOWING: Final = frozenset(_following())
"""The types that may follow something."""
