"""Searching: the door to the search. Every page needs a decision, and is released once the log says who was disclosed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from lhcr.access.decide import Gate
from lhcr.access.decision import AccessDecision
from lhcr.access.request import Interaction
from lhcr.access.scoped_query import asked_beyond, within_scopes
from lhcr.audit.answer import Answer
from lhcr.audit.entry import Item, Outcome, PendingEntry
from lhcr.audit.log import AuditLog
from lhcr.audit.released import Released
from lhcr.fhir.search.query import SearchQuery
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Busy, Issue
from lhcr.record.search.found import SearchPage
from lhcr.record.search.record_search import RecordSearch
from lhcr.store.search.bindings import Key

_ATTEMPTS: Final = 5
_NOBODY: Final[Mapping[Key, int]] = MappingProxyType({})

Render: TypeAlias = Callable[[SearchPage], Answer]


class Searching:
    def __init__(self, *, search: RecordSearch, gate: Gate, log: AuditLog, clock: Clock) -> None:
        self._search = search
        self._gate = gate
        self._log = log
        self._clock = clock

    async def page(
        self,
        decision: AccessDecision,
        query: SearchQuery,
        *,
        render: Render,
        after: Sequence[Any] | None = None,
        known: Mapping[Key, int] = _NOBODY,
    ) -> Released:
        """Release one page of a search about the decision's person, or about whoever its visibility reaches.

        `known`: the ids in the query that were looked up to find out whom to decide about. Raises Incorrect as `RecordSearch.search`,
        Refused (403) where criteria ask something of a type that the token's scopes do not name, and Busy (503) where the record
        changes faster than it can be read.
        """
        await self._refuse_beyond_scopes(decision, query)
        query = within_scopes(query, decision.principal)
        decision, page = await self._current(decision, query, after, known)
        page = replace(page, noticed=decision.notice.given)
        return await self._log.release(self._entries(decision, page), render(page))

    async def _refuse_beyond_scopes(self, decision: AccessDecision, query: SearchQuery) -> None:
        """Have the gate decide on what criteria ask of other types, so that its refusal is in the log and can be explained.

        Hazard: "none" inferred from what was not looked at.
        """
        for name in asked_beyond(query, decision.principal):
            asked = replace(decision.request, interaction=Interaction.SEARCH, type=name)
            await self._gate.decide(decision.principal, asked)

    async def _current(
        self, decision: AccessDecision, query: SearchQuery, after: Sequence[Any] | None, known: Mapping[Key, int]
    ) -> tuple[AccessDecision, SearchPage]:
        """Search again under a new decision where policy or person changed between deciding and reading.

        Hazard: a worker answers from a decision that another worker's write has overtaken.
        """
        for _ in range(_ATTEMPTS):
            page = await self._search.search(
                query, visibility=decision.visibility, person=_person(decision), after=after, known=known
            )
            if self._gate.is_current(decision, policy_epoch=page.policy_epoch, person_epoch=page.person_epoch):
                return decision, page
            decision = await self._gate.decide(decision.principal, decision.request)
            # Somebody may have been merged since these were looked up.
            known = _NOBODY
        raise Busy(
            [Issue(code="transient", error="record-changing", diagnostics="The record is changing; ask again.")],
            status=503,
        )

    def _entries(self, decision: AccessDecision, page: SearchPage) -> list[PendingEntry]:
        """A population answer has one entry for the query and one for each person whom it discloses."""
        at, person, query = self._clock.now(), _person(decision), decision.request.query
        disclosed = {
            about: [Item(type=each[0], id=each[1], version=each[2]) for each in items]
            for about, items in page.disclosed().items()
        }
        if person is not None:
            items = [item for of_person in disclosed.values() for item in of_person]
            return [decision.entry.complete(recorded=at, outcome=Outcome.SUCCESS, items=items, query=query)]
        about_nobody = disclosed.pop(0, [])
        entry = decision.entry.complete(recorded=at, outcome=Outcome.SUCCESS, items=about_nobody, query=query)
        return [
            entry,
            *(decision.entry.disclosure(about, recorded=at, items=items) for about, items in disclosed.items()),
        ]


def _person(decision: AccessDecision) -> int | None:
    """Return the person whom a decision is about, None where it is about nobody in particular."""
    asked = decision.request.person
    return asked if isinstance(asked, int) and asked > 0 else None
