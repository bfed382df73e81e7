"""Surviving routes: ids whose person was merged lead on to whose record goes on, by what this worker knows already.

Hazard: partial shown as complete. An id names the person for whom it was made; nothing lies there any more once that record goes on
in another. The class table holds every merge that stands and is as new as the policy's epoch, which a merge raises and every
statement that reads rows tells: so no read asks the database whose an id is.
"""

from lhcr.access.classes import AccessClasses
from lhcr.kernel.ids import RouteCipher


class SurvivingRoutes(RouteCipher):
    """The routes of an area, each to whom it leads now."""

    def __init__(self, key: bytes, classes: AccessClasses) -> None:
        super().__init__(key)
        self._classes = classes

    def person_of(self, resource_id: str) -> int | None:
        """Return the person whose record holds what an id of ours names, or None where the id is not of our making."""
        place = self.place_of(resource_id)
        if place is None:
            return None
        person_id, rid = place
        table = self._classes.table
        if table.returned:
            person_id = table.returned.get(rid, person_id)
        return table.survivors.get(person_id, person_id) if table.merges else person_id
