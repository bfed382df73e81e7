"""A log over a real database, and entries to put into it."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest

from lhcr.audit.entry import Action, EntryDraft, Outcome, PendingEntry
from lhcr.audit.log import AuditLog
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Role, activities_of
from lhcr.store.database import Pool, open_pool

NOW = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)

MakeEntry = Callable[[int], PendingEntry]


@pytest.fixture
def principal() -> Principal:
    return Principal(
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


@pytest.fixture
def draft(principal: Principal) -> EntryDraft:
    return EntryDraft(
        principal=principal,
        kind="rest",
        subtype="read",
        action=Action.READ,
        source="Test Area",
        request_id="request-1",
        type="Observation",
        person_id=7,
        decision=2**40,
        reference="D-0000000000001",
        trace_digest="ab" * 32,
    )


@pytest.fixture
def make_entry(draft: EntryDraft) -> MakeEntry:
    """Makes entries that differ by their number."""

    def make(number: int) -> PendingEntry:
        recorded = NOW + timedelta(milliseconds=number)
        return draft.complete(recorded=recorded, outcome=Outcome.SUCCESS, person_id=number)

    return make


@pytest.fixture
def database(migrated_database: Callable[[], str]) -> str:
    return migrated_database()


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    opened = await open_pool(database)
    yield opened
    await opened.close()


@pytest.fixture
def log(pool: Pool) -> AuditLog:
    return AuditLog(pool)
