"""`lhcr audit`: verify the log, take it out to be verified elsewhere, tell its last head, and what `audit_proof` and `audit_upkeep` do."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lhcr.cli.audit_proof import check, prove
from lhcr.cli.audit_upkeep import dispose, new_key
from lhcr.cli.options import DatabaseUrl, DataDir, Json
from lhcr.cli.plain_help import PlainCommand

if TYPE_CHECKING:
    from lhcr.audit.reader import StoredHead
    from lhcr.audit.tree_head import Head
    from lhcr.audit.verdict import Verdict


def make_audit() -> typer.Typer:
    app = typer.Typer(
        help="Verify the audit log, export it, tell its last head, prove its entries.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    for command in (verify, export, head, prove, check, dispose):
        app.command(cls=PlainCommand)(command)
    app.command("new-key", cls=PlainCommand)(new_key)
    return app


def verify(
    export: Annotated[
        Path | None,
        typer.Argument(metavar="EXPORT", exists=True, dir_okay=False, help="A file of `lhcr audit export`."),
    ] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option(
            "--witness",
            metavar="FILE",
            help="A head that somebody else kept, as `lhcr audit head` tells it: a file, a witness's folder, or SIZE:ROOT.",
        ),
    ] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Verify the whole log: here, or from an export alone. Exit code 1 where anything was changed, removed or reordered."""
    import sys

    from lhcr.audit.witness_head import witness_heads
    from lhcr.cli.audit_verdict import verdict_text

    witnessed = [head for text in witness or () for head in witness_heads(text)]
    verdict = _of_export(export, witnessed) if export else _of_database(data_dir, database_url, witnessed)
    sys.stdout.write(verdict_text(verdict, as_json=as_json) + "\n")
    return 0 if verdict.intact else 1


def export(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", dir_okay=False, help="Where the export is written; it must not exist.")
    ],
    with_texts: Annotated[
        bool, typer.Option("--with-texts", help="What the entries say too: this is personal data.")
    ] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
) -> int:
    """Write the log to a file from which anybody can verify it, without the database."""
    import asyncio

    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        asyncio.run(_export(dsn, file, texts=with_texts))
    return 0


def head(data_dir: DataDir = None, database_url: DatabaseUrl = "", as_json: Json = False) -> int:
    """Tell the last head of the log, signed: give it to somebody who can hold the area to it."""
    import asyncio
    import sys

    from lhcr.cli.audit_verdict import head_json
    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        last = asyncio.run(_last_head(dsn))
    if as_json:
        sys.stdout.write(head_json(last) + "\n")
    elif last is None:
        sys.stdout.write("The log has no head yet.\n")
    else:
        sys.stdout.write(last.note or f"{last.tree_size}:{last.root_hash.hex()}\n")
    return 0


def _of_export(export: Path, witnessed: "list[Head]") -> "Verdict":
    from lhcr.audit.export import LONGEST_LINE, verify_export

    with export.open("rb") as lines:
        return verify_export(iter(lambda: lines.readline(LONGEST_LINE + 1), b""), witnessed=witnessed)


def _of_database(data_dir: Path | None, database_url: str, witnessed: "list[Head]") -> "Verdict":
    import asyncio

    from lhcr.audit.verify import verify_log
    from lhcr.cli.database import open_database
    from lhcr.cli.oversight import overseeing

    async def run(dsn: str) -> "Verdict":
        async with overseeing(dsn, asked="the whole log, to verify it") as parts:
            return await verify_log(parts.side_pool, witnessed=witnessed)

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        return asyncio.run(run(dsn))


async def _export(dsn: str, file: Path, *, texts: bool) -> None:
    import os

    from lhcr.audit.export import export_log
    from lhcr.cli.oversight import overseeing
    from lhcr.kernel.errors import Incorrect, Issue

    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        diagnostics = f"{file} cannot be written: {error.strerror}. Nothing was exported."
        raise Incorrect([Issue(code="value", error="file-not-writable", diagnostics=diagnostics)]) from None
    with os.fdopen(descriptor, "wb") as lines:
        asked = f"the whole log {'with' if texts else 'without'} its texts, to export it"
        async with overseeing(dsn, asked=asked, takes_out=True) as parts:
            async for line in export_log(parts.side_pool, texts=texts):
                lines.write(line)


async def _last_head(dsn: str) -> "StoredHead | None":
    from lhcr.audit.reader import LogReader
    from lhcr.cli.oversight import overseeing

    async with overseeing(dsn, asked="the last head of the log") as parts:
        return await LogReader(parts.side_pool).last_head()
