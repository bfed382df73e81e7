"""Steps of cases as they are written: the case, its step and its entry of the log in one transaction, or none of them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias
from urllib.parse import urlencode

from lhcr.access.decision import AccessDecision
from lhcr.access.desk_entries import ABOUT, APART, STEP
from lhcr.audit.entry import Action, EntryDraft, Outcome, PendingEntry
from lhcr.audit.log import INSERT_ENTRIES, AuditLog
from lhcr.audit.outage import unavailable_when_down
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Conflict, Issue
from lhcr.nhs.roles import Role
from lhcr.office.case_kind import CaseState
from lhcr.office.case_kind import Outcome as CaseOutcome
from lhcr.office.privacy_case import PrivacyCase, StepKind
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

SQL: Final = load_statements("lhcr.office", "cases.sql")
_OUTAGE: Final = "The case cannot be written now, so nothing was done. Try again in a moment."
_Work: TypeAlias = Callable[[Connection], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step to take: `state` is what the case is in then; `due` begins its clock where none has begun."""

    what: StepKind
    actor: Principal
    words: str
    state: CaseState
    due: datetime | None = None
    outcome: CaseOutcome | None = None
    told: str = ""


class CaseLog:
    """Writes for one worker. `site` is the area's own name in the log."""

    def __init__(self, *, pool: Pool, log: AuditLog, site: str) -> None:
        self._pool = pool
        self._log = log
        self._site = site

    def entry(
        self,
        actor: Principal,
        what: StepKind,
        case: Mapping[str, str],
        *,
        now: datetime,
        words: str,
        person_id: int | None = None,
        decision: AccessDecision | None = None,
        outcome: CaseOutcome | None = None,
        read: bool = False,
    ) -> PendingEntry:
        """Return what the log says of a step in a case (`named_in_log`), or that it was `read`. `person_id`: the person is told on their
        own page that somebody looked.
        """
        draft = EntryDraft(
            principal=actor,
            kind="rest",
            subtype="operation",
            action=Action.EXECUTE,
            source=self._site,
            request_id="",
            type="AuditEvent",
            asked=f"{STEP}{what.code}-read" if read else f"{STEP}{what.code}",
            person_id=person_id,
            decision=decision.entry.decision if decision else None,
            reference=decision.reference if decision else "",
            trace_digest=decision.entry.trace_digest if decision else "",
        )
        said = {**case, "outcome": outcome.code if outcome else "", "words": words}
        query = urlencode({name: value for name, value in said.items() if value})
        return draft.complete(recorded=now, outcome=Outcome.SUCCESS, query=query)

    async def together(self, entry: PendingEntry, work: _Work) -> None:
        """Do some work with its entry in one transaction. Raises Unavailable where it cannot be written down."""
        async with (
            unavailable_when_down(error="cases-unavailable", diagnostics=_OUTAGE),
            self._log.write_lane() as lane,
        ):
            async with self._pool.acquire() as connection, connection.transaction():
                await work(connection)
                await connection.execute(INSERT_ENTRIES, *lane.prepare([entry]).parameters)
            lane.committed()

    async def take(
        self,
        case: PrivacyCase,
        step: Step,
        *,
        now: datetime,
        person_id: int | None = None,
        decision: AccessDecision | None = None,
    ) -> None:
        """Take a step in a case as it was read. Raises Conflict (`case-changed`) where somebody took one meanwhile.

        Hazard: two officers who undo each other's work without being told.
        """
        entry = self.entry(
            step.actor, step.what, named_in_log(case), now=now, words=step.words, person_id=person_id, decision=decision,
            outcome=step.outcome,
        )  # fmt: skip

        async def work(connection: Connection) -> None:
            version = await connection.fetchval(SQL["step_taken"], *_changed(case, step, now=now))
            if version is None:
                raise case_changed()
            await add_step(connection, case.person_id, case.case_id, version, step, now=now)

        await self.together(entry, work)


def named_in_log(case: PrivacyCase) -> dict[str, str]:
    """Return what an entry says of the case that it is about, by which it is closed to those who do not see the case (`desk_entries`)."""
    guardians_alone = case.agent_kind == "office" and case.role_name != Role.CALDICOTT_GUARDIAN.display
    return {"case": case.case_id, ABOUT: case.user_id} | ({APART: "1"} if guardians_alone else {})


async def add_step(
    connection: Connection, person_id: int, case_id: str, number: int, step: Step, *, now: datetime
) -> None:
    actor = step.actor
    await connection.execute(
        SQL["add_step"],
        person_id,
        case_id,
        number,
        now,
        step.what.code,
        actor.user_id,
        actor.name,
        actor.job,
        step.words,
    )


def case_changed() -> Conflict:
    diagnostics = "Somebody else has done something in this case meanwhile. Read it again."
    return Conflict([Issue(code="conflict", error="case-changed", diagnostics=diagnostics)])


def _changed(case: PrivacyCase, step: Step, *, now: datetime) -> tuple[object, ...]:
    closing = step.outcome is not None
    return (
        case.person_id,
        case.case_id,
        case.version,
        [case.state.code],
        step.state.code,
        now,
        step.due,
        step.outcome.code if step.outcome else "",
        step.words if closing else "",
        step.told,
    )
