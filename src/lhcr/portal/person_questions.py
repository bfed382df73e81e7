"""A person's questions about accesses to their record, as their page asks for them: decided, and in the log with each case."""

from collections.abc import Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Protocol

from lhcr.access.decide import Gate
from lhcr.access.decision import AccessDecision
from lhcr.access.log_reach import log_reach
from lhcr.access.request import UNKNOWN, Interaction, Request
from lhcr.audit.entry import Entry
from lhcr.audit.reader import LogReader
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.ids import Ids
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.office.case_desk import no_case
from lhcr.office.person_question import Doubt, PersonQuestion, PersonQuestions, is_answered_for
from lhcr.office.privacy_case import PrivacyCase
from lhcr.portal.record_keys import RecordKeys
from lhcr.record.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessName:
    """An access as the person's page names it: the record's key, the entry of the log, and the handle that only the page can make."""

    key: str
    event_id: str
    handle: str


class AskedByPerson(Protocol):
    """All of these raise Refused where the record is not the asker's to ask about, NotFound for an access that their page did not show,
    and Unavailable.
    """

    async def asked(self, principal: Principal, key: str) -> Sequence[PrivacyCase]:
        """What was asked about accesses to a record, as far as the principal is told of it, the newest first."""
        ...

    async def about(self, principal: Principal, name: AccessName) -> Entry:
        """The access that would be asked about."""
        ...

    async def ask(self, principal: Principal, name: AccessName, *, doubt: Doubt, words: str) -> None:
        """Open a case. Raises as `PersonQuestions.ask` does, too."""
        ...


class StoredPersonQuestions:
    """Questions for one worker."""

    def __init__(
        self,
        *,
        questions: PersonQuestions,
        gate: Gate,
        record: Record,
        reader: LogReader,
        keys: RecordKeys,
        ids: Ids,
    ) -> None:
        self._questions = questions
        self._gate = gate
        self._record = record
        self._reader = reader
        self._keys = keys
        self._ids = ids

    async def asked(self, principal: Principal, key: str) -> Sequence[PrivacyCase]:
        decision = await self._decide(principal, key)
        return await self._questions.asked(decision, own=await self._own(decision))

    async def about(self, principal: Principal, name: AccessName) -> Entry:
        return (await self._entry(principal, name))[1]

    async def ask(self, principal: Principal, name: AccessName, *, doubt: Doubt, words: str) -> None:
        decision, entry = await self._entry(principal, name)
        question = PersonQuestion(entry=entry, own=await self._own(decision), doubt=doubt, words=words)
        await self._questions.ask(decision, question)

    async def _entry(self, principal: Principal, name: AccessName) -> tuple[AccessDecision, Entry]:
        """Hazard: a sensitive item exposed. Of an entry that the page did not show nobody learns here that it is there."""
        decision = await self._decide(principal, name.key)
        handles = self._keys.handles(self._keys.open(name.key) or "")
        shown = compare_digest(name.handle.encode(), handles.of(name.event_id).encode())
        found = await self._reader.one(name.event_id) if shown else None
        entry = found.entry if found else None
        if entry is None or not log_reach(decision).holds(entry) or not is_answered_for(entry.agent):
            raise no_case()
        return decision, entry

    async def _decide(self, principal: Principal, key: str) -> AccessDecision:
        patient_id = self._keys.open(key) or ""
        person = await self._record.whose(type="Patient", id=patient_id) if patient_id else None
        request = Request(
            interaction=Interaction.AUDIT_READ,
            type="AuditEvent",
            person=UNKNOWN if person is None else person,
            request_id=self._ids.token(),
            asked="Cases?patient",
        )
        return await self._gate.decide(principal, request)

    async def _own(self, decision: AccessDecision) -> bool:
        number = decision.principal.person_nhs_number
        try:
            holder = await self._record.whose_number(NhsNumber.parse(number)) if number else None
        except Incorrect:
            holder = None
        return holder is not None and holder == log_reach(decision).person
