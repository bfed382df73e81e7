"""Claiming: the persons of a batch, each made or found by what is claimed, however many others claim the same just now.

Two rows are locks: that of an id which a source chose for a Patient, and that of an identifier. Both are taken for the whole
batch at once and in one order, so that writers never wait for each other in a circle.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lhcr.kernel.errors import Conflict, Issue
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.doubt import Doubt, Verdict, contradiction
from lhcr.record.existing import id_taken
from lhcr.record.identity_claim import NATIONAL, IdentityClaim, set_apart
from lhcr.record.likeness import contradicts
from lhcr.record.links import Key
from lhcr.record.sql import STATEMENTS
from lhcr.store.database import Connection, Pool


@dataclass(slots=True, kw_only=True, eq=False)
class Claimant:
    """A Patient, or somebody whom a feed refers to and who is not here yet.

    `patient` is what it says, None of somebody who is only referred to. `known` is the person to whom its id belongs already,
    and `said` what the version that stands under it claims; `key` is an id that its source chose and that nobody had when it was
    looked for. `person_id` is filled by `claim_persons`, and `is_new` says whether that person was made by it; `apart` are
    its NHS numbers that somebody else holds, and `claims` then say whom its source means by them.
    """

    patient: JsonObject | None = None
    claims: Sequence[IdentityClaim] = ()
    said: Sequence[IdentityClaim] = ()
    known: int | None = None
    key: Key | None = None
    person_id: int = 0
    is_new: bool = False
    apart: frozenset[str] = frozenset()


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
    holders = await _claim_identifiers(connection, claimants, source_id=source_id)
    join = _Join(made)
    await _join(connection, join, claimants, holders, doubt=doubt, source_id=source_id)
    await _hand_over(connection, join, holders, keyed)
    for claimant in claimants:
        claimant.person_id = join.person(claimant.person_id)
        claimant.is_new = claimant.person_id in join.made
    await _forget(connection, set(made) - {claimant.person_id for claimant in claimants})


class _Join:
    """Persons that turn out to be one: whoever was here before stands, else whoever was made first."""

    def __init__(self, made: Iterable[int]) -> None:
        self.made = frozenset(made)
        self._towards: dict[int, int] = {}

    def person(self, person_id: int) -> int:
        while person_id in self._towards:
            person_id = self._towards[person_id]
        return person_id

    def unite(self, one: int, other: int) -> None:
        """Raise Conflict where both were here before: nothing that is written joins two persons."""
        one, other = sorted((self.person(one), self.person(other)), key=lambda each: (each in self.made, each))
        if one == other:
            return
        if other not in self.made:
            raise Conflict([_different_persons()])
        self._towards[other] = one


async def _claim_ids(connection: Connection, claimants: Sequence[Claimant], *, source_id: int) -> None:
    by_key = {claimant.key: claimant for claimant in claimants if claimant.key is not None}
    columns = [key[0] for key in by_key], [key[1] for key in by_key]
    persons = [claimant.person_id for claimant in by_key.values()]
    rows = await connection.fetch(STATEMENTS["claim_ids"], *columns, persons, [source_id] * len(by_key))
    if len(rows) == len(by_key):
        return
    for row in await connection.fetch(STATEMENTS["locate"], *columns):
        if row["source_id"] != source_id:
            raise id_taken("Patient")
        by_key[row["type"], row["id"]].person_id = row["person_id"]


async def _claim_identifiers(
    connection: Connection, claimants: Sequence[Claimant], *, source_id: int
) -> dict[IdentityClaim, int]:
    """Claim every identifier for its claimant and return who holds each: until the end nobody else takes one or lets one go."""
    wanted = {claim: each.person_id for each in claimants for claim in (*each.said, *each.claims)}
    if not wanted:
        return {}
    await connection.execute(STATEMENTS["claim_identifiers"], *columns_of(wanted), list(wanted.values()))
    holders = await holders_of(connection, {*wanted, *(set_apart(claim, source_id=source_id) for claim in wanted)})
    for claimant in claimants:
        claimant.claims = [_meant(claim, holders, source_id=source_id) for claim in claimant.claims]
    return dict(holders)


def _meant(claim: IdentityClaim, holders: Mapping[IdentityClaim, int], *, source_id: int) -> IdentityClaim:
    apart = set_apart(claim, source_id=source_id)
    return apart if apart in holders else claim


async def _join(
    connection: Connection,
    join: _Join,
    claimants: Sequence[Claimant],
    holders: dict[IdentityClaim, int],
    *,
    doubt: Doubt,
    source_id: int,
) -> None:
    """Join claimants by what only their own source says, then by NHS number as far as there is no doubt."""
    for claimant in claimants:
        for claim in claimant.claims:
            if claim.system != NHS_NUMBER:
                join.unite(claimant.person_id, holders[claim])
    _refuse_contradictory(claimants)
    for claimant in claimants:
        claimant.claims = [
            claim
            if claim.system != NHS_NUMBER or await _joins(connection, join, claimant, claim, holders[claim], doubt)
            else set_apart(claim, source_id=source_id)
            for claim in claimant.claims
        ]
    apart = {claim: each.person_id for each in claimants for claim in each.claims if claim not in holders}
    if apart:
        persons = [join.person(person_id) for person_id in apart.values()]
        await connection.execute(STATEMENTS["claim_identifiers"], *columns_of(apart), persons)
    for claimant in claimants:
        claimant.apart = frozenset(
            claim.value for claim in claimant.claims if claim.system == NHS_NUMBER and claim.source_id != NATIONAL
        )


async def _joins(
    connection: Connection, join: _Join, claimant: Claimant, claim: IdentityClaim, holder: int, doubt: Doubt
) -> bool:
    """Join a claimant to the holder of its NHS number; return False where the number is to be set apart instead."""
    one, other = join.person(claimant.person_id), join.person(holder)
    if one != other and other not in join.made:
        is_new = one in join.made
        verdict = await (
            doubt.of_new(connection, claimant.patient, other) if is_new else doubt.of_known(connection, other)
        )
        if verdict is Verdict.SET_APART and claim.source_id == NATIONAL:
            return False
    join.unite(one, other)
    return True


def _refuse_contradictory(claimants: Sequence[Claimant]) -> None:
    """Raise Conflict where two Patients of the batch itself have one NHS number, and nothing else of one person."""
    said: dict[IdentityClaim, JsonObject] = {}
    for claimant in claimants:
        patient = claimant.patient
        numbers = [claim for claim in claimant.claims if claim.system == NHS_NUMBER]
        if patient is not None and any(contradicts(patient, [said.setdefault(each, patient)]) for each in numbers):
            raise Conflict([contradiction()])


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
    connection: Connection, join: _Join, holders: Mapping[IdentityClaim, int], keyed: Sequence[Claimant]
) -> None:
    """Give what was claimed for a person who was made and is not needed to the person who stands."""
    moved = {claim: join.person(holder) for claim, holder in holders.items() if join.person(holder) != holder}
    if moved:
        await connection.execute(STATEMENTS["hand_over_identifiers"], *columns_of(moved), list(moved.values()))
    ids = {
        claimant.key: person_id
        for claimant in keyed
        if claimant.key is not None and (person_id := join.person(claimant.person_id)) != claimant.person_id
    }
    if ids:
        columns = [key[0] for key in ids], [key[1] for key in ids], list(ids.values())
        await connection.execute(STATEMENTS["hand_over_ids"], *columns)


async def _forget(connection: Connection, persons: set[int]) -> None:
    if persons:
        await connection.execute(STATEMENTS["forget_persons"], sorted(persons))


def _different_persons() -> Issue:
    return Issue(
        code="conflict",
        error="person-conflict",
        diagnostics="The identifiers of this Patient belong to different persons in the record. Nothing was written. "
        "Check them against each other; joining two persons is a decision for people.",
        expression="Patient.identifier",
    )
