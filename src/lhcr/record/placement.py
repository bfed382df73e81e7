"""Placement: where each draft of a batch lives - with which person, in the directory or on the shelf - and under which id.

Hazards: an entry filed with the wrong person; an entry whose parts point into another person's record. A draft whose subject
is not known here is refused (or, from a feed, gets a placeholder), never filed by guess.
"""

from collections.abc import Iterator, Sequence

from lhcr.fhir.search.catalogue import type_name
from lhcr.fhir.search.homes import HomeKind, followed_references, home, home_reference, is_patient
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.ids import RouteCipher
from lhcr.kernel.json_types import JsonObject
from lhcr.record.draft import Draft
from lhcr.record.feed import Feed
from lhcr.record.identity_claim import identity_claims
from lhcr.record.links import Key, LinkReader
from lhcr.record.persons import DIRECTORY, Located, Persons
from lhcr.record.placeholders import Placeholders
from lhcr.store.database import Connection
from lhcr.store.shelf import shelf_bucket, shelf_bucket_of_row

_SHELF = -(1 << 40)  # On the shelf, in a bucket that follows from the id.


class Placement:
    """The placing of one batch under the source that contributes it; `rids` are numbers for its new rows."""

    def __init__(
        self,
        persons: Persons,
        routes: RouteCipher,
        reader: LinkReader,
        *,
        source_id: int,
        feed: Feed | None = None,
    ) -> None:
        self._persons = persons
        self._routes = routes
        self._reader = reader
        self._source_id = source_id
        self._feed = feed
        self._placeholders = None if feed is None else Placeholders(source_id=source_id)
        self._named: dict[str, Draft] = {}
        self.located: dict[Key, Located] = {}

    async def place(self, connection: Connection, drafts: Sequence[Draft], rids: Sequence[int]) -> None:
        """Give each draft its person_id, rid, id, members and resolved links; its links are read already.

        Raises Incorrect: 422 with every draft whose person is unknown or that points into another person's record, 400 with
        every `urn:` reference that no entry of the batch has as its fullUrl.
        """
        self._named = {name: draft for draft in drafts for name in _names(draft)}
        for draft, rid in zip(drafts, rids, strict=True):
            draft.rid = rid
        if self._feed is not None:
            await self._recognise(connection, self._feed, drafts)
        writing = [draft for draft in drafts if not draft.found]
        self.located = await self._persons.locate(connection, set(self._wanted(writing)))
        self._resolve(writing, [draft for draft in drafts if draft.found])
        patients = [draft for draft in writing if draft.type == "Patient"]
        others = [draft for draft in writing if draft.type != "Patient"]
        for draft in patients:
            await self._place_patient(connection, draft)
        self._resolve(writing, patients)
        for draft in others:
            await self._place_other(connection, draft)
        self._place_followers(others)
        _refuse([issue for draft in writing if draft.person_id is None for issue in _unplaced(draft)], status=422)
        for draft in others:
            self._identify(draft)
        self._resolve(writing, others)
        if self._feed is None:
            _refuse([issue for draft in writing for issue in _unresolved(draft)], status=400)
        _refuse([issue for draft in writing for issue in self._name_members(draft)], status=422)

    async def _recognise(self, connection: Connection, feed: Feed, drafts: Sequence[Draft]) -> None:
        """Know again what the feed's source sent before, and follow its own ids to those that stand for them here."""
        outside = {key: link for draft in drafts for link in draft.links if (key := self._outside(link)) is not None}
        names = [(number, f"{type_name(number)}/{name}") for number, name in outside]
        await feed.recognise(connection, drafts, names)
        for draft in drafts:
            self._named |= dict.fromkeys(_names(draft), draft)
            for link in draft.links:
                key = self._outside(link)
                mapped = feed.mapped((key[0], f"{type_name(key[0])}/{key[1]}")) if key else None
                if key is not None and mapped is not None and mapped.id != key[1]:
                    link["reference"] = f"{type_name(key[0])}/{mapped.id}"

    def _outside(self, link: JsonObject) -> Key | None:
        reference = link["reference"]
        return None if reference in self._named else self._reader.key(reference)

    def _wanted(self, drafts: Sequence[Draft]) -> Iterator[Key]:
        for draft in drafts:
            if draft.key is not None:
                yield draft.key
            for link in draft.links:
                if link["reference"] not in self._named and (key := self._reader.key(link["reference"])):
                    yield key

    async def _place_patient(self, connection: Connection, draft: Draft) -> None:
        found = self.located.get(draft.key) if draft.key else None
        known = found.person_id if found else None
        if draft.resource is None:
            draft.person_id = DIRECTORY if known is None else known
        else:
            claims = identity_claims(draft.resource, source_id=self._source_id)
            draft.person_id = await self._persons.claim(connection, claims, known=known)
        self._identify(draft)

    async def _place_other(self, connection: Connection, draft: Draft) -> None:
        found = self.located.get(draft.key) if draft.key else None
        kind = home(draft.type).kind
        if kind is HomeKind.DIRECTORY or (draft.resource is None and found is None):
            draft.person_id = DIRECTORY
        elif draft.resource is None and found is not None:
            draft.person_id = found.person_id
        elif kind is HomeKind.SHELF:
            draft.person_id = _SHELF
        else:
            draft.person_id = await self._subject(connection, draft.resource or {})

    async def _subject(self, connection: Connection, resource: JsonObject) -> int | None:
        """Return the person whom the resource is about, the shelf where it names nobody, None where nobody here is named."""
        reference = home_reference(resource)
        if reference is None:
            return _SHELF
        person_id = self._person_of(reference)
        if person_id is None and self._placeholders is not None:
            return await self._placeholders.person(connection, self._reader.key(reference))
        return person_id

    def _place_followers(self, drafts: Sequence[Draft]) -> None:
        """Put what names nobody itself with the person of what it is about: a Provenance goes where its target is."""
        for draft in drafts:
            if draft.person_id == _SHELF and draft.resource is not None:
                followed = (self._person_of(each) for each in followed_references(draft.resource))
                draft.person_id = next((person for person in followed if person is not None and person > 0), _SHELF)

    def _person_of(self, reference: str) -> int | None:
        if (draft := self._named.get(reference)) is not None:
            return draft.person_id
        key = self._reader.key(reference)
        found = self.located.get(key) if key else None
        return found.person_id if found else None

    def _identify(self, draft: Draft) -> None:
        """Give the draft its id, and what is on the shelf its bucket."""
        person_id = DIRECTORY if draft.person_id is None else draft.person_id
        if person_id == _SHELF:
            found = self.located.get(draft.key) if draft.key else None
            if found is not None:
                person_id = found.person_id
            elif draft.id is None:
                person_id = shelf_bucket_of_row(draft.rid)
            else:
                person_id = shelf_bucket(draft.type_id, draft.id)
        draft.person_id = person_id
        if draft.id is None:
            draft.id = self._routes.assign(person_id=person_id, rid=draft.rid)
        self._named[f"{draft.type}/{draft.id}"] = draft

    def _resolve(self, drafts: Sequence[Draft], targets: Sequence[Draft]) -> None:
        """Replace the names that entries have inside the batch by the references under which they will be found."""
        chosen = {id(draft) for draft in targets}
        final = {name: f"{draft.type}/{draft.id}" for name, draft in self._named.items() if id(draft) in chosen}
        for draft in drafts:
            for link in draft.links:
                if (reference := final.get(link["reference"])) is not None:
                    link["reference"] = reference

    def _name_members(self, draft: Draft) -> Iterator[Issue]:
        """Note the other persons whom a draft names; yield an issue for a clinical reference into another person's record."""
        others = set()
        for link in draft.links:
            person_id = self._person_of(link["reference"])
            if person_id is None or person_id <= 0 or person_id == draft.person_id:
                continue
            if is_patient(link):
                others.add(person_id)
            else:
                yield _stranger(draft)
        draft.members = tuple(sorted(others))


def _names(draft: Draft) -> Iterator[str]:
    if draft.full_url:
        yield draft.full_url
    if draft.id:
        yield f"{draft.type}/{draft.id}"


def _refuse(issues: list[Issue], *, status: int) -> None:
    if issues:
        raise Incorrect(issues, status=status)


def _unplaced(draft: Draft) -> Iterator[Issue]:
    subjects = home(draft.type).subjects
    yield Issue(
        code="business-rule",
        error="subject-unknown",
        diagnostics="The person whom this resource is about is not known here. Send their Patient first, or in the same "
        "transaction.",
        expression=f"{draft.type}.{subjects[0]}" if subjects else draft.type,
    )


def _unresolved(draft: Draft) -> Iterator[Issue]:
    for link in draft.links:
        if link["reference"].startswith("urn:"):
            yield Issue(
                code="not-found",
                error="reference-unresolved",
                diagnostics="A urn: reference names no entry of the same transaction by its fullUrl.",
                expression=draft.type,
            )


def _stranger(draft: Draft) -> Issue:
    return Issue(
        code="business-rule",
        error="reference-other-person",
        diagnostics="The resource refers to an entry in another person's record. Nothing was written.",
        expression=draft.type,
    )
