"""The desk of a privacy office: its queue, one case, and the three things that an officer does in one.

Hazard: an office that reads of another organisation's users. Each look and each step takes a permit to read the log, and reaches
what that permit reaches; a case of another office is not found, as if there were none. Hazard: somebody who reads what a person said
of them, or of a colleague at the same desk, and makes it hard to look into. Such a case is not found either, and is the guardian's.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from lhcr.access.decision import AccessDecision
from lhcr.access.log_reach import log_reach
from lhcr.access.policy import Policy
from lhcr.audit.entry import PendingEntry
from lhcr.audit.outage import unavailable_when_down
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Conflict, Issue, NotFound
from lhcr.nhs.roles import Role
from lhcr.office.automatic import checks_of
from lhcr.office.case_clock import due_at
from lhcr.office.case_kind import CaseState, Outcome
from lhcr.office.case_log import SQL, CaseLog, Step, case_changed, named_in_log
from lhcr.office.case_name import may_be_case_name
from lhcr.office.privacy_case import CaseStep, PrivacyCase, StepKind, case_of, step_of
from lhcr.store.database import Pool

_OUTAGE: Final = "Cases cannot be read now. Try again in a moment."
_MOST: Final = 200
_MOST_SETTLED: Final = 50
_MOST_QUESTIONS: Final = 20
_OWN: Final = "It is about somebody of the privacy office, who cannot see it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What is not closed, what is due first before the rest, and the newest of what is closed. `more`: there is more than that."""

    cases: tuple[PrivacyCase, ...]
    settled: tuple[PrivacyCase, ...]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    case: PrivacyCase
    steps: tuple[CaseStep, ...]


