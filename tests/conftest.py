"""Fixtures that every kind of test may ask for: a real database, and the corpus."""

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import asyncpg
import pytest

from lhcr.store.embedded import EmbeddedPostgres

MakeDatabase = Callable[[], str]
"""Makes a database of its own for the caller and returns its address; it is dropped when the fixture ends."""

ROOT = Path(__file__).resolve().parents[1]
_FOLDER_PREFIX = "lhcr-test-"
_LEFT_BEHIND_AFTER = 3600.0
_LONGEST_NAME = 60


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name what is long or unreadable by its argument and place: a key or file that is made anew with every run would name another test."""
    if not isinstance(val, bytes | str):
        return None
    is_plain = len(val) <= _LONGEST_NAME and (isinstance(val, str) or val.isascii())
    return None if is_plain else argname


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Number the tests of one name: processes that share the work tell tests apart by name, and would run only one of them."""
    met: Counter[str] = Counter()
    for item in items:
        met[item.nodeid] += 1
        if met[item.nodeid] > 1:
            item._id = item.id.with_params(str(met[item.nodeid]))


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """A PostgreSQL server for the session; the address of its maintenance database.

    It is not durable: tests of durability start their own.
    """
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=_FOLDER_PREFIX))
    server = EmbeddedPostgres(folder, durable=False)
    try:
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.fixture
def fresh_database(database_server: str) -> Iterator[MakeDatabase]:
    """Makes empty databases that last for one test."""
    with _databases(database_server, "template0") as make:
        yield make


@pytest.fixture(scope="module")
def fresh_database_of_module(database_server: str) -> Iterator[MakeDatabase]:
    """Makes empty databases that last for one module of tests."""
    with _databases(database_server, "template0") as make:
        yield make


@pytest.fixture(scope="session")
def migrated_template(database_server: str) -> str:
    """The name of a database with every migration applied and nothing in it; nobody connects to it."""
    from lhcr.store.migrations import migrate

    name = _create(database_server, "template0")
    _await_apart(migrate(_address(database_server, name)))
    return name


@pytest.fixture
def migrated_database(database_server: str, migrated_template: str) -> Iterator[MakeDatabase]:
    """Makes migrated databases that last for one test."""
    with _databases(database_server, migrated_template) as make:
        yield make


@pytest.fixture(scope="module")
def migrated_database_of_module(database_server: str, migrated_template: str) -> Iterator[MakeDatabase]:
    """Makes migrated databases that last for one module of tests."""
    with _databases(database_server, migrated_template) as make:
        yield make


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real input that is kept outside the project."""
    folder = Path(os.environ.get("LHCR_CORPUS") or ROOT.parent / "shared" / "corpus")
    if not folder.is_dir():
        pytest.skip("the corpus folder is missing: name it with LHCR_CORPUS")
    return folder


@contextlib.contextmanager
def _databases(server: str, template: str) -> Iterator[MakeDatabase]:
    made: list[str] = []

    def make() -> str:
        made.append(_create(server, template))
        return _address(server, made[-1])

    try:
        yield make
    finally:
        for name in made:
            _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _create(server: str, template: str) -> str:
    name = f"test_{uuid.uuid4().hex}"
    _administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    return name


def _address(server: str, database: str) -> str:
    return server.replace("/postgres?", f"/{database}?", 1)


def _administer(server: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(server)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    _await_apart(run())


def _await_apart(work: Coroutine[object, object, object]) -> None:
    """Run in a thread of its own: a test that asks for a database may be inside a running event loop."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(work)
        except BaseException as error:  # noqa: BLE001 -- raised again in the caller's thread
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    for failure in failures:
        raise failure


def _sweep() -> None:
    """Stop and remove the servers of test runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER_PREFIX}*"):
        with contextlib.suppress(OSError):
            found = folder.stat()
            # Looking at a server writes into its folder, which whoever made it may be removing just now.
            if found.st_uid != os.geteuid() or time.time() - found.st_mtime <= _LEFT_BEHIND_AFTER:
                continue
            server = EmbeddedPostgres(folder)
            status = server.status()
            if not status.in_use:
                # Nothing in it is wanted, and a server whose processes a test had stopped would never end by itself.
                if status.pid is not None:
                    os.kill(status.pid, signal.SIGKILL)
                server.stop()
                shutil.rmtree(folder)
