"""Data folders and user processes for the tests of the embedded server."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lhcr.store.embedded.account import Account
from lhcr.store.embedded.binaries import MAJOR, _installed, program_folder
from lhcr.store.embedded.postmaster import halt

SOURCE = Path(__file__).resolve().parents[3] / "src"
PROGRAM = """
import json, signal, sys
from pathlib import Path
from lhcr.kernel.errors import LhcrError
from lhcr.store.embedded import EmbeddedPostgres
# A suite that a shell runs in the background ignores Control-C, and so would what it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
server = EmbeddedPostgres(Path(sys.argv[1]), durable=False)
try:
    print(json.dumps({"dsn": server.start(), "pid": server.status().pid}), flush=True)
    sys.stdin.readline()
    server.stop()
except KeyboardInterrupt:
    server.stop()
except LhcrError as error:
    print(json.dumps({"error": error.issues[0].error, "diagnostics": str(error)}), flush=True)
"""


@dataclass(frozen=True, slots=True)
class UserProcess:
    """A process that starts the server of a folder, says what came of it, and stops it when told to."""

    process: subprocess.Popen[str]

    def answer(self) -> dict[str, str]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read() if self.process.stderr else ""
        answer: dict[str, str] = json.loads(line)
        return answer

    def leave(self) -> None:
        self.process.communicate("\n", timeout=60)
        assert self.process.returncode == 0


StartUser = Callable[..., UserProcess]
Query = Callable[[str, str], str]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder that does not exist yet, in a folder that is closed to other accounts."""
    top = Path(tempfile.mkdtemp(prefix="lhcr-test-"))
    folder = top / "area"
    yield folder
    # A test may leave its server started, and so in use by this process.
    halt(folder / "postgres" / MAJOR, on_wait=lambda _elapsed: None)
    shutil.rmtree(top)


@pytest.fixture
def start_user() -> Iterator[StartUser]:
    """Starts processes that use a server, as this account or as another; they are killed when the test ends."""
    with contextlib.ExitStack() as running:

        def start(data_dir: Path, *, uid: int | None = None) -> UserProcess:
            return UserProcess(running.enter_context(_started(data_dir, uid)))

        yield start


@contextlib.contextmanager
def _started(data_dir: Path, uid: int | None) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [interpreter_for_all() if uid else sys.executable, "-c", PROGRAM, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        env={
            "PATH": os.defpath,
            "PYTHONPATH": f"{SOURCE}:{_installed()}",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        start_new_session=True,
        **(Account(uid, uid).privileges() if uid else {}),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def query() -> Query:
    """Runs one statement with psql and returns what it printed."""

    psql = str(program_folder() / "psql")

    def run(dsn: str, statement: str) -> str:
        command: list[str] = [psql, "-X", "-A", "-t", "-d", dsn, "-c", statement]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


def interpreter_for_all() -> str:
    """A Python that an ordinary account can run: the one in use may be in root's home."""
    for candidate in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        test = "import sys; sys.exit(sys.version_info < (3, 11))"
        with contextlib.suppress(OSError):
            tried = subprocess.run(
                [candidate, "-c", test],
                check=False,
                capture_output=True,
                user=65534,
                group=65534,
                extra_groups=[],
                cwd="/",
            )
            if tried.returncode == 0:
                return candidate
    pytest.skip("no Python 3.11 that an ordinary account can run is installed")
