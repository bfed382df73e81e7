"""The load of one file: its units one after the other, the next one read while the last one is written."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from lhcr.ingest.loader import Deferred, Loader
from lhcr.ingest.rejection import Rejection
from lhcr.ingest.source_entry import Origin, Unit
from lhcr.ingest.source_file import SourceFile, read_units
from lhcr.ingest.tally import Tally

OnProgress: TypeAlias = Callable[[int, Tally, set[str]], None]
"""Called after each unit with the bytes of the file read until then, what became of the unit, and its missing references."""


class FileLoad:
    """Loads files with one loader. Setting `stopping` ends it after the unit that is under way."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self.stopping = False

    async def run(
        self, file: SourceFile, *, put_off: AbstractSet[int] | None, on_progress: OnProgress
    ) -> frozenset[int]:
        """Load a file and return the numbers of the units that are put off until the others are in.

        With `put_off`, the numbers of an earlier run, only those units are loaded, and none is put off again. Raises Unavailable
        where the database stays away.
        """
        deferred: set[int] = set()
        try:
            async for number, part in _ahead(read_units(file)):
                if self.stopping:
                    break
                if put_off is None or number in put_off:
                    try:
                        await self._load(part, defer=put_off is None, on_progress=on_progress)
                    except Deferred:
                        deferred.add(number)
        except OSError as error:
            await self._load(_unreadable(file, error), defer=False, on_progress=on_progress)
        return frozenset(deferred)

    async def _load(self, part: Unit | Rejection, *, defer: bool, on_progress: OnProgress) -> None:
        if isinstance(part, Rejection):
            tally = Tally()
            await self._loader.quarantine([part], tally)
            on_progress(0, tally, set())
            return
        outcome = await self._loader.load(part.entries, defer=defer)
        on_progress(part.progress, outcome.tally, outcome.missing)


async def _ahead(parts: Iterator[Unit | Rejection]) -> AsyncIterator[tuple[int, Unit | Rejection]]:
    """Yield the parts, numbered, reading the next in a thread while the last is worked on: unpacking lets other threads run."""
    number = 0
    following = asyncio.create_task(asyncio.to_thread(next, parts, None))
    try:
        while (part := await following) is not None:
            following = asyncio.create_task(asyncio.to_thread(next, parts, None))
            yield number, part
            number += 1
    finally:
        following.cancel()


def _unreadable(file: SourceFile, error: OSError) -> Rejection:
    return Rejection(
        origin=Origin(file=file.name),
        error="unreadable",
        reason=f"The file cannot be read: {error.strerror or type(error).__name__}.",
        content=b"",
    )
