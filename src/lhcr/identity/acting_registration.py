"""For whose people a client may act: the organisations, the scopes and the purposes that were registered for it.

A registration has a version, and what was issued under it is revoked by that version's name when it changes or ends.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import asyncpg

from lhcr.identity.token_state import revoke
from lhcr.identity.tokens import LONGEST_LIFE
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Incorrect, Issue, NotFound
from lhcr.nhs.ods import OdsCode
from lhcr.nhs.purposes import Purpose
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.identity", "acting_registration.sql")
_MOST_ORGANISATIONS: Final = 1_000
_AFTER: Final = timedelta(hours=1)
#: For what a system may ask in somebody's name: never for an emergency, which is one person's own word.
PURPOSES: Final = frozenset({Purpose.TREATMENT, Purpose.OPERATIONS})


@dataclass(frozen=True, slots=True, kw_only=True)
class ActingRegistration:
    """`organisations` are ODS codes. `scopes` are those of the people for whom the client acts (`user/...`)."""

    organisations: tuple[str, ...]
    scopes: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    version: int = 0

    def name(self, client_id: str) -> str:
        """Return the name under which all that was issued under this version is revoked; no id of a token has a colon in it."""
        return f"acting:{client_id}:{self.version}"


class ActingRegistrations:
    def __init__(self, pool: Pool, *, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def find(self, client_id: str) -> ActingRegistration | None:
        """Return for whom a client may act now, None for nobody."""
        row = await self._pool.fetchrow(_SQL["find"], client_id)
        return None if row is None else _registration(row)

    async def replace(self, client_id: str, registration: ActingRegistration) -> None:
        """Register anew; what was issued before is revoked. Raises Incorrect, and NotFound for a client that could not prove itself."""
        _require_registrable(registration)
        async with self._pool.acquire() as connection, connection.transaction():
            await self._revoke_before(connection, client_id)
            codes = [purpose.code for purpose in registration.purposes]
            lists = (list(registration.organisations), list(registration.scopes), codes)
            if not await connection.fetchval(_SQL["replace"], client_id, *lists):
                raise NotFound([_issue("client-unknown", "No such client with keys of its own is registered.")])

    async def end(self, client_id: str) -> None:
        """End it: the client acts for nobody any more. Raises NotFound where it acted for nobody."""
        async with self._pool.acquire() as connection, connection.transaction():
            await self._revoke_before(connection, client_id)
            if not await connection.fetchval(_SQL["end"], client_id):
                raise NotFound([_issue("client-unknown", "That client acts for nobody. Nothing was changed.")])

    async def _revoke_before(self, connection: Connection, client_id: str) -> None:
        row = await connection.fetchrow(_SQL["lock"], client_id)
        if row is not None:
            until = self._clock.now() + LONGEST_LIFE + _AFTER
            await revoke(connection, [_registration(row).name(client_id)], until=until)


def _registration(row: asyncpg.Record) -> ActingRegistration:
    return ActingRegistration(
        organisations=tuple(row["organisations"]),
        scopes=tuple(row["scopes"]),
        purposes=tuple(Purpose.parse(code) for code in row["purposes"]),
        version=row["version"],
    )


def _require_registrable(registration: ActingRegistration) -> None:
    if not 0 < len(registration.organisations) <= _MOST_ORGANISATIONS or not registration.scopes:
        # Hazard: a token without scopes does all that its bearer may.
        told = f"Name 1 to {_MOST_ORGANISATIONS} organisations for whose people the client acts, and the scopes that it may have for them."
        raise Incorrect([_issue("client-invalid", told)])
    for each in registration.organisations:
        OdsCode(each)
    if not registration.purposes or not PURPOSES.issuperset(registration.purposes):
        codes = ", ".join(sorted(purpose.code for purpose in PURPOSES))
        raise Incorrect([_issue("client-invalid", f"A client acts for people for one of these purposes: {codes}.")])


def _issue(error: str, diagnostics: str) -> Issue:
    return Issue(code="value", error=error, diagnostics=diagnostics)
