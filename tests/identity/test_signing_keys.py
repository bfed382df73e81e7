"""Signing keys: a rotation is seen by every worker, and ends no token before its time."""

import asyncio
import json
from datetime import timedelta

import pytest
from joserfc.jwk import OKPKey

from lhcr.identity.area_settings import TOKEN_KEY, setting_made_once
from lhcr.identity.claims import Claims
from lhcr.identity.signing_keys import RETIRED_FOR, KeyState, keys_made_once, read_keys, rotate, sweep_keys
from lhcr.identity.token_state import TokenWatch
from lhcr.identity.tokens import Tokens
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.errors import Unauthenticated
from lhcr.store.database import Pool


async def opened(pool: Pool, clock: FixedClock) -> tuple[Tokens, TokenWatch]:
    tokens = await Tokens.open(pool, issuer="https://area", audience="https://area/fhir", clock=clock)
    return tokens, TokenWatch(pool, clock=clock, renew=tokens.renew)


async def test_workers_that_start_at_once_have_the_same_keys(pool: Pool, clock: FixedClock) -> None:
    sets = await asyncio.gather(*(keys_made_once(pool, clock=clock) for _ in range(4)))
    assert len({each.kids for each in sets}) == 1
    assert {each.state for each in sets[0].keys} == {KeyState.CURRENT, KeyState.NEXT}


async def test_the_one_key_that_an_area_had_before_goes_on_signing(pool: Pool, clock: FixedClock) -> None:
    key = OKPKey.generate_key("Ed25519")
    await setting_made_once(pool, TOKEN_KEY, make=lambda: json.dumps(key.as_dict(private=True)).encode())
    assert (await keys_made_once(pool, clock=clock)).current.kid == key.thumbprint()


async def test_a_rotation_ends_no_token_and_its_tokens_are_taken_by_who_has_not_seen_it(
    pool: Pool, clock: FixedClock, claims: Claims
) -> None:
    (one, watch), (unaware, _) = await opened(pool, clock), await opened(pool, clock)
    before = one.issue(claims, lifetime=timedelta(hours=12))
    await rotate(pool, clock=clock)
    await watch.look()
    after = one.issue(claims, lifetime=timedelta(hours=12))
    assert one.verify(before).user_id == unaware.verify(after).user_id == claims.sub
    kids = [key["kid"] for key in one.public_keys()["keys"]]
    assert len(kids) == len(set(kids)) == 3


async def test_a_retired_key_goes_when_its_last_token_has_ended(pool: Pool, clock: FixedClock) -> None:
    first = await keys_made_once(pool, clock=clock)
    await rotate(pool, clock=clock)
    clock.instant += RETIRED_FOR - timedelta(seconds=1)
    assert first.current.kid in (await read_keys(pool, clock=clock)).kids
    clock.instant += timedelta(seconds=1)
    assert first.current.kid not in (await read_keys(pool, clock=clock)).kids
    await sweep_keys(pool, clock=clock)
    assert await pool.fetchval("SELECT count(*) FROM signing_key") == 2


async def test_hazard_a_key_that_was_stolen_signs_nothing_any_more(
    pool: Pool, clock: FixedClock, claims: Claims
) -> None:
    tokens, watch = await opened(pool, clock)
    stolen = tokens.issue(claims, lifetime=timedelta(hours=1))
    assert tokens.verify(stolen)
    await rotate(pool, clock=clock, compromised=True)
    await watch.look()
    with pytest.raises(Unauthenticated):
        tokens.verify(stolen)
    assert tokens.verify(tokens.issue(claims, lifetime=timedelta(hours=1)))


async def test_rotations_at_once_leave_one_current_and_one_next(pool: Pool, clock: FixedClock) -> None:
    await asyncio.gather(*(rotate(pool, clock=clock) for _ in range(4)))
    states = [each.state for each in (await read_keys(pool, clock=clock)).keys]
    assert (states.count(KeyState.CURRENT), states.count(KeyState.NEXT), states.count(KeyState.RETIRED)) == (1, 1, 4)


async def test_nothing_that_is_printed_of_a_key_is_secret(pool: Pool, clock: FixedClock) -> None:
    keys = await keys_made_once(pool, clock=clock)
    secret = keys.current.key.as_dict(private=True)["d"]
    assert str(secret) not in repr(keys)
