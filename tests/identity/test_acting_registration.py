"""Registrations of whom clients act for: strict in what they take, and never the same version twice."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from joserfc.jwk import ECKey
from msgspec.json import encode

from lhcr.identity.acting_registration import ActingRegistration, ActingRegistrations
from lhcr.identity.clients import Client, ClientKind, Clients
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.errors import Incorrect, NotFound
from lhcr.nhs.purposes import Purpose
from lhcr.store.database import Pool, open_pool

KEYS = encode({"keys": [{**ECKey.generate_key("P-384").as_dict(private=False), "kid": "one"}]})
SYSTEM = Client(
    client_id="a-system",
    name="A system",
    kind=ClientKind.SYSTEM,
    organisation="RRE",
    organisation_name="The Hospital",
    public_keys=KEYS,
    redirect_uris=(),
    scopes=("system/*.rs",),
)
APP = replace(
    SYSTEM, client_id="an-app", kind=ClientKind.APP, public_keys=b"", redirect_uris=("https://app.example/b",)
)
REGISTRATION = ActingRegistration(
    organisations=("A81001",), scopes=("user/Observation.rs",), purposes=(Purpose.TREATMENT,)
)
CLOCK = FixedClock(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))


@pytest.fixture
async def pool(migrated_database: Callable[[], str]) -> AsyncIterator[Pool]:
    async with await open_pool(migrated_database(), smallest=1, largest=2) as pool:
        for client in (SYSTEM, APP):
            await Clients(pool, clock=CLOCK).register(client)
        yield pool


async def revoked(pool: Pool) -> set[str]:
    return {row["name"] for row in await pool.fetch("SELECT name FROM revoked_token")}


async def test_each_change_revokes_what_came_of_the_version_before_and_of_no_other(pool: Pool) -> None:
    acting = ActingRegistrations(pool, clock=CLOCK)
    await acting.replace("a-system", REGISTRATION)
    assert await revoked(pool) == set()
    epoch = await pool.fetchval("SELECT epoch FROM token_epoch")
    await acting.replace("a-system", replace(REGISTRATION, organisations=("RRE",)))
    found = await acting.find("a-system")
    assert found is not None
    assert (found.organisations, found.version) == (("RRE",), 2)
    assert await revoked(pool) == {"acting:a-system:1"}
    assert await pool.fetchval("SELECT epoch FROM token_epoch") > epoch
    await acting.end("a-system")
    assert await acting.find("a-system") is None
    await acting.replace("a-system", REGISTRATION)
    again = await acting.find("a-system")
    assert again is not None
    assert again.name("a-system") not in await revoked(pool)


async def test_a_client_that_has_ended_acts_for_nobody(pool: Pool) -> None:
    acting = ActingRegistrations(pool, clock=CLOCK)
    await acting.replace("a-system", REGISTRATION)
    await Clients(pool, clock=CLOCK).end("a-system")
    assert await acting.find("a-system") is None


@pytest.mark.parametrize(
    "wrong",
    [
        replace(REGISTRATION, organisations=()),
        replace(REGISTRATION, organisations=("no code",)),
        replace(REGISTRATION, organisations=("A81001",) * 1001),
        replace(REGISTRATION, scopes=()),
        replace(REGISTRATION, purposes=()),
        replace(REGISTRATION, purposes=(Purpose.TREATMENT, Purpose.EMERGENCY_TREATMENT)),
        replace(REGISTRATION, purposes=(Purpose.RESEARCH,)),
    ],
)
async def test_hazard_a_registration_that_says_too_much_or_too_little_is_refused(
    pool: Pool, wrong: ActingRegistration
) -> None:
    with pytest.raises(Incorrect):
        await ActingRegistrations(pool, clock=CLOCK).replace("a-system", wrong)


@pytest.mark.parametrize("client_id", ["an-app", "nobody", ""])
async def test_who_cannot_prove_who_they_are_acts_for_nobody(pool: Pool, client_id: str) -> None:
    acting = ActingRegistrations(pool, clock=CLOCK)
    with pytest.raises(NotFound):
        await acting.replace(client_id, REGISTRATION)
    with pytest.raises(NotFound):
        await acting.end(client_id)
