"""Current decisions: a read is repeated under a new decision where policy or person changed between deciding and reading."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import asyncpg

from lhcr.access.decide import Gate
from lhcr.access.decision import AccessDecision
from lhcr.kernel.errors import Busy, Issue

_ATTEMPTS = 5

Rows = Sequence[asyncpg.Record]
R = TypeVar("R", bound=Rows)


class Current:
    """Runs statements whose first row has `policy_epoch` and `person_epoch` under decisions that stood in their snapshot."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def rows(
        self, decision: AccessDecision, run: Callable[[AccessDecision], Awaitable[Rows]]
    ) -> tuple[AccessDecision, Rows]:
        """Return rows and the decision under which they were read; it may now refuse, which raises `Refused`.

        Hazard: a worker answers from a decision that another worker's write has overtaken. Raises Busy (503) where the person's
        record changes faster than it can be read.
        """
        for _ in range(_ATTEMPTS):
            rows = await run(decision)
            if self._gate.is_current(
                decision, policy_epoch=rows[0]["policy_epoch"], person_epoch=rows[0]["person_epoch"]
            ):
                return decision, rows
            decision = await self._gate.decide(decision.principal, decision.request)
        raise Busy(
            [Issue(code="transient", error="record-changing", diagnostics="The record is changing; ask again.")],
            status=503,
        )
