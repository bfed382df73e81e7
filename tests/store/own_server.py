"""A server of the machine's own PostgreSQL, as an operator would run one: over TCP, with a password, with an ordinary owner."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import asyncpg

from lhcr.store.embedded.account import Account, account_for

DEBIAN = Path("/usr/lib/postgresql")
OLDEST = 15


def programs() -> Path | None:
    """Return the folder of the programs of the newest PostgreSQL on the machine that is new enough, None where there is none."""
    named = shutil.which("postgres")
    folders = [Path(named).resolve().parent] if named else []
    folders += sorted(DEBIAN.glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and version_of(folder) >= OLDEST), None)


def version_of(folder: Path) -> int:
    told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(told.split()[2].split(".")[0])


@contextmanager
def running_server(folder: Path) -> Iterator[str]:
    """Run a server on a free port of the loopback; the address of its superuser's database."""
    password, port = secrets.token_urlsafe(12), _free_port()
    scratch = Path(tempfile.mkdtemp(prefix="lhcr-own-server-"))
    account = account_for(scratch)
    account.own(scratch)
    try:
        secret = scratch / "password"
        secret.write_text(password, encoding="utf-8")
        account.own(secret)
        data = scratch / "data"
        options = ["--username=postgres", f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8"]
        _run([folder / "initdb", f"--pgdata={data}", "--no-sync", "--locale=C.UTF-8", *options], account, scratch)
        settings = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c fsync=off"
        control: list[Path | str] = [folder / "pg_ctl", f"--pgdata={data}", "--wait"]
        _run([*control, f"--log={scratch}/log", f"--options={settings}", "start"], account, scratch)
        try:
            yield f"postgresql://postgres:{quote(password)}@127.0.0.1:{port}/postgres"
        finally:
            _run([*control, "--mode=immediate", "stop"], account, scratch)
    finally:
        shutil.rmtree(scratch)


async def database_of_an_owner(server: str) -> str:
    """Make a database and a role that owns it and may do nothing else; the role's address of it, as an operator writes it."""
    role, password, name = f"o{secrets.token_hex(4)}", "p@ss/wörd?", f"record_{secrets.token_hex(4)}"
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{password}' NOSUPERUSER NOCREATEDB NOCREATEROLE")
        await connection.execute(f"CREATE DATABASE {name} OWNER {role} TEMPLATE template0")
    finally:
        await connection.close()
    place = server.rpartition("@")[2].partition("/")[0]
    return f"postgresql://{role}:{quote(password, safe='')}@{place}/{name}"


def _run(command: Sequence[Path | str], account: Account, folder: Path) -> None:
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    # Not captured: a server that was started would hold the pipe open.
    with (folder / "output").open("ab") as output:
        subprocess.run(
            command, check=True, cwd=folder, env=environment, stdout=output, stderr=output, **account.privileges()
        )


def _free_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
