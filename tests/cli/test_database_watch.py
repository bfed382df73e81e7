"""A command goes on when the embedded server under it is killed."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.processes import kill, until, value_of

from lhcr.cli.database_watch import watched
from lhcr.store.embedded import EmbeddedPostgres, State


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    folder = Path(tempfile.mkdtemp(prefix="lhcr-test-"))
    server = EmbeddedPostgres(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


def test_a_server_that_is_killed_under_a_command_comes_back(server: EmbeddedPostgres) -> None:
    with watched(server):
        before = server.status().pid
        assert before is not None
        kill(before)
        until(lambda: server.status().pid != before and server.status().state is State.ACCEPTING)
        assert value_of(server.dsn(), "SELECT 1") == 1


def test_a_watch_ends_at_once_when_its_command_does(server: EmbeddedPostgres) -> None:
    with watched(server):
        pass
    assert value_of(server.dsn(), "SELECT 1") == 1
