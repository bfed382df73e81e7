"""The quarantine: input that could not be placed, kept as it came with the reason until somebody repairs or discards it."""

import hashlib
from collections.abc import Sequence
from typing import Final

from lhcr.ingest.patience import patiently
from lhcr.ingest.rejection import Rejection
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.ingest", "quarantine.sql")
#: Of longer input only the beginning is kept: the file itself is with whoever sent it.
MOST_KEPT: Final = 16 * 1024 * 1024
_MOST_IN_A_STATEMENT: Final = 200


class Quarantine:
    """The quarantine of one source."""

    def __init__(self, pool: Pool, *, source_id: int) -> None:
        self._pool = pool
        self._source_id = source_id

    async def keep(self, rejections: Sequence[Rejection]) -> None:
        """Keep each rejection once, however often the same bytes come."""
        for start in range(0, len(rejections), _MOST_IN_A_STATEMENT):
            await self._keep(rejections[start : start + _MOST_IN_A_STATEMENT])

    async def _keep(self, rejections: Sequence[Rejection]) -> None:
        columns = [
            [_storable(str(each.origin)) for each in rejections],
            [each.error for each in rejections],
            [_storable(each.reason) for each in rejections],
            [hashlib.sha256(each.content).digest() for each in rejections],
            [each.content[:MOST_KEPT] for each in rejections],
        ]
        await patiently(lambda: self._pool.execute(_SQL["keep"], self._source_id, *columns))


def _storable(text: str) -> str:
    """File names may hold bytes that are no text, and an error's place may repeat a NUL: neither fits a database's text."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")