class CaseDesk:
    """Desks of one worker."""

    def __init__(self, *, pool: Pool, cases: CaseLog, policy: Policy, clock: Clock) -> None:
        self._pool = pool
        self._cases = cases
        self._policy = policy
        self._clock = clock

    async def queue(self, decision: AccessDecision) -> Queue:
        """Return the cases of the organisation for which a permit to read the log is given, but for those about the reader.

        Those that are open are handed to the guardian. Raises Forbidden and Unavailable.
        """
        who = _reader(decision)
        async with unavailable_when_down(error="cases-unavailable", diagnostics=_OUTAGE):
            await self._hand_over(decision)
            rows = await self._pool.fetch(SQL["queue"], *who, _MOST + 1)
            settled = await self._pool.fetch(SQL["settled"], *who, _MOST_SETTLED)
        return Queue(
            cases=tuple(map(case_of, rows[:_MOST])), settled=tuple(map(case_of, settled)), more=len(rows) > _MOST
        )

    async def read(self, decision: AccessDecision, case_id: str) -> CaseFile:
        """Return one case with its steps.

        Raises NotFound, the same for a case of another office, one about the reader or a colleague of theirs, and none at all.
        """
        who = _reader(decision)
        if not may_be_case_name(case_id):
            raise no_case()
        async with unavailable_when_down(error="cases-unavailable", diagnostics=_OUTAGE):
            row = await self._pool.fetchrow(SQL["one"], *who, case_id)
            if row is None:
                raise no_case()
            case = case_of(row)
            steps = await self._pool.fetch(SQL["steps"], case.person_id, case.case_id)
        return CaseFile(case=case, steps=tuple(map(step_of, steps)))

    async def close(
        self, decision: AccessDecision, case_id: str, *, version: int, outcome: Outcome, words: str, told: str
    ) -> None:
        """Close a case with a reason. `told` is what the person who asked reads besides the outcome's own words."""
        step = Step(
            what=StepKind.CLOSED,
            actor=decision.principal,
            words=words,
            state=CaseState.CLOSED,
            outcome=outcome,
            told=told,
        )
        await self._take(decision, case_id, step, version=version)

    async def ask(self, decision: AccessDecision, case_id: str, *, version: int, words: str) -> None:
        """Ask the user in words. Raises Conflict (`nobody-to-ask`) where the access was not a person's."""
        step = Step(what=StepKind.ASKED, actor=decision.principal, words=words, state=CaseState.ASKED)
        await self._take(decision, case_id, step, version=version)

    async def escalate(self, decision: AccessDecision, case_id: str, *, version: int, words: str) -> None:
        """Hand a case to the Caldicott guardian of the organisation."""
        step = Step(what=StepKind.ESCALATED, actor=decision.principal, words=words, state=CaseState.ESCALATED)
        await self._take(decision, case_id, step, version=version)

    async def questions(self, principal: Principal) -> tuple[PrivacyCase, ...]:
        """Return the cases in which somebody is asked themself."""
        if principal.kind is not PrincipalKind.PROFESSIONAL or not principal.organisation:
            return ()
        who = (principal.organisation, principal.user_id, _MOST_QUESTIONS)
        async with unavailable_when_down(error="cases-unavailable", diagnostics=_OUTAGE):
            rows = await self._pool.fetch(SQL["asked_of_user"], *who)
        return tuple(map(case_of, rows))

    async def question(self, principal: Principal, case_id: str) -> CaseFile:
        """Return a case in which somebody is asked themself, with the last question alone. Raises NotFound for any other."""
        for case in await self.questions(principal):
            if case.case_id == case_id:
                steps = await self._pool.fetch(SQL["steps"], case.person_id, case.case_id)
                asked = [step for step in map(step_of, steps) if step.what is StepKind.ASKED]
                return CaseFile(case=case, steps=tuple(asked[-1:]))
        raise no_case()

    def shown(self, principal: Principal, case: PrivacyCase) -> PendingEntry:
        """Return what the log says of somebody who reads what they are asked."""
        said = named_in_log(case)
        return self._cases.entry(principal, StepKind.ASKED, said, now=self._clock.now(), words="", read=True)

    async def answer(self, principal: Principal, case_id: str, *, words: str) -> None:
        """Answer what one is asked; the case goes back to its office. Raises NotFound where one is not asked."""
        case, now = (await self.question(principal, case_id)).case, self._clock.now()
        state = CaseState.ESCALATED if case.escalated else CaseState.OPEN
        step = Step(what=StepKind.ANSWERED, actor=principal, words=words, state=state)
        await self._cases.take(case, step, now=now)

    async def _hand_over(self, decision: AccessDecision) -> None:
        """Hand open cases about a member of the office to the guardian.

        Hazard: a case that nobody sees. Who belongs to an office is known when they come to their desk, and they may be the only one.
        """
        if _is_guardian(decision.principal):
            return
        now, who = self._clock.now(), (_office(decision), decision.principal.user_id)
        for case in map(case_of, await self._pool.fetch(SQL["own_open"], *who, _MOST)):
            checks = checks_of(case.organisation, case.organisation_name, now=now)
            step = Step(what=StepKind.ESCALATED, actor=checks, words=_OWN, state=CaseState.ESCALATED)
            # Somebody who took a step meanwhile does not hinder them who comes to the desk.
            with suppress(Conflict):
                await self._cases.take(case, step, now=now)

    async def _take(self, decision: AccessDecision, case_id: str, step: Step, *, version: int) -> None:
        case, now = (await self.read(decision, case_id)).case, self._clock.now()
        _refuse(case, step, version=version)
        if case.due is None and step.state is not CaseState.CLOSED:
            step = self._due(case, step, now=now)
        await self._cases.take(case, step, now=now, person_id=case.person_id or None, decision=decision)

    def _due(self, case: PrivacyCase, step: Step, *, now: datetime) -> Step:
        office = self._policy.file.office
        return replace(step, due=due_at(now, office.due_of(case.kind.code), holidays=office.holidays))


def _office(decision: AccessDecision) -> str:
    return log_reach(decision).organisation or ""


def _reader(decision: AccessDecision) -> tuple[str, bool, str, str]:
    """Return what tells which cases are for somebody: see `cases.sql`."""
    asker = decision.principal
    return _office(decision), _is_guardian(asker), asker.user_id, Role.CALDICOTT_GUARDIAN.display


def _is_guardian(principal: Principal) -> bool:
    return principal.role_code == Role.CALDICOTT_GUARDIAN.code


def _refuse(case: PrivacyCase, step: Step, *, version: int) -> None:
    if case.version != version or case.is_settled:
        raise case_changed()
    if step.what is StepKind.ASKED and (not case.can_be_asked or case.state is CaseState.ASKED):
        diagnostics = "Nobody can be asked in this case now."
        raise Conflict([Issue(code="conflict", error="nobody-to-ask", diagnostics=diagnostics)])
    if step.what is StepKind.ESCALATED and case.escalated:
        diagnostics = "This case is with the Caldicott guardian already."
        raise Conflict([Issue(code="conflict", error="case-escalated", diagnostics=diagnostics)])


def no_case() -> NotFound:
    return NotFound([Issue(code="not-found", error="not-found", diagnostics="There is no such case.")])
