"""Openings: records that somebody opens on their own word, by a claimed relationship or in an emergency."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from lhcr.access.alerts import AlertType
from lhcr.access.own_word import InForce, OwnWord, Word
from lhcr.access.policy import Policy
from lhcr.access.request import UNKNOWN, AskedPerson
from lhcr.access.ways import ways_of
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Forbidden
from lhcr.portal.record_keys import RecordKeys
from lhcr.portal.traced_people import TracedPeople, TracedPerson
from lhcr.record.record import Record


class Openings(Protocol):
    def ways(self, principal: Principal) -> tuple[AlertType, ...]:
        """What somebody's role lets them open on their own word, whoever the person is."""
        ...

    def lasts(self, type_: AlertType) -> timedelta: ...

    async def whom(self, principal: Principal, key: str) -> TracedPerson | None:
        """Return whom a trace shows whose record has a key, None where it shows nobody."""
        ...

    async def give(self, principal: Principal, key: str, word: Word) -> datetime:
        """Open the record with a key, and return until when. Raises as `OwnWord.give` does."""
        ...

    async def end(self, principal: Principal, key: str, type_: AlertType) -> None: ...

    async def end_sessions(self, principal: Principal) -> None:
        """End every emergency session of somebody who signs out."""
        ...


class StoredOpenings:
    """Openings over this area's own store. A key that means nobody is answered as the key of somebody who is not here."""

    def __init__(
        self, *, own_word: OwnWord, record: Record, keys: RecordKeys, policy: Policy, people: TracedPeople
    ) -> None:
        self._own_word = own_word
        self._record = record
        self._keys = keys
        self._policy = policy
        self._people = people

    def ways(self, principal: Principal) -> tuple[AlertType, ...]:
        return ways_of(principal, policy=self._policy)

    def lasts(self, type_: AlertType) -> timedelta:
        return self._own_word.lasts(type_)

    async def whom(self, principal: Principal, key: str) -> TracedPerson | None:
        patient_id = self._keys.open(key)
        if not patient_id:
            return None
        with suppress(Forbidden):
            return await self._people.by_id(principal, patient_id, asked="OwnWord")
        return None

    async def give(self, principal: Principal, key: str, word: Word) -> datetime:
        return await self._own_word.give(principal, await self._person(key), word)

    async def end(self, principal: Principal, key: str, type_: AlertType) -> None:
        await self._own_word.end(principal, await self._person(key), type_)

    async def end_sessions(self, principal: Principal) -> None:
        await self._own_word.end_sessions(principal)

    async def in_force(self, principal: Principal, key: str) -> InForce:
        return await self._own_word.in_force(principal, await self._person(key))

    async def _person(self, key: str) -> AskedPerson:
        patient_id = self._keys.open(key)
        person = await self._record.whose(type="Patient", id=patient_id) if patient_id else None
        return UNKNOWN if person is None else person
