"""The log of access as pages ask for it, a person about their record and an office about its users: decided and logged itself."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Final, Protocol, TypeAlias

from lhcr.access.decide import Gate
from lhcr.access.decision import AccessDecision
from lhcr.access.log_reach import disclosures, log_reach
from lhcr.access.request import UNKNOWN, AskedPerson, Interaction, Request
from lhcr.audit.answer import Answer
from lhcr.audit.entry import Entry, Outcome, PendingEntry
from lhcr.audit.log import AuditLog
from lhcr.audit.log_query import LogQuery
from lhcr.audit.proof import encode_proof
from lhcr.audit.query_mask import QueryMask
from lhcr.audit.reader import FoundEntries, LogReader, Position, StoredEntry
from lhcr.audit.released import Released
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Forbidden, NotFound
from lhcr.kernel.ids import Ids
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.portal.record_keys import RecordKeys
from lhcr.portal.traced_people import TracedPeople, TracedPerson
from lhcr.record.existing import absent
from lhcr.record.record import Record
from lhcr.views.access_history import Access, whole_days

_BEGINNING: Final = datetime(2020, 1, 1, tzinfo=UTC)
_LINES: Final = 50
_TRACED_TOGETHER: Final = 20
_NOTHING: Final = FoundEntries(entries=(), older=None)
_CHUNK: Final = 400
#: A day that is fuller than this is told in parts, so that nobody can hide in it by filling it.
_MOST: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPage:
    """What was done with one record, the newest first; `older` is where the next page begins, None where there is none."""

    accesses: tuple[Access, ...]
    older: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuestion:
    """What an office asks of the log: about one person, by one user, of one entry as (type, id), from an instant up to another, refused alone."""

    nhs_number: str = ""
    user: str = ""
    item: tuple[str, str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    refused: bool = False

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The question as a search would ask it, for the log."""
        asked = [
            ("patient.identifier", self.nhs_number),
            ("agent", self.user),
            ("entity", "/".join(self.item or ())),
            ("date", f"ge{self.since.isoformat()}" if self.since else ""),
            ("date", f"lt{self.until.isoformat()}" if self.until else ""),
            ("outcome", Outcome.REFUSED.value if self.refused else ""),
        ]
        return [pair for pair in asked if pair[1]]

    def query(self, *, now: datetime) -> LogQuery:
        return LogQuery(
            since=self.since or _BEGINNING,
            until=self.until or now + timedelta(days=1),
            users=(self.user,) if self.user else (),
            item=self.item,
            outcome=Outcome.REFUSED.value if self.refused else "",
        )


RenderLog: TypeAlias = Callable[[FoundEntries, Mapping[int, TracedPerson]], Answer]


class AccessHistory(Protocol):
    async def proof(self, principal: Principal, key: str, event_id: str, *, handle: str) -> Released:
        """Return, as a file, the proof that an entry about the person of a record stands in the log, without what it says. `handle` is what the person's page calls it.

        Raises Refused, NotFound for an entry that is not about the person or was not shown, and Unavailable (`entry-not-signed`) for one that
        no signed head covers yet.
        """
        ...

    async def of_users(
        self, principal: Principal, question: LogQuestion, *, before: Position | None, render: RenderLog
    ) -> Released:
        """Find what the users of an office's own organisation did, with whom it was about, and release the page once the log says so.

        Raises Forbidden and Unavailable.
        """
        ...

    async def about(self, principal: Principal, key: str, *, before: Position | None) -> AccessPage:
        """Return who has looked at the record that a key names. That it was asked for is durable in the log before.

        Raises Refused (the same for a key that means nobody) and Unavailable.
        """
        ...


