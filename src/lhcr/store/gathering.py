"""Gathering: what is asked for while one turn is under way goes together into the next, so that many share a transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Item, Result]):
    item: Item
    done: "asyncio.Future[Result]"


def _one(_: object) -> int:
    return 1


class Gathering(Generic[Item, Result]):
    """Collects items and hands them to `turn`, one turn at a time, which returns a result for each in their order.

    A turn takes items until they weigh `most`, and at least one. What a turn raises is raised to all who were in it.
    """

    def __init__(
        self,
        turn: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        *,
        most: int,
        weigh: Callable[[Item], int] = _one,
    ) -> None:
        self._turn = turn
        self._most = most
        self._weigh = weigh
        self._waiting: list[_Waiting[Item, Result]] = []
        self._running: asyncio.Task[None] | None = None

    async def ask(self, item: Item) -> Result:
        """Return what the turn that takes the item makes of it."""
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(item, done))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        # Whoever leaves early leaves the item behind: what was asked for is done, and takes nobody else with it.
        return await done

    async def drain(self) -> None:
        """Wait until nothing waits."""
        while self._running is not None:
            await asyncio.wait([self._running])

    async def _run(self) -> None:
        group: list[_Waiting[Item, Result]] = []
        try:
            while self._waiting:
                group = self._next()
                await self._take_turn(group)
        finally:
            self._running = None
            # Where the turn itself was ended, nobody is left waiting for it or for the next.
            for left in (*group, *self._waiting):
                left.done.cancel()
            self._waiting = []

    def _next(self) -> list[_Waiting[Item, Result]]:
        taken, weight = 0, 0
        while taken < len(self._waiting) and (taken == 0 or weight < self._most):
            weight += self._weigh(self._waiting[taken].item)
            taken += 1
        group, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return group

    async def _take_turn(self, group: Sequence[_Waiting[Item, Result]]) -> None:
        try:
            results = await self._turn([waiting.item for waiting in group])
            for waiting, result in zip(group, results, strict=True):
                if not waiting.done.done():
                    waiting.done.set_result(result)
        except Exception as raised:  # noqa: BLE001 - whatever went wrong, it is told to everyone who waits.
            for waiting in group:
                if not waiting.done.done():
                    waiting.done.set_exception(raised)
                    # Whoever left hears of it no more: that nobody asks for it then is no defect, and not to be logged as one.
                    waiting.done.exception()
