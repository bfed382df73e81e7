"""Choices of a role: somebody has proved who they are and has yet to say in which of their roles they work. It signs nobody in."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec

from lhcr.identity.claims import Claims
from lhcr.identity.proof_of_identity import NO_PROOF, ProofOfIdentity
from lhcr.identity.sessions import proof_of
from lhcr.kernel.clock import Clock
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

LIFE: Final = timedelta(minutes=5)
_SQL: Final = load_statements("lhcr.identity", "role_choices.sql")
_LONGEST_ID: Final = 128
_ROLES: Final = msgspec.json.Decoder(list[Claims])


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChoice:
    roles: Sequence[Claims]
    return_path: str
    proof: ProofOfIdentity


class RoleChoices:
    def __init__(self, pool: Pool, *, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def offer(self, roles: Sequence[Claims], *, return_path: str, proof: ProofOfIdentity = NO_PROOF) -> str:
        """Return the id of a new choice, which is good for minutes, once."""
        choice_id = secrets.token_urlsafe(32)
        ends = self._clock.now() + LIFE
        rests_on = proof.service, proof.provider_session, proof.proved, proof.device
        encoded = msgspec.json.encode(roles)
        await self._pool.execute(_SQL["offer"], _digest(choice_id), encoded, return_path, ends, *rests_on)
        return choice_id

    async def find(self, choice_id: str) -> RoleChoice | None:
        return await self._read("find", choice_id)

    async def take(self, choice_id: str) -> RoleChoice | None:
        """Return a choice, which ends it; of takes at once exactly one gets it."""
        return await self._read("take", choice_id)

    async def sweep(self) -> None:
        await self._pool.execute(_SQL["sweep"], self._clock.now())

    async def _read(self, statement: str, choice_id: str) -> RoleChoice | None:
        if not 0 < len(choice_id) <= _LONGEST_ID:
            return None
        row = await self._pool.fetchrow(_SQL[statement], _digest(choice_id), self._clock.now())
        if row is None:
            return None
        return RoleChoice(roles=_ROLES.decode(row["roles"]), return_path=row["return_path"], proof=proof_of(row))


def _digest(choice_id: str) -> bytes:
    return hashlib.sha256(choice_id.encode("utf-8", "replace")).digest()
