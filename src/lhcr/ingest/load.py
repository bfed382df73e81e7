"""A load: files handed to worker processes in the order that they need, and what came of it all."""

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from multiprocessing.connection import wait
from typing import Final, Protocol

from lhcr.ingest.crew import Crew, LeaderEnd
from lhcr.ingest.file_load import Turn
from lhcr.ingest.load_order import RankedFile
from lhcr.ingest.messages import Failed, FileLoaded, FindMissing, LoadFile, Report, StillMissing, UnitLoaded
from lhcr.ingest.source_file import SourceFile
from lhcr.ingest.tally import Tally
from lhcr.kernel.errors import Interrupted, Issue

#: While one file waits for the database, another is unpacked and read.
_FILES_AT_ONCE: Final = 2
_MOST_MISSING: Final = 100_000
_LOOK_SECONDS: Final = 0.2


class Watch(Protocol):
    """Whoever shows how far a load is."""

    def advance(self, bytes_read: int, tally: Tally) -> None:
        """`bytes_read` and `tally` since the last call; `bytes_read` may be 0, just to keep the picture moving."""
        ...


@dataclass(slots=True, kw_only=True)
class Summary:
    """What a load came to. `missing` are references that lead nowhere (at least these, where `missing_more`)."""

    files: int = 0
    bytes: int = 0
    seconds: float = 0.0
    tally: Tally = field(default_factory=Tally)
    missing: set[str] = field(default_factory=set)
    missing_more: bool = False

    def miss(self, references: Iterable[str]) -> None:
        for reference in references:
            if len(self.missing) >= _MOST_MISSING:
                self.missing_more = True
                return
            self.missing.add(reference)


def load(ranked: Sequence[RankedFile], crew: Crew, *, watch: Watch) -> Summary:
    """Load files with a crew that is working: directories, people and the rest in turn, then what was put off.

    Raises Interrupted where a worker ends before its work does. What was loaded until then stays, and loading again completes it.
    """
    began = time.monotonic()
    files = [file for _, file in ranked]
    summary = Summary(files=len(files), bytes=sum(file.size for file in files))
    leader = _Leader(crew.ends, summary, watch)
    put_off: dict[int, frozenset[int]] = {}
    in_order = sorted((rank, number) for number, (rank, _) in enumerate(ranked))
    for _, group in groupby(in_order, lambda each: each[0]):
        put_off |= leader.load(LoadFile(number, files[number], Turn()) for _, number in group)
    leader.load_put_off(files, put_off)
    leader.look_again()
    summary.seconds = time.monotonic() - began
    return summary


class _Leader:
    def __init__(self, crew: Sequence[LeaderEnd], summary: Summary, watch: Watch) -> None:
        self._crew = crew
        self._summary = summary
        self._watch = watch
        self._busy = dict.fromkeys(crew, 0)
        self._read: dict[int, int] = {}
        self._sizes: dict[int, int] = {}

    def load(self, orders: Iterable[LoadFile]) -> dict[int, frozenset[int]]:
        """Have files loaded and return the numbers of the units that were put off, by the number of their file."""
        waiting = deque(orders)
        self._sizes |= {order.number: order.file.size for order in waiting}
        put_off: dict[int, frozenset[int]] = {}
        while waiting or any(self._busy.values()):
            self._hand_out(waiting)
            for report in self._reports():
                if isinstance(report, UnitLoaded):
                    self._note(report)
                elif isinstance(report, FileLoaded):
                    self._note_end(report, put_off)
        return put_off

    def load_put_off(self, files: Sequence[SourceFile], put_off: dict[int, frozenset[int]]) -> None:
        """Load what was put off again and again as long as some of it goes in, and at last whatever it still waits for."""
        before = -1
        while put_off:
            waiting = sum(map(len, put_off.values()))
            last = waiting == before
            put_off = self.load(
                LoadFile(number, files[number], Turn(units=units, last=last)) for number, units in put_off.items()
            )
            before = waiting

    def look_again(self) -> None:
        """Keep of the missing references those that are missing still."""
        if not self._summary.missing:
            return
        self._crew[0].send(FindMissing(tuple(self._summary.missing)))
        while True:
            for report in self._reports():
                if isinstance(report, StillMissing):
                    self._summary.missing = set(report.references)
                    return

    def _hand_out(self, waiting: deque[LoadFile]) -> None:
        while waiting:
            connection = min(self._crew, key=self._busy.__getitem__)
            if self._busy[connection] == _FILES_AT_ONCE:
                return
            try:
                connection.send(waiting.popleft())
            except OSError:
                raise _died() from None
            self._busy[connection] += 1

    def _reports(self) -> Iterator[Report]:
        ready = set(wait(self._crew, timeout=_LOOK_SECONDS))
        for connection in self._crew:
            if connection not in ready:
                continue
            try:
                report: Report = connection.recv()
            except (EOFError, OSError):
                raise _died() from None
            if isinstance(report, Failed):
                raise _ended(report.reason)
            if isinstance(report, FileLoaded):
                self._busy[connection] -= 1
            yield report
        self._watch.advance(0, Tally())

    def _note(self, report: UnitLoaded) -> None:
        self._summary.tally.add(report.tally)
        self._summary.miss(report.missing)
        before = self._read.get(report.number, 0)
        self._read[report.number] = max(before, report.progress)
        self._watch.advance(self._read[report.number] - before, report.tally)

    def _note_end(self, report: FileLoaded, put_off: dict[int, frozenset[int]]) -> None:
        if report.put_off:
            put_off[report.number] = report.put_off
        else:
            rest = self._sizes[report.number] - self._read.get(report.number, 0)
            self._read[report.number] = self._sizes[report.number]
            self._watch.advance(rest, Tally())


def _died() -> Interrupted:
    return _ended(
        "A loading process ended before its work did; it may have been killed, or the machine ran out of memory."
    )


def _ended(reason: str) -> Interrupted:
    advice = "What was loaded until then is safe. Load the same files again: only what is missing is added."
    return Interrupted([Issue(code="exception", error="load-ended", diagnostics=f"{reason} {advice}")])
