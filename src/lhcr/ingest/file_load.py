"""The load of one file: its units one after the other, the next one read while the last one is written."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from lhcr.ingest.loader import Deferred, Loader
from lhcr.ingest.rejection import Rejection
from lhcr.ingest.source_entry import Origin, Unit
from lhcr.ingest.source_file import SourceFile, read_units
from lhcr.ingest.tally import Tally

OnProgress: TypeAlias = Callable[[int, Tally, set[str]], None]
"""Called after each unit with the bytes of the file read until then, what became of the unit, and its missing references."""

#: Of files of which much may have to be held in memory, one is loaded at a time.
_LARGE_FILE: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Which units of a file are loaded: all, or those that were put off. On the `last` turn none is put off again."""

    units: AbstractSet[int] | None = None
    last: bool = False

    def has(self, number: int) -> bool:
        return self.units is None or number in self.units


class FileLoad:
    """Loads files with one loader. Setting `stopping` ends it after the unit that is under way."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._one_large = asyncio.Lock()
        self.stopping = False

    async def run(self, file: SourceFile, *, turn: Turn, on_progress: OnProgress) -> frozenset[int]:
        """Load a file and return the numbers of the units that are put off until others are in.

        Raises Unavailable where the database stays away.
        """
        going = _Going(turn, on_progress)
        async with AsyncExitStack() as stack:
            if file.size > _LARGE_FILE:
                await stack.enter_async_context(self._one_large)
            try:
                async for number, part in _ahead(read_units(file)):
                    if self.stopping:
                        break
                    await self._take(number, part, going)
            except OSError as error:
                await self._reject(_unreadable(file, error), going)
        return frozenset(going.put_off)

    async def _take(self, number: int, part: Unit | Rejection, going: "_Going") -> None:
        if isinstance(part, Rejection):
            if going.turn.has(number):
                await self._reject(part, going)
        elif part.is_part and going.put_off:
            # It may refer to the part that waits.
            going.put_off.add(number)
        elif going.turn.has(number) or part.is_part:
            await self._load(number, part, going)

    async def _load(self, number: int, unit: Unit, going: "_Going") -> None:
        try:
            names = going.names if unit.is_part else None
            outcome = await self._loader.load(unit.entries, defer=not going.turn.last, names=names)
        except Deferred:
            going.put_off.add(number)
            return
        if unit.is_part:
            going.names |= outcome.names
        # A part that had its turn before is loaded again only to learn what its entries are called here.
        if going.turn.has(number):
            going.on_progress(unit.progress, outcome.tally, outcome.missing)

    async def _reject(self, rejection: Rejection, going: "_Going") -> None:
        tally = Tally()
        await self._loader.quarantine([rejection], tally)
        going.on_progress(0, tally, set())


@dataclass(slots=True)
class _Going:
    """How a file is going: which units are put off, and what the entries of a Bundle in several parts are called here."""

    turn: Turn
    on_progress: OnProgress
    put_off: set[int] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)


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
