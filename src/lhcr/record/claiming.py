"""Claiming: the persons of a batch, each made or found by what is claimed, however many others claim the same just now.

Two rows are locks: that of an id which a source chose for a Patient, and that of an identifier. Both are taken for the whole
batch at once and in one order, so that writers never wait for each other in a circle.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from lhcr.record.blame import blaming
from lhcr.record.claimant import Claimant
from lhcr.record.doubt import Doubt
from lhcr.record.existing import id_taken
from lhcr.record.identity_claim import IdentityClaim, set_apart
from lhcr.record.joining import Joining
from lhcr.record.second_numbers import SecondNumbers
from lhcr.record.sql import STATEMENTS
from lhcr.store.database import Connection, Pool


async def claim_persons(connection: Connection, claimants: Sequence[Claimant], *, source_id: int, doubt: Doubt) -> None:
    """Find or make the person of each claimant, inside the caller's transaction.

    Raises Conflict: 409 `person-conflict` where the claims of one belong to different persons, which is for people to settle,
    never for software; 409 `person-contradicts` where its demographics are another's; 409 `id-taken` where another source has
    just taken an id. Of a person whom the writer may not see nothing is told: the NHS number is set apart.
    """
    new = [claimant for claimant in claimants if claimant.known is None]
    made = [row["person_id"] for row in await connection.fetch(STATEMENTS["new_persons"], len(new))] if new else []
    for claimant in claimants:
        claimant.person_id = claimant.known or 0
    for claimant, person_id in zip(new, made, strict=True):
        claimant.person_id = person_id
    keyed = [claimant for claimant in new if claimant.key is not None]
    if keyed:
        await _claim_ids(connection, keyed, source_id=source_id)
    holders, fresh = await _claim_identifiers(connection, claimants, source_id=source_id)
    joining = Joining(holders, made=made, source_id=source_id, doubt=doubt)
    await joining.join(connection, claimants)
    seconds = SecondNumbers(joining, fresh=fresh, source_id=source_id, doubt=doubt)
    await _let_go(connection, holders, await seconds.set_apart(connection, claimants))
    await _hand_over(connection, joining, holders, keyed)
    await _set_apart(connection, joining)
    for claimant in claimants:
        claimant.person_id = joining.person(claimant.person_id)
        claimant.is_new = claimant.person_id in joining.made
    await _forget(connection, set(made) - {claimant.person_id for claimant in claimants})


async def _claim_ids(connection: Connection, claimants: Sequence[Claimant], *, source_id: int) -> None:
    by_key = {claimant.key: claimant for claimant in claimants if claimant.key is not None}
    columns = [key[0] for key in by_key], [key[1] for key in by_key]
    persons = [claimant.person_id for claimant in by_key.values()]
    rows = await connection.fetch(STATEMENTS["claim_ids"], *columns, persons, [source_id] * len(by_key))
    if len(rows) == len(by_key):
        return
    for row in await connection.fetch(STATEMENTS["locate"], *columns):
        claimant = by_key[row["type"], row["id"]]
        if row["source_id"] != source_id:
            with blaming(claimant.draft):
                raise id_taken("Patient")
        claimant.person_id = row["person_id"]


async def _claim_identifiers(
    connection: Connection, claimants: Sequence[Claimant], *, source_id: int
) -> tuple[dict[IdentityClaim, int], set[IdentityClaim]]:
    """Claim every identifier for its claimant and return who holds each, and which nobody held before.

    Until the end nobody else takes one or lets one go.
    """
    wanted = {claim: each.person_id for each in claimants for claim in (*each.said, *each.claims)}
    if not wanted:
        return {}, set()
    rows = await connection.fetch(STATEMENTS["claim_identifiers"], *columns_of(wanted), list(wanted.values()))
    holders = await holders_of(connection, {*wanted, *(set_apart(claim, source_id=source_id) for claim in wanted)})
    for claimant in claimants:
        claimant.claims = [_meant(claim, holders, source_id=source_id) for claim in claimant.claims]
    return dict(holders), {IdentityClaim(row["source_id"], row["system"], row["value"]) for row in rows}


def _meant(claim: IdentityClaim, holders: Mapping[IdentityClaim, int], *, source_id: int) -> IdentityClaim:
    apart = set_apart(claim, source_id=source_id)
    return apart if apart in holders else claim


async def holders_of(connection: Connection | Pool, claims: Iterable[IdentityClaim]) -> Mapping[IdentityClaim, int]:
    """Return the persons who hold identifiers; those that nobody holds are absent."""
    rows = await connection.fetch(STATEMENTS["person_of_identifier"], *columns_of(claims))
    return {IdentityClaim(row["source_id"], row["system"], row["value"]): row["person_id"] for row in rows}


def columns_of(claims: Iterable[IdentityClaim]) -> tuple[list[int], list[str], list[str]]:
    listed = list(claims)
    return (
        [claim.source_id for claim in listed],
        [claim.system for claim in listed],
        [claim.value for claim in listed],
    )


async def _hand_over(
    connection: Connection, joining: Joining, holders: Mapping[IdentityClaim, int], keyed: Sequence[Claimant]
) -> None:
    """Give what was claimed for a person who was made and is not needed to the person who stands."""
    moved = {claim: joining.person(holder) for claim, holder in holders.items() if joining.person(holder) != holder}
    if moved:
        await connection.execute(STATEMENTS["hand_over_identifiers"], *columns_of(moved), list(moved.values()))
    ids = {
        claimant.key: person_id
        for claimant in keyed
        if claimant.key is not None and (person_id := joining.person(claimant.person_id)) != claimant.person_id
    }
    if ids:
        columns = [key[0] for key in ids], [key[1] for key in ids], list(ids.values())
        await connection.execute(STATEMENTS["hand_over_ids"], *columns)


async def _let_go(
    connection: Connection, holders: Mapping[IdentityClaim, int], claims: AbstractSet[IdentityClaim]
) -> None:
    if claims:
        persons = [holders[claim] for claim in claims]
        await connection.execute(STATEMENTS["release_identifiers"], *columns_of(claims), persons)


async def _set_apart(connection: Connection, joining: Joining) -> None:
    if joining.apart:
        persons = [joining.person(person_id) for person_id in joining.apart.values()]
        await connection.execute(STATEMENTS["claim_identifiers"], *columns_of(joining.apart), persons)


async def _forget(connection: Connection, persons: set[int]) -> None:
    if persons:
        await connection.execute(STATEMENTS["forget_persons"], sorted(persons))
