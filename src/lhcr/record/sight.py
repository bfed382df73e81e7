"""Sight: which of the entries that a batch refers to whoever writes it may see.

Hazard: a sensitive item exposed. What is followed, refused or told because a reference leads somewhere tells that it does; so a
reference to what its writer may not see is one that leads nowhere.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from lhcr.access.decision import AccessDecision
from lhcr.fhir.search.catalogue import type_id, type_name
from lhcr.identity.principal import PrincipalKind
from lhcr.record.current import Current
from lhcr.record.foresight import NOTHING_FORESEEN, Foreseen
from lhcr.record.links import Key
from lhcr.record.persons import Located
from lhcr.record.reach import persons_to_be_named
from lhcr.record.sql import STATEMENTS
from lhcr.store.database import Connection

_PATIENT = type_id("Patient")


class Sight:
    """The sight of whoever writes one batch under a decision.

    A feed's source knows whom its own files name, and anybody else is decided about by the gate; a system that writes over the
    API knows the persons of whom it may see a Patient, by the ids of such Patients.
    """

    def __init__(
        self,
        current: Current,
        decision: AccessDecision,
        *,
        source_id: int,
        is_feed: bool,
        foreseen: Foreseen = NOTHING_FORESEEN,
    ) -> None:
        self._foreseen = foreseen.patients
        self._current = current
        self._decision = decision
        self._source_id = source_id
        self.is_of_system = decision.principal.kind is PrincipalKind.SYSTEM
        self._is_limited = self.is_of_system and not is_feed
        self._strangers: set[int] = set()
        self._patients: set[Key] = set()

    async def meet(self, connection: Connection, located: Mapping[Key, Located], named: Iterable[int]) -> None:
        """Find out which persons are known, of those whose Patients have been located and of those who were `named` otherwise."""
        persons = {where.person_id for (number, _), where in located.items() if number == _PATIENT} | set(named)
        for person_id in sorted(each for each in persons if self._is_limited and each > 0):
            await self._meet(connection, person_id)

    async def _meet(self, connection: Connection, person_id: int) -> None:
        rows = self._foreseen.get(person_id)
        if rows is None:
            statement = STATEMENTS["patients_in_sight"]
            rows = await connection.fetch(
                statement, person_id, _PATIENT, self._source_id, self._decision.visibility.mask
            )
        self._patients |= {(_PATIENT, row["id"]) for row in rows}
        if not any(row["stands"] for row in rows):
            self._strangers.add(person_id)

    def is_stranger(self, person_id: int) -> bool:
        return person_id in self._strangers

    def knows(self, key: Key, where: Located) -> bool:
        """Whether the id of a Patient says whose it is."""
        return not self._is_limited or (key in self._patients and where.person_id not in self._strangers)

    async def targets(self, connection: Connection, wanted: Mapping[Key, int]) -> set[Key]:
        """Return the entries in records of persons that may be seen, of those `wanted` with their persons."""
        asked: dict[tuple[int, str], list[Key]] = defaultdict(list)
        for key, person_id in sorted(wanted.items()):
            if person_id > 0:
                asked[(0, "") if self.is_of_system else (person_id, type_name(key[0]))].append(key)
        seen: set[Key] = set()
        for (person_id, name), keys in asked.items():
            decision = await self._current.reading(self._decision, type=name, person_id=person_id)
            if decision is not None:
                seen |= await self._seen(connection, decision, keys, wanted)
        return seen

    async def _seen(
        self, connection: Connection, decision: AccessDecision, keys: Collection[Key], wanted: Mapping[Key, int]
    ) -> set[Key]:
        columns = [wanted[key] for key in keys], [key[0] for key in keys], [key[1] for key in keys]
        mask, persons = decision.visibility.mask, persons_to_be_named(decision)
        rows = await connection.fetch(STATEMENTS["targets_in_sight"], *columns, self._source_id, mask, persons)
        return {(row["type"], row["id"]) for row in rows}
