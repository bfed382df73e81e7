"""A privacy office over a real database: people who open records, facts that explain it, and the checks."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.access import conftest as access
from tests.access.conftest import GP, NOW, Cast, World

from lhcr.access.alerts import AlertReason, AlertType
from lhcr.access.classes import AccessClasses
from lhcr.access.decide import Gate
from lhcr.access.decision import AccessDecision
from lhcr.access.own_word import OwnWord, Word
from lhcr.access.policy import Policy
from lhcr.access.request import Interaction, Request
from lhcr.audit.entry import Action, EntryDraft, Outcome, PendingEntry
from lhcr.audit.log import AuditLog
from lhcr.audit.reader import LogReader
from lhcr.audit.sequencer import Sequencer
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.ids import RandomIds
from lhcr.nhs.roles import Role
from lhcr.office.case_desk import CaseDesk
from lhcr.office.case_log import CaseLog
from lhcr.office.checks import Checks
from lhcr.office.person_question import PersonQuestions
from lhcr.office.privacy_case import PrivacyCase, case_of
from lhcr.office.scan import Scan, kin_of
from lhcr.office.watch import OfficeWatch
from lhcr.store.database import Pool, open_pool

cast, policy = access.cast, access.policy
FAR = NOW + timedelta(days=400)
CLAIM = Word(
    type=AlertType.RELATIONSHIP, reason=AlertReason.SELF_CLAIM, words="She asks for her tablets at the counter"
)
SESSION = Word(type=AlertType.ACCESS, reason=AlertReason.EMERGENCY, words="Found unconscious at the station")


def reading(principal: Principal, person_id: int, at: datetime, **more: Any) -> PendingEntry:
    """The entry of somebody who read a record."""
    told: dict[str, Any] = {"kind": "rest", "subtype": "operation", "action": Action.EXECUTE, "type": ""}
    outcome = more.pop("outcome", Outcome.SUCCESS)
    draft = EntryDraft(principal=principal, source="Test Area", request_id="", person_id=person_id, **told | more)
    return draft.complete(recorded=at, outcome=outcome)


@dataclass(frozen=True)
class Office:
    """One worker's privacy office. `officer` and `guardian` answer for the organisation of `asker`."""

    world: World
    policy: Policy
    cases: CaseLog
    desk: CaseDesk
    questions: PersonQuestions
    scan: Scan
    checks: Checks
    own_word: OwnWord
    asker: Principal
    officer: Principal
    guardian: Principal
    citizen: Principal

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    def later(self, **span: float) -> None:
        self.world.clock.instant += timedelta(**span)

    async def log(self, *entries: PendingEntry) -> None:
        """Write entries and give them their places in the tree."""
        await self.world.log.append(entries)
        await self.sequence()

    async def sequence(self) -> None:
        await Sequencer(self.world.pool, clock=self.world.clock).sequence_now()

    async def read(self, person_id: int, principal: Principal | None = None) -> None:
        await self.log(reading(principal or self.asker, person_id, self.now))

    async def permit(self, principal: Principal | None = None, person: int | None = None) -> AccessDecision:
        request = Request(interaction=Interaction.AUDIT_READ, type="AuditEvent", person=person, asked="Cases")
        return await self.world.gate.decide(principal or self.officer, request)

    async def all(self) -> list[PrivacyCase]:
        rows = await self.world.pool.fetch("SELECT * FROM privacy_case ORDER BY noted, kind, person_id")
        return [case_of(row) for row in rows]

    async def one(self) -> PrivacyCase:
        (case,) = await self.all()
        return case

    async def steps(self) -> list[tuple[str, str]]:
        rows = await self.world.pool.fetch("SELECT what, words FROM privacy_case_step ORDER BY at, number")
        return [(row["what"], row["words"]) for row in rows]

    async def opened_case(self) -> tuple[PrivacyCase, int]:
        """A claim under which a record was opened and that nothing explained: a case, and whose record it is."""
        person = await self.world.person()
        await self.own_word.give(self.asker, person, CLAIM)
        await self.read(person)
        self.later(days=5)
        await self.checks.run()
        return await self.one(), person

    def watch(self) -> OfficeWatch:
        return OfficeWatch(self.world.pool, scan=self.scan, checks=self.checks)


def make_scan(world: World, policy: Policy, *, batch: int = 1_000, overseer: str = "") -> Scan:
    kin = kin_of(world.pool)
    return Scan(world.pool, policy=policy, clock=world.clock, ids=RandomIds(), kin=kin, batch=batch, overseer=overseer)


@pytest.fixture(scope="module")
async def pool(migrated_database_of_module: Callable[[], str]) -> AsyncIterator[Pool]:
    opened = await open_pool(migrated_database_of_module())
    yield opened
    await opened.close()


@pytest.fixture
async def world(pool: Pool, policy: Policy) -> AsyncIterator[World]:
    """A worker whose log and tables are empty: one database serves a module."""
    await pool.execute(
        "TRUNCATE privacy_case, privacy_case_step, judged_opening, counted_attempt, alert, fact_relationship, person, "
        "audit_entry, audit_leaf, audit_head, audit_signed_head, audit_writer"
    )
    await pool.execute("UPDATE log_scan SET next_leaf = 0")
    log, classes, clock = AuditLog(pool), AccessClasses(pool), FixedClock(NOW)
    gate = Gate(pool=pool, log=log, classes=classes, policy=policy, clock=clock, site="Test Area")
    yield World(pool, log, classes, gate, clock)
    await log.close()


@pytest.fixture
def office(world: World, policy: Policy, cast: Cast) -> Office:
    ids = RandomIds()
    cases = CaseLog(pool=world.pool, log=world.log, site="Test Area")
    officer = replace(cast.office, expires=FAR)
    return Office(
        world=world,
        policy=policy,
        cases=cases,
        desk=CaseDesk(pool=world.pool, cases=cases, policy=policy, clock=world.clock),
        questions=PersonQuestions(pool=world.pool, cases=cases, policy=policy, clock=world.clock, ids=ids),
        scan=make_scan(world, policy),
        checks=Checks(world.pool, cases=cases, reader=LogReader(world.pool), policy=policy, clock=world.clock),
        own_word=OwnWord(pool=world.pool, log=world.log, policy=policy, clock=world.clock, ids=ids, site="Test Area"),
        asker=replace(GP, expires=FAR),
        officer=officer,
        guardian=replace(officer, user_id="guardian", role_code=Role.CALDICOTT_GUARDIAN.code, token_id="guardian"),
        citizen=replace(cast.citizen, expires=FAR),
    )


def kinds(cases: Sequence[PrivacyCase]) -> list[str]:
    return sorted(case.kind.code for case in cases)
