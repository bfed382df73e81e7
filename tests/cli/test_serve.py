"""`lhcr serve` with a real server of its own: what it refuses to stand on, and that it serves what it accepts.

Hazards: personas in front of real people's records, records where a demonstration is thrown away, tokens that others can read.
"""

import asyncio
import json
import signal
import socket
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
from joserfc.jwk import RSAKey
from tests.cli.processes import children_of, kill, lhcr, running, status_of, until
from tests.conftest import MakeDatabase
from tests.store.own_server import database_of_an_owner, programs, running_server

from lhcr.cli import main
from lhcr.cli.production import require_ready
from lhcr.identity.area_settings import DEMONSTRATION
from lhcr.identity.signing_keys import keys_made_once
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.settings import Settings
from lhcr.store.database import open_pool
from lhcr.store.embedded.binaries import program_folder
from lhcr.store.migrations import migrate

READY: Final = {"base_url": "https://record.example.nhs.uk", "tls_terminated": True}


@pytest.fixture(scope="module")
def own_server() -> Iterator[str]:
    """A server over TCP, of the machine's own PostgreSQL where it has one, else of the programs that are embedded."""
    with running_server(programs() or program_folder()) as address:
        yield address


@pytest.fixture
async def database_url(own_server: str) -> str:
    """An empty area with its keys, as an operator makes it."""
    address = await database_of_an_owner(own_server)
    await migrate(address)
    async with await open_pool(address, smallest=1, largest=1) as pool:
        await keys_made_once(pool, clock=SystemClock())
    return address


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The settings by which staff sign in; nobody asks the provider before somebody does."""
    key = tmp_path_factory.mktemp("keys") / "cis2.json"
    key.write_text(json.dumps(RSAKey.generate_key(2048).as_dict(private=True)), encoding="utf-8")
    return {"staff_issuer": "https://am.example/oidc", "staff_client_id": "area", "staff_key_file": str(key)}


@pytest.fixture
def settings(database_url: str, provider: Mapping[str, str]) -> Callable[..., Settings]:
    def make(**changed: Any) -> Settings:
        return Settings(_env_file=None, **{**READY, **provider, "database_url": database_url, **changed})  # type: ignore[call-arg]

    return make


async def missing(settings: Settings) -> list[str]:
    """Return what the area is told that it lacks, in order."""
    try:
        await require_ready(settings)
    except Incorrect as refused:
        issues = refused.issues
    else:
        return []
    assert {issue.error for issue in issues} == {"not-ready-for-production"}
    return [issue.diagnostics for issue in issues]


async def test_an_area_that_stands_on_all_that_it_needs_is_ready(settings: Callable[..., Settings]) -> None:
    assert await missing(settings()) == []
    assert await missing(settings(proxies="10.0.0.5, 10.1.0.0/16")) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"base_url": "http://record.example.nhs.uk"}, "LHCR_BASE_URL"),
        ({"tls_terminated": False}, "LHCR_TLS_TERMINATED"),
        ({"proxies": "*"}, "LHCR_PROXIES"),
        ({"staff_issuer": "", "staff_client_id": "", "staff_key_file": ""}, "No provider"),
        ({"staff_client_id": ""}, "LHCR_STAFF_CLIENT_ID"),
        ({"database_url": ""}, "LHCR_DATABASE_URL"),
    ],
    ids=["http", "no TLS", "any proxy", "no provider", "half a provider", "no database"],
)
async def test_what_is_missing_is_told_and_nothing_else(
    settings: Callable[..., Settings], changed: dict[str, Any], told: str
) -> None:
    (sentence,) = await missing(settings(**changed))
    assert told in sentence


async def test_all_that_is_missing_is_told_at_once() -> None:
    assert len(await missing(Settings(_env_file=None))) == 4  # type: ignore[call-arg]


async def test_what_is_missing_is_told_of_an_area_whose_database_cannot_be_reached_too() -> None:
    unreachable = Settings(_env_file=None, database_url="postgresql://nobody@127.0.0.1:1/none")  # type: ignore[call-arg]
    told = await missing(unreachable)
    assert len(told) == 4
    assert "cannot be reached" in told[-1]


def test_each_thing_that_is_missing_stands_on_a_line_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (
        "LHCR_DATABASE_URL",
        "LHCR_BASE_URL",
        "LHCR_TLS_TERMINATED",
        "LHCR_STAFF_ISSUER",
        "LHCR_CITIZEN_ISSUER",
    ):
        monkeypatch.delenv(name, raising=False)
    assert main.run(["serve"]) == main.MISUSED
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("lhcr: ") and line.endswith(".") for line in lines)


async def test_hazard_a_demonstration_is_not_served(settings: Callable[..., Settings], database_url: str) -> None:
    await _execute(database_url, "INSERT INTO area_setting (name, value) VALUES ($1, 'true')", DEMONSTRATION)
    (sentence,) = await missing(settings())
    assert "demonstration" in sentence


async def test_the_embedded_server_is_refused_whatever_its_database_says(
    settings: Callable[..., Settings], fresh_database: MakeDatabase
) -> None:
    address = fresh_database()
    await migrate(address)
    told = await missing(settings(database_url=address))
    assert any("embedded" in each for each in told)


async def test_a_schema_that_is_not_the_newest_is_refused(settings: Callable[..., Settings], own_server: str) -> None:
    (sentence,) = await missing(settings(database_url=await database_of_an_owner(own_server)))
    assert "lhcr migrate" in sentence


async def test_an_area_without_keys_is_refused_until_they_are_made(
    settings: Callable[..., Settings], database_url: str
) -> None:
    await _execute(database_url, "DELETE FROM signing_key")
    (sentence,) = await missing(settings())
    assert "lhcr signing-key make" in sentence
    await asyncio.to_thread(lhcr, "signing-key", "make", "--database-url", database_url)
    assert await missing(settings()) == []


def test_the_command_says_all_of_it_and_exits_as_misused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    refused = lhcr("serve")
    assert refused.returncode == 2
    for each in ("LHCR_DATABASE_URL", "LHCR_BASE_URL", "LHCR_TLS_TERMINATED", "LHCR_STAFF_ISSUER"):
        assert each in refused.stderr


def test_an_area_is_served_without_personas_loses_a_worker_and_ends_in_good_order(
    database_url: str, provider: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {**READY, **provider, "database_url": database_url}.items():
        monkeypatch.setenv(f"LHCR_{name.upper()}", str(value))
    port, output = _free_port(), tmp_path / "serve.out"
    base = f"http://127.0.0.1:{port}"
    with running(["serve", "--port", str(port), "--log", str(tmp_path / "workers.log")], output=output) as process:
        until(lambda: "Serving" in output.read_text() or process.poll() is not None)
        assert process.poll() is None, output.read_text() + (tmp_path / "workers.log").read_text()
        assert status_of(f"{base}/health/ready") == 200
        page = _page(f"{base}/")
        assert "NHS CIS2" in page
        assert 'value="gp"' not in page
        assert lhcr("token", "--persona", "gp", "--database-url", database_url).returncode != 0
        (first, _) = children_of(process.pid, named="web_worker")
        kill(first)
        until(lambda: "another takes its place" in output.read_text())
        until(lambda: len(set(children_of(process.pid, named="web_worker")) - {first}) == 2)
        assert status_of(f"{base}/fhir/metadata") == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert children_of(process.pid, named="web_worker") == []


def _page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return str(answer.read().decode())


def _free_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def _execute(address: str, statement: str, *values: object) -> None:
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()
