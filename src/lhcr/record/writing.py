"""Writing: a batch of drafts becomes versions, search rows, facts, a notice and audit entries, all of it or nothing."""

import copy
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, TypeAlias

from lhcr.access.decision import AccessDecision
from lhcr.access.moved import PersonMoved
from lhcr.access.policy import Policy
from lhcr.audit.answer import Answer
from lhcr.audit.lane import Committed
from lhcr.audit.log import AuditLog
from lhcr.audit.released import Released
from lhcr.fhir.search.homes import HomeKind, home
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Busy, Conflict, Incorrect, Issue, NotFound
from lhcr.kernel.ids import RouteCipher
from lhcr.record.batch_rows import RowBuilder
from lhcr.record.conditions import Conditions
from lhcr.record.current import Current
from lhcr.record.doubt import Doubt
from lhcr.record.draft import Draft, Method
from lhcr.record.entry_order import ORDERS
from lhcr.record.existing import Owned, claim_chosen_ids, find_existing, refuse_others_patients, settle
from lhcr.record.feed import Feed
from lhcr.record.followed import keys_of
from lhcr.record.foresight import NOTHING_FORESEEN, Foreseen, Foresight
from lhcr.record.interpreting import Interpreting
from lhcr.record.joint_creates import JointCreates
from lhcr.record.later_labels import LaterLabels
from lhcr.record.links import LinkReader, read_links
from lhcr.record.organisations import Organisations
from lhcr.record.others_entries import NotOwn, OthersEntries
from lhcr.record.patching import Overtaken, refuse_overtaken
from lhcr.record.patient_rows import AreaKin
from lhcr.record.persons import Persons, lock_for_writing
from lhcr.record.placed import Placed, failed_entries, source_of
from lhcr.record.placement import Placement
from lhcr.record.read_patients import ReadPatients, read_patients
from lhcr.record.released_claims import release_claims
from lhcr.record.removed_names import RemovedNames
from lhcr.record.row_numbers import RowNumbers
from lhcr.record.sight import Sight
from lhcr.record.storing import Storing
from lhcr.record.write_statement import fragment
from lhcr.record.written import Written
from lhcr.store.database import Connection, Pool

Render: TypeAlias = Callable[[Sequence[Written]], Answer]

_ATTEMPTS: Final = 20
_OVERTAKEN: Final = Issue(
    code="transient",
    error="record-changing",
    diagnostics="What is to be patched changes faster than it can be patched. Nothing was written; try again.",
)


