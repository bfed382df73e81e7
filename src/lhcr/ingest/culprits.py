"""Culprits: the entries for whose sake the record refuses a whole batch, found by trying parts of it without writing them."""

from collections.abc import Sequence
from typing import Final

from lhcr.ingest.attempts import Attempts
from lhcr.ingest.patience import Refusal
from lhcr.ingest.prepared import Prepared, part_unplaceable
from lhcr.ingest.rejection import Rejection, told
from lhcr.ingest.subjects import conditional_subjects, unknown_subject

# Each is found with a dozen tries of a large batch. A batch with more is written entry by entry.
_MOST: Final = 50


async def part_culprits(
    prepared: Sequence[Prepared], attempts: Attempts, *, base: str
) -> tuple[list[Prepared], list[Rejection]]:
    """Part off the entries that the record refuses, and those that are about a Patient who is among them.

    After fifty culprits the rest is returned as it is: it may hold more.
    """
    remaining = sorted((each.again() for each in prepared), key=lambda each: each.draft.type != "Patient")
    rejections: list[Rejection] = []
    for _ in range(_MOST):
        remaining, unplaceable = part_unplaceable(remaining, base=base)
        rejections += unplaceable
        refusal = await attempts.probe(remaining) if remaining else None
        if refusal is None:
            break
        place, refusal = await _first(remaining, refusal, attempts)
        rejections.append(Rejection.of(remaining.pop(place).entry, told(refusal)))
    return remaining, rejections


async def part_unfollowed(prepared: Sequence[Prepared], attempts: Attempts) -> tuple[list[Prepared], list[Rejection]]:
    """Part off the entries that name their person by a search which finds nobody, or several.

    Hazard: kept as it came, such a reference would leave an entry of somebody's record with nobody.
    """
    searches = [conditional_subjects(each.again().draft) for each in prepared]
    unfollowed = {search for search in set().union(*searches) if not await attempts.follows(search)}
    followed: list[Prepared] = []
    rejections: list[Rejection] = []
    for each, asked in zip(prepared, searches, strict=True):
        if asked & unfollowed:
            rejections.append(Rejection.of(each.entry, unknown_subject(each.draft.type)))
        else:
            followed.append(each)
    return followed, rejections


async def _first(prepared: Sequence[Prepared], refusal: Refusal, attempts: Attempts) -> tuple[int, Refusal]:
    """Return the place of the first entry with which the beginning of the batch is refused, and why."""
    low, high = 0, len(prepared)  # The first `low` entries are not refused, the first `high` are.
    while high - low > 1:
        middle = (low + high) // 2
        found = await attempts.probe(prepared[:middle])
        if found is None:
            low = middle
        else:
            high, refusal = middle, found
    return high - 1, refusal
