"""Production: an area that is served for care, once all that it stands on was found to be there.

Hazards: personas, who prove nothing about themselves, in front of real people's records; a record in the database of a
demonstration, which `--reset` throws away; clinical data and tokens that travel where others can read them.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from lhcr.cli.database import connect, is_newest
from lhcr.cli.serving.handover import Assignment
from lhcr.cli.serving.listener import listen
from lhcr.cli.serving.reason import reason_of
from lhcr.cli.serving.supervisor import Supervisor
from lhcr.identity.area_settings import is_demonstration
from lhcr.identity.openid.provider import read_providers
from lhcr.identity.signing_keys import has_keys
from lhcr.kernel.errors import Incorrect, Issue, Unavailable
from lhcr.kernel.settings import Settings
from lhcr.store.database import Connection
from lhcr.store.embedded.settings import CLUSTER_NAME

_CLUSTER = "SELECT current_setting('cluster_name')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """One run of an area. `log` is where workers write what goes wrong, None for standard error."""

    settings: Settings
    host: str
    port: int
    workers: int
    log: Path | None

    def run(self) -> None:
        """Serve until somebody stops it. Raises Incorrect (`not-ready-for-production`) for what is missing, all of it at once."""
        asyncio.run(require_ready(self.settings))
        with listen(self.host, self.port) as listener:
            try:
                asyncio.run(self._serve(listener))
            except BaseExceptionGroup as group:
                raise reason_of(group) from None
            except KeyboardInterrupt:
                _say("Stopped.")

    async def _serve(self, listener: socket.socket) -> None:
        supervisor = Supervisor(
            Assignment(dsn=self.settings.database_url, settings=self.settings.model_dump()),
            workers=self.workers,
            log=self.log,
            on_restart=lambda code: _say(f"A worker ended (code {code}); another takes its place."),
        )
        serving = asyncio.create_task(supervisor.serve(listener))
        greeting = asyncio.create_task(self._greet(supervisor))
        try:
            await serving
        finally:
            greeting.cancel()

    async def _greet(self, supervisor: Supervisor) -> None:
        await supervisor.ready()
        _say(f"Serving {self.settings.base_url} at {self.host}, port {self.port}.")


async def require_ready(settings: Settings) -> None:
    """Raise Incorrect (`not-ready-for-production`) with an issue for each thing that is missing; nothing is changed."""
    missing = list(_missing_settings(settings))
    try:
        missing += [each async for each in _missing_in_database(settings.database_url)]
    except Unavailable as unreachable:
        if not missing:
            raise
        missing += [issue.diagnostics for issue in unreachable.issues]
    if missing:
        code, error = "business-rule", "not-ready-for-production"
        raise Incorrect([Issue(code=code, error=error, diagnostics=each) for each in missing])


def _missing_settings(settings: Settings) -> Iterator[str]:
    if not settings.base_url.startswith("https://"):
        yield "LHCR_BASE_URL is no https address: tokens and records would travel where others can read them."
    if not settings.tls_terminated:
        yield "LHCR_TLS_TERMINATED is not set: say with true that a proxy in front of this area ends TLS, and that nobody reaches it otherwise."
    if not _are_networks(settings.proxies):
        yield "LHCR_PROXIES names what is no address or network of a proxy, such as 10.0.0.5 or 10.0.0.0/24."
    try:
        if not read_providers(settings):
            yield "No provider is set by which people sign in: LHCR_STAFF_ISSUER for NHS CIS2, LHCR_CITIZEN_ISSUER for NHS login."
    except Incorrect as error:
        yield from (issue.diagnostics for issue in error.issues)


async def _missing_in_database(database_url: str) -> AsyncIterator[str]:
    if not database_url:
        yield "LHCR_DATABASE_URL is not set: the embedded database is for demonstrations."
        return
    connection = await connect(database_url)
    try:
        if await connection.fetchval(_CLUSTER) == CLUSTER_NAME:
            yield "LHCR_DATABASE_URL leads to the embedded database, which is for demonstrations."
        if not await is_newest(connection):
            yield "The database's schema is not the newest. Run `lhcr migrate` first."
            return
        async for each in _missing_of_area(connection):
            yield each
    finally:
        await connection.close()


async def _missing_of_area(connection: Connection) -> AsyncIterator[str]:
    if await is_demonstration(connection):
        yield "The database is a demonstration, whose personas prove nothing about themselves. Name one that is none."
    if not await has_keys(connection):
        yield "There is no key to sign tokens with. Make it with `lhcr signing-key make`."


def _are_networks(told: str) -> bool:
    try:
        return all(ip_network(each.strip()) for each in told.split(",")) if told else True
    except ValueError:
        return False


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
