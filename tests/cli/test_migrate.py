"""`lhcr migrate` as an operator runs it."""

import json

from tests.cli.processes import lhcr
from tests.conftest import MakeDatabase


def test_a_database_is_brought_to_the_newest_schema_once(fresh_database: MakeDatabase) -> None:
    dsn = fresh_database()
    first = json.loads(lhcr("migrate", "--database-url", dsn, "--json").stdout)
    second = json.loads(lhcr("migrate", "--database-url", dsn, "--json").stdout)
    assert first["applied"]
    assert second["applied"] == []


def test_the_embedded_database_is_not_spread_over_a_cluster() -> None:
    done = lhcr("migrate", "--distribute")
    assert done.returncode == 2
    assert "--database-url" in done.stderr


def test_a_server_without_citus_says_so_and_is_left_migrated(fresh_database: MakeDatabase) -> None:
    done = lhcr("migrate", "--distribute", "--database-url", fresh_database())
    assert done.returncode == 1
    assert "Citus" in done.stderr
