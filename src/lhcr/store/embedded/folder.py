"""The folder of an embedded database: where its data, socket, log and locks are.

- `DATA_DIR/embedded.lock` is held while somebody starts or stops the server.
- `DATA_DIR/embedded-users.lock` is held by every process that uses the server.
- `DATA_DIR/postgres/` belongs to the server's account, mode 0700, and holds `16/` (the cluster of PostgreSQL 16),
  `socket/` (the only way in) and `log/` (a file for each day of the week).
"""

import os
import shutil
import stat
import sys
import tempfile
import weakref
from pathlib import Path

from lhcr.kernel.errors import Unavailable
from lhcr.store.embedded.account import Account
from lhcr.store.embedded.binaries import MAJOR
from lhcr.store.embedded.fault import embedded_unavailable

PORT = 5432
# sockaddr_un.sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero included.
SOCKET_PATH_LIMIT = 107 if sys.platform == "linux" else 103


class DatabaseFolder:
    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.postgres = data_dir / "postgres"
        self.cluster = self.postgres / MAJOR
        self.log = self.postgres / "log"
        self.lock = data_dir / "embedded.lock"
        self.users_lock = data_dir / "embedded-users.lock"
        self._alias: Path | None = None

    def create_data_dir(self) -> None:
        """Create the data folder, closed to others; what exists, and every folder above it, keeps its mode.

        Raises `Unavailable` when the folder belongs to somebody else.
        """
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise embedded_unavailable(
                "no-folder", f"The data folder {self.data_dir} cannot be made: {error.strerror}. Nothing was changed."
            ) from error
        self.check_access()

    def exists(self) -> bool:
        return os.path.isdir(self.data_dir)  # noqa: PTH112 -- False, not an error, below a closed folder

    def check_access(self) -> None:
        if not _is_usable(self.data_dir) or (self.postgres.exists() and not _is_usable(self.postgres)):
            raise self._belongs_to_another()

    def _belongs_to_another(self) -> Unavailable:
        return embedded_unavailable(
            "folder-of-another-user",
            f"The data folder {self.data_dir} belongs to another user of this machine. Run as that user, or name another "
            "folder with --data-dir or LHCR_DATA_DIR. Nothing was changed.",
        )

    def create_postgres(self, account: Account) -> None:
        """Create the server's own folder in one step, so that a half-made one is never seen."""
        if self.postgres.exists():
            self._check_owner(account)
            return
        scratch = Path(tempfile.mkdtemp(dir=self.data_dir, prefix="making-"))
        for name in ("socket", "log"):
            (scratch / name).mkdir(mode=0o700)
            account.own(scratch / name)
        account.own(scratch)
        scratch.rename(self.postgres)

    def _check_owner(self, account: Account) -> None:
        # Root follows no link that somebody put in the place of a folder, and works in nobody else's.
        for folder in (self.postgres, self.cluster, self.postgres / "socket", self.log):
            if not os.path.lexists(folder):
                continue
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid:
                raise self._belongs_to_another()

    def socket_folder(self) -> Path:
        """Return a path of the socket's folder that is short enough to connect to.

        The server binds with a relative path, which is always short. A client whose path would be too long goes through
        a link in a private temporary folder, which lasts as long as this object.
        """
        folder = self.postgres / "socket"
        if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT:
            return folder
        if self._alias is None:
            private = Path(tempfile.mkdtemp(prefix="lhcr-", dir="/tmp"))
            weakref.finalize(self, shutil.rmtree, private, ignore_errors=True)
            self._alias = private / "s"
            self._alias.symlink_to(folder)
        return self._alias


def _is_usable(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.W_OK | os.X_OK)
