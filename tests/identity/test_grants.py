"""Grants against a real database: what ends with a session is not begun once the session has ended."""

import asyncio
from datetime import timedelta

import pytest

from lhcr.identity.claims import Claims
from lhcr.identity.grants import Grant, Grants, new_grant_id
from lhcr.identity.sessions import Sessions
from lhcr.kernel.clock import FixedClock
from lhcr.store.database import Pool

_OVER = timedelta(hours=1)


@pytest.fixture
def sessions(pool: Pool, clock: FixedClock) -> Sessions:
    return Sessions(pool, clock=clock)


@pytest.fixture
def grants(pool: Pool, clock: FixedClock) -> Grants:
    return Grants(pool, clock=clock)


async def begun(grants: Grants, claims: Claims, clock: FixedClock, *, session: str) -> str | None:
    grant = Grant(
        grant_id=new_grant_id(), client_id="an-app", claims=claims, ends=clock.instant + _OVER, session=session
    )
    return await grants.begin(grant, redirect_uri="https://app.example/back", challenge="x")


async def named(sessions: Sessions, session_id: str) -> str:
    principal = await sessions.find(session_id)
    assert principal is not None
    return principal.token_id


async def test_hazard_an_app_that_is_allowed_while_somebody_signs_out_gets_nothing(
    sessions: Sessions, grants: Grants, claims: Claims, clock: FixedClock
) -> None:
    session_id = await sessions.begin(claims)
    name = await named(sessions, session_id)
    await sessions.begin(claims)
    await sessions.end(session_id)
    assert await begun(grants, claims, clock, session=name) is None
    assert await begun(grants, claims, clock, session="") is not None


async def test_of_allowing_and_signing_out_at_once_nothing_is_left(
    sessions: Sessions, grants: Grants, claims: Claims, clock: FixedClock
) -> None:
    for _ in range(10):
        session_id = await sessions.begin(claims)
        name = await named(sessions, session_id)
        code, _ = await asyncio.gather(begun(grants, claims, clock, session=name), sessions.end(session_id))
        assert code is None or await grants.redeem(code) is None


async def test_what_rests_on_a_session_ends_with_it_and_not_with_another(
    sessions: Sessions, grants: Grants, claims: Claims, clock: FixedClock
) -> None:
    session_id, other = await sessions.begin(claims), await sessions.begin(claims)
    code = await begun(grants, claims, clock, session=await named(sessions, session_id))
    kept = await begun(grants, claims, clock, session=await named(sessions, other))
    await sessions.end(session_id)
    assert code is not None
    assert await grants.redeem(code) is None
    assert kept is not None
    assert await grants.redeem(kept) is not None