class Writing:
    """Writes batches for one worker."""

    def __init__(
        self,
        *,
        pool: Pool,
        log: AuditLog,
        clock: Clock,
        routes: RouteCipher,
        reader: LinkReader,
        builder: RowBuilder,
        organisations: Organisations,
        kin: AreaKin,
        conditions: Conditions,
        current: Current,
        policy: Policy,
        removed: RemovedNames,
        later: LaterLabels,
    ) -> None:
        self._pool = pool
        self._later = later
        self._removed = removed
        self._log = log
        self._clock = clock
        self._routes = routes
        self._reader = reader
        self._builder = builder
        self._conditions = conditions
        self._current = current
        self._persons = Persons(routes)
        self._interpreting = Interpreting(conditions=conditions, current=current, persons=self._persons)
        self._others = OthersEntries(current=current, conditions=conditions, persons=self._persons, clock=clock)
        self._numbers = RowNumbers(pool)
        self._storing = Storing(builder=builder, organisations=organisations, kin=kin, clock=clock, policy=policy)
        self._creates = JointCreates(
            pool=pool,
            log=log,
            storing=self._storing,
            foresight=Foresight(self._persons, reader),
            place=self._place_create,
            permit=self._permit,
            are_joined=current.are_joined,
        )

    async def close(self) -> None:
        """Wait for what goes on without its caller. Nothing may be written from now on."""
        await self._creates.close()

    async def write(
        self,
        decision: AccessDecision,
        drafts: Sequence[Draft],
        *,
        render: Render,
        feed: bool = False,
        keep_unresolved: bool = False,
        decided: Sequence[AccessDecision] = (),
    ) -> Released:
        """Write the drafts under the decision's source and release the answer that `render` makes of what was written.

        `decided` are the decisions on each draft in turn, where one is not about all of them. A `feed` may refer to persons who
        are not known yet, and may keep references that do not resolve as they came. Raises Incorrect, Conflict or NotFound: then
        nothing was written but, of what a feed did not send, the attempt in the log.
        """
        try:
            written, receipt = await self._write_once_or_again(
                decision, drafts, feed=feed, keep_unresolved=keep_unresolved, decided=decided
            )
        except PersonMoved:
            await self._current.learn()
            raise
        except NotOwn as error:
            await self._log.append([error.entry()])
            raise
        except (Incorrect, Conflict, NotFound) as error:
            # Hazard: an entry refused because its person seems not to be here, whose record goes on in another's.
            if await self._current.learn():
                raise PersonMoved from error
            if not feed:
                await self._log.append(failed_entries(decided or [decision], at=self._clock.now()))
            raise
        return self._log.released_by_commit(receipt, render(written))

    async def _write_once_or_again(
        self,
        decision: AccessDecision,
        drafts: Sequence[Draft],
        *,
        feed: bool,
        keep_unresolved: bool,
        decided: Sequence[AccessDecision],
    ) -> tuple[list[Written], Committed]:
        """Write, again from the beginning where what a patch was applied to was overtaken; raises Busy (503) after many times."""
        write = partial(self._write, decision, feed=feed, keep_unresolved=keep_unresolved, decided=decided)
        if not any(draft.method is Method.PATCH for draft in drafts):
            return await write(drafts)
        for _ in range(_ATTEMPTS):
            # Writing changes drafts, and an attempt that failed must leave none of its changes to the next.
            with suppress(Overtaken):
                return await write(copy.deepcopy(drafts))
        raise Busy([_OVERTAKEN], status=503)

    async def _write(
        self,
        decision: AccessDecision,
        drafts: Sequence[Draft],
        *,
        feed: bool,
        keep_unresolved: bool,
        decided: Sequence[AccessDecision],
    ) -> tuple[list[Written], Committed]:
        source_id = source_of(decision)
        if not feed and self._is_plain_create(drafts):
            return await self._creates.create(decision, drafts[0])
        rids = await self._numbers.take(2 * len(drafts) if feed else len(drafts))
        names = Feed(self._persons, source_id=source_id) if feed else None
        placement = self._placement(decision, feed=names)
        async with self._log.write_lane() as lane, self._pool.acquire() as connection:
            async with connection.transaction():
                owned = self._owned(source_id)
                decision = await self._interpret(
                    connection, decision, drafts, owned=owned, keep_unresolved=keep_unresolved, decided=decided
                )
                if names is None:
                    await self._others.refuse(connection, drafts, decided or [decision] * len(drafts), owned=owned)
                    await refuse_others_patients(connection, self._persons, drafts, owned=owned)
                await placement.place(connection, drafts, rids)
                others = await self._current.about_others(decision, placement.persons(drafts))
                await self._claim(connection, placement, drafts, source_id=source_id)
                placed = Placed(decision=decision, others=others, drafts=drafts, decided=decided)
                placed = await self._permit(connection, placed)
                await placement.follow(connection, drafts)
                patients = await self._settle(connection, placed.decision, placement, drafts)
                await self._removed.refuse(connection, drafts, source_id=source_id)
                prepared = await self._storing.prepare(placed)
                shown = patients.entries(placed.decision, drafts, at=self._clock.now())
                stored = await self._storing.store(connection, prepared, lane, shown=[*shown])
                await self._later.hand_on(connection, drafts)
                await self._restrict_later(connection, drafts, source_id=source_id)
                written = await patients.after(connection, stored)
                if names is not None:
                    await names.remember(connection, drafts)
            return written, lane.committed()

    async def _interpret(
        self,
        connection: Connection,
        decision: AccessDecision,
        drafts: Sequence[Draft],
        *,
        owned: Owned,
        keep_unresolved: bool,
        decided: Sequence[AccessDecision],
    ) -> AccessDecision:
        """Interpret the drafts; a patch that finds nothing of its source's own is told of what it can read instead."""
        try:
            return await self._interpreting.interpret(
                connection, decision, drafts, owned=owned, keep_unresolved=keep_unresolved, decided=decided
            )
        except NotFound:
            await self._others.refuse(connection, drafts, decided or [decision] * len(drafts), owned=owned)
            raise

    def _placement(
        self, decision: AccessDecision, *, feed: Feed | None = None, foreseen: Foreseen = NOTHING_FORESEEN
    ) -> Placement:
        source_id = source_of(decision)
        return Placement(
            self._persons,
            self._routes,
            self._reader,
            source_id=source_id,
            sight=Sight(self._current, decision, source_id=source_id, is_feed=feed is not None, foreseen=foreseen),
            doubt=Doubt(self._current, decision, source_id=source_id),
            feed=feed,
            foreseen=foreseen,
        )

    async def _place_create(
        self, connection: Connection, decision: AccessDecision, draft: Draft, foreseen: Foreseen
    ) -> Placed:
        placement = self._placement(decision, foreseen=foreseen)
        await placement.place(connection, [draft], await self._numbers.take(1))
        await placement.follow(connection, [draft])
        others = await self._current.about_others(decision, placement.persons([draft]))
        return Placed(decision=decision, others=others, drafts=[draft])

    def _is_plain_create(self, drafts: Sequence[Draft]) -> bool:
        """Whether one statement does it all: nothing to find or replace, no person to claim, one home outside the directory."""
        first = drafts[0]
        if len(drafts) > 1 or first.method is not Method.POST or first.condition is not None:
            return False
        # A Bundle may hold a copy of what was removed, for which a create alone does not ask.
        if first.type in {"Patient", "Bundle"} or home(first.type).kind is HomeKind.DIRECTORY:
            return False
        read_links(drafts)
        # Hazard: a sensitive item exposed. What follows an entry reads its labels under the lock of its person.
        return not (self._conditions.in_links(drafts) or keys_of(first, self._reader))

    async def _claim(
        self, connection: Connection, placement: Placement, drafts: Sequence[Draft], *, source_id: int
    ) -> None:
        await claim_chosen_ids(connection, _chosen(drafts), placement.located, source_id=source_id)

    async def _permit(self, connection: Connection, placed: Placed) -> Placed:
        """Lock the persons whose records change, and return what is placed as it is permitted now."""
        persons = {draft.person_id or 0 for draft in placed.drafts}
        locked = await lock_for_writing(connection, persons)
        # Hazard: wrong person. What was joined to them may be somebody else's again; whoever undoes that waits for this lock.
        if self._current.are_joined(persons) and await self._current.learn():
            raise PersonMoved
        self._builder.meet(locked.sensitivity)
        return await self._current.permitted(placed, locked.epochs)

    async def _settle(
        self, connection: Connection, decision: AccessDecision, placement: Placement, drafts: Sequence[Draft]
    ) -> ReadPatients:
        """Lock what the placed drafts change and make each the next version of it; return the Patients that are read."""
        source_id = source_of(decision)
        owned = self._owned(source_id)
        chosen = _chosen(drafts)
        told = [] if placement.is_feed else drafts
        patients = await read_patients(connection, self._current, decision, told, made=placement.made)
        if chosen:
            existing = await find_existing(connection, chosen, placement.located, owned=owned, lock=True)
            settle(chosen, existing, placement.located, source_id=source_id, read=patients.versions(chosen))
            refuse_overtaken(chosen)
            patients.refuse_miscounted(chosen)
            patients.forget_added_links(chosen)
            await release_claims(connection, chosen, placement.claimants, source_id=source_id, owned=owned)
            await _forget_members(connection, chosen)
        return patients

    async def _restrict_later(self, connection: Connection, drafts: Sequence[Draft], *, source_id: int) -> None:
        """Note with an order over all that a source contributes about somebody what it has contributed now."""
        for person_id in {draft.person_id for draft in drafts}.intersection(await self._builder.restricts(source_id)):
            rids = [draft.rid for draft in drafts if draft.person_id == person_id and not draft.is_nothing]
            await connection.execute(ORDERS["restrict_later"], person_id, source_id, rids)

    def _owned(self, source_id: int) -> Owned:
        return partial(self._builder.owned, source_id=source_id)


def _chosen(drafts: Sequence[Draft]) -> list[Draft]:
    return [draft for draft in drafts if draft.method is not Method.POST and not draft.found]


async def _forget_members(connection: Connection, drafts: Sequence[Draft]) -> None:
    replacing = [draft for draft in drafts if draft.replaces]
    if replacing:
        columns = [[draft.person_id for draft in replacing], [draft.rid for draft in replacing]]
        await connection.execute(fragment("forget_members"), *columns)
