"""Current decisions: what was decided is decided again where policy or person changed since, or another person turns out to be meant."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeAlias, TypeVar

import asyncpg

from lhcr.access.decide import Gate
from lhcr.access.decision import AccessDecision
from lhcr.access.refusal import Refused
from lhcr.access.request import UNKNOWN, Interaction
from lhcr.access.scoped_query import searched_beyond
from lhcr.fhir.search.query import SearchQuery
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.errors import Busy, Issue
from lhcr.record.permits import epochs_of, person_named
from lhcr.record.placed import Placed
from lhcr.record.sql import STATEMENTS
from lhcr.store.database import Connection

_ATTEMPTS = 5

Rows = Sequence[asyncpg.Record]
Counters: TypeAlias = tuple[int, int | None]
"""The epochs of the policy and of the person asked about, None for nobody."""
R = TypeVar("R", bound=Rows)


def first_row(rows: Rows) -> Counters:
    return rows[0]["policy_epoch"], rows[0]["person_epoch"]


class Current:
    """Runs statements whose first row has the epochs of policy and person under decisions that stood in their snapshot."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def rows(
        self,
        decision: AccessDecision,
        run: Callable[[AccessDecision], Awaitable[Rows]],
        *,
        counters: Callable[[Rows], Counters] = first_row,
    ) -> tuple[AccessDecision, Rows]:
        """Return rows and the decision under which they were read; it may now refuse, which raises `Refused`.

        Hazard: a worker answers from a decision that another worker's write has overtaken. Raises Busy (503) where the person's
        record changes faster than it can be read.
        """
        for _ in range(_ATTEMPTS):
            rows = await run(decision)
            policy_epoch, person_epoch = counters(rows)
            if self._gate.is_current(decision, policy_epoch=policy_epoch, person_epoch=person_epoch):
                return decision, rows
            decision = await self._gate.decide(decision.principal, decision.request)
        raise Busy(
            [Issue(code="transient", error="record-changing", diagnostics="The record is changing; ask again.")],
            status=503,
        )

    async def learn(self) -> bool:
        """Return whether somebody was merged since this worker last looked, which it knows from now on."""
        return await self._gate.learn()

    def are_joined(self, persons: Iterable[int]) -> bool:
        """Return whether the record of anybody goes on in that of one of some persons, as far as this worker knows."""
        return self._gate.are_joined(persons)

    async def standing(self, connection: Connection, decision: AccessDecision) -> AccessDecision:
        """Return the decision as it stands now, for a write that looks at what it permits to be seen.

        Hazard: a condition that misses what was written a moment ago, under a class that the decision does not know yet,
        creates a duplicate.
        """
        asked = decision.request.person
        person_id = None if asked is UNKNOWN else asked
        decision, _ = await self.rows(decision, lambda _: connection.fetch(STATEMENTS["epochs"], person_id))
        return decision

    async def refuse_beyond_scopes(self, decision: AccessDecision, query: SearchQuery) -> None:
        """Have the gate decide on what a condition asks of types that the token's scopes do not name. Raises Refused (403).

        Hazards: a sensitive item exposed, by what a condition finds; a duplicate, where one that was not looked at finds nothing.
        """
        for name in searched_beyond(query, decision.principal):
            asked = replace(decision.request, interaction=Interaction.SEARCH, type=name)
            await self._gate.decide(decision.principal, asked)

    async def permitted(self, placed: Placed, epochs: Mapping[int, int]) -> Placed:
        """Return what is placed under decisions that stand at the epochs of its persons, who are locked.

        Hazard: a worker lets somebody write by a permit whose ground another write has taken away, and what they write ties them to
        the person again. Raises Refused (403) where nothing permits it any more. The policy's epoch counts classes, which tell
        what may be seen and not who may write.
        """
        if not epochs_of(placed):
            return placed
        return replace(
            placed,
            decision=await self._permitted(placed.decision, epochs),
            others={person_id: await self._permitted(each, epochs) for person_id, each in placed.others.items()},
            decided=[await self._permitted(each, epochs) for each in placed.decided],
        )

    async def _permitted(self, decision: AccessDecision, epochs: Mapping[int, int]) -> AccessDecision:
        epoch = epochs.get(person_named(decision) or 0)
        if epoch is None or self._gate.is_current(decision, policy_epoch=decision.policy_epoch, person_epoch=epoch):
            return decision
        return await self._gate.decide(decision.principal, decision.request)

    async def reading(self, decision: AccessDecision, *, type: str, person_id: int | None) -> AccessDecision | None:
        """Return the decision under which whoever writes reads a person's entries of a type, None where they may not now.

        `person_id` None: entries of the directory, which are about nobody.

        Hazard: a sensitive item exposed, by a permit to read that is remembered and whose ground another worker's write has taken
        away: what is refused, followed or told because of what is read tells of it. A system reads what it may change: its own
        organisation's contributions, about anybody.
        """
        if decision.principal.kind is PrincipalKind.SYSTEM:
            return decision
        request = replace(decision.request, interaction=Interaction.READ, type=type, person=person_id)
        with suppress(Refused):
            return await self._gate.decide(decision.principal, request, anew=True)
        return None

    async def about_others(self, decision: AccessDecision, persons: Iterable[int]) -> Mapping[int, AccessDecision]:
        """Return the decisions that are due where a write turns out to be about persons whom its own does not name.

        Hazard: somebody who may not open a record ties their organisation to the person by writing into it, with an entry that
        follows another or a Patient that joins. Raises Refused (403), as asking about that person in the first place would have. A
        system writes its own organisation's contributions about anybody.
        """
        if decision.principal.kind is PrincipalKind.SYSTEM:
            return {}
        others = sorted(set(persons) - {decision.request.person})
        return {
            person_id: await self._gate.decide(decision.principal, replace(decision.request, person=person_id))
            for person_id in others
        }
