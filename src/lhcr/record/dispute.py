"""A dispute: somebody says that an entry is wrong, and its source is asked (UK GDPR Article 16, rectification).

The facts lie in a Task (FHIR R4) of the person's record: what is disputed and in which version (`focus`), in whose words
(`description`), who is asked (`owner`) and what they answered (`status`, `statusReason`). Nothing else keeps them, so that whoever may
read the Task, on a page or over FHIR, knows as much as anybody. The entry's bytes stay its source's.

The Task lies among the entries of the source that is asked, because a system sees and changes those alone: that is how it reaches the
source and how it is answered. It is made here, of one form, and ties nobody to the person.
"""

import unicodedata
from dataclasses import dataclass, replace
from typing import Final

import asyncpg

from lhcr.access.decision import AccessDecision
from lhcr.access.disputed import CATEGORY_SYSTEM, DISPUTE_CODE, DISPUTE_SYSTEM, is_dispute
from lhcr.access.request import Interaction
from lhcr.audit.entry import Action, Item, Outcome
from lhcr.audit.log import INSERT_ENTRIES, AuditLog
from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.catalogue import parameters_of, type_id
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Conflict, Incorrect, Issue, NotFound
from lhcr.kernel.ids import RouteCipher
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import ODS_ORGANISATION
from lhcr.record.batch_rows import RowBuilder
from lhcr.record.draft import Draft, Method
from lhcr.record.entry_order import LOGGED_KIND, ORDERS, EntryRow, read_rows
from lhcr.record.existing import absent
from lhcr.record.persons import lock_persons
from lhcr.record.reading import Reading
from lhcr.record.row_numbers import RowNumbers
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.record", "dispute.sql")
_TASK: Final = type_id("Task")
_PATIENT: Final = type_id("Patient")
_FEWEST_SIGNS: Final = 10
_MOST_SIGNS: Final = 1_000
_MOST_OF_ONE_ENTRY: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A dispute that was raised: the Task by its reference, and the organisation that is asked, by its ODS code."""

    task: str
    organisation: str


def read_words(words: str) -> str:
    """Return in what words an entry is disputed. Raises Incorrect (`words-missing`)."""
    kept = (
        sign if unicodedata.category(sign)[0] != "C" or sign == "\n" else " " for sign in words.replace("\r\n", "\n")
    )
    plain = "".join(kept).strip()
    if not _FEWEST_SIGNS <= len(plain) <= _MOST_SIGNS:
        diagnostics = "Say in 10 to 1,000 characters what is wrong and what would be right."
        raise Incorrect([Issue(code="required", error="words-missing", diagnostics=diagnostics)])
    return plain


class Disputes:
    """Raises disputes for one worker. `area` is what the area calls itself."""

    def __init__(
        self,
        *,
        pool: Pool,
        log: AuditLog,
        clock: Clock,
        builder: RowBuilder,
        routes: RouteCipher,
        reading: Reading,
        area: str,
    ) -> None:
        self._pool = pool
        self._log = log
        self._clock = clock
        self._builder = builder
        self._routes = routes
        self._reading = reading
        self._numbers = RowNumbers(pool)
        self._area = area

    async def dispute(self, decision: AccessDecision, *, type: str, id: str, words: str) -> Dispute:
        """Ask the source of an entry to correct it or to say why it stands.

        The decision is a person's (or their proxy's) to read the entry, or the privacy office's to give orders about that person.
        Raises NotFound for what they may not see, Incorrect where nothing is said and for what is a dispute itself, Conflict
        (`disputed-often`) for the 21st of one entry, and TypeError for any other decision.
        """
        person_id = _person_of(decision)
        said = read_words(words)
        if decision.request.interaction is not Interaction.ORDER:
            decision = await self._reading.require(decision, type=type, id=id, person_id=person_id)
        (rid,) = await self._numbers.take(1)
        async with self._log.write_lane() as lane:
            async with self._pool.acquire() as connection, connection.transaction():
                await lock_persons(connection, {person_id})
                row = await self._row(connection, person_id, type, id)
                draft, organisation = await self._draft(connection, row, words=said, rid=rid)
                await self._store(connection, draft, source_id=row.source_id)
                task = f"Task/{draft.id}"
                entry = replace(decision.entry, kind=LOGGED_KIND, subtype="dispute", action=Action.CREATE).complete(
                    recorded=self._clock.now(),
                    outcome=Outcome.SUCCESS,
                    items=[Item("Task", draft.id or "", 1), row.item],
                )
                await connection.execute(INSERT_ENTRIES, *lane.prepare([entry]).parameters)
            lane.committed()
        return Dispute(task=task, organisation=organisation)

    async def _row(self, connection: Connection, person_id: int, type: str, id: str) -> EntryRow:
        found = read_rows(await connection.fetch(ORDERS["entry_named"], person_id, type_id(type), id))
        if not found:
            raise NotFound([absent(type)])
        focus = parameters_of("Task")["focus"].id
        asked = (person_id, _TASK, focus, found[0].type_id, id)
        if await connection.fetchval(_SQL["open_disputes"], *asked) >= _MOST_OF_ONE_ENTRY:
            diagnostics = "This entry has been disputed many times. The privacy office of the area can help."
            raise Conflict([Issue(code="too-costly", error="disputed-often", diagnostics=diagnostics)])
        return found[0]

    async def _draft(self, connection: Connection, row: EntryRow, *, words: str, rid: int) -> tuple[Draft, str]:
        """Return the Task as it will be stored. Hazard: a sensitive entry told by what is said of it; it shares its sensitivity."""
        source = (await connection.fetch(_SQL["source_named"], row.source_id))[0]
        followed = (await connection.fetch(_SQL["class_of"], row.person_id, row.rid))[0]
        _refuse_dispute(followed["body"])
        patient = await connection.fetchval(_SQL["patient_of"], row.person_id, _PATIENT, row.source_id)
        own_id = self._routes.assign(person_id=row.person_id, rid=rid)
        draft = Draft(
            method=Method.POST,
            type="Task",
            type_id=_TASK,
            resource=self._task(row, words=words, patient=patient, source=source, category=followed["category"]),
            id=own_id,
            person_id=row.person_id,
            rid=rid,
            followed_classes=(followed["class"],),
        )
        return draft, source["ods"]

    def _task(
        self, row: EntryRow, *, words: str, patient: str | None, source: asyncpg.Record, category: str
    ) -> JsonObject:
        """Return the Task. Hazard: what is kept from an asker by its category, told by a Task of another: it says that category."""
        now = self._clock.now().isoformat(timespec="seconds")
        return {
            "resourceType": "Task",
            "status": "requested",
            "intent": "order",
            "code": {
                "coding": [
                    {"system": DISPUTE_SYSTEM, "code": DISPUTE_CODE, "display": "Dispute of an entry"},
                    {"system": CATEGORY_SYSTEM, "code": category},
                ],
                "text": "Somebody says that an entry is wrong: correct it, or say why it stands",
            },
            "description": words,
            "focus": {"reference": f"{row.reference}/_history/{row.version}"},
            **({"for": {"reference": f"Patient/{patient}"}} if patient else {}),
            "authoredOn": now,
            "lastModified": now,
            "requester": {"display": self._area},
            "owner": {
                "type": "Organization",
                "identifier": {"system": ODS_ORGANISATION, "value": source["ods"]},
                "display": source["name"],
            },
        }

    async def _store(self, connection: Connection, draft: Draft, *, source_id: int) -> None:
        """Write the Task with its search rows, a notice and the person's next epoch; no fact follows from it."""
        rows = await self._builder.build([draft], source_id=source_id)
        statement = rows.elsewhere.statement(directory=False)
        rows.add_consequences(statement, permitted={})
        text, arguments = statement.build()
        await connection.fetchval(text, *arguments)


def _refuse_dispute(body: bytes | None) -> None:
    """Hazard: words about an entry that no order over it reaches, because they are about other words about it."""
    if body is not None and is_dispute(read_json(body)):
        diagnostics = "This is a dispute itself. Say what is wrong with the entry that it is about."
        raise Incorrect([Issue(code="business-rule", error="dispute-of-dispute", diagnostics=diagnostics)])


def _person_of(decision: AccessDecision) -> int:
    """Return whom a decision is about that may dispute. Hazard: somebody who may read in a record, and has no say in it, disputes."""
    person = decision.request.person
    may = decision.principal.kind is PrincipalKind.CITIZEN or decision.request.interaction is Interaction.ORDER
    if not may or decision.request.interaction.writes or not isinstance(person, int) or person <= 0:
        raise TypeError("the decision is of nobody who may dispute")
    return person
