"""A live area with one person who carries marks, and all that was met when everybody had gone everywhere in it."""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from tests.canary.addresses import Atlas
from tests.canary.commands import Told
from tests.canary.journey import Noted
from tests.canary.person import fill
from tests.canary.walked import walk_everywhere
from tests.conftest import _databases
from tests.interoperability.live_area import LiveArea, running_live_area


@dataclass(slots=True)
class Walked:
    """`files` is where the processes could leave something; `told` is what commands wrote."""

    area: LiveArea
    atlas: Atlas
    noted: Noted
    files: Path
    told: list[Told] = field(default_factory=list)


@pytest.fixture(scope="module")
def walked(database_server: str, migrated_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """Everybody has gone everywhere, all commands were given, and the area had its errors and outages."""
    left, folder = tmp_path_factory.mktemp("left"), tmp_path_factory.mktemp("given")
    with pytest.MonkeyPatch.context() as patched, _databases(database_server, migrated_template) as make:
        dsn, way = _reached_by_a_way_of_its_own(make(), tmp_path_factory.mktemp("way"))
        asyncio.run(fill(dsn))
        patched.setenv("LHCR_DATABASE_URL", dsn)
        patched.setenv("TMPDIR", str(left))
        patched.setattr(tempfile, "tempdir", None)
        with running_live_area(dsn, log_requests=True, traces_a_minute=100_000) as area:
            patched.setenv("LHCR_BASE_URL", area.base.removesuffix("/fhir"))
            walked = Walked(area, Atlas(), Noted(), left)
            walk_everywhere(area, walked.atlas, walked.noted, walked.told, folder, way)
            yield walked


def _reached_by_a_way_of_its_own(dsn: str, folder: Path) -> tuple[str, Path]:
    """Return the address of a database through a link to its socket's folder, and the link: without it the database is away."""
    before, _, encoded = dsn.partition("host=")
    way = folder / "socket"
    way.symlink_to(unquote(encoded))
    return f"{before}host={quote(str(way), safe='')}", way
