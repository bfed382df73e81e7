"""A demonstration: the database, the invented area in it, the workers that serve it, and the way out."""

import asyncio
import os
import socket
import sys
import webbrowser
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from lhcr.cli.database import create_area
from lhcr.cli.demo_area import forget_area
from lhcr.cli.demo_governance import govern_area
from lhcr.cli.demo_lock import only_demonstration, open_for_folder
from lhcr.cli.demo_seeding import seed_area
from lhcr.cli.demo_welcome import welcome
from lhcr.cli.serving.handover import Assignment
from lhcr.cli.serving.listener import listen
from lhcr.cli.serving.reason import reason_of
from lhcr.cli.serving.supervisor import Supervisor
from lhcr.identity.openid.provider import read_providers
from lhcr.kernel.errors import Conflict
from lhcr.kernel.settings import Settings
from lhcr.store.embedded import EmbeddedPostgres
from lhcr.store.embedded.supervise import keep_running
from lhcr.store.migrations import migrate

HOST: Final = "127.0.0.1"
_AREA_NAME: Final = "Aldermere (demonstration)"
_LOG: Final = "demonstration.log"
#: Where the demonstration's privacy officer works, who is told of attempts that strangers make.
_OVERSEER: Final = "RRE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """One run of a demonstration. It is bound to this machine, because its personas prove nothing about themselves."""

    data_dir: Path
    port: int
    people: int
    workers: int
    opens_browser: bool

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def run(self, *, reset: bool) -> None:
        """Run until somebody stops it. Raises what keeps it from starting."""
        server, settings = EmbeddedPostgres(self.data_dir), self._settings()
        with listen(HOST, self.port) as listener:
            try:
                say("Starting the database.")
                server.start(on_wait=lambda elapsed: say(f"The database is recovering ({elapsed:.0f} s)."))
                with only_demonstration(self.data_dir, base_url=self.base_url):
                    asyncio.run(self._run(server, settings, listener, reset=reset))
            except BaseExceptionGroup as group:
                raise reason_of(group) from None
            except KeyboardInterrupt:
                say("Stopping.")
            finally:
                server.stop()
        say("Stopped. Everything is kept: the same command without --reset starts it again.")

    async def _run(self, server: EmbeddedPostgres, settings: Settings, listener: socket.socket, *, reset: bool) -> None:
        if reset:
            await forget_area(server)
        dsn = await create_area(server)
        await _migrate(dsn)
        filled = await seed_area(settings, dsn, people=self.people, on_seeding=_say_seeding)
        if filled:
            end_of_progress = "\r" if sys.stdout.isatty() else ""
            say(f"{end_of_progress}The area is filled: {filled:,} entries.")
        await govern_area(dsn)
        await self._serve(server, listener, settings, dsn)

    async def _serve(self, server: EmbeddedPostgres, listener: socket.socket, settings: Settings, dsn: str) -> None:
        log = self.data_dir / _LOG
        os.close(open_for_folder(log, os.O_WRONLY | os.O_TRUNC))
        supervisor = Supervisor(
            Assignment(dsn=dsn, settings=settings.model_dump()),
            workers=self.workers,
            log=log,
            on_restart=lambda code: say(f"A worker ended (code {code}); another takes its place."),
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(supervisor.serve(listener))
            group.create_task(keep_running(server, on_restart=lambda: say("The database died and is up again.")))
            group.create_task(self._greet(supervisor))

    async def _greet(self, supervisor: Supervisor) -> None:
        await supervisor.ready()
        say(welcome(base_url=self.base_url, data_dir=self.data_dir))
        if self.opens_browser and _has_display():
            await asyncio.to_thread(webbrowser.open, self.base_url)

    def _settings(self) -> Settings:
        settings = Settings()
        here = {"base_url": self.base_url, "data_dir": str(self.data_dir), "database_url": ""}
        name = {} if "area_name" in settings.model_fields_set else {"area_name": _AREA_NAME}
        overseer = {} if settings.oversight_organisation else {"oversight_organisation": _OVERSEER}
        made = settings.model_copy(update=here | name | overseer)
        # Told before anything is started: a worker that cannot use a setting could only end, again and again.
        read_providers(made)
        return made


async def _migrate(dsn: str) -> None:
    try:
        await migrate(dsn)
    except Conflict as error:
        diagnostics = f"{error} Or begin this demonstration anew with --reset."
        raise Conflict([replace(error.issues[0], diagnostics=diagnostics)]) from None


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _say_seeding(entries: int) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(f"\rFilling the area: {entries:,} entries.")
        sys.stdout.flush()


def _has_display() -> bool:
    return sys.stdout.isatty() and (
        sys.platform == "darwin" or bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())
    )
