"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

DataDir: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        envvar="LHCR_DATA_DIR",
        metavar="DIR",
        file_okay=False,
        help="The embedded database's folder, shared with a running demonstration.",
        show_default="the system's place for data",
    ),
]
DatabaseUrl: TypeAlias = Annotated[
    str,
    typer.Option(
        "--database-url",
        metavar="URL",
        envvar="LHCR_DATABASE_URL",
        help="A PostgreSQL 15 or later instead of the embedded one.",
        show_default=False,
        show_envvar=True,
    ),
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Report as one JSON object on standard output.")]
