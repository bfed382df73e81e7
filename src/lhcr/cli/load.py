"""`lhcr load`: files into the record, under the name of the organisation that they come from."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json

if TYPE_CHECKING:
    from lhcr.ingest.source_file import SourceFile


def load(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", exists=True, help="Files and folders.")],
    source: Annotated[
        str, typer.Option("--source", metavar="ODS", help="The ODS code of the organisation, which can then open them.")
    ],
    processes: Annotated[
        int, typer.Option("--processes", metavar="N", min=1, max=64, help="Processes that load side by side.")
    ] = 2,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Load FHIR files into the record: Bundles, NDJSON and single resources, JSON or XML, plain, .gz or .bz2.

    What cannot be placed is kept in the quarantine with its reason, entry by entry; the rest goes in. Loading the same files again
    changes nothing. Exit code 0: loaded, whether or not something was quarantined; 1: nothing could be loaded, or the load ended
    early; 2: misused.
    """
    from lhcr.cli.database import open_database
    from lhcr.cli.load_process import LoadProcess
    from lhcr.cli.load_progress import show_progress
    from lhcr.cli.load_readers import tell_readers
    from lhcr.cli.load_report import report
    from lhcr.ingest.crew import Crew
    from lhcr.ingest.load import load as load_files
    from lhcr.ingest.load_order import rank_files
    from lhcr.kernel.settings import Settings
    from lhcr.nhs.ods import OdsCode

    ods = OdsCode.parse(source)
    files = _files(paths)
    work = LoadProcess(settings=Settings(), source=ods, source_name="")
    with Crew(work, size=min(processes, len(files))) as crew:
        ranked = rank_files(files)
        with (
            open_database(data_dir=data_dir, database_url=database_url, create=True) as dsn,
            crew.working(dsn),
            show_progress(files, shown=not as_json) as watch,
        ):
            summary = load_files(ranked, crew, watch=watch)
            loaded = bool(summary.tally.accepted or summary.tally.unchanged)
            readers = tell_readers(dsn, ods) if loaded else ""
    report(summary, source=ods, as_json=as_json, readers=readers)
    return 0 if loaded else 1


def _files(paths: Sequence[Path]) -> "list[SourceFile]":
    from lhcr.ingest.source_file import find_files
    from lhcr.kernel.errors import Incorrect, Issue

    try:
        files = find_files(paths)
    except OSError as error:
        diagnostics = f"{error.filename} cannot be looked into: {error.strerror}. Nothing was loaded."
        raise Incorrect([Issue(code="not-found", error="path-unreadable", diagnostics=diagnostics)]) from None
    if not files:
        diagnostics = "There is no file in what was named. Nothing was loaded."
        raise Incorrect([Issue(code="not-found", error="no-files", diagnostics=diagnostics)])
    return files
