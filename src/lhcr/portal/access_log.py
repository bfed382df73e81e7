"""The log of access to one record, as its person's own page asks for it: decided by the gate and in the log before it is read."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

from lhcr.access.decide import Gate
from lhcr.access.log_reach import log_reach
from lhcr.access.request import UNKNOWN, Interaction, Request
from lhcr.audit.entry import Entry as LogEntry
from lhcr.audit.entry import Outcome
from lhcr.audit.log import AuditLog
from lhcr.audit.reader import LogReader, Position, StoredEntry
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.kernel.ids import Ids
from lhcr.portal.record_keys import RecordKeys
from lhcr.record.record import Record
from lhcr.views.access_history import whole_days

_BEGINNING: Final = datetime(2020, 1, 1, tzinfo=UTC)
_CHUNK: Final = 400
#: A day that is fuller than this is told in parts, so that nobody can hide in it by filling it.
_MOST: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPage:
    """Entries about one person, the newest first; `older` is where the next page begins, None where there is none."""

    entries: tuple[LogEntry, ...]
    older: Position | None = None


class AccessHistory(Protocol):
    async def about(self, principal: Principal, key: str, *, before: Position | None) -> AccessPage:
        """Return who has looked at the record that a key names. That it was asked for is durable in the log before.

        Raises Refused (the same for a key that means nobody) and Unavailable.
        """
        ...


class StoredAccessHistory:
    """Reads the log for one worker."""

    def __init__(
        self, *, gate: Gate, record: Record, log: AuditLog, reader: LogReader, keys: RecordKeys, clock: Clock, ids: Ids
    ) -> None:
        self._gate = gate
        self._record = record
        self._log = log
        self._reader = reader
        self._keys = keys
        self._clock = clock
        self._ids = ids

    async def about(self, principal: Principal, key: str, *, before: Position | None) -> AccessPage:
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
        entry = decision.entry.complete(recorded=self._clock.now(), outcome=Outcome.SUCCESS, patient=patient_id)
        await self._log.append([entry])
        about = log_reach(decision).person
        return AccessPage(entries=()) if about is None else await self._page(about, before)

    async def _page(self, person_id: int, before: Position | None) -> AccessPage:
        read: list[StoredEntry] = []
        while len(read) < _MOST:
            chunk = await self._reader.about(person_id, since=_BEGINNING, before=before, most=_CHUNK)
            # What was disposed of when its retention ended tells nothing any more.
            read += [each for each in chunk if each.entry is not None]
            before, ended = (_position(chunk[-1]) if chunk else None), len(chunk) < _CHUNK
            taken = whole_days(entries := _entries(read), ended=ended)
            if taken is not None:
                goes_on = not ended or taken < len(read)
                return AccessPage(entries=entries[:taken], older=_position(read[taken - 1]) if goes_on else None)
        return AccessPage(entries=_entries(read), older=before)


def _entries(read: list[StoredEntry]) -> tuple[LogEntry, ...]:
    return tuple(each.entry for each in read if each.entry is not None)


def _position(stored: StoredEntry) -> Position:
    return Position(recorded=stored.recorded, writer_id=stored.writer_id, seq=stored.seq)
