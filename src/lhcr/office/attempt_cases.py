"""Cases of attempts: one an origin, client or user and day, of which there are no more than so many a day.

Hazard: an office that is told of each attempt learns of none; whoever tries from everywhere could fill its queue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lhcr.access.policy import Policy
from lhcr.audit.entry import Entry
from lhcr.audit.log_tail import found_nobody
from lhcr.audit.reference import number_of, reference_of
from lhcr.kernel.clock import Clock
from lhcr.kernel.ids import Ids
from lhcr.office.attempts import Attempt, Counted, attempts, evidence, is_too_many, is_trace
from lhcr.office.case_clock import day_bounds, local_day
from lhcr.office.case_kind import ATTEMPTS
from lhcr.office.case_name import case_name
from lhcr.office.privacy_case import NOBODY
from lhcr.store.database import Connection
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.office", "attempt_cases.sql")
_KINDS: Final = [kind.code for kind in ATTEMPTS]
_LAST: Final = " This is the last of which there is a case on this day: look in the log whether there are more."


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptCases:
    """`overseer` is the organisation whose office reads of those who belong to none, "" for nobody's."""

    policy: Policy
    clock: Clock
    ids: Ids
    overseer: str = ""

    async def judge(self, connection: Connection, entries: Sequence[Entry]) -> int:
        """Count what entries tell of attempts, in the transaction in which they are read; return how many new cases there are."""
        traced = [number_of(each.decision) for each in entries if is_trace(each)]
        nobody = {reference_of(each) for each in await found_nobody(connection, traced)} if traced else set()
        together: dict[tuple[object, ...], list[Attempt]] = {}
        for each in attempts(entries, overseer=self.overseer, nobody=nobody):
            together.setdefault(each.key, []).append(each)
        return sum([await self._count(connection, of_one) for of_one in together.values()])

    async def _count(self, connection: Connection, of_one: Sequence[Attempt]) -> bool:
        newest, times = of_one[-1], [each.at for each in of_one]
        organisation, kind, subject, day = newest.key
        row = await connection.fetchrow(
            _SQL["count"], organisation, kind.code, subject, day, min(times), max(times), len(of_one)
        )
        assert row is not None
        counted = Counted(**row)
        if not is_too_many(newest, counted, policy=self.policy.file.office):
            return False
        return await self._note(connection, newest, counted)

    async def _note(self, connection: Connection, attempt: Attempt, counted: Counted) -> bool:
        """Have a case of it, with what was counted until now; return whether it is new."""
        day = local_day(attempt.at)
        key = f"{attempt.organisation}|{attempt.subject}|{day.isoformat()}"
        words = evidence(attempt, counted)
        known = (NOBODY, attempt.kind.code, key)
        if await connection.fetchval(_SQL["tell_more"], *known, words, counted.last):
            return False
        today = await connection.fetchval(_SQL["of_the_day"], attempt.organisation, _KINDS, *day_bounds(day))
        most = self.policy.file.office.attempt_cases_a_day
        if today >= most:
            return False
        said = words + _LAST if today == most - 1 else words
        await connection.execute(_SQL["add"], *known, *self._row(attempt, counted), said, self.clock.now())
        return True

    def _row(self, of: Attempt, counted: Counted) -> tuple[object, ...]:
        return (
            case_name(self.ids),
            of.organisation,
            of.organisation_name,
            of.user_id,
            of.user_name,
            of.role_name,
            of.agent_kind,
            counted.first,
            counted.last,
        )
