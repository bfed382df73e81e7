"""A PostgreSQL cluster: initialised once, and launched.

On Linux the programs are started *in* the cluster's folder and told `/proc/self/cwd`: the server's account then needs no
right on any folder above it, so that none has to be opened, and the path never passes through a shell.
"""

import locale
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from lhcr.store.embedded.account import Account
from lhcr.store.embedded.fault import embedded_unavailable
from lhcr.store.embedded.folder import PORT, DatabaseFolder
from lhcr.store.embedded.postmaster import OnWait, Waiting, living_postmaster
from lhcr.store.embedded.processes import end_survivors
from lhcr.store.embedded.settings import ACCESS_RULES, configuration

# Recovery takes as long as it takes, but pg_ctl wants a number of seconds, ten times which must fit into 31 bits.
_FOR_EVER = "200000000"


class Cluster:
    def __init__(self, folder: DatabaseFolder, *, account: Account, programs: Path) -> None:
        self._folder = folder
        self._path = folder.cluster
        self._account = account
        self._programs = programs

    def exists(self) -> bool:
        return (self._path / "PG_VERSION").exists()

    def initialise(self, *, durable: bool) -> None:
        """Create the cluster beside its place and move it there when it is whole.

        Page checksums are on. Text sorts by code point, so that no index depends on a version of the operating system's
        collations; the case of letters is Unicode's where the system knows C.UTF-8.
        """
        for left in self._folder.postgres.glob("initialising-*"):
            shutil.rmtree(left, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(dir=self._folder.postgres, prefix="initialising-"))
        self._account.own(scratch)
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--lc-collate=C", "--data-checksums"]
        options += [f"--lc-ctype={_character_types()}", "--lc-messages=C", *([] if durable else ["--no-sync"])]
        made = self._run("initdb", [*options, "-D", _named(scratch)], within=scratch)
        if made.returncode != 0:
            raise embedded_unavailable(
                "not-initialised", f"The embedded database could not be made: {made.stderr.strip()[-1000:]}"
            )
        scratch.rename(self._path)

    def launch(self, settings: Mapping[str, str], *, on_wait: OnWait) -> None:
        """Start the postmaster and wait until it accepts connections or ends. The postmaster outlives this process."""
        self._clear_what_a_crash_left()
        self._write("postgresql.conf", configuration(settings))
        self._write("pg_hba.conf", ACCESS_RULES)
        (self._folder.log / "startup.log").unlink(missing_ok=True)
        arguments = ["start", "-s", "-w", "-t", _FOR_EVER, "-D", _named(self._path)]
        starter = subprocess.Popen(  # noqa: S603 -- our own programs and paths
            [self._programs / "pg_ctl", *arguments, "-l", f"{_named(self._path)}/../log/startup.log"],
            cwd=self._path,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            umask=0o077,
            # Ctrl-C in a terminal is for us, not for the server, which is stopped when its last user has finished.
            start_new_session=True,
            **self._account.privileges(),
        )
        self._await_start(starter, on_wait)

    def _await_start(self, starter: subprocess.Popen[bytes], on_wait: OnWait) -> None:
        waited = Waiting(on_wait)
        try:
            while starter.poll() is None:
                waited.pause()
        except BaseException:
            # Whoever is interrupted while waiting leaves the server to its recovery.
            starter.kill()
            starter.wait()
            raise
        if starter.returncode != 0 and living_postmaster(self._path) is None:
            raise embedded_unavailable(
                "does-not-start",
                f"The embedded database does not start; its files were left as they are. Its log ends: {self._log_tail()}",
            )

    def _clear_what_a_crash_left(self) -> None:
        # The postmaster trusts the number in its lock files when any process has it, a dead one that nobody reaped or a
        # stranger's included. We know better, and may remove the files once nothing of the old server lives.
        if sys.platform == "linux" and living_postmaster(self._path) is None:
            end_survivors(self._path)
            for left in (self._path / "postmaster.pid", self._folder.postgres / "socket" / f".s.PGSQL.{PORT}.lock"):
                left.unlink(missing_ok=True)

    def _write(self, name: str, text: str) -> None:
        # Renamed into place: a reader sees the old or the new file, and root never writes through a link found there.
        descriptor, scratch = tempfile.mkstemp(dir=self._path, prefix=f"{name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        self._account.own(Path(scratch))
        Path(scratch).rename(self._path / name)

    def _run(self, program: str, arguments: list[str], *, within: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 -- our own programs and paths
            [self._programs / program, *arguments],
            cwd=within,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            umask=0o077,
            **self._account.privileges(),
        )

    def _log_tail(self) -> str:
        logs = sorted(self._folder.log.glob("*.log"), key=lambda path: path.stat().st_mtime)
        lines = [line for log in logs for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
        return " / ".join(lines[-5:]) or "(nothing)"


def _named(folder: Path) -> str:
    return "/proc/self/cwd" if sys.platform == "linux" else str(folder)


def _environment() -> dict[str, str]:
    # Nothing of the caller's PG* variables or locale may change what the server does.
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def _character_types() -> str:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    else:
        return "C.UTF-8"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
