"""`lhcr serve`: an area in production."""

from pathlib import Path
from typing import Annotated

import typer

from lhcr.cli.options import DatabaseUrl


def serve(
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="The address of this machine at which the proxy finds it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="PORT", min=1, max=65535, help="The port there.")] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=64, help="Processes that serve side by side.")
    ] = 2,
    log: Annotated[
        Path | None,
        typer.Option(
            "--log",
            metavar="FILE",
            dir_okay=False,
            help="Where workers write what goes wrong.",
            show_default="standard error",
        ),
    ] = None,
    database_url: DatabaseUrl = "",
) -> int:
    """Serve an area for care. What it stands on is looked at first, and all that is missing is told at once.

    It needs a PostgreSQL of its own with the newest schema (`lhcr migrate`), keys to sign tokens with (`lhcr signing-key make`), a
    provider by which people sign in, an https address, and a proxy in front of it that ends TLS. A demonstration is never served.
    """
    from lhcr.cli.production import Production
    from lhcr.kernel.settings import Settings

    settings = Settings()
    if database_url:
        settings = settings.model_copy(update={"database_url": database_url})
    Production(settings=settings, host=host, port=port, workers=workers, log=log).run()
    return 0
