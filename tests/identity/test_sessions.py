"""Sessions of the portal against a real database."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from lhcr.identity.claims import Claims
from lhcr.identity.sessions import IDLE, LONGEST, Sessions
from lhcr.identity.sign_in import SignIn
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


@pytest.mark.parametrize(
    ("way", "idle", "longest"),
    [
        (SignIn.CIS2_AAL3, timedelta(minutes=15), timedelta(hours=12)),
        (SignIn.CIS2_AAL2, timedelta(minutes=15), timedelta(hours=12)),
        (SignIn.NHS_LOGIN_P9, timedelta(minutes=10), timedelta(hours=2)),
        (None, timedelta(minutes=15), timedelta(hours=12)),
    ],
)
async def test_how_somebody_signed_in_says_how_long_their_session_lasts(
    sessions: Sessions, clock: FixedClock, claims: Claims, way: SignIn | None, idle: timedelta, longest: timedelta
) -> None:
    told = msgspec.structs.replace(claims, sign_in=way)
    unused = await sessions.begin(told)
    clock.instant += idle
    assert await sessions.find(unused) is None
    used, end = await sessions.begin(told), clock.instant + longest
    while clock.instant + timedelta(minutes=9) < end:
        clock.instant += timedelta(minutes=9)
        principal = await sessions.find(used)
        assert principal is not None
        assert principal.expires == end
    clock.instant = end
    assert await sessions.find(used) is None


@pytest.fixture
def two_roles(claims: Claims) -> tuple[Claims, Claims]:
    return claims, msgspec.structs.replace(claims, role="R0001", role_name="Privacy Officer")


async def test_a_change_of_role_is_a_new_session_and_ends_when_the_first_would(
    sessions: Sessions, clock: FixedClock, two_roles: tuple[Claims, Claims]
) -> None:
    """Hazard: what was opened in one role stays open in another, and a shift that never ends."""
    before = await sessions.begin(two_roles[0], roles=two_roles)
    end = clock.instant + LONGEST
    clock.instant += timedelta(minutes=14)
    after = await sessions.change_role(before, 1)
    assert after is not None
    assert await sessions.find(before) is None
    principal = await sessions.find(after)
    assert principal is not None
    assert (principal.role_code, principal.expires) == ("R0001", end)
    roles = await sessions.roles(after)
    assert roles is not None
    assert (list(roles.all), roles.now) == (list(two_roles), two_roles[1])


async def test_of_changes_of_role_at_once_exactly_one_happens(
    sessions: Sessions, pool: Pool, two_roles: tuple[Claims, Claims]
) -> None:
    session_id = await sessions.begin(two_roles[0], roles=two_roles)
    made = await asyncio.gather(*(sessions.change_role(session_id, 1) for _ in range(8)))
    assert sum(each is not None for each in made) == 1
    assert await pool.fetchval("SELECT count(*) FROM session") == 1


@pytest.mark.parametrize("chosen", [2, -1, 10**30])
async def test_a_role_that_is_nobodys_changes_nothing(
    sessions: Sessions, two_roles: tuple[Claims, Claims], chosen: int
) -> None:
    session_id = await sessions.begin(two_roles[0], roles=two_roles)
    assert await sessions.change_role(session_id, chosen) is None
    assert await sessions.find(session_id)


async def test_a_session_that_is_over_or_has_no_roles_changes_to_none(
    sessions: Sessions, clock: FixedClock, claims: Claims, two_roles: tuple[Claims, Claims]
) -> None:
    without, over = await sessions.begin(claims), await sessions.begin(two_roles[0], roles=two_roles)
    assert await sessions.change_role(without, 0) is None
    clock.instant += IDLE
    assert await sessions.change_role(over, 1) is None
    assert await sessions.roles("x" * 10_000) is None
