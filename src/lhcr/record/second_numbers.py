"""Second numbers: NHS numbers that nobody holds and that come to somebody who has another one already (ADR 10).

Hazards: wrong person, by whom the number joins later; a record opened to the wrong citizen, who has the number. A person has one
NHS number: which of two is theirs is for people to settle.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.catalogue import type_id
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.blame import blaming
from lhcr.record.claimant import Claimant
from lhcr.record.doubt import Doubt
from lhcr.record.identity_claim import NATIONAL, IdentityClaim, claims_that_stand, national_in_order, set_apart
from lhcr.record.joining import Joining
from lhcr.record.sql import STATEMENTS
from lhcr.store.database import Connection

_PATIENT = type_id("Patient")


class SecondNumbers:
    """Those of one batch. `fresh` are the claims that nobody held before it."""

    def __init__(self, joining: Joining, *, fresh: AbstractSet[IdentityClaim], source_id: int, doubt: Doubt) -> None:
        self._joining = joining
        self._fresh = {claim for claim in fresh if _is_national(claim)}
        self._source_id = source_id
        self._doubt = doubt

    async def set_apart(self, connection: Connection, claimants: Sequence[Claimant]) -> set[IdentityClaim]:
        """Set second numbers apart and return the fresh claims that mean nobody then. Raises Conflict where their writer is told."""
        for person_id, theirs in self._by_person(claimants).items():
            held = {claim for each in theirs for claim in each.claims if _is_national(claim)} - self._fresh
            if person_id not in self._joining.made:
                held |= await _kept(connection, person_id, theirs)
            for claimant in theirs:
                for claim in self._in_order(claimant):
                    self._settle(claimant, claim, held)
        return self._fresh - {claim for claimant in claimants for claim in claimant.claims}

    def _settle(self, claimant: Claimant, claim: IdentityClaim, held: set[IdentityClaim]) -> None:
        """Take the first number as that of its person; any other is set apart."""
        if not held or claim in held:
            held.add(claim)
            return
        with blaming(claimant.draft):
            self._doubt.of_second_number()
        apart = set_apart(claim, source_id=self._source_id)
        self._joining.apart[apart] = claimant.person_id
        claimant.claims = [apart if each == claim else each for each in claimant.claims]
        claimant.apart |= {claim.value}

    def _by_person(self, claimants: Sequence[Claimant]) -> dict[int, list[Claimant]]:
        """Return the claimants of each person to whom fresh numbers come."""
        found: dict[int, list[Claimant]] = {}
        for claimant in claimants:
            found.setdefault(self._joining.person(claimant.person_id), []).append(claimant)
        return {person_id: theirs for person_id, theirs in found.items() if any(map(self._has_fresh, theirs))}

    def _has_fresh(self, claimant: Claimant) -> bool:
        return not self._fresh.isdisjoint(claimant.claims)

    def _in_order(self, claimant: Claimant) -> Iterator[IdentityClaim]:
        listed = claimant.claims if claimant.patient is None else national_in_order(claimant.patient)
        return (claim for claim in listed if claim in self._fresh and claim in claimant.claims)


async def _kept(connection: Connection, person_id: int, claimants: Iterable[Claimant]) -> set[IdentityClaim]:
    """Return the numbers of a person that stay theirs whatever the claimants do not say any more."""
    replaced = {each.patient.get("id") for each in claimants if each.patient is not None and each.before is not None}
    rows = await connection.fetch(STATEMENTS["known_patients"], person_id, _PATIENT)
    bodies = [read_json(row["body"]) for row in rows if row["body"] is not None and row["id"] not in replaced]
    said = {claim for body in bodies for claim in claims_that_stand(body, source_id=NATIONAL) if _is_national(claim)}
    if not said:
        return set()
    columns = [[NATIONAL] * len(said), [NHS_NUMBER] * len(said), [claim.value for claim in said]]
    holders = await connection.fetch(STATEMENTS["person_of_identifier"], *columns)
    return {IdentityClaim(NATIONAL, NHS_NUMBER, row["value"]) for row in holders if row["person_id"] == person_id}


def _is_national(claim: IdentityClaim) -> bool:
    return claim.source_id == NATIONAL and claim.system == NHS_NUMBER
