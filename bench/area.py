"""The measured area: an embedded PostgreSQL that keeps its promises, two workers, and a token of a hospital's system."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME
from lhcr.identity.area_settings import setting_made_once
from lhcr.identity.claims import Claims
from lhcr.identity.principal import PrincipalKind
from lhcr.identity.sessions import Sessions
from lhcr.identity.tokens import Tokens
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.settings import Settings
from lhcr.store.database import open_pool
from lhcr.store.embedded import EmbeddedPostgres
from lhcr.store.embedded.binaries import MAJOR
from lhcr.store.migrations import migrate


@dataclass(frozen=True, slots=True)
class Area:
    port: int
    dsn: str
    token: str
    cookie: str
    folder: Path

    @property
    def workers(self) -> list[int]:
        return [int(pid) for pid in (self.folder / "workers").read_text(encoding="ascii").split()]

    def processor_seconds(self) -> float:
        """What the workers and the database have used of the processors, which says more than the clock on a busy machine."""
        postmaster = (
            (self.folder / "data" / "postgres" / MAJOR / "postmaster.pid").read_text(encoding="ascii").split()[0]
        )
        servers = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text(encoding="ascii").split()
        return sum(map(_used, [*self.workers, int(postmaster), *map(int, servers)]))

    def resident_megabytes(self) -> float:
        """The resident memory of the larger worker."""
        return max(map(_resident, self.workers)) / 1024


def _used(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


@contextlib.contextmanager
def running_database() -> Iterator[str]:
    """The address of an empty record's database, which nothing serves; it is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="lhcr-bench-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "data")
    try:
        dsn = server.start()
        asyncio.run(migrate(dsn))
        yield dsn
    finally:
        server.stop()
        shutil.rmtree(folder)


@contextlib.contextmanager
def running_area() -> Iterator[Area]:
    """An area with an empty record in a folder of its own, which is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="lhcr-bench-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "data")
    serving: subprocess.Popen[bytes] | None = None
    try:
        dsn = server.start()
        port = _free_port()
        token, cookie = asyncio.run(_prepare(dsn, port))
        serving = subprocess.Popen([sys.executable, "-m", "bench.serve", str(port), dsn, str(folder)])
        _wait(port)
        yield Area(port, dsn, token, cookie, folder)
    finally:
        if serving is not None:
            serving.terminate()
            serving.wait()
        server.stop()
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _prepare(dsn: str, port: int) -> tuple[str, str]:
    """Return the token of a hospital's system, and the cookie of a doctor of that hospital who has signed in to the portal."""
    await migrate(dsn)
    async with await open_pool(dsn) as pool:
        await setting_made_once(pool, "demonstration", make=lambda: b"true")
        base = Settings(base_url=f"http://127.0.0.1:{port}").base_url
        tokens = await Tokens.open(pool, issuer=base, audience=f"{base}/fhir", clock=SystemClock())
        claims = Claims(
            sub="bench-system",
            name="Hospital system",
            kind=PrincipalKind.SYSTEM,
            ods="RRE",
            organisation="Hospital",
            purposes=["TREAT"],
            persona=True,
        )
        session = await Sessions(pool, clock=SystemClock()).begin(persona_claims(BY_NAME["ed-doctor"]))
        return tokens.issue(claims, lifetime=timedelta(hours=6)), f"lhcr-session={session}"


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):
            time.sleep(1)
            return
        time.sleep(0.1)
    raise RuntimeError("the workers did not start")
