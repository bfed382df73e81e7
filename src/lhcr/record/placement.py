"""Placement: where each draft of a batch lives - with which person, in the directory or on the shelf - and under which id.

Hazards: an entry filed with the wrong person; an entry whose parts point into another person's record. A draft whose subject
is not known here is refused (or, from a feed, gets a placeholder), never filed by guess.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from lhcr.fhir.search.catalogue import type_name
from lhcr.fhir.search.homes import HomeKind, followed_references, home
from lhcr.kernel.ids import RouteCipher
from lhcr.record.batch_names import BatchNames
from lhcr.record.batch_references import BatchReferences
from lhcr.record.blame import for_each
from lhcr.record.claimant import Claimant
from lhcr.record.claiming import claim_persons
from lhcr.record.doubt import Doubt
from lhcr.record.draft import Draft, Method
from lhcr.record.existing import id_taken
from lhcr.record.feed import Feed
from lhcr.record.followed import note_followed
from lhcr.record.foresight import NOTHING_FORESEEN, Foreseen
from lhcr.record.identity_claim import identity_claims
from lhcr.record.links import Key, LinkReader
from lhcr.record.members import name_members
from lhcr.record.naming import Naming, naming_of
from lhcr.record.persons import DIRECTORY, Located, Persons
from lhcr.record.refusals import contradictory, refuse, unplaced
from lhcr.record.released_claims import note_said_before
from lhcr.record.sight import Sight
from lhcr.record.subjects import Subjects
from lhcr.record.targets import Targets
from lhcr.store.database import Connection
from lhcr.store.shelf import shelf_bucket, shelf_bucket_of_row

_SHELF: Final = -(1 << 40)  # On the shelf, in a bucket that follows from the id.
_PATIENT: Final = "Patient"


class Placement:
    """The placing of one batch under the source that contributes it, by what whoever writes it may see."""

    def __init__(
        self,
        persons: Persons,
        routes: RouteCipher,
        reader: LinkReader,
        *,
        source_id: int,
        sight: Sight,
        doubt: Doubt,
        feed: Feed | None = None,
        foreseen: Foreseen = NOTHING_FORESEEN,
    ) -> None:
        self._foreseen = foreseen.located
        self._sight, self._doubt = sight, doubt
        self._persons = persons
        self._routes = routes
        self._reader = reader
        self._source_id = source_id
        self._feed = feed
        self._names = BatchNames((), reader)
        self._said = BatchReferences(())
        self._namings: dict[int, Naming | None] = {}
        self._subjects = Subjects(source_id=source_id, reader=reader, is_feed=feed is not None, sight=sight)
        self.located: dict[Key, Located] = {}
        self.claimants: Sequence[Claimant] = ()
        self.made: set[int] = set()

    @property
    def is_feed(self) -> bool:
        return self._feed is not None

    async def place(self, connection: Connection, drafts: Sequence[Draft], rids: Sequence[int]) -> None:
        """Give each draft its person_id, rid, id, members and resolved links; its links are read already.

        `rids` are numbers for new rows, at least one for each draft, and from a feed as many again. Raises Incorrect: 422 with
        every draft whose person is unknown or that points into another person's record, 400 with every `urn:` reference that
        no entry of the batch has as its fullUrl; and what `claim_persons` raises.
        """
        for draft, rid in zip(drafts, rids, strict=False):
            draft.rid = rid
        await self._read_names(connection, drafts)
        writing = [draft for draft in drafts if not draft.found]
        self._said = BatchReferences(writing)
        self.located = await self._locate(connection, self._wanted(writing))
        self._names.resolve(self._said, [draft for draft in drafts if draft.found])
        patients = [draft for draft in writing if draft.type == _PATIENT]
        others = [draft for draft in writing if draft.type != _PATIENT]
        self._name_subjects(others)
        await self._find_persons(connection, patients, others, rids[len(drafts) :])
        self._names.resolve(self._said, patients)
        await self._find_homes(connection, others)
        refuse(unplaced([draft for draft in writing if draft.person_id is None], self._namings), status=422)
        self._identify(others)
        self._names.resolve(self._said, others)
        self._names.resolve_addresses(self._said, writing)
        await name_members(connection, writing, self._said, self._targets(), subjects=self._subjects)

    async def follow(self, connection: Connection, drafts: Sequence[Draft]) -> None:
        """Note what placed drafts follow. Under the lock of their persons, or what they follow may be labelled meanwhile."""
        writing = [draft for draft in drafts if not draft.found]
        await note_followed(
            connection, writing, reader=self._reader, locate=lambda keys: self._located_again(connection, keys)
        )

    def persons(self, drafts: Sequence[Draft]) -> set[int]:
        """Return the persons whom drafts are about and whom the batch does not bring itself."""
        return {draft.person_id for draft in drafts if draft.person_id is not None and draft.person_id > 0} - self.made

    def _targets(self) -> Targets:
        return Targets(self._names, self._reader, self.located, sight=self._sight)

    async def _locate(self, connection: Connection, wanted: set[Key]) -> dict[Key, Located]:
        found = {key: self._foreseen[key] for key in wanted & self._foreseen.keys()}
        return found | await self._persons.locate(connection, wanted - found.keys())

    async def _located_again(self, connection: Connection, keys: AbstractSet[Key]) -> Mapping[Key, Located]:
        """Return where ids live, whether the batch located them before or names them under a fullUrl."""
        found = {key: self.located[key] for key in keys & self.located.keys()}
        return found | await self._locate(connection, set(keys - found.keys()))

    async def _read_names(self, connection: Connection, drafts: Sequence[Draft]) -> None:
        self._names = BatchNames(drafts, self._reader)
        if self._feed is not None:
            await self._recognise(connection, self._feed, drafts)
        else:
            refuse(self._names.unresolved(BatchReferences(drafts)), status=400)

    async def _recognise(self, connection: Connection, feed: Feed, drafts: Sequence[Draft]) -> None:
        """Know again what the feed's source sent before, and follow its own ids to those that stand for them here."""
        said = BatchReferences(drafts)
        outside = {text: key for text in said.texts if (key := self._names.outside(text)) is not None}
        names = {key: (key[0], f"{type_name(key[0])}/{key[1]}") for key in outside.values()}
        await feed.recognise(connection, drafts, names.values())
        self._names.add(drafts)
        mapped = {text: feed.mapped(names[key]) for text, key in outside.items()}
        said.replace(
            {
                text: f"{type_name(outside[text][0])}/{to.id}"
                for text, to in mapped.items()
                if to is not None and to.id != outside[text][1]
            }
        )

    def _wanted(self, drafts: Sequence[Draft]) -> set[Key]:
        """Return the ids that drafts have, and those outside the batch to which they refer."""
        outside = {key for text in self._said.texts if (key := self._names.outside(text)) is not None}
        return outside | {(draft.type_id, draft.id) for draft in drafts if draft.id is not None}

    def _name_subjects(self, drafts: Sequence[Draft]) -> None:
        named = [draft for draft in drafts if draft.resource is not None and home(draft.type).kind is HomeKind.PERSON]
        self._namings.update(zip(map(id, named), for_each(named, self._naming), strict=True))

    def _naming(self, draft: Draft) -> Naming | None:
        return naming_of(draft.resource or {}, source_id=self._source_id, entry_type=self._names.entry_type)

    async def _find_persons(
        self, connection: Connection, patients: Sequence[Draft], others: Sequence[Draft], spare: Sequence[int]
    ) -> None:
        """Find the persons of the Patients and of those whom the others name, and give the Patients their ids."""
        claiming = [draft for draft in patients if draft.resource is not None]
        claimants = dict(zip(map(id, claiming), for_each(claiming, self._claimant), strict=True))
        namings = [naming for naming in self._namings.values() if naming is not None]
        await self._subjects.look_up(
            connection,
            [naming for naming in namings if naming.reference is None or self._names.entry(naming.reference) is None],
            [draft for draft in others if draft.numbered],
            located=self.located,
            claimants=[*claimants.values()],
        )
        await self._claim(connection, patients, claimants)
        for draft in patients:
            found = self.located.get(draft.key) if draft.key else None
            claimant = claimants.get(id(draft))
            draft.person_id = claimant.person_id if claimant else found.person_id if found else DIRECTORY
            draft.apart = claimant.apart if claimant else frozenset()
        self._identify(patients)
        if self._feed is not None:
            self._assign_ids(self._feed, spare)

    async def _claim(
        self, connection: Connection, patients: Sequence[Draft], claimants: Mapping[int, Claimant]
    ) -> None:
        replacing = {
            draft.key: each for draft in patients if draft.key and (each := claimants.get(id(draft))) and each.known
        }
        await note_said_before(connection, replacing, source_id=self._source_id)
        every = [*claimants.values(), *self._subjects.placeholders]
        await claim_persons(connection, every, source_id=self._source_id, doubt=self._doubt)
        self.claimants = every
        self.made = {claimant.person_id for claimant in every if claimant.is_new}
        self._subjects.settle([*claimants.values()])

    def _claimant(self, draft: Draft) -> Claimant:
        """Return the claimant of a Patient. Raises Conflict for an id of another source before its claims can tell anything."""
        found = self.located.get(draft.key) if draft.key else None
        if draft.method is Method.PUT and found is not None and found.source_id not in {None, self._source_id}:
            raise id_taken(_PATIENT)
        return Claimant(
            patient=draft.resource,
            draft=draft,
            claims=identity_claims(draft.resource or {}, source_id=self._source_id),
            known=found.person_id if found else None,
            key=draft.key if found is None and draft.method is Method.PUT else None,
        )

    def _assign_ids(self, feed: Feed, spare: Sequence[int]) -> None:
        """Give a Patient who is not here yet, and whose id another source holds, an id of ours until it arrives.

        Hazard: wrong person. Two sources that count their patients from 1 are not speaking of the same ones.
        """
        for (key, person_id), rid in zip(self._subjects.foreign.items(), spare, strict=False):
            assigned = self._routes.assign(person_id=person_id, rid=rid)
            feed.stand_in(key, id=assigned, person_id=person_id)
            self.located[key[0], assigned] = Located(person_id, None)
            text = f"{type_name(key[0])}/{assigned}"
            self._said.replace({each: text for each in self._said.texts if self._names.outside(each) == key})

    async def _find_homes(self, connection: Connection, drafts: Sequence[Draft]) -> None:
        for draft, person_id in zip(drafts, for_each(drafts, self._home), strict=True):
            draft.person_id = person_id
        await self._place_followers(connection, drafts)

    def _home(self, draft: Draft) -> int | None:
        """Return where a draft is at home, None where the person whom it names is not here."""
        found = self.located.get(draft.key) if draft.key else None
        kind = home(draft.type).kind
        if kind is HomeKind.DIRECTORY or (draft.resource is None and found is None):
            return DIRECTORY
        if draft.resource is None and found is not None:
            return found.person_id
        naming = self._namings.get(id(draft))
        return _SHELF if naming is None else self._subject(draft, naming)

    def _subject(self, draft: Draft, naming: Naming) -> int | None:
        """Return the person whom a draft names, the shelf where it may be nobody, None where nobody here is named."""
        numbered = self._subjects.by_claims(naming.claims) if naming.claims else ()
        if len(numbered) > 1:
            raise contradictory(draft, naming)
        by_number = next(iter(numbered), None)
        if naming.reference is None:
            return by_number or (None if naming.is_certain else _SHELF)
        entry = self._names.entry(naming.reference)
        person_id = entry.person_id if entry else self._subjects.by_reference(naming.reference, self.located)
        if person_id is None or person_id <= 0:
            return None
        if by_number not in {None, person_id}:
            raise contradictory(draft, naming)
        return person_id

    async def _place_followers(self, connection: Connection, drafts: Sequence[Draft]) -> None:
        """Put what names nobody itself with the person of what it is about: a Provenance goes where its target is."""
        following = {
            id(draft): followed_references(draft.resource)
            for draft in drafts
            if draft.person_id == _SHELF and draft.resource is not None
        }
        targets = self._targets()
        seen = await targets.seen(connection, (text for each in following.values() for text in each))
        for draft in drafts:
            persons = (targets.home(each, among=seen) for each in following.get(id(draft), ()))
            draft.person_id = next((person for person in persons if person is not None and person > 0), draft.person_id)

    def _identify(self, drafts: Sequence[Draft]) -> None:
        """Give drafts their ids, and what is on the shelf its bucket."""
        for draft in drafts:
            if draft.person_id == _SHELF:
                draft.person_id = self._bucket(draft)
            elif draft.person_id is None:
                draft.person_id = DIRECTORY
            if draft.id is None:
                draft.id = self._routes.assign(person_id=draft.person_id, rid=draft.rid)
        self._names.add(drafts)

    def _bucket(self, draft: Draft) -> int:
        found = self.located.get(draft.key) if draft.key else None
        if found is not None:
            return found.person_id
        return shelf_bucket_of_row(draft.rid) if draft.id is None else shelf_bucket(draft.type_id, draft.id)
