"""Joining: which of the claimants of a batch are one person, and which numbers are set apart instead (ADR 10).

What only their own source says joins first, then the NHS number as far as there is no doubt.
"""

from collections.abc import Iterable, Sequence

from lhcr.kernel.errors import Conflict
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.blame import blaming
from lhcr.record.claimant import Claimant
from lhcr.record.doubt import Doubt, Verdict, contradiction, different_persons
from lhcr.record.identity_claim import NATIONAL, IdentityClaim, set_apart
from lhcr.record.likeness import contradicts
from lhcr.store.database import Connection


class Joining:
    """Persons that turn out to be one: whoever was here before stands, else whoever was made first.

    `holders` are the persons who hold what is claimed; `made` were made for this batch; `apart` are numbers newly set apart, with
    whom their source means by them.
    """

    def __init__(self, holders: dict[IdentityClaim, int], *, made: Iterable[int], source_id: int, doubt: Doubt) -> None:
        self.made = frozenset(made)
        self.apart: dict[IdentityClaim, int] = {}
        self._holders = holders
        self._source_id = source_id
        self._doubt = doubt
        self._towards: dict[int, int] = {}

    def person(self, person_id: int) -> int:
        """Return who stands for a person."""
        while person_id in self._towards:
            person_id = self._towards[person_id]
        return person_id

    async def join(self, connection: Connection, claimants: Sequence[Claimant]) -> None:
        """Unite claimants with each other and with whoever holds what they claim, and set numbers apart that are in doubt.

        Raises Conflict where that would unite two persons who were here before, or where a Patient contradicts what its writer sees.
        """
        for claimant in claimants:
            with blaming(claimant.draft):
                await self._join_by_own_numbers(connection, claimant)
        _refuse_contradictory(claimants)
        for claimant in claimants:
            with blaming(claimant.draft):
                claimant.claims = [await self._settle(connection, claimant, claim) for claim in claimant.claims]
            numbers = [claim for claim in claimant.claims if claim.system == NHS_NUMBER]
            claimant.apart = frozenset(claim.value for claim in numbers if claim.source_id != NATIONAL)

    async def _join_by_own_numbers(self, connection: Connection, claimant: Claimant) -> None:
        await self._refuse_overwriting(connection, claimant)
        for claim in claimant.claims:
            if claim.system != NHS_NUMBER:
                await self._refuse_another(connection, claimant, self._holders[claim])
                self._unite(claimant.person_id, self._holders[claim])

    async def _refuse_another(self, connection: Connection, claimant: Claimant, holder: int) -> None:
        """Raise Conflict where a new Patient has a number of the source's own that is another's there by all they say."""
        other = self.person(holder)
        if claimant.patient is not None and claimant.known is None and other not in self.made:
            await self._doubt.of_own_number(connection, claimant.patient, other)

    async def _refuse_overwriting(self, connection: Connection, claimant: Claimant) -> None:
        """Raise Conflict where an id of somebody is given to somebody else, whoever holds what comes with it."""
        patient, before = claimant.patient, claimant.before
        if patient is None or before is None or claimant.known is None:
            return
        said = {(claim.system, claim.value) for claim in claimant.said}
        if any((claim.system, claim.value) not in said for claim in claimant.claims):
            await self._doubt.of_update(connection, patient, before, claimant.known)

    async def _settle(self, connection: Connection, claimant: Claimant, claim: IdentityClaim) -> IdentityClaim:
        """Return what a claim means: itself, or a number that is set apart."""
        if claim.system != NHS_NUMBER:
            return claim
        if claim.source_id == NATIONAL and await self._is_doubtful(connection, claimant, self._holders[claim]):
            apart = set_apart(claim, source_id=self._source_id)
            self._unite(claimant.person_id, self.apart.setdefault(apart, claimant.person_id))
            return apart
        if claim.source_id != NATIONAL:
            await self._is_doubtful(connection, claimant, self._holders[claim])
        self._unite(claimant.person_id, self._holders[claim])
        return claim

    async def _is_doubtful(self, connection: Connection, claimant: Claimant, holder: int) -> bool:
        """Whether the number of a claimant is set apart from its holder. Raises Conflict where its writer sees why."""
        one, other = self.person(claimant.person_id), self.person(holder)
        if one == other or other in self.made:
            return False
        if one in self.made:
            verdict = await self._doubt.of_new(connection, claimant.patient, other)
        else:
            verdict = await self._doubt.of_known(connection, other)
        return verdict is Verdict.SET_APART

    def _unite(self, one: int, other: int) -> None:
        """Raise Conflict where both were here before: nothing that is written joins two persons."""
        one, other = sorted((self.person(one), self.person(other)), key=lambda each: (each in self.made, each))
        if one == other:
            return
        if other not in self.made:
            raise Conflict([different_persons()])
        self._towards[other] = one


def _refuse_contradictory(claimants: Sequence[Claimant]) -> None:
    """Raise Conflict where two Patients of the batch itself have one number, and nothing else of one person."""
    said: dict[IdentityClaim, JsonObject] = {}
    for claimant in claimants:
        patient = claimant.patient
        if patient is not None and any(
            contradicts(patient, [said.setdefault(each, patient)]) for each in claimant.claims
        ):
            with blaming(claimant.draft):
                raise Conflict([contradiction()])
