"""The embedded PostgreSQL server: started by its first user, shared by all, stopped by the last.

A user is a process that called `start` and neither called `stop` nor died; the kernel keeps the count in file locks, so
that a killed process is never counted. A server whose users were all killed lives on until the next start adopts it.
"""

import os
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from lhcr.store.embedded.account import account_for
from lhcr.store.embedded.binaries import program_folder
from lhcr.store.embedded.cluster import Cluster
from lhcr.store.embedded.folder import PORT, DatabaseFolder
from lhcr.store.embedded.locks import FileLock, held_alone
from lhcr.store.embedded.postmaster import OnWait, Waiting, halt, living_postmaster, recorded_postmaster
from lhcr.store.embedded.probe import Answer, knock
from lhcr.store.embedded.settings import DURABLE, FORGETFUL
from lhcr.store.embedded.state import State, Status


def default_data_dir() -> Path:
    """Return `LHCR_DATA_DIR`, else the system's place for root and the XDG data home for everybody else."""
    named = os.environ.get("LHCR_DATA_DIR")
    if named:
        return Path(named)
    if os.geteuid() == 0:
        return Path("/var/lib/lhcr")
    home = os.environ.get("XDG_DATA_HOME", "")
    return (Path(home) if home.startswith("/") else Path.home() / ".local" / "share") / "lhcr"


def _say_nothing(_elapsed: float) -> None:
    return


class EmbeddedPostgres:
    """The server of one data folder, as one of its users sees it.

    `durable=False` is for tests: a crash of the machine may lose everything, a crash of a process still loses nothing.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self._folder = DatabaseFolder(Path(os.path.abspath(data_dir)))  # noqa: PTH100 -- links are kept as the user named them
        self._durable = durable
        self._use = FileLock(self._folder.users_lock)

    def start(self, *, on_wait: OnWait = _say_nothing) -> str:
        """Make sure that the server accepts connections, use it, and return the address of its maintenance database.

        Waits for as long as recovery after a crash takes. Calling it again restarts a server that has died. Raises
        `Unavailable` when the folder is another user's or the server does not start.
        """
        self._folder.create_data_dir()
        with held_alone(self._folder.lock):
            used_before = self._use.held
            self._use.share()
            try:
                self._ensure_accepting(on_wait)
            except BaseException:
                # Whoever is interrupted while waiting, with Ctrl-C say, leaves no server behind that nobody uses.
                if not used_before:
                    self._leave(_say_nothing)
                raise
        return self.dsn()

    def stop(self, *, on_wait: OnWait = _say_nothing) -> None:
        """Leave the server, and stop it unless another process uses it, whoever started it."""
        if not self._folder.exists():
            return
        self._folder.check_access()
        with held_alone(self._folder.lock):
            self._leave(on_wait)

    def status(self) -> Status:
        """Say what the server does now, without changing it."""
        if self._folder.exists():
            self._folder.check_access()
        return Status(state=self._state(), pid=living_postmaster(self._folder.cluster), in_use=self._in_use())

    def dsn(self, database: str = "postgres") -> str:
        """Return the address of a database of this server, for asyncpg and for libpq."""
        return f"postgresql://postgres@/{quote(database, safe='')}?host={quote(str(self._folder.socket_folder()), safe='')}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _leave(self, on_wait: OnWait) -> None:
        if self._use.try_hold_alone():
            try:
                halt(self._folder.cluster, on_wait=on_wait)
            finally:
                self._use.release()

    def _ensure_accepting(self, on_wait: OnWait) -> None:
        account = account_for(self._folder.data_dir)
        self._folder.create_postgres(account)
        cluster = Cluster(self._folder, account=account, programs=program_folder())
        if not cluster.exists():
            cluster.initialise(durable=self._durable)
        waiting = Waiting(on_wait)
        while (answer := self._knock()) is not Answer.ACCEPTING:
            # A server in another container is not among our processes, but it answers.
            if answer is Answer.SILENT and living_postmaster(self._folder.cluster) is None:
                cluster.launch(DURABLE if self._durable else FORGETFUL, on_wait=on_wait)
            else:
                waiting.pause()

    def _knock(self) -> Answer:
        return knock(self._folder.socket_folder() / f".s.PGSQL.{PORT}")

    def _state(self) -> State:
        if not (self._folder.cluster / "PG_VERSION").exists():
            return State.ABSENT
        if living_postmaster(self._folder.cluster) is not None:
            return State.ACCEPTING if self._knock() is Answer.ACCEPTING else State.BUSY
        return State.STOPPED if recorded_postmaster(self._folder.cluster) is None else State.CRASHED

    def _in_use(self) -> bool:
        if self._use.held:
            return True
        if not self._folder.users_lock.exists():
            return False
        # Looking takes the users' lock for a moment: a user who leaves just then would take the look for another user, so
        # that nobody would stop the server. Nobody leaves while we hold the other lock.
        gate, users = FileLock(self._folder.lock), FileLock(self._folder.users_lock)
        try:
            return not (gate.try_hold_alone() and users.try_hold_alone())
        finally:
            users.release()
            gate.release()
