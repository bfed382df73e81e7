"""Storing: what is placed becomes rows, facts, entries of the log and notices, in one statement for all of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from lhcr.access.moved import PersonMoved
from lhcr.access.policy import Policy
from lhcr.audit.entry import PendingEntry
from lhcr.audit.lane import Lane
from lhcr.audit.log import INSERT_ENTRIES
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Busy, Issue
from lhcr.record.batch_rows import BatchRows, RowBuilder
from lhcr.record.draft import Draft
from lhcr.record.fact_rows import FactRows
from lhcr.record.organisations import Organisations
from lhcr.record.patient_rows import AreaKin
from lhcr.record.permits import epochs_of, known_by_own_word, unrelated
from lhcr.record.persons import DIRECTORY
from lhcr.record.placed import Placed, source_of
from lhcr.record.write_statement import WriteStatement, fragment
from lhcr.record.written import Written
from lhcr.store.database import Connection

#: SQLSTATE of `labels_stand`, in the database.
_LABELS_MOVED: Final = "LH002"
#: And of `person_moved`.
_PERSON_MOVED: Final = "LH003"
_RELABELLED: Final = Issue(
    code="transient",
    error="labels-changing",
    diagnostics="What is sensitive has just been changed. Nothing was written; send the same again.",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class Prepared:
    """What is placed, with its rows and facts; nothing is written yet."""

    placed: Placed
    rows: BatchRows
    facts: FactRows

    @property
    def drafts(self) -> Sequence[Draft]:
        return self.placed.drafts

    @property
    def persons(self) -> set[int]:
        """The persons whose records change, and who are locked for that."""
        return {person_id for person_id, _ in self.rows.elsewhere.changed if person_id > 0}

    @property
    def size(self) -> int:
        """The bytes of all bodies."""
        return sum(len(each.body) for each in self.rows.bodies if each.body is not None)

    def statement(self) -> WriteStatement:
        """Return what writes the rows and facts at home with persons and on the shelf."""
        statement = self.rows.elsewhere.statement(directory=False)
        statement.labelled_by(self.rows.labelled)
        self.facts.add_to(statement)
        return statement


class Storing:
    """Stores for one worker, on the connection and through the lane that it is given."""

    def __init__(
        self, *, builder: RowBuilder, organisations: Organisations, kin: AreaKin, clock: Clock, policy: Policy
    ) -> None:
        self._kin = kin
        self._builder = builder
        self._organisations = organisations
        self._clock = clock
        self._policy = policy

    async def prepare(self, placed: Placed) -> Prepared:
        """Return the rows and facts of drafts that are settled."""
        decision = placed.decision
        changing = [draft for draft in placed.drafts if not draft.is_nothing]
        rows = await self._builder.build(changing, source_id=source_of(decision))
        codes = await self._organisations.codes(changing)
        facts = FactRows(
            changing,
            writer=decision.principal,
            recorded=self._clock.now(),
            resolve=codes.get,
            policy=self._policy,
            unrelated=unrelated(placed),
            by_own_word=known_by_own_word(placed),
            kin=await self._kin.digests_for(changing),
        )
        return Prepared(placed=placed, rows=rows, facts=facts)

    async def labelled(self, prepared: Prepared) -> Prepared:
        """Return what is prepared, anew where sensitive codes have changed since."""
        stands = await self._builder.labels_stand(prepared.rows.labelled)
        return prepared if stands else await self.prepare(prepared.placed)

    async def store(
        self, connection: Connection, prepared: Prepared, lane: Lane, *, shown: Collection[PendingEntry] = ()
    ) -> list[Written]:
        """Run the statements: that of the directory, if anything changes there, then that of persons and shelf with the log.

        Many new rows are copied before, as of an instant that is taken under the same lock as that of a statement.
        `shown` are entries about what the answer shows besides what is written.
        """
        at = self._clock.now()
        rows = prepared.rows
        copied = len(prepared.drafts) > 1 and rows.are_many
        if copied:
            statement = WriteStatement(directory=False)
            statement.labelled_by(rows.labelled)
            at = await self._execute(connection, statement)
            await rows.copy(connection, at=at)
        if rows.directory.are_left:
            written = await self._execute(connection, rows.directory.statement(directory=True))
            at = at if copied else written
        await prepared.facts.clear(connection)
        statement = prepared.statement()
        self._add_entries(statement, [prepared], lane, shown=shown)
        # The last part of a statement runs first: so a create alone locks its person before anything else, as others do.
        rows.add_consequences(statement, permitted={})
        moment = await self._execute(connection, statement)
        return list(_written(prepared, moment=at if copied else moment, directory_moment=at))

    async def store_together(
        self, connection: Connection, prepared: Sequence[Prepared], lane: Lane
    ) -> list[list[Written]]:
        """Write creates of several callers, each of one resource outside the directory, in one statement.

        It locks their persons in the order of all writers before it does anything else, and does not wait long for them: who waits
        for one person must not hold up everybody. Raises LockNotAvailableError then, and PostgresError (LH001) where the epoch of a
        person is not that at which a create about them was permitted.
        """
        joint = WriteStatement.joined([each.statement() for each in prepared])
        joint.labelled_by(min(each.rows.labelled for each in prepared))
        self._add_entries(joint, prepared, lane, shown=())
        if len(prepared) == 1:
            joint.be_impatient()
            prepared[0].rows.add_consequences(joint, permitted=epochs_of(prepared[0].placed))
        else:
            _add_joint_consequences(joint, prepared)
        moment = await self._execute(connection, joint)
        return [list(_written(each, moment=moment, directory_moment=moment)) for each in prepared]

    async def _execute(self, connection: Connection, statement: WriteStatement) -> datetime:
        """Run a statement and return its time. Raises Busy (503) where sensitive codes have changed since rows were labelled."""
        text, arguments = statement.build()
        try:
            moment: datetime = await connection.fetchval(text, *arguments)
        except asyncpg.PostgresError as error:
            if error.sqlstate == _PERSON_MOVED:
                raise PersonMoved from None
            if error.sqlstate != _LABELS_MOVED:
                raise
            self._builder.outdate()
            raise Busy([_RELABELLED], status=503) from None
        return moment

    def _add_entries(
        self, statement: WriteStatement, prepared: Sequence[Prepared], lane: Lane, *, shown: Collection[PendingEntry]
    ) -> None:
        at = self._clock.now()
        rows = lane.prepare([*(entry for each in prepared for entry in each.placed.entries(at=at)), *shown])
        statement.add(f"entries AS ({INSERT_ENTRIES})", rows.parameters)


def _add_joint_consequences(statement: WriteStatement, prepared: Sequence[Prepared]) -> None:
    uses_shelf: dict[int, bool] = {}
    changed: list[tuple[int, int]] = []
    for elsewhere in (each.rows.elsewhere for each in prepared):
        for person_id, rid in elsewhere.changed:
            if person_id > 0:
                uses_shelf[person_id] = uses_shelf.get(person_id, False) or elsewhere.uses_shelf
                changed.append((person_id, rid))
    if not changed:
        statement.be_impatient()
        return
    statement.lock_first([[*uses_shelf]])
    permitted = _oldest_epochs(prepared)
    epochs = [permitted.get(person_id) for person_id in uses_shelf]
    statement.add(fragment("bumped_each"), [[*uses_shelf], [*uses_shelf.values()], epochs])
    statement.add(fragment("outbox"), list(zip(*changed, strict=True)))


def _oldest_epochs(prepared: Sequence[Prepared]) -> dict[int, int]:
    """Return the epochs at which all was permitted: where they differ, the oldest does not stand any more."""
    oldest: dict[int, int] = {}
    for each in prepared:
        for person_id, epoch in epochs_of(each.placed).items():
            oldest[person_id] = min(epoch, oldest.get(person_id, epoch))
    return oldest


def _written(prepared: Prepared, *, moment: datetime, directory_moment: datetime) -> Iterator[Written]:
    stored = iter(prepared.rows.bodies)
    for draft in prepared.drafts:
        at = directory_moment if draft.person_id == DIRECTORY else moment
        yield Written(draft=draft, version=draft.version, at=at, body=None if draft.is_nothing else next(stored).at(at))
