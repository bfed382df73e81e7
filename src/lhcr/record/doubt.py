"""Doubt: whether a Patient may join the person who holds its NHS number, and what its writer may be told of that.

Hazards: wrong person, by a number that is another's; a sensitive item exposed, by an answer that tells of whom the writer may not
see. Where there is doubt, a writer who sees the other is refused, and of one who does not the number is set apart.
"""

from enum import Enum

from lhcr.access.decision import AccessDecision
from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.catalogue import type_id
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.errors import Conflict, Issue
from lhcr.kernel.json_types import JsonObject
from lhcr.record.current import Current
from lhcr.record.likeness import contradicts
from lhcr.record.sql import STATEMENTS
from lhcr.store.database import Connection

_PATIENT = type_id("Patient")


class Verdict(Enum):
    JOINED = "joined"
    SET_APART = "set apart"


class Doubt:
    """The doubt of one batch, by what whoever writes it may see."""

    def __init__(self, current: Current, decision: AccessDecision, *, source_id: int) -> None:
        self._current = current
        self._decision = decision
        self._source_id = source_id

    async def of_new(self, connection: Connection, patient: JsonObject | None, holder: int) -> Verdict:
        """Judge a Patient of nobody who is here yet. Raises Conflict (409) where it contradicts Patients that are seen.

        Whoever sees nothing of the holder and whose demographics agree joins them; that the gate decides about.
        """
        reading = await self._current.reading(self._decision, type="Patient", person_id=holder)
        if patient is None or reading is None:
            return Verdict.JOINED
        seen, unseen = await self._patients(connection, reading, holder)
        if contradicts(patient, seen):
            raise Conflict([contradiction()])
        return Verdict.SET_APART if not seen and contradicts(patient, unseen) else Verdict.JOINED

    async def of_update(self, connection: Connection, patient: JsonObject, before: JsonObject, person_id: int) -> None:
        """Judge a Patient that comes with an identifier which its last version did not have.

        Hazard: wrong person, by an id that is given to somebody else: their care beside that of whom it was before. Raises Conflict
        (409) where the demographics are another's than those before and those of every Patient that is seen.
        """
        if contradicts(patient, [before]):
            seen, _ = await self._patients(connection, self._decision, person_id)
            if contradicts(patient, [before, *seen]):
                raise Conflict([overwritten()])

    async def of_own_number(self, connection: Connection, patient: JsonObject, holder: int) -> None:
        """Judge a new Patient by a number of its own source. Raises Conflict (409) where it contradicts the Patients that are seen.

        What the source contributed is seen always, so that it is told nothing that it did not say.
        """
        seen, _ = await self._patients(connection, self._decision, holder)
        if contradicts(patient, seen):
            raise Conflict([contradiction()])

    def of_second_number(self) -> None:
        """Judge an NHS number that comes beside another of the same person. Raises Conflict (409), but of a system it is set apart.

        Each is told the same where somebody else holds the number.
        """
        if self._decision.principal.kind is not PrincipalKind.SYSTEM:
            raise Conflict([different_persons()])

    async def of_known(self, connection: Connection, holder: int) -> Verdict:
        """Judge a Patient of somebody who is here already, and is not the holder: joining two persons is for people.

        JOINED says that its writer is to be told so.
        """
        if self._decision.principal.kind is not PrincipalKind.SYSTEM:
            return Verdict.JOINED
        seen, _ = await self._patients(connection, self._decision, holder)
        return Verdict.JOINED if seen else Verdict.SET_APART

    async def _patients(
        self, connection: Connection, reading: AccessDecision, person_id: int
    ) -> tuple[list[JsonObject], list[JsonObject]]:
        """Return the Patients of a person that the writer sees, and the others."""
        rows = await connection.fetch(
            STATEMENTS["standing_patients"], person_id, _PATIENT, self._source_id, reading.visibility.mask
        )
        seen = [read_json(row["body"]) for row in rows if row["in_sight"]]
        return seen, [read_json(row["body"]) for row in rows if not row["in_sight"]]


def different_persons() -> Issue:
    return Issue(
        code="conflict",
        error="person-conflict",
        diagnostics="The identifiers of this Patient are not those of one person in the record. Nothing was written. "
        "Check them against each other; joining two persons is a decision for people.",
        expression="Patient.identifier",
    )


def overwritten() -> Issue:
    return Issue(
        code="conflict",
        error="person-contradicts",
        diagnostics="This Patient would get another identifier together with the demographics of somebody else. Nothing was written. "
        "Another person is another Patient, with an id of their own.",
        expression="Patient",
    )


def contradiction() -> Issue:
    return Issue(
        code="conflict",
        error="person-contradicts",
        diagnostics="The record knows a person with this identifier by another birth date and by another name or gender. Nothing "
        "was written. Check whose number it is.",
        expression="Patient.identifier",
    )
