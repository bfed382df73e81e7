"""`lhcr demo`: the demonstration area, made, filled and served on this machine alone."""

from typing import Annotated

import typer

from lhcr.cli.options import DataDir


def demo(
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=1, max=65535, help="The port of the pages and the FHIR API.")
    ] = 8000,
    people: Annotated[
        int, typer.Option("--people", metavar="N", min=0, max=20_000, help="How many people the area has.")
    ] = 200,
    data_dir: DataDir = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Begin anew: everything in this demonstration is lost.")
    ] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser.")] = False,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=64, help="Processes that serve side by side.")
    ] = 2,
) -> int:
    """Start the demonstration area: an embedded PostgreSQL, an invented area, personas to sign in as.

    It can be reached from this machine only. Ctrl-C stops it; started again, everything is still there.
    """
    from lhcr.cli.demonstration import Demonstration
    from lhcr.store.embedded import default_data_dir

    demonstration = Demonstration(
        data_dir=data_dir or default_data_dir(),
        port=port,
        people=people,
        workers=workers,
        opens_browser=not no_browser,
    )
    demonstration.run(reset=reset)
    return 0
