"""Attempts: writing a batch, again where what stopped it passes, and trying a batch without writing it."""

import asyncio
import secrets
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import asyncpg

from lhcr.fhir.search.catalogue import type_id
from lhcr.ingest.loading_record import LoadingRecord
from lhcr.ingest.prepared import Prepared
from lhcr.kernel.errors import Busy, Issue, LhcrError, Unavailable
from lhcr.record.draft import Draft, Method
from lhcr.record.written import Written

Refusal: TypeAlias = LhcrError | asyncpg.PostgresError
"""Why a batch is not written: the record's own reason, or the database's."""

_PAUSES: Final = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
#: SQLSTATE classes after which the same batch may succeed: a lost connection, a deadlock, a server that is full or stopping.
_PASSING: Final = ("08", "40", "53", "55", "57")
#: Not the server's doing but a statement that is too slow: the same batch would be again.
_TOO_SLOW: Final = "57014"
_SENTINEL_TYPE: Final = "Organization"
_SENTINEL_REFUSED: Final = "version-conflict"


class Attempts:
    def __init__(self, record: LoadingRecord) -> None:
        self._record = record

    async def write(self, prepared: Sequence[Prepared], *, keep_unresolved: bool = False) -> list[Written]:
        """Write a batch, all of it or nothing.

        Raises the LhcrError or PostgresError that the batch itself causes, Unavailable (503) where the database stays away.
        """
        return await self._run(_drafts(prepared), keep_unresolved=keep_unresolved)

    async def probe(self, prepared: Sequence[Prepared]) -> Refusal | None:
        """Return why a batch would be refused, None where it would be written; nothing is written in either case.

        The batch is sent with a last draft that is always refused, so that the transaction is rolled back.
        """
        return await self._probe(_drafts(prepared), keep_unresolved=True)

    async def follows(self, search: str) -> bool:
        """Return whether a conditional reference leads to one resource that is here."""
        return await self._probe(iter(lambda: [_referring(search)], None), keep_unresolved=False) is None

    async def _probe(self, batches: Iterator[list[Draft]], *, keep_unresolved: bool) -> Refusal | None:
        try:
            await self._run(([*drafts, _sentinel()] for drafts in batches), keep_unresolved=keep_unresolved)
        except (LhcrError, asyncpg.PostgresError) as error:
            if isinstance(error, Unavailable):
                raise
            return None if _is_of_sentinel(error) else error
        raise RuntimeError("a probe was written")

    async def _run(self, batches: Iterator[list[Draft]], *, keep_unresolved: bool) -> list[Written]:
        for pause in _PAUSES:
            try:
                return await self._record.write(next(batches), keep_unresolved=keep_unresolved)
            except (LhcrError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                if not _passes(error):
                    raise
            await asyncio.sleep(pause)
        raise Unavailable([_AWAY])


def _drafts(prepared: Sequence[Prepared]) -> Iterator[list[Draft]]:
    """Yield the drafts for one attempt after the other: an attempt that failed has changed its drafts."""
    yield [each.draft for each in prepared]
    while True:
        yield [each.again().draft for each in prepared]


def _passes(error: Exception) -> bool:
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or "08"
        return state.startswith(_PASSING) and state != _TOO_SLOW
    return not isinstance(error, LhcrError) or isinstance(error, Unavailable | Busy)


def _sentinel() -> Draft:
    """Return an update of a version that cannot stand, because nobody has the id."""
    own_id = f"probe-{secrets.token_hex(16)}"
    return Draft(
        method=Method.PUT,
        type=_SENTINEL_TYPE,
        type_id=type_id(_SENTINEL_TYPE),
        resource={"resourceType": _SENTINEL_TYPE, "id": own_id, "name": own_id},
        id=own_id,
        source_key=own_id,
        if_match=1,
    )


def _referring(search: str) -> Draft:
    """Return a draft that does nothing but refer."""
    resource = {"resourceType": "Basic", "code": {"text": "probe"}, "subject": {"reference": search}}
    return Draft(
        method=Method.POST, type="Basic", type_id=type_id("Basic"), resource=resource, source_key=secrets.token_hex(16)
    )


def _is_of_sentinel(error: Refusal) -> bool:
    return isinstance(error, LhcrError) and error.issues[0].error == _SENTINEL_REFUSED


_AWAY: Final = Issue(
    code="transient",
    error="database-away",
    diagnostics="The database cannot be reached, or is too busy. What was loaded until now is safe; load the same files again.",
)
