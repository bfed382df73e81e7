"""The own word: claims and emergency sessions begun and ended, each with its alert and its entry of the log in one transaction.

Hazards guarded here: access without the alert that a privacy officer is owed, and a worker that goes on as if nothing had
begun or ended. Fact, alert, entry and the person's next epoch are durable together or not at all.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, TypeAlias

from lhcr.access.alerts import AlertReason, AlertType
from lhcr.access.case import Case
from lhcr.access.claims import judge_claim
from lhcr.access.emergency import for_emergency, judge_emergency
from lhcr.access.facts import read_standing
from lhcr.access.own_word_entry import WordEntries
from lhcr.access.policy import Policy
from lhcr.access.relationship import CLAIMED, EMERGENCY, parties_of, user_party
from lhcr.access.request import UNKNOWN, AskedPerson, Interaction, Request
from lhcr.access.rules.relationship import derived_kinds
from lhcr.audit.entry import PendingEntry
from lhcr.audit.log import INSERT_ENTRIES, AuditLog
from lhcr.audit.outage import unavailable_when_down
from lhcr.audit.reference import new_decision_number
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Conflict, Issue, NotFound
from lhcr.kernel.ids import Ids
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.access", "own_word.sql")
_KIND: Final = MappingProxyType({AlertType.RELATIONSHIP: CLAIMED, AlertType.ACCESS: EMERGENCY})
_NOBODY: Final = 0
_OUTAGE: Final = "What access depends on cannot be written now, so nothing was opened. Ask again in a moment."
_Work: TypeAlias = Callable[[Connection], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody says of themselves and a person; `words` are as `read_words` gives them."""

    type: AlertType
    reason: AlertReason
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """Until when a claim and an emergency session of one user about one person hold, None where there is none."""

    claimed: datetime | None = None
    emergency: datetime | None = None

    def of(self, type_: AlertType) -> datetime | None:
        return self.claimed if type_ is AlertType.RELATIONSHIP else self.emergency


NOTHING_IN_FORCE: Final = InForce()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """A word that holds for somebody about one person, from when until when."""

    principal: Principal
    person_id: int
    word: Word
    alert_id: str
    number: int
    low: datetime
    high: datetime


