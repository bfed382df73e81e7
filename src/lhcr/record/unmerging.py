"""Unmerging: two persons who were taken for one are two again, each with what their sources said of them.

Hazard: wrong person. What was written meanwhile goes to whom the reference or number in it names; what names neither for certain stays
with the survivor, and is told to whoever orders it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from lhcr.access.decision import AccessDecision
from lhcr.access.moved import PersonMoved
from lhcr.audit.entry import Action, Item, Outcome, PendingEntry
from lhcr.fhir.search.catalogue import type_name
from lhcr.kernel.errors import NotFound
from lhcr.record import merge_reason
from lhcr.record.entry_order import LOGGED_KIND, check_permits, read_authority
from lhcr.record.existing import absent
from lhcr.record.links import LinkReader
from lhcr.record.merge_reason import GivenMerge, MergeReason
from lhcr.record.merge_transaction import MergeTransactions, OpenMerge
from lhcr.record.named_again import name_again
from lhcr.record.returning import UNMERGE, Returning
from lhcr.record.sorting_out import Sorted, SortingOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmerged:
    """How many entries of each type went back, and those that were written meanwhile, name neither for certain and stayed."""

    entries: Mapping[str, int]
    untold: Sequence[str]


class Unmerging:
    """Unmerges for one worker."""

    def __init__(self, transactions: MergeTransactions, *, reader: LinkReader) -> None:
        self._transactions = transactions
        self._reader = reader

    async def given(self, merge_id: str) -> GivenMerge:
        """Return a merge that can be undone, by the reference of its order, to ask for a decision about its survivor.

        Raises NotFound; Conflict (409) where it was undone already, or its survivor's record goes on in another's since.
        """
        row = await self._transactions.pool.fetchrow(UNMERGE["order"], merge_id)
        if row is None:
            raise NotFound([absent("merge")])
        if row["undone"] is not None:
            raise merge_reason.not_standing()
        if row["goes_on"]:
            raise merge_reason.merged_further()
        kept = {name: value for name, value in row.items() if name not in {"goes_on", "reason"}}
        return GivenMerge(**kept, reason=MergeReason(row["reason"]))

    async def unmerge(self, decision: AccessDecision, given: GivenMerge, *, authority: str) -> Unmerged:
        """Undo a merge. The decision is one for an order about the survivor.

        Raises Incorrect for an authority that says nothing, Conflict (409) as `given`.
        """
        words, both = read_authority(authority), (given.survivor_id, given.merged_id)
        check_permits(decision, given.survivor_id)
        try:
            async with self._transactions.opened(both, merged=given.merged_id) as opened:
                if await opened.connection.fetchval(UNMERGE["lock_order"], given.merge_id) is not None:
                    raise merge_reason.not_standing()
                found = await self._undo(opened, given)
                query = urlencode({"order": given.merge_id, "authority": words})
                await opened.log(_entries(decision, given, found, query=query, at=self._transactions.clock.now()))
        except PersonMoved:
            await self.given(given.merge_id)
            raise
        return Unmerged(entries=Counter(type_name(row["type"]) for row in found.going), untold=found.untold)

    async def _undo(self, opened: OpenMerge, given: GivenMerge) -> Sorted:
        connection, now = opened.connection, self._transactions.clock.now()
        sorting = SortingOut(connection, reader=self._reader, merge_id=given.merge_id, survivor=given.survivor_id)
        found, at = await sorting.sort_out(), await opened.moment()
        returning = Returning(connection, merge_id=given.merge_id, survivor=given.survivor_id, merged=given.merged_id)
        await returning.take_back(found.rids, at=at, ended=now)
        await returning.return_names(found.keys, found.claims)
        ods = {
            row["source_id"]: row["ods"]
            for row in await connection.fetch(UNMERGE["ods_of"], [*found.sources_of_merged, *found.sources_of_survivor])
        }
        await returning.return_ties(
            since_merged=[ods[each] for each in found.sources_of_merged],
            since_survivor=[ods[each] for each in found.sources_of_survivor],
        )
        await name_again(connection, found, survivor=given.survivor_id, merged=given.merged_id)
        await returning.forget(undone=now, rerouted=[row["rid"] for row in found.going if not row["brought"]])
        await connection.execute(UNMERGE["notice"], [given.survivor_id, given.merged_id], found.rids)
        return found


def _entries(
    decision: AccessDecision, given: GivenMerge, found: Sorted, *, query: str, at: datetime
) -> list[PendingEntry]:
    """Return what the log says of both, each without the other."""
    said = replace(decision.entry, kind=LOGGED_KIND, subtype="unmerge", action=Action.UPDATE)
    items = [Item(type_name(row["type"]), row["id"], row["version"] + 1) for row in found.going]
    return [
        replace(said, person_id=person).complete(recorded=at, outcome=Outcome.SUCCESS, items=mine, query=query)
        for person, mine in ((given.survivor_id, ()), (given.merged_id, items))
    ]
