"""Cases of the privacy office as pages ask for them: decided, with whom they are about, and in the log before they are shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeAlias
from urllib.parse import urlencode

from lhcr.access.decide import Gate
from lhcr.access.decision import AccessDecision
from lhcr.access.desk_entries import LOOK
from lhcr.access.log_reach import disclosures, log_reach
from lhcr.access.policy import Policy
from lhcr.access.recorded_ties import recorded_ties
from lhcr.access.request import Interaction, Request
from lhcr.audit.answer import Answer
from lhcr.audit.entry import Entry, Outcome
from lhcr.audit.log import AuditLog
from lhcr.audit.log_query import LogQuery
from lhcr.audit.reader import LogReader
from lhcr.audit.released import Released
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Forbidden
from lhcr.kernel.ids import Ids
from lhcr.office.case_clock import day_bounds, local_day
from lhcr.office.case_desk import CaseDesk, CaseFile, Queue
from lhcr.office.case_kind import Outcome as CaseOutcome
from lhcr.office.case_log import named_in_log
from lhcr.office.checks import tie_question
from lhcr.office.evidence import sentences
from lhcr.office.privacy_case import NOBODY, PrivacyCase
from lhcr.portal.traced_people import TracedPeople, TracedPerson
from lhcr.store.database import Pool

_MOST_LINES: Final = 50
_ASKED: Final = LOOK


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCase:
    """A case with what is known of it now: what the log says of its user and person in its days, the newest first, and what is
    recorded that ties the organisation to the person about that time, a sentence each. `person` is None for whom no trace shows.
    """

    file: CaseFile
    person: TracedPerson | None
    entries: tuple[Entry, ...]
    evidence: tuple[str, ...]


RenderQueue: TypeAlias = Callable[[Queue], Answer]
RenderCase: TypeAlias = Callable[[ReadCase], Answer]
RenderQuestion: TypeAlias = Callable[[CaseFile, TracedPerson | None], Answer]


class Cases(Protocol):
    """All of these raise Forbidden, NotFound for a case that is not the asker's office's, Conflict for one that changed meanwhile,
    and Unavailable.
    """

    async def queue(self, principal: Principal, *, render: RenderQueue) -> Released: ...

    async def case(self, principal: Principal, case_id: str, *, render: RenderCase) -> Released: ...

    async def close(
        self, principal: Principal, case_id: str, *, version: int, outcome: CaseOutcome, words: str, told: str
    ) -> None: ...

    async def ask(self, principal: Principal, case_id: str, *, version: int, words: str) -> None: ...

    async def escalate(self, principal: Principal, case_id: str, *, version: int, words: str) -> None: ...

    async def questions(self, principal: Principal) -> Sequence[PrivacyCase]:
        """What the principal is asked themself; no page that lists them says about whom."""
        ...

    async def question(self, principal: Principal, case_id: str, *, render: RenderQuestion) -> Released: ...

    async def answer(self, principal: Principal, case_id: str, *, words: str) -> None: ...


class StoredCases:
    """Cases for one worker."""

    def __init__(
        self,
        *,
        desk: CaseDesk,
        gate: Gate,
        log: AuditLog,
        reader: LogReader,
        people: TracedPeople,
        facts: Pool,
        policy: Policy,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._desk = desk
        self._gate = gate
        self._log = log
        self._reader = reader
        self._people = people
        self._facts = facts
        self._policy = policy
        self._clock = clock
        self._ids = ids

    async def queue(self, principal: Principal, *, render: RenderQueue) -> Released:
        """As `Cases.queue`. It names nobody whose record was opened: whom a case is about is told where it is looked into."""
        decision = await self._decide(principal)
        found = await self._desk.queue(decision)
        entry = decision.entry.complete(recorded=self._clock.now(), outcome=Outcome.SUCCESS)
        return await self._log.release([entry], render(found))

    async def case(self, principal: Principal, case_id: str, *, render: RenderCase) -> Released:
        decision, now = await self._decide(principal), self._clock.now()
        file = await self._desk.read(decision, case_id)
        about = {file.case.person_id} - {NOBODY}
        people = await self._people.of(principal, about, asked=_ASKED) if about else {}
        entries = await self._entries(decision, file.case) if about else ()
        (ties,) = await recorded_ties(self._facts, [tie_question(file.case, policy=self._policy)])
        read = ReadCase(
            file=file,
            person=people.get(file.case.person_id),
            entries=entries,
            evidence=tuple(dict.fromkeys(sentences(ties, policy=self._policy))),
        )
        entry = decision.entry.complete(recorded=now, outcome=Outcome.SUCCESS, query=urlencode(named_in_log(file.case)))
        return await self._log.release([entry, *disclosures(decision, entries, now=now)], render(read))

    async def close(
        self, principal: Principal, case_id: str, *, version: int, outcome: CaseOutcome, words: str, told: str
    ) -> None:
        decision = await self._decide(principal)
        await self._desk.close(decision, case_id, version=version, outcome=outcome, words=words, told=told)

    async def ask(self, principal: Principal, case_id: str, *, version: int, words: str) -> None:
        await self._desk.ask(await self._decide(principal), case_id, version=version, words=words)

    async def escalate(self, principal: Principal, case_id: str, *, version: int, words: str) -> None:
        await self._desk.escalate(await self._decide(principal), case_id, version=version, words=words)

    async def questions(self, principal: Principal) -> Sequence[PrivacyCase]:
        return await self._desk.questions(principal)

    async def question(self, principal: Principal, case_id: str, *, render: RenderQuestion) -> Released:
        """As `Cases.question`. Who is asked may no longer be one who finds people: then nobody is named."""
        file = await self._desk.question(principal, case_id)
        person: TracedPerson | None = None
        try:
            people = await self._people.of(principal, {file.case.person_id}, asked=_ASKED)
            person = people.get(file.case.person_id)
        except Forbidden:
            person = None
        entry = self._desk.shown(principal, file.case)
        return await self._log.release([entry], render(file, person))

    async def answer(self, principal: Principal, case_id: str, *, words: str) -> None:
        await self._desk.answer(principal, case_id, words=words)

    async def _decide(self, principal: Principal) -> AccessDecision:
        request = Request(
            interaction=Interaction.AUDIT_READ,
            type="AuditEvent",
            person=None,
            request_id=self._ids.token(),
            asked=_ASKED,
        )
        return await self._gate.decide(principal, request)

    async def _entries(self, decision: AccessDecision, case: PrivacyCase) -> tuple[Entry, ...]:
        since, until = day_bounds(local_day(case.began))[0], day_bounds(local_day(case.ended))[1]
        query = log_reach(decision).narrowed(LogQuery(since=since, until=until, users=(case.user_id,)))
        assert query is not None
        query = replace(query, person=case.person_id)
        found = await self._reader.search(query, before=None, most=_MOST_LINES)
        return tuple(each.entry for each in found.entries if each.entry)
