"""Disputing: a person says on a page of their own record that an entry is wrong, and its source is asked."""

from typing import Protocol

from lhcr.access.decide import Gate
from lhcr.access.request import UNKNOWN, Interaction, Request
from lhcr.identity.principal import Principal
from lhcr.kernel.ids import Ids
from lhcr.portal.record_keys import RecordKeys
from lhcr.record.record import Record


class Disputing(Protocol):
    async def dispute(self, principal: Principal, key: str, reference: str, *, words: str) -> None:
        """Ask the source of an entry of the record with a key. Raises as `Disputes.dispute` does, and Refused."""
        ...


class StoredDisputing:
    """Disputes over this area's own record. A key that means nobody is refused as a stranger's is."""

    def __init__(self, *, gate: Gate, record: Record, keys: RecordKeys, ids: Ids) -> None:
        self._gate = gate
        self._record = record
        self._keys = keys
        self._ids = ids

    async def dispute(self, principal: Principal, key: str, reference: str, *, words: str) -> None:
        patient_id = self._keys.open(key)
        person = await self._record.whose(type="Patient", id=patient_id) if patient_id else None
        type_, _, id_ = reference.partition("/")
        request = Request(
            interaction=Interaction.READ,
            type=type_,
            person=UNKNOWN if person is None else person,
            request_id=self._ids.token(),
            asked=reference,
        )
        decision = await self._gate.decide(principal, request)
        await self._record.disputes.dispute(decision, type=type_, id=id_, words=words)
