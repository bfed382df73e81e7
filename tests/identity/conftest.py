"""An area that issues tokens, and somebody to issue them to."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest

from lhcr.identity.claims import Claims
from lhcr.identity.principal import PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.kernel.clock import FixedClock
from lhcr.store.database import Pool, open_pool


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))


@pytest.fixture
def claims() -> Claims:
    return Claims(
        sub="555000000101",
        name="Dr Ada Fell",
        kind=PrincipalKind.PROFESSIONAL,
        role="R8000",
        role_name="Clinical Practitioner",
        activities=["B0820", "B0370"],
        ods="A81001",
        organisation="The Surgery",
        purposes=["TREAT", "HOPERAT"],
        sign_in=SignIn.CIS2_AAL3,
    )


@pytest.fixture
async def pool(migrated_database: Callable[[], str]) -> AsyncIterator[Pool]:
    opened = await open_pool(migrated_database())
    yield opened
    await opened.close()
