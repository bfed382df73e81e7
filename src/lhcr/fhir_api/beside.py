"""Work beside: what a large body takes is done in a thread, one body at a time, while the worker serves on.

Hazard: one hospital's upload keeps every clinician waiting. A thread shares the worker's one processor with those who wait, and
gives way to them every few milliseconds.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from lhcr.fhir_api.admission import SMALL

_Made = TypeVar("_Made")


class Beside:
    """The place of one worker where large bodies are read."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def run(self, work: Callable[[], _Made], *, size: int) -> _Made:
        """Return what the work makes of so many bytes: few at once, many when it is their turn."""
        if size <= SMALL:
            return work()
        async with self._turn:
            return await asyncio.to_thread(work)
