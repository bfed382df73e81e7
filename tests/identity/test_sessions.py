"""Sessions of the portal against a real database."""

from datetime import timedelta

import msgspec
import pytest

from lhcr.identity.claims import Claims
from lhcr.identity.sessions import IDLE, LONGEST, Sessions
from lhcr.kernel.clock import FixedClock
from lhcr.store.database import Pool


@pytest.fixture
def sessions(pool: Pool, clock: FixedClock) -> Sessions:
    return Sessions(pool, clock=clock)


async def test_a_session_names_who_signed_in(sessions: Sessions, claims: Claims) -> None:
    principal = await sessions.find(await sessions.begin(claims))
    assert principal is not None
    assert principal.user_id == claims.sub


async def test_the_database_holds_nothing_that_signs_anybody_in(sessions: Sessions, pool: Pool, claims: Claims) -> None:
    session_id = await sessions.begin(claims)
    (row,) = await pool.fetch("SELECT * FROM session")
    assert session_id.encode() not in b"".join(value for value in row.values() if isinstance(value, bytes))


async def test_a_session_ends_after_fifteen_minutes_without_use(
    sessions: Sessions, clock: FixedClock, claims: Claims
) -> None:
    session_id = await sessions.begin(claims)
    for _ in range(3):
        clock.instant += IDLE - timedelta(seconds=1)
        assert await sessions.find(session_id)
    clock.instant += IDLE
    assert await sessions.find(session_id) is None


async def test_a_session_ends_after_twelve_hours_however_much_it_is_used(
    sessions: Sessions, clock: FixedClock, claims: Claims
) -> None:
    session_id = await sessions.begin(claims)
    end = clock.instant + LONGEST
    while clock.instant + timedelta(minutes=10) < end:
        clock.instant += timedelta(minutes=10)
        principal = await sessions.find(session_id)
        assert principal is not None
        assert principal.expires == end
    clock.instant = end
    assert await sessions.find(session_id) is None


async def test_signing_in_again_ends_the_session_before(sessions: Sessions, claims: Claims) -> None:
    planted = await sessions.begin(claims)
    fresh = await sessions.begin(claims, replacing=planted)
    assert await sessions.find(planted) is None
    assert await sessions.find(fresh) is not None


async def test_signing_out_ends_it(sessions: Sessions, claims: Claims) -> None:
    session_id = await sessions.begin(claims)
    await sessions.end(session_id)
    assert await sessions.find(session_id) is None


@pytest.mark.parametrize("session_id", ["", "x", "\udcff", "x" * 10_000])
async def test_an_id_that_nobody_was_given_finds_nobody(sessions: Sessions, claims: Claims, session_id: str) -> None:
    await sessions.begin(claims)
    assert await sessions.find(session_id) is None


async def test_sweeping_removes_what_has_ended_and_nothing_else(
    sessions: Sessions, pool: Pool, clock: FixedClock, claims: Claims
) -> None:
    await sessions.begin(claims)
    clock.instant += IDLE
    kept = await sessions.begin(claims)
    await sessions.sweep()
    assert await pool.fetchval("SELECT count(*) FROM session") == 1
    assert await sessions.find(kept)


async def test_a_persona_signs_in_only_to_a_demonstration(sessions: Sessions, pool: Pool, claims: Claims) -> None:
    persona = msgspec.structs.replace(claims, persona=True)
    with pytest.raises(ValueError):
        await sessions.begin(persona)
    await pool.execute("INSERT INTO area_setting VALUES ('demonstration', 'yes')")
    assert await sessions.find(await sessions.begin(persona))


async def test_claims_that_are_no_longer_known_sign_nobody_in(sessions: Sessions, pool: Pool, claims: Claims) -> None:
    session_id = await sessions.begin(claims)
    await pool.execute("""UPDATE session SET claims = '{"kind": "emperor"}'""")
    assert await sessions.find(session_id) is None
