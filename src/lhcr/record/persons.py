"""Persons: who is behind an id or an identifier, and who a new Patient contribution belongs to.

`person_id` is internal and never leaves the record. Nothing here reads clinical content.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lhcr.kernel.errors import Conflict, Issue
from lhcr.kernel.ids import RouteCipher
from lhcr.record.identity_claim import IdentityClaim
from lhcr.record.sql import STATEMENTS
from lhcr.store.database import Connection, Pool

DIRECTORY = 0


@dataclass(frozen=True, slots=True)
class Located:
    """Where the resource of an id lives, whether or not it exists there; `source_id` of the client's choice of the id."""

    person_id: int
    source_id: int | None


class Persons:
    def __init__(self, routes: RouteCipher) -> None:
        self._routes = routes

    def routed(self, resource_id: str) -> int | None:
        """Return the person that a server-assigned id leads to, without asking the database."""
        return self._routes.person_of(resource_id)

    async def locate(
        self, connection: Connection | Pool, wanted: Collection[tuple[int, str]]
    ) -> dict[tuple[int, str], Located]:
        """Return where each (type, id) lives. Ids that nobody chose or assigned are absent."""
        located, unrouted = {}, []
        for key in wanted:
            person_id = self._routes.person_of(key[1])
            if person_id is None:
                unrouted.append(key)
            else:
                located[key] = Located(person_id, None)
        if unrouted:
            types, ids = zip(*unrouted, strict=True)
            for row in await connection.fetch(STATEMENTS["locate"], types, ids):
                located[row["type"], row["id"]] = Located(row["person_id"], row["source_id"])
        return located

    async def claim(self, connection: Connection, claims: Sequence[IdentityClaim], *, known: int | None) -> int:
        """Return the person of a contribution with these claims, inside the caller's transaction.

        `known` is the person whom the contribution's id already belongs to. Without one, and where no claim is held yet, a
        person is made. The rows of the claims are the lock: of many writers with one NHS number, one makes the person and
        the others find them. Raises Conflict (409) where the claims belong to different persons: that is for people to
        settle, never for software.
        """
        candidate = known if known is not None else await self._new(connection)
        if not claims:
            return candidate
        columns = list(zip(*((claim.source_id, claim.system, claim.value) for claim in claims), strict=True))
        await connection.execute(STATEMENTS["claim_identifiers"], *columns, [candidate] * len(claims))
        rows = await connection.fetch(STATEMENTS["person_of_identifier"], *columns)
        holders = {row["person_id"] for row in rows}
        if known is None:
            holders.discard(candidate)
        if holders - {candidate} and (known is not None or len(holders) > 1):
            raise Conflict([_different_persons()])
        if not holders or known is not None:
            return candidate
        (holder,) = holders
        await connection.execute(STATEMENTS["hand_over_identifiers"], *columns, candidate, holder)
        await connection.execute(STATEMENTS["forget_person"], candidate)
        return int(holder)

    async def _new(self, connection: Connection) -> int:
        person_id: int = await connection.fetchval(STATEMENTS["new_person"])
        return person_id


def _different_persons() -> Issue:
    return Issue(
        code="conflict",
        error="person-conflict",
        diagnostics="The identifiers of this Patient belong to different persons in the record. Nothing was written. "
        "Check them against each other; joining two persons is a decision for people.",
        expression="Patient.identifier",
    )
