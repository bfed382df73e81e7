"""What has ended, or was begun and never finished, is removed, and a failure to do so ends nothing."""

import asyncio

from structlog.testing import capture_logs
from tests.portal.signing_in.visitor import Area

from lhcr.kernel.clock import FixedClock
from lhcr.kernel.errors import Issue, Unavailable
from lhcr.portal.make_sign_ins import make_upkeep
from lhcr.portal.sign_in_upkeep import SignInUpkeep


async def test_every_table_of_signing_in_is_swept(area: Area, area_clock: FixedClock) -> None:
    await area.pool.execute(
        """INSERT INTO sign_in_attempt VALUES ('a', 'b', 'cis2', '', '2020-01-01');
        INSERT INTO role_choice VALUES ('a', '[]', '', '2020-01-01');
        INSERT INTO failed_sign_in VALUES ('a', '2020-01-01', 1);
        INSERT INTO session (id_digest, claims, began, used, ends) VALUES ('a', '{}', '2020-01-01', '2020-01-01', '2020-01-01')"""
    )
    await make_upkeep(area.pool, clock=area_clock).sweep()
    for table in ("sign_in_attempt", "role_choice", "failed_sign_in", "session"):
        assert await area.pool.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_it_goes_on_where_the_database_did_not_answer() -> None:
    done = asyncio.Event()
    asked: list[int] = []

    async def sweep() -> None:
        asked.append(1)
        if len(asked) == 1:
            raise Unavailable([Issue(code="transient", error="connections-busy", diagnostics="Busy.")])
        done.set()

    with capture_logs() as lines:
        async with SignInUpkeep([sweep], every_seconds=0).running():
            await done.wait()
    assert [line["event"] for line in lines] == ["sign-in-upkeep-undone"]
