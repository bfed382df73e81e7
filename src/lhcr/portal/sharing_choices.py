"""Choices about sharing as a person's page reads and changes them: decided, and in the log with each change."""

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Protocol

from lhcr.access.decide import Gate
from lhcr.access.decision import AccessDecision
from lhcr.access.own_choice import Choice
from lhcr.access.policy import Policy
from lhcr.access.request import UNKNOWN, Interaction, Request
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Issue, NotFound
from lhcr.kernel.ids import Ids
from lhcr.portal.record_keys import RecordKeys
from lhcr.record.own_choice import OwnChoices
from lhcr.record.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What is said about sharing one record, and the names by ODS code of the organisations that a choice can name."""

    said: OwnChoices
    organisations: Mapping[str, str]


class SharingChoices(Protocol):
    """All of these raise Refused where the asker has no say in the record's sharing, whether or not there is such a record, and
    Unavailable. `policy` says what a choice can name, and what it does not stop.
    """

    @property
    def policy(self) -> Policy: ...

    async def read(self, principal: Principal, key: str) -> Sharing: ...

    async def choose(self, principal: Principal, key: str, choice: Choice) -> None:
        """Let a choice count from the next request on. Raises as `Choosing.choose` does."""
        ...

    async def withdraw(self, principal: Principal, key: str, handle: str) -> None:
        """Take back the choice that the page calls by a handle. Raises NotFound, and Busy."""
        ...


class StoredSharingChoices:
    """Choices over this area's own record, for one worker. `names` are the area's own for organisations, by ODS code."""

    def __init__(
        self, *, gate: Gate, record: Record, policy: Policy, keys: RecordKeys, names: Mapping[str, str], ids: Ids
    ) -> None:
        self.policy = policy
        self._gate = gate
        self._record = record
        self._keys = keys
        self._names = names
        self._ids = ids

    async def read(self, principal: Principal, key: str) -> Sharing:
        said = await self._record.choosing.choices(await self._decide(principal, key))
        known = await self._record.choosing.organisations.known()
        return Sharing(said=said, organisations={ods: self._names.get(ods, name) for ods, name in known.items()})

    async def choose(self, principal: Principal, key: str, choice: Choice) -> None:
        await self._record.choosing.choose(await self._decide(principal, key), choice)

    async def withdraw(self, principal: Principal, key: str, handle: str) -> None:
        decision = await self._decide(principal, key)
        handles = self._keys.handles(self._keys.open(key) or "")
        said = await self._record.choosing.choices(decision)
        names = (each.id for each in said.choices)
        meant = [own for own in names if compare_digest(handles.of(f"Consent/{own}").encode(), handle.encode())]
        if not meant:
            raise NotFound([Issue(code="not-found", error="not-found", diagnostics="There is no such choice.")])
        await self._record.choosing.withdraw(decision, id=meant[0])

    async def _decide(self, principal: Principal, key: str) -> AccessDecision:
        """A key that means nobody is refused as a stranger's is."""
        patient_id = self._keys.open(key)
        person = await self._record.whose(type="Patient", id=patient_id) if patient_id else None
        request = Request(
            interaction=Interaction.READ,
            type="Consent",
            person=UNKNOWN if person is None else person,
            request_id=self._ids.token(),
            asked="Consent?patient",
        )
        return await self._gate.decide(principal, request)
