"""A gate over a real database, people who ask, and facts about people who are asked for."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from lhcr.access.classes import AccessClasses
from lhcr.access.decide import Gate
from lhcr.access.policy import Policy, baseline_policy
from lhcr.audit.log import AuditLog
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.clock import FixedClock
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Role, activities_of
from lhcr.store.database import Pool, open_pool

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
GP = Principal(
    user_id="555000000101",
    name="Dr Ada Fell",
    kind=PrincipalKind.PROFESSIONAL,
    role_code=Role.CLINICAL_PRACTITIONER.code,
    role_display=Role.CLINICAL_PRACTITIONER.display,
    activities=activities_of(Role.CLINICAL_PRACTITIONER),
    organisation="A81001",
    organisation_name="The Surgery",
    person_nhs_number=None,
    purposes=(Purpose.TREATMENT,),
    purpose=Purpose.TREATMENT,
    scopes=(),
    token_id="token-gp",
    expires=NOW + timedelta(hours=1),
)


def _with_role(role: Role) -> Principal:
    return replace(
        GP,
        user_id=f"user-{role.code}",
        role_code=role.code,
        role_display=role.display,
        activities=activities_of(role),
        token_id=f"token-{role.code}",
    )


def _citizen() -> Principal:
    return replace(
        GP,
        user_id="citizen-1",
        kind=PrincipalKind.CITIZEN,
        role_code="",
        role_display="",
        activities=frozenset(),
        organisation="",
        organisation_name="",
        person_nhs_number="9990000018",
        purposes=(Purpose.PATIENT_REQUEST,),
        purpose=Purpose.PATIENT_REQUEST,
        token_id="token-citizen",
    )


def _office() -> Principal:
    office = replace(_with_role(Role.PRIVACY_OFFICER), kind=PrincipalKind.OFFICE)
    return replace(office, purposes=(Purpose.OPERATIONS,), purpose=Purpose.OPERATIONS)


def _operator() -> Principal:
    operator = replace(_with_role(Role.SYSTEMS_SUPPORT), kind=PrincipalKind.OPERATOR, organisation="")
    return replace(operator, purposes=(Purpose.OPERATIONS,), purpose=Purpose.OPERATIONS)


def _system() -> Principal:
    return replace(GP, kind=PrincipalKind.SYSTEM, activities=frozenset(), token_id="token-system")


class Cast:
    """Everyone who asks in these tests."""

    def __init__(self) -> None:
        self.gp = GP
        self.receptionist = _with_role(Role.RECEPTIONIST)
        self.student = _with_role(Role.STUDENT)
        self.citizen = _citizen()
        self.office = _office()
        self.operator = _operator()
        self.system = _system()

    @property
    def everyone(self) -> tuple[Principal, ...]:
        return (self.gp, self.receptionist, self.student, self.citizen, self.office, self.operator, self.system)


@dataclass(frozen=True)
class World:
    """One worker's gate over a database of its own."""

    pool: Pool
    log: AuditLog
    classes: AccessClasses
    gate: Gate
    clock: FixedClock

    async def person(self) -> int:
        person_id: int = await self.pool.fetchval(
            "INSERT INTO person (person_id) VALUES (nextval('person_id_sequence')) RETURNING person_id"
        )
        return person_id

    async def tie(
        self, person_id: int, party: str, kind: str, *, low: datetime = NOW - timedelta(days=1), days: float = 30
    ) -> None:
        await self.pool.execute(
            "INSERT INTO fact_relationship (person_id, party, kind, rid, low, high) VALUES ($1, $2, $3, 1, $4, $5)",
            person_id,
            party,
            kind,
            low,
            low + timedelta(days=days),
        )
        await self.pool.execute("UPDATE person SET epoch = epoch + 1 WHERE person_id = $1", person_id)

    async def entries(self) -> list[bytes]:
        rows = await self.pool.fetch("SELECT text FROM audit_entry ORDER BY writer_id, seq")
        return [row["text"] for row in rows]


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def policy() -> Policy:
    return baseline_policy()


@pytest.fixture
async def world(migrated_database: Callable[[], str], policy: Policy) -> AsyncIterator[World]:
    pool = await open_pool(migrated_database())
    log, classes, clock = AuditLog(pool), AccessClasses(pool), FixedClock(NOW)
    gate = Gate(pool=pool, log=log, classes=classes, policy=policy, clock=clock, site="Test Area")
    yield World(pool, log, classes, gate, clock)
    await log.close()
    await pool.close()
