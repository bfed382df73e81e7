"""The checks of the privacy office: what is noted is compared with what is recorded, and closed by itself where that explains it.

What nothing explains within its window becomes a case with a clock. What a person asked themself is never closed by itself, nor
what an officer is busy with.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from lhcr.access.policy import Policy
from lhcr.access.recorded_ties import RecordedTie, TieQuestion, recorded_ties
from lhcr.audit.reader import LogReader
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Conflict
from lhcr.office.automatic import checks_of
from lhcr.office.case_clock import due_at
from lhcr.office.case_kind import CaseKind, CaseState, Outcome
from lhcr.office.case_log import SQL, CaseLog, Step
from lhcr.office.evidence import explaining, sentences, window
from lhcr.office.opening import opened
from lhcr.office.privacy_case import PrivacyCase, StepKind, case_of
from lhcr.store.database import Pool

_PAGE: Final = 200
_BEGINNING: Final = datetime(1900, 1, 1, tzinfo=UTC)
_OWN_WORD: Final = frozenset({CaseKind.CLAIM, CaseKind.EMERGENCY})
_MOST_ENTRIES: Final = 5_000
_NOTHING_OPENED: Final = {
    CaseKind.CLAIM: "The claim has ended, and nothing was opened under it.",
    CaseKind.EMERGENCY: "The emergency session has ended, and nothing was opened in it.",
}
#: Contacts may be recorded, and stand with the case: they do not settle it.
_NEVER_EXPLAINED: Final = "This is never explained by recorded contacts alone: somebody has to look into it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How many were looked at, closed by themselves, and became cases."""

    looked_at: int = 0
    closed: int = 0
    opened: int = 0


class Checks:
    """Checks for one worker. Several at once do nothing twice: each step is taken once."""

    def __init__(self, pool: Pool, *, cases: CaseLog, reader: LogReader, policy: Policy, clock: Clock) -> None:
        self._pool = pool
        self._cases = cases
        self._reader = reader
        self._policy = policy
        self._clock = clock

    async def run(self) -> Checked:
        """Take up new alerts, and look at everything that is noted and not settled."""
        await self._pool.execute(SQL["take_up_alerts"])
        await self._pool.execute(SQL["end_of_alerts"])
        looked_at = closed = opened_ = 0
        async for page in self._pages():
            for case, ties in zip(page, await self._ties(page), strict=True):
                step = await self._step(case, ties)
                taken = step is not None and await self._take(case, step)
                looked_at += 1
                closed += taken and step is not None and step.state is CaseState.CLOSED
                opened_ += taken and step is not None and step.state is CaseState.OPEN
        return Checked(looked_at=looked_at, closed=closed, opened=opened_)

    async def _pages(self) -> AsyncIterator[list[PrivacyCase]]:
        noted, case_id = _BEGINNING, ""
        while True:
            page = [case_of(row) for row in await self._pool.fetch(SQL["unsettled"], noted, case_id, _PAGE)]
            if page:
                yield page
                noted, case_id = page[-1].noted, page[-1].case_id
            if len(page) < _PAGE:
                return

    async def _ties(self, cases: Sequence[PrivacyCase]) -> list[tuple[RecordedTie, ...]]:
        return await recorded_ties(self._pool, [tie_question(case, policy=self._policy) for case in cases])

    async def _step(self, case: PrivacyCase, ties: Sequence[RecordedTie]) -> Step | None:
        """Return what is to be done with a case now, None where nothing is."""
        now = self._clock.now()
        explained = sentences(explaining(case.kind, ties, policy=self._policy), policy=self._policy)
        checks = checks_of(case.organisation, case.organisation_name, now=now)
        closing = Step(what=StepKind.EXPLAINED, actor=checks, words="", state=CaseState.CLOSED)
        if explained:
            return replace(closing, words=" ".join(explained), outcome=Outcome.EXPLAINED)
        if case.kind in _OWN_WORD and case.ended <= now and not await self._anything_opened(case):
            return replace(closing, words=_NOTHING_OPENED[case.kind], outcome=Outcome.NOTHING_OPENED)
        if case.state is CaseState.WATCHED and (now > self._watched_until(case)):
            office = self._policy.file.office
            due = due_at(now, office.due_of(case.kind.code), holidays=office.holidays)
            explicable = office.explained_by.get(case.kind.code)
            words = "Nothing that is recorded explains it." if explicable else _NEVER_EXPLAINED
            return Step(what=StepKind.OPENED, actor=checks, words=words, state=CaseState.OPEN, due=due)
        return None

    def _watched_until(self, case: PrivacyCase) -> datetime:
        """What no fact can explain is a case at once."""
        if not self._policy.file.office.explained_by.get(case.kind.code):
            return _BEGINNING
        return window(case.began, case.ended, policy=self._policy)[1]

    async def _anything_opened(self, case: PrivacyCase) -> bool:
        """Whether its user opened the record while their word held. What cannot be looked through to the end counts as opened."""
        found = await self._reader.about(case.person_id, since=case.began, before=None, most=_MOST_ENTRIES)
        entries = [each.entry for each in found]
        return len(found) == _MOST_ENTRIES or any(
            entry is None
            or (
                opened(entry)
                and (entry.agent.user, entry.agent.organisation) == (case.user_id, case.organisation)
                and entry.recorded <= case.ended
            )
            for entry in entries
        )

    async def _take(self, case: PrivacyCase, step: Step) -> bool:
        try:
            await self._cases.take(case, step, now=self._clock.now())
        except Conflict:
            # An officer was there first; what they did stands.
            return False
        return True


def tie_question(case: PrivacyCase, *, policy: Policy) -> TieQuestion:
    low, high = window(case.began, case.ended, policy=policy)
    return TieQuestion(person_id=case.person_id, organisation=case.organisation, low=low, high=high)
