"""Ids of sessions. Hazard: one that somebody can guess is somebody else's record."""

import base64

from lhcr.identity.claims import Claims
from lhcr.identity.sessions import Sessions
from lhcr.kernel.clock import FixedClock
from lhcr.store.database import Pool


async def test_an_id_is_256_random_bits_and_never_comes_again(pool: Pool, clock: FixedClock, claims: Claims) -> None:
    sessions = Sessions(pool, clock=clock)
    ids = [await sessions.begin(claims) for _ in range(20)]
    raw = [base64.urlsafe_b64decode(f"{each}=") for each in ids]
    assert {len(each) for each in raw} == {32}
    assert len(set(raw)) == 20
    # By chance a bit is the same in all twenty once in half a million times: of 256 one may be, and two are not.
    fixed = [bit for bit in range(256) if len({each[bit // 8] >> bit % 8 & 1 for each in raw}) == 1]
    assert len(fixed) <= 1
