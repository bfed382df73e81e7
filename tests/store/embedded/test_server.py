"""The embedded server: started, used, stopped, and closed to everybody else."""

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from lhcr.store.embedded import EmbeddedPostgres, State, default_data_dir

Query = Callable[[str, str], str]
MADE_UP_NUMBER = "9990001234"


def test_what_was_written_is_there_after_a_stop_and_a_start(data_dir: Path, query: Query) -> None:
    server = EmbeddedPostgres(data_dir)
    assert server.status().state is State.ABSENT
    query(server.start(), "CREATE TABLE thing AS SELECT 41 + 1 AS answer")
    assert server.status().state is State.ACCEPTING
    server.stop()
    assert server.status().state is State.STOPPED
    assert query(server.start(), "SELECT answer FROM thing") == "42"


async def test_the_address_works_for_the_driver_too(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False) as server:
        connection = await asyncpg.connect(server.dsn())
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()


def test_committed_work_is_durable_and_pages_carry_checksums(data_dir: Path, query: Query) -> None:
    with EmbeddedPostgres(data_dir) as server:
        names = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums", "server_encoding")
        values = [query(server.dsn(), f"SHOW {name}") for name in names]
    assert values == ["on", "on", "on", "on", "UTF8"]


def test_text_sorts_by_code_point_and_folds_case_beyond_english(data_dir: Path, query: Query) -> None:
    with EmbeddedPostgres(data_dir, durable=False) as server:
        assert query(server.dsn(), "SELECT string_agg(w, '' ORDER BY w) FROM unnest('{b,B,a,é}'::text[]) w") == "Babé"
        assert query(server.dsn(), "SELECT lower('ÉŁ')") == "éł"


def test_it_listens_on_no_network_address_and_its_socket_is_closed_to_others(data_dir: Path, query: Query) -> None:
    """Hazard: a database that trusts whoever reaches it must be out of everybody else's reach."""
    with EmbeddedPostgres(data_dir, durable=False) as server:
        assert query(server.dsn(), "SHOW listen_addresses") == ""
        assert stat.S_IMODE((data_dir / "postgres").stat().st_mode) == 0o700
        assert stat.S_IMODE((data_dir / "postgres" / "socket").stat().st_mode) == 0o700
        assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
        assert _listening_sockets(server.status().pid) == []


def _listening_sockets(pid: int | None) -> list[str]:
    """TCP sockets of a process that listen, from the kernel's table (state 0A)."""
    inodes = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    tables = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return [row[1] for row in tables if row[3] == "0A" and f"socket:[{row[9]}]" in inodes]


def test_no_folder_above_the_data_changes_its_mode_or_owner(data_dir: Path) -> None:
    """Hazard: a set-up that opens root's home to every account of the machine."""
    before = [(folder, folder.stat().st_mode, folder.stat().st_uid) for folder in data_dir.parents]
    assert stat.S_IMODE(data_dir.parent.stat().st_mode) == 0o700
    with EmbeddedPostgres(data_dir, durable=False):
        pass
    assert [(folder, folder.stat().st_mode, folder.stat().st_uid) for folder in data_dir.parents] == before


def test_a_folder_whose_name_a_shell_would_expand_is_only_a_name(data_dir: Path, query: Query) -> None:
    odd = data_dir / 'it\'s "$(touch pwned)" `x` 100% & é'
    with EmbeddedPostgres(odd, durable=False) as server:
        assert query(server.dsn(), "SELECT 1") == "1"
    assert not list(data_dir.rglob("pwned"))


def test_a_path_too_long_for_a_socket_is_reached_through_a_short_one(data_dir: Path, query: Query) -> None:
    deep = data_dir / ("d" * 90) / ("e" * 90)
    with EmbeddedPostgres(deep, durable=False) as server:
        assert query(server.dsn(), "SELECT 1") == "1"
        assert len(str(server._folder.socket_folder())) < 60
        assert server.status().state is State.ACCEPTING


async def test_errors_that_quote_values_leave_no_trace_of_them_in_the_log(data_dir: Path) -> None:
    """Hazard: person data in a log that is read and copied by people who may not see it."""
    with EmbeddedPostgres(data_dir, durable=False) as server:
        connection = await asyncpg.connect(server.dsn())
        await connection.execute("CREATE TABLE person (number text PRIMARY KEY)")
        await connection.execute("INSERT INTO person VALUES ($1)", MADE_UP_NUMBER)
        with pytest.raises(asyncpg.UniqueViolationError) as caught:
            await connection.execute("INSERT INTO person VALUES ($1)", MADE_UP_NUMBER)
        with pytest.raises(asyncpg.InvalidTextRepresentationError):
            await connection.execute(f"SELECT 'Dr {MADE_UP_NUMBER}'::int")
        with pytest.raises(asyncpg.PostgresConnectionError):
            await connection.execute(
                f"SELECT pg_terminate_backend(pg_backend_pid(), 0) /* {MADE_UP_NUMBER} */; SELECT pg_sleep(5)"
            )
        await connection.close()
    assert MADE_UP_NUMBER in str(caught.value.as_dict())
    logs = "".join(log.read_text() for log in (data_dir / "postgres" / "log").iterdir())
    assert "ready to accept connections" in logs
    assert MADE_UP_NUMBER not in logs


def test_settings_are_our_own_again_at_each_start(data_dir: Path, query: Query) -> None:
    with EmbeddedPostgres(data_dir):
        pass
    with (data_dir / "postgres" / "16" / "postgresql.conf").open("a") as file:
        file.write("fsync = off\nlog_statement = 'all'\n")
    with EmbeddedPostgres(data_dir) as server:
        assert query(server.dsn(), "SHOW fsync") == "on"
        assert query(server.dsn(), "SHOW log_statement") == "none"


def test_stopping_what_never_started_does_nothing(data_dir: Path) -> None:
    EmbeddedPostgres(data_dir).stop()
    assert not data_dir.exists()


def test_the_data_folder_is_named_by_the_environment_else_by_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LHCR_DATA_DIR", "/somewhere/else")
    assert default_data_dir() == Path("/somewhere/else")
    monkeypatch.delenv("LHCR_DATA_DIR")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert default_data_dir() == Path("/var/lib/lhcr")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/home/someone/data")
    assert default_data_dir() == Path("/home/someone/data/lhcr")
    monkeypatch.setenv("XDG_DATA_HOME", "relative/is/ignored")
    assert default_data_dir() == Path.home() / ".local" / "share" / "lhcr"


def test_a_stranger_on_the_socket_is_not_taken_for_a_server(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False) as server:
        folder = server._folder.socket_folder()
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(folder / ".s.PGSQL.5432"))
        assert server.status().state is State.STOPPED