class StoredAccessHistory:
    """Reads the log for one worker."""

    def __init__(
        self,
        *,
        gate: Gate,
        record: Record,
        log: AuditLog,
        reader: LogReader,
        mask: QueryMask,
        keys: RecordKeys,
        people: TracedPeople,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._gate = gate
        self._record = record
        self._log = log
        self._reader = reader
        self._mask = mask
        # To make a proof the leaves of the whole log are read: one at a time in a worker.
        self._proving = asyncio.Semaphore(1)
        self._keys = keys
        self._people = people
        self._clock = clock
        self._ids = ids

    async def about(self, principal: Principal, key: str, *, before: Position | None) -> AccessPage:
        decision, entry = await self._decide(principal, key)
        await self._log.append([entry])
        about = log_reach(decision).person
        return AccessPage(accesses=()) if about is None else await self._page(about, before)

    async def proof(self, principal: Principal, key: str, event_id: str, *, handle: str) -> Released:
        """Hazard: a sensitive item exposed. The text of an entry may name what is hidden from its person, so that it stays out:
        the proof binds the area to it all the same.
        """
        decision, entry = await self._decide(principal, key)
        shown = compare_digest(handle.encode(), self._keys.handles(self._keys.open(key) or "").of(event_id).encode())
        found = await self._reader.one(event_id) if shown else None
        if found is None or found.entry is None or not log_reach(decision).holds(found.entry):
            await self._log.append([entry])
            raise NotFound([absent("AuditEvent")])
        async with self._proving:
            proof = await self._reader.prove(found)
        name = f'attachment; filename="log-proof-{found.event_id}.json"'
        headers = (("content-type", "application/json"), ("content-disposition", name))
        return await self._log.release([entry], Answer(status=200, headers=headers, body=(encode_proof(proof),)))

    async def _decide(self, principal: Principal, key: str) -> tuple[AccessDecision, PendingEntry]:
        patient_id = self._keys.open(key) or ""
        person_id = await self._record.whose(type="Patient", id=patient_id) if patient_id else None
        request = Request(
            interaction=Interaction.AUDIT_READ,
            type="AuditEvent",
            person=UNKNOWN if person_id is None else person_id,
            request_id=self._ids.token(),
            asked="AuditEvent?patient",
        )
        decision = await self._gate.decide(principal, request)
        now = self._clock.now()
        return decision, decision.entry.complete(recorded=now, outcome=Outcome.SUCCESS, patient=patient_id)

    async def of_users(
        self, principal: Principal, question: LogQuestion, *, before: Position | None, render: RenderLog
    ) -> Released:
        """As `AccessHistory.of_users`."""
        request = Request(
            interaction=Interaction.AUDIT_READ,
            type="AuditEvent",
            person=await self._whose(question.nhs_number),
            request_id=self._ids.token(),
            asked="AuditEvent",
            query=self._mask.mask(question.pairs),
        )
        decision = await self._gate.decide(principal, request)
        now = self._clock.now()
        query = log_reach(decision).narrowed(question.query(now=now))
        found = await self._reader.search(query, before=before, most=_LINES) if query else _NOTHING
        shown = [each.entry for each in found.entries if each.entry]
        entry = decision.entry.complete(recorded=now, outcome=Outcome.SUCCESS, query=request.query)
        people = await self._named(principal, shown)
        return await self._log.release([entry, *disclosures(decision, shown, now=now)], render(found, people))

    async def _named(self, principal: Principal, shown: Iterable[Entry]) -> Mapping[int, TracedPerson]:
        """Return whom entries are about, none where the principal's role has no trace: the log itself they may read."""
        persons = sorted({entry.person for entry in shown if entry.person is not None})
        people: dict[int, TracedPerson] = {}
        try:
            for start in range(0, len(persons), _TRACED_TOGETHER):
                together = set(persons[start : start + _TRACED_TOGETHER])
                people |= await self._people.of(principal, together, asked="AuditEvent")
        except Forbidden:
            return {}
        return people

    async def _whose(self, nhs_number: str) -> AskedPerson:
        if not nhs_number:
            return None
        person = await self._record.whose_number(NhsNumber.parse(nhs_number))
        return UNKNOWN if person is None else person

    async def _page(self, person_id: int, before: Position | None) -> AccessPage:
        read: list[StoredEntry] = []
        while len(read) < _MOST:
            chunk = await self._reader.about(person_id, since=_BEGINNING, before=before, most=_CHUNK)
            # What was disposed of when its retention ended tells nothing any more.
            read += [each for each in chunk if each.entry is not None]
            before, ended = (_position(chunk[-1]) if chunk else None), len(chunk) < _CHUNK
            taken = whole_days(accesses := _accesses(read), ended=ended)
            if taken is not None:
                goes_on = not ended or taken < len(read)
                return AccessPage(accesses=accesses[:taken], older=_position(read[taken - 1]) if goes_on else None)
        return AccessPage(accesses=_accesses(read), older=before)


def _accesses(read: list[StoredEntry]) -> tuple[Access, ...]:
    return tuple(Access(each.entry, each.event_id) for each in read if each.entry is not None)


def _position(stored: StoredEntry) -> Position:
    return Position(recorded=stored.recorded, writer_id=stored.writer_id, seq=stored.seq)