class OwnWord:
    """Claims and sessions of one worker. `site` is the area's own name in the log."""

    def __init__(self, *, pool: Pool, log: AuditLog, policy: Policy, clock: Clock, ids: Ids, site: str) -> None:
        self._pool = pool
        self._log = log
        self._policy = policy
        self._clock = clock
        self._ids = ids
        self._entries = WordEntries(log, policy=policy, site=site)

    async def give(self, principal: Principal, person: AskedPerson, word: Word) -> datetime:
        """Begin what somebody gives their word for, and return until when it holds.

        Raises Refused (403) where their role may not, whoever the person is; NotFound where nobody is here; Conflict
        (`claim-not-needed`) where a relationship that is recorded is in force; Unavailable where it cannot be written down.
        """
        try:
            return await self._give(principal, _person(person), word)
        except NotFound:
            # Who tries out names is seen in the log, whoever they are not.
            await self._log.append([self._entries.about_nobody(principal, word.type, now=self._clock.now())])
            raise

    async def _give(self, principal: Principal, person_id: int | None, word: Word) -> datetime:
        now = self._clock.now()
        is_claim = word.type is AlertType.RELATIONSHIP
        verdict = judge_claim(principal, policy=self._policy) if is_claim else judge_emergency(principal)
        if not verdict.permits:
            raise await self._entries.refusal(principal, verdict, person_id, now=now)
        if person_id is None:
            raise _nobody()
        given = self._given(principal, person_id, word, now=now)
        entry = await self._entries.given(
            _logged_as(principal, word.type), person_id, word.type, verdict, now=now, number=given.number,
            alert_id=given.alert_id, reason=word.reason, words=word.words, until=given.high,
        )  # fmt: skip
        await self._together(person_id, entry, lambda connection: self._begin(connection, given))
        return given.high

    async def end(self, principal: Principal, person: AskedPerson, type_: AlertType) -> bool:
        """End a claim or session of somebody's own before its time; returns whether there was one in force."""
        person_id, now = _person(person), self._clock.now()
        if person_id is None or (await self.in_force(principal, person_id)).of(type_) is None:
            return False

        async def end(connection: Connection) -> None:
            await connection.execute(_SQL["revoke"], person_id, user_party(principal), _KIND[type_], now)
            await _end_alerts(connection, principal, person_id, type_, now=now)

        entry = self._entries.ended(_logged_as(principal, type_), person_id, type_, now=now)
        await self._together(person_id, entry, end)
        return True

    async def end_sessions(self, principal: Principal) -> int:
        """End every emergency session of somebody who signs out; returns how many there were."""
        who = (principal.organisation, principal.user_id)
        async with unavailable_when_down(error="facts-unavailable", diagnostics=_OUTAGE):
            found = await self._pool.fetch(_SQL["persons_with_session"], *who, self._clock.now())
        return sum([await self.end(principal, row["person_id"], AlertType.ACCESS) for row in found])

    async def in_force(self, principal: Principal, person: AskedPerson) -> InForce:
        """Return what holds now of one user about one person. What it opens is the gate's to say.

        Nobody who is here costs the same look-up as a stranger: how long an answer takes tells nothing.
        """
        person_id = _person(person) or _NOBODY
        if principal.kind is not PrincipalKind.PROFESSIONAL:
            return NOTHING_IN_FORCE
        async with unavailable_when_down(error="facts-unavailable", diagnostics=_OUTAGE):
            rows = await self._pool.fetch(_SQL["in_force"], person_id, user_party(principal), self._clock.now())
        until = {row["kind"]: row["high"] for row in rows}
        return InForce(claimed=until.get(CLAIMED), emergency=until.get(EMERGENCY))

    def lasts(self, type_: AlertType) -> timedelta:
        """Return for how long a word of a type holds."""
        file = self._policy.file
        if type_ is AlertType.RELATIONSHIP:
            return timedelta(hours=file.claims.hours)
        return timedelta(minutes=file.emergency.minutes)

    def _given(self, principal: Principal, person_id: int, word: Word, *, now: datetime) -> _Given:
        return _Given(
            principal=principal,
            person_id=person_id,
            word=word,
            alert_id=self._ids.token(),
            number=new_decision_number(now),
            low=now,
            high=now + self.lasts(word.type),
        )

    async def _begin(self, connection: Connection, given: _Given) -> None:
        asker, person_id, type_ = given.principal, given.person_id, given.word.type
        if type_ is AlertType.RELATIONSHIP:
            await self._refuse_needless(connection, given)
        await _end_alerts(connection, asker, person_id, type_, now=given.low)
        await connection.execute(_SQL["grant"], person_id, user_party(asker), _KIND[type_], given.low, given.high)
        await connection.execute(
            _SQL["raise_alert"], person_id, given.alert_id, given.low, type_.code, given.word.reason.code,
            given.word.words, asker.user_id, asker.name, asker.role_code, asker.job, asker.organisation,
            asker.organisation_name, given.high, given.number,
        )  # fmt: skip

    async def _refuse_needless(self, connection: Connection, given: _Given) -> None:
        """A privacy officer's time is for those whom nothing that is recorded ties to the person."""
        asker, person_id = given.principal, given.person_id
        standing = await read_standing(connection, person_id, parties=parties_of(asker), now=given.low)
        request = Request(interaction=Interaction.EVERYTHING, type=None, person=person_id)
        if derived_kinds(Case(principal=asker, request=request, policy=self._policy, ties=standing.ties)):
            raise _needless()

    async def _together(self, person_id: int, entry: PendingEntry, work: _Work) -> None:
        """Do some work about one person under their lock, with its entry, in one transaction."""
        async with (
            unavailable_when_down(error="facts-unavailable", diagnostics=_OUTAGE),
            self._log.write_lane() as lane,
        ):
            async with self._pool.acquire() as connection, connection.transaction():
                if await connection.fetchval(_SQL["lock"], person_id) is None:
                    raise _nobody()
                await work(connection)
                await connection.execute(INSERT_ENTRIES, *lane.prepare([entry]).parameters)
            lane.committed()


async def _end_alerts(
    connection: Connection, principal: Principal, person_id: int, type_: AlertType, *, now: datetime
) -> None:
    who = (principal.organisation, principal.user_id)
    await connection.execute(_SQL["end_alerts"], person_id, *who, type_.code, now)


def _logged_as(principal: Principal, type_: AlertType) -> Principal:
    return for_emergency(principal) if type_ is AlertType.ACCESS else principal


def _person(asked: AskedPerson) -> int | None:
    return asked if asked is not None and asked is not UNKNOWN and asked > 0 else None


def _nobody() -> NotFound:
    return NotFound([Issue(code="not-found", error="not-found", diagnostics="Nobody is here under this name.")])


def _needless() -> Conflict:
    diagnostics = "A relationship with this person is recorded already, so nothing need be claimed."
    return Conflict([Issue(code="conflict", error="claim-not-needed", diagnostics=diagnostics)])
