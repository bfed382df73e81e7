"""Merging: two persons turn out to be one, as people decide and the privacy office orders; the record of one goes on in the other's.

Hazards: wrong person, where two are made one who are not, so that a reason of a closed list and an authority are asked for, differences
and restrictions have to be acknowledged, and it can be undone; an allergy dropped, where something stays behind, so that all of it is
one transaction that brings every row or none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from lhcr.access.relationship import citizen_party
from lhcr.audit.entry import Action
from lhcr.fhir.search.catalogue import type_name
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.bringing import MERGE, Bringing
from lhcr.record.entry_order import read_authority
from lhcr.record.merge_pair import Known, Pair, check, differ, entries, is_restricted, known
from lhcr.record.merge_reason import MergeReason, Seen
from lhcr.record.merge_transaction import MergeTransactions
from lhcr.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """What a merge would bring: how many entries of each type, under which numbers, and what has to be seen by whoever orders it."""

    entries: Mapping[str, int]
    numbers: tuple[str, ...]
    differs: bool
    restricted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A merge that was carried out, by the reference of its order, and how many entries of each type it brought."""

    merge_id: str
    entries: Mapping[str, int]


class Merging:
    """Merges for one worker."""

    def __init__(self, transactions: MergeTransactions) -> None:
        self._transactions = transactions

    async def consider(self, pair: Pair) -> Considered:
        """Return what a merge would bring, and change nothing. Raises Incorrect where both are one person already."""
        merged, survivor = pair.persons
        opened = self._transactions
        async with opened.pool.acquire() as connection, connection.transaction(readonly=True):
            one, other = await known(connection, merged), await known(connection, survivor)
            considered = Considered(
                entries=await _counts(connection, merged),
                numbers=tuple(one.numbers),
                differs=differ(one, other),
                restricted=await is_restricted(connection, one, other),
            )
        # Hazard: a person told that their record was changed, where somebody only looked what a merge would bring.
        seen, at = Action.READ, opened.clock.now()
        said = entries(pair, (one, other), subtype="merge-considered", query="", at=at, action=seen)
        await opened.log.append(said)
        return considered

    async def merge(self, pair: Pair, *, reason: MergeReason, authority: str, seen: Seen) -> Merged:
        """Have the record of one person go on in the other's: every entry, fact, name and number, in one transaction.

        Raises Incorrect for one person twice and for an authority that says nothing; Conflict (409) where a placeholder has a number
        of its own, and where the two differ or one must not be found and nobody says that they have seen it; PersonMoved (503) where
        one of them was merged meanwhile.
        """
        words, persons = read_authority(authority), pair.persons
        merge_id, ordered_by = pair.merged.reference, pair.merged.principal.user_id
        async with self._transactions.opened(persons) as opened:
            connection = opened.connection
            one, other = await known(connection, persons[0]), await known(connection, persons[1])
            await check(connection, one, other, reason=reason, seen=seen)
            counts, at, given = (
                await _counts(connection, persons[0]),
                await opened.moment(),
                self._transactions.clock.now(),
            )
            await _bring(connection, one, other, merge_id=merge_id, reason=reason, at=at, given=given)
            await connection.execute(MERGE["keep"], merge_id, *persons, reason.value, words, given, ordered_by)
            await connection.execute(MERGE["lead_on"], *persons)
            await connection.execute(MERGE["notice"], merge_id, other.person_id)
            query = urlencode({"order": merge_id, "reason": reason.value, "authority": words})
            await opened.log(entries(pair, (one, other), subtype="merge", query=query, at=given))
        return Merged(merge_id=merge_id, entries=counts)


async def _bring(
    connection: Connection,
    one: Known,
    other: Known,
    *,
    merge_id: str,
    reason: MergeReason,
    at: datetime,
    given: datetime,
) -> None:
    """Bring everything; numbers that were never the person's are set apart for whoever goes on to say them (docs/adr/0010)."""
    wrong = [] if reason.both_numbers_are_theirs else [each for each in one.numbers if each not in other.numbers]
    bringing = Bringing(connection, merge_id=merge_id, merged=one.person_id, survivor=other.person_id)
    parties = [citizen_party(each) for each in wrong]
    await bringing.bring(at=at, ended=given, numbers_not_theirs=wrong, parties=parties)
    said = sorted(set(one.sayings(wrong)))
    if said:
        sources, numbers = zip(*said, strict=True)
        await connection.execute(MERGE["set_numbers_apart"], sources, other.person_id, NHS_NUMBER, numbers)


async def _counts(connection: Connection, person_id: int) -> dict[str, int]:
    rows = await connection.fetch(MERGE["counts"], person_id)
    return {type_name(row["type"]): row["count"] for row in rows}
