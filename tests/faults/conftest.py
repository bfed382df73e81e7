"""Live areas that tests may break: each has a database and workers of its own."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.interoperability.apart import run_apart
from tests.interoperability.live_area import LiveArea, running_live_area

from lhcr.store.embedded import EmbeddedPostgres
from lhcr.store.migrations import migrate


@dataclass(frozen=True, slots=True)
class Breakable:
    """A live area and the server of its database."""

    area: LiveArea
    server: EmbeddedPostgres


@pytest.fixture(scope="module")
def live_area(migrated_database_of_module: Callable[[], str]) -> Iterator[LiveArea]:
    with running_live_area(migrated_database_of_module(), log_requests=True) as area:
        yield area


@contextmanager
def breakable_area(*, durable: bool = False) -> Iterator[Breakable]:
    """Serve over a database server that may be killed: what it commits survives its own death, and where it is durable the machine's."""
    with tempfile.TemporaryDirectory(prefix="lhcr-test-", ignore_cleanup_errors=True) as folder:
        server = EmbeddedPostgres(Path(folder), durable=durable)
        try:
            dsn = server.start()
            run_apart(migrate(dsn))
            with running_live_area(dsn, log_requests=True) as area:
                yield Breakable(area, server)
        finally:
            server.stop()
