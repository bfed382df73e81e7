"""The progress of a load on a terminal: how far, how fast, how long still."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from lhcr.ingest.load import Watch
from lhcr.ingest.source_file import SourceFile
from lhcr.ingest.tally import Tally


class Quiet:
    """Shows nothing: for output that a program reads, or that nobody watches."""

    def advance(self, bytes_read: int, tally: Tally) -> None: ...


class Bar:
    """A bar over the bytes of the files as stored, with entries and their rate beside it."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task
        self._entries = 0

    def advance(self, bytes_read: int, tally: Tally) -> None:
        self._entries += tally.entries
        elapsed = self._progress.tasks[0].elapsed or 0.0
        rate = f"{self._entries / elapsed:,.0f}/s" if elapsed > 1 else ""
        self._progress.update(self._task, advance=bytes_read, entries=f"{self._entries:,} entries", rate=rate)


@contextmanager
def show_progress(files: Sequence[SourceFile], *, shown: bool) -> Iterator[Watch]:
    """Lend a watch that draws on standard error while the block runs, if that is a terminal."""
    if not shown or not sys.stderr.isatty():
        yield Quiet()
        return
    columns = (
        TextColumn("Loading"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[entries]} {task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Bar(progress, progress.add_task("load", total=sum(file.size for file in files), entries="", rate=""))
