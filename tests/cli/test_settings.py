"""`lhcr settings` says what an area's policy leaves out, so that nobody takes it for done."""

import asyncpg
import msgspec
from tests.cli.processes import lhcr
from tests.conftest import MakeDatabase

from lhcr.access.policy import area_policy, baseline_policy
from lhcr.access.policy_gaps import policy_gaps
from lhcr.demo.access_policy import ACCESS_POLICY as OF_DEMONSTRATION
from lhcr.identity.area_settings import ACCESS_POLICY, setting_made_once


async def test_hazard_an_objection_that_is_believed_to_be_obeyed(migrated_database: MakeDatabase) -> None:
    """The baseline takes nobody's word on objections and proxies, and that is said where the database is named."""
    dsn = migrated_database()
    told = lhcr("settings", "--json", "--database-url", dsn)
    assert (told.returncode, [line.split(" is empty")[0] for line in told.stderr.splitlines()]) == (
        0,
        ["Policy of access: consent.sources", "Policy of access: proxy_sources", "Policy of access: contact"],
    )
    assert isinstance(msgspec.json.decode(told.stdout), list)
    connection = await asyncpg.connect(dsn)
    await setting_made_once(connection, ACCESS_POLICY, make=lambda: OF_DEMONSTRATION)
    await connection.close()
    assert lhcr("settings", "--json", "--database-url", dsn).stderr == ""


def test_the_demonstration_leaves_nothing_out_and_the_baseline_each_of_them() -> None:
    assert list(policy_gaps(area_policy(OF_DEMONSTRATION))) == []
    assert len(list(policy_gaps(baseline_policy()))) == 3
