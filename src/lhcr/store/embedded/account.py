"""The operating system's account that the server runs under: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from lhcr.store.embedded.fault import embedded_unavailable

DEDICATED = "lhcr"
_CREATE_ATTEMPTS = 5


class Privileges(TypedDict, total=False):
    """The arguments of `subprocess` that make a child run as another account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int

    def privileges(self) -> Privileges:
        """Return what drops root's rights for good; empty for an ordinary user, who runs the server themself."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def account_for(data_dir: Path) -> Account:
    """Return who runs the server of `data_dir`: the user who asks, and for root whoever owns the folder already.

    Root serving a user's folder as that user leaves nothing behind that would lock the user out of it. Where root owns
    the folder, a system account of our own is used, and made on first use.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for folder in (data_dir / "postgres", data_dir):
        owner = folder.stat().st_uid if folder.exists() else 0
        if owner != 0:
            return _account_of(owner)
    return _dedicated_account()


def _account_of(uid: int) -> Account:
    try:
        return Account(uid, pwd.getpwuid(uid).pw_gid)
    except KeyError:
        raise embedded_unavailable(
            "no-account",
            f"The data folder belongs to user id {uid}, which has no account on this machine. Nothing was changed.",
        ) from None


def _dedicated_account() -> Account:
    for attempt in range(_CREATE_ATTEMPTS):
        try:
            entry = pwd.getpwnam(DEDICATED)
        except KeyError:
            # Two programs may create the account at once: the loser finds the list of accounts locked and looks again.
            time.sleep(0.2 * attempt)
            _create_account()
        else:
            return Account(entry.pw_uid, entry.pw_gid)
    raise embedded_unavailable(
        "no-account",
        f"PostgreSQL does not run as root and the system account '{DEDICATED}' could not be made. "
        f"Make it (useradd --system {DEDICATED}) or run as an ordinary user. Nothing was changed.",
    )


def _create_account() -> None:
    search = os.environ.get("PATH", "") + os.pathsep + os.pathsep.join(("/usr/sbin", "/sbin"))
    useradd, adduser = shutil.which("useradd", path=search), shutil.which("adduser", path=search)
    if useradd:
        options = [
            "--system",
            "--user-group",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/bin/false",
        ]
        subprocess.run([useradd, *options, DEDICATED], check=False, capture_output=True)  # noqa: S603 -- fixed words
    elif adduser:  # BusyBox
        subprocess.run([adduser, "-S", "-D", "-H", DEDICATED], check=False, capture_output=True)  # noqa: S603 -- fixed words
