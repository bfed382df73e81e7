"""Subjects: the persons whom the drafts of one batch name, found together: by the ids of their Patients or by their numbers."""

from collections.abc import Iterator, Mapping, Sequence

from lhcr.record.blame import blaming
from lhcr.record.claimant import Claimant
from lhcr.record.claiming import holders_of
from lhcr.record.draft import Draft
from lhcr.record.identity_claim import IdentityClaim, set_apart
from lhcr.record.links import Key, LinkReader
from lhcr.record.naming import Naming, national_numbers
from lhcr.record.persons import Located
from lhcr.record.sight import Sight
from lhcr.store.database import Connection


class Subjects:
    """`placeholders` are persons known so far only by what a feed's source calls them; a user's mistake is refused instead."""

    def __init__(self, *, source_id: int, reader: LinkReader, is_feed: bool, sight: Sight) -> None:
        self._source_id = source_id
        self._reader = reader
        self._is_feed = is_feed
        self._sight = sight
        self._holders: dict[IdentityClaim, int] = {}
        self._by_key: dict[Key, Claimant] = {}
        self._by_claim: dict[IdentityClaim, Claimant] = {}
        self._foreign: set[Key] = set()
        self._brought: set[int] = set()

    @property
    def placeholders(self) -> list[Claimant]:
        return list(dict.fromkeys([*self._by_key.values(), *self._by_claim.values()]))

    @property
    def foreign(self) -> Mapping[Key, int]:
        """The ids by which a feed's source calls persons and which another source holds, with those persons."""
        return {key: self._by_key[key].person_id for key in sorted(self._foreign)}

    async def look_up(
        self,
        connection: Connection,
        namings: Sequence[Naming],
        drafts: Sequence[Draft],
        *,
        located: Mapping[Key, Located],
        claimants: Sequence[Claimant],
    ) -> None:
        """Find who holds the numbers that drafts name, and note who is to have a placeholder.

        `claimants` are the Patients of the batch, whose numbers are about to be claimed.
        """
        numbers = {claim for draft in drafts for claim in _numbers(draft)}
        asked = {claim for naming in namings for claim in naming.claims} | numbers
        if asked:
            apart = {set_apart(claim, source_id=self._source_id) for claim in asked}
            self._holders = dict(await holders_of(connection, asked | apart))
        await self._sight.meet(connection, located, self._holders.values())
        if self._is_feed:
            here = {claim for claimant in claimants for claim in claimant.claims} | self._holders.keys()
            for naming in namings:
                self._note_placeholder(naming, located, here)

    def settle(self, claimants: Sequence[Claimant]) -> None:
        """Take note of whom the claims of the batch belong to, once that is certain: whoever brings them knows them."""
        for claimant in (*claimants, *self.placeholders):
            for claim in claimant.claims:
                self._holders[claim] = claimant.person_id
                self._brought.add(claimant.person_id)

    def by_claims(self, claims: Sequence[IdentityClaim]) -> set[int]:
        """Return the persons whom numbers mean, among those who are known to whoever writes."""
        return {person_id for person_id in self._holding(claims) if self._is_known(person_id)}

    def _holding(self, claims: Sequence[IdentityClaim]) -> set[int]:
        return {person_id for claim in claims if (person_id := self._holder(claim)) is not None}

    def _holder(self, claim: IdentityClaim) -> int | None:
        """Return whom a number means: to a system whoever its source set apart under it, else its holder.

        Hazard: wrong person. Somebody who writes by a number has been decided about for its holder, and has their record before them.
        """
        holder = self._holders.get(claim)
        if not self._sight.is_of_system:
            return holder
        return self._holders.get(set_apart(claim, source_id=self._source_id), holder)

    def _is_known(self, person_id: int) -> bool:
        return person_id in self._brought or not self._sight.is_stranger(person_id)

    def by_reference(self, reference: str, located: Mapping[Key, Located]) -> int | None:
        """Return the person whom a reference to a Patient outside the batch means, None where nobody here is meant."""
        key = self._reader.key(reference)
        if key is None:
            return None
        if key in self._by_key:
            return self._by_key[key].person_id
        where = located.get(key)
        return where.person_id if where is not None and self._sight.knows(key, where) else None

    def by_numbers(self, draft: Draft) -> set[int]:
        """Return the persons whom a draft names by NHS number, wherever it does."""
        return self._holding(_numbers(draft)) if draft.numbered else set()

    def _note_placeholder(self, naming: Naming, located: Mapping[Key, Located], here: set[IdentityClaim]) -> None:
        key = None if naming.reference is None else self._reader.key(naming.reference)
        if key is None:
            if naming.is_certain and naming.reference is None and here.isdisjoint(naming.claims):
                for claim in naming.claims:
                    self._by_claim.setdefault(claim, Claimant(claims=naming.claims))
        elif key not in self._by_key and self._is_unknown(key, located):
            is_foreign = key in located
            self._by_key[key] = Claimant(claims=naming.claims, key=None if is_foreign else key)
            if is_foreign:
                self._foreign.add(key)

    def _is_unknown(self, key: Key, located: Mapping[Key, Located]) -> bool:
        return key not in located or located[key].source_id not in {None, self._source_id}


def _numbers(draft: Draft) -> list[IdentityClaim]:
    with blaming(draft):
        return list(_yield_numbers(draft))


def _yield_numbers(draft: Draft) -> Iterator[IdentityClaim]:
    if draft.resource is not None and draft.numbered:
        yield from national_numbers(draft.resource, references=draft.numbered)
