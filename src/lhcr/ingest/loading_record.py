"""The loading record: the one door as a load uses it, under the name of one organisation's system."""

from collections.abc import Sequence

from lhcr.access.decide import Gate
from lhcr.access.decision import AccessDecision
from lhcr.access.request import Interaction, Request
from lhcr.audit.answer import Answer
from lhcr.identity.principal import Principal
from lhcr.record.draft import Draft
from lhcr.record.record import Record
from lhcr.record.written import Written


class LoadingRecord:
    """Writes the drafts of one source, asking the gate anew for each batch."""

    def __init__(self, record: Record, gate: Gate, *, principal: Principal) -> None:
        self._record = record
        self._gate = gate
        self._principal = principal

    async def source_id(self) -> int:
        """Return the number under which the source contributes."""
        decision = await self._decide()
        if decision.source_id is None:
            raise TypeError("the loading principal may not write")
        return decision.source_id

    async def write(self, drafts: Sequence[Draft], *, keep_unresolved: bool = False) -> list[Written]:
        """Write the drafts as a feed, all or none. Raises what `Record.writing.write` raises."""
        told: list[Written] = []

        def render(written: Sequence[Written]) -> Answer:
            told.extend(written)
            return Answer(status=200)

        decision = await self._decide()
        await self._record.writing.write(decision, drafts, render=render, feed=True, keep_unresolved=keep_unresolved)
        return told

    async def _decide(self) -> AccessDecision:
        return await self._gate.decide(self._principal, Request(interaction=Interaction.CREATE, type=None, person=None))
