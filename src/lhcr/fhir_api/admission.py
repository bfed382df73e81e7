"""Admission: how many bytes of large bodies one worker holds at once; who comes later waits, and not for ever."""

import asyncio
from collections import deque
from typing import Final

from lhcr.fhir_api.refusals import overloaded

#: Bodies up to this size are not counted.
SMALL: Final = 65_536
_WAIT_SECONDS: Final = 10.0
_MOST_WAITING: Final = 64


class Admission:
    """A budget of bytes, given in the order of asking. Hazard: one hospital's upload ends every clinician's session."""

    def __init__(self, total: int, *, wait_seconds: float = _WAIT_SECONDS) -> None:
        self._free = total
        self._total = total
        self._wait_seconds = wait_seconds
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def held(self) -> int:
        """The bytes that are given out now."""
        return self._total - self._free

    async def take(self, size: int) -> int:
        """Return what was taken, to be given back. Raises Busy (503) where it stays too full for too long."""
        size = min(size, self._total)
        if size <= SMALL:
            return 0
        if not self._waiting and self._free >= size:
            self._free -= size
            return size
        await self._wait(size)
        return size

    def give_back(self, size: int) -> None:
        self._free += size
        while self._waiting and self._free >= self._waiting[0][0]:
            needed, turn = self._waiting.popleft()
            if not turn.done():
                self._free -= needed
                turn.set_result(None)

    async def _wait(self, size: int) -> None:
        if len(self._waiting) >= _MOST_WAITING:
            raise overloaded()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        try:
            async with asyncio.timeout(self._wait_seconds):
                await turn
        except BaseException as error:
            self._leave(size, turn)
            if isinstance(error, TimeoutError):
                raise overloaded() from None
            raise

    def _leave(self, size: int, turn: "asyncio.Future[None]") -> None:
        """Free the place of one who gave up; what was granted at that very moment goes back."""
        if turn.done() and not turn.cancelled():
            self.give_back(size)
            return
        self._waiting = deque(each for each in self._waiting if each[1] is not turn)
        self.give_back(0)
