"""Interpreting: what drafts mean, before they are placed: conditions, patches and conditional references become what they say.

What a condition may find is what the decision on its own draft lets be seen, as where that draft is sent alone.
"""

from collections.abc import Iterable, Sequence

from lhcr.access.decision import AccessDecision
from lhcr.access.request import Request
from lhcr.kernel.errors import Conflict
from lhcr.record.batch_references import Use
from lhcr.record.blame import blaming
from lhcr.record.conditions import Conditions
from lhcr.record.current import Current
from lhcr.record.draft import Draft
from lhcr.record.existing import Owned
from lhcr.record.links import read_links
from lhcr.record.patching import apply_patches
from lhcr.record.persons import Persons
from lhcr.record.placed import source_of
from lhcr.record.refusals import unmatched
from lhcr.record.repeated import refuse_repeated
from lhcr.store.database import Connection
from lhcr.store.visibility import Visibility


class Interpreting:
    def __init__(self, *, conditions: Conditions, current: Current, persons: Persons) -> None:
        self._conditions = conditions
        self._current = current
        self._persons = persons

    async def interpret(
        self,
        connection: Connection,
        decision: AccessDecision,
        drafts: Sequence[Draft],
        *,
        owned: Owned,
        keep_unresolved: bool,
        decided: Sequence[AccessDecision],
    ) -> AccessDecision:
        """Settle what the drafts mean; return the decision as it stood.

        Raises Conflict (412) for conditions and references that mean several, and for references that mean nothing, unless these
        are to be kept as they came; Refused (403) for what asks of types that the scopes do not name.
        """
        if await self._conditions.lock(connection, drafts, source_id=source_of(decision)):
            standing = _Standing(self._current, connection, drafts, decided or [decision] * len(drafts))
            decision = await standing.now(decision)
            await self._settle(connection, drafts, standing)
        refuse_repeated(drafts)
        await apply_patches(connection, self._persons, drafts, owned=owned, nameable=decision.visibility.nameable)
        read_links(drafts)
        if conditional := self._conditions.in_links(drafts):
            standing = _Standing(self._current, connection, drafts, decided or [decision] * len(drafts))
            decision = await standing.now(decision)
            left = await self._resolve(connection, conditional, standing)
            if left and not keep_unresolved:
                # Entries are resolved together that see the same, and told in the order in which they came.
                place = {id(draft): number for number, draft in enumerate(drafts)}
                raise Conflict(unmatched(sorted(left, key=lambda use: place[id(use[0])])), status=412)
        return decision

    async def _settle(self, connection: Connection, drafts: Sequence[Draft], standing: "_Standing") -> None:
        for draft in drafts:
            if draft.condition is not None:
                decision = await standing.on(draft)
                await self._current.refuse_beyond_scopes(decision, draft.condition)
                with blaming(draft):
                    await self._conditions.settle(connection, [draft], visibility=decision.visibility)

    async def _resolve(self, connection: Connection, conditional: Sequence[Use], standing: "_Standing") -> list[Use]:
        """Resolve the references of all drafts that see the same together; return those that stay as they are."""
        alike: dict[Visibility, tuple[AccessDecision, list[Use]]] = {}
        for decided, uses in standing.parted(conditional):
            decision = await standing.now(decided)
            alike.setdefault(decision.visibility, (decision, []))[1].extend(uses)
        left: list[Use] = []
        for visibility, (decision, members) in alike.items():
            searches = self._conditions.searches(members)
            for query in filter(None, searches.values()):
                await self._current.refuse_beyond_scopes(decision, query)
            left += await self._conditions.resolve_links(connection, members, searches, visibility=visibility)
        return left


class _Standing:
    """The decisions on drafts as they stand now, each asked for once; `decided` are those on each draft in turn."""

    def __init__(
        self, current: Current, connection: Connection, drafts: Sequence[Draft], decided: Sequence[AccessDecision]
    ) -> None:
        self._current = current
        self._connection = connection
        self._decided = dict(zip(map(id, drafts), decided, strict=True))
        self._known: dict[Request, AccessDecision] = {}

    async def on(self, draft: Draft) -> AccessDecision:
        return await self.now(self._decided[id(draft)])

    def parted(self, uses: Sequence[Use]) -> Iterable[tuple[AccessDecision, list[Use]]]:
        """Return what drafts say with the decision on them, of which there are few for many drafts."""
        parts: dict[int, tuple[AccessDecision, list[Use]]] = {}
        for use in uses:
            decision = self._decided[id(use[0])]
            parts.setdefault(id(decision), (decision, []))[1].append(use)
        return parts.values()

    async def now(self, decision: AccessDecision) -> AccessDecision:
        known = self._known.get(decision.request)
        if known is None:
            known = self._known[decision.request] = await self._current.standing(self._connection, decision)
        return known
