"""Attempts: writing a batch, again where what stopped it passes, and trying a batch without writing it."""

import secrets
from collections.abc import Iterator, Sequence
from typing import Final

from lhcr.fhir.search.catalogue import type_id
from lhcr.ingest.loading_record import LoadingRecord
from lhcr.ingest.patience import REFUSALS, Refusal, patiently
from lhcr.ingest.prepared import Prepared
from lhcr.kernel.errors import LhcrError, Unavailable
from lhcr.record.draft import Draft, Method
from lhcr.record.written import Written

_SENTINEL_TYPE: Final = "Organization"
_SENTINEL_REFUSED: Final = "version-conflict"


class Attempts:
    def __init__(self, record: LoadingRecord) -> None:
        self._record = record

    async def write(self, prepared: Sequence[Prepared], *, keep_unresolved: bool = False) -> list[Written]:
        """Write a batch, all of it or nothing.

        Raises the refusal that the batch itself causes, Unavailable (503) where the database stays away.
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
        except REFUSALS as error:
            if isinstance(error, Unavailable):
                raise
            return None if _is_of_sentinel(error) else error
        raise RuntimeError("a probe was written")

    async def _run(self, batches: Iterator[list[Draft]], *, keep_unresolved: bool) -> list[Written]:
        return await patiently(lambda: self._record.write(next(batches), keep_unresolved=keep_unresolved))


def _drafts(prepared: Sequence[Prepared]) -> Iterator[list[Draft]]:
    """Yield the drafts for one attempt after the other: an attempt that failed has changed its drafts."""
    yield [each.draft for each in prepared]
    while True:
        yield [each.again().draft for each in prepared]


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
