"""Merges for tests: ordered by a guardian, about persons who are named by the ids of their Patients."""

from tests.record.area import Area
from tests.record.ordering import COURT, decided

from lhcr.record.merge_pair import Pair
from lhcr.record.merge_reason import MergeReason, Seen
from lhcr.record.merging import Merged
from lhcr.record.unmerging import Unmerged

NOTHING_SEEN = Seen()
ALL_SEEN = Seen(differences=True, restriction=True)
DUPLICATE = MergeReason.DUPLICATE_REGISTRATION


async def pair_of(area: Area, merged: str, survivor: str) -> Pair:
    """`merged` and `survivor` are references such as `Patient/1`."""
    persons = [await area.person_of(each) for each in (merged, survivor)]
    return Pair(*[await decided(area, person) for person in persons])


async def merge(
    area: Area,
    merged: str,
    survivor: str,
    *,
    reason: MergeReason = DUPLICATE,
    seen: Seen = NOTHING_SEEN,
) -> Merged:
    pair = await pair_of(area, merged, survivor)
    return await area.record.merging.merge(pair, reason=reason, authority=COURT, seen=seen)


async def unmerge(area: Area, merge_id: str) -> Unmerged:
    unmerging = area.record.unmerging
    given = await unmerging.given(merge_id)
    return await unmerging.unmerge(await decided(area, given.survivor_id), given, authority=COURT)
