"""Read patients: the Patients of a batch as whoever writes it reads them, before and after what they write.

Hazard: lost update. A write changes its own source's contribution, but what was read before it is folded from all that its
writer may see: so the version that is expected, and the one that is told, are those of what is read.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from lhcr.access.decision import AccessDecision
from lhcr.access.facts import restricted_among
from lhcr.access.refusal import Refused
from lhcr.audit.entry import Item, Outcome, PendingEntry
from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.whereabouts.location_safe import location_safe
from lhcr.record.current import Current
from lhcr.record.draft import Draft
from lhcr.record.golden import Contribution, fold, link_to
from lhcr.record.links import Key
from lhcr.record.patching import refuse_miscounted
from lhcr.record.patient_read import stored_patient
from lhcr.record.places import served
from lhcr.record.reading import contributions_of
from lhcr.record.sql import READS
from lhcr.record.stored import Stored
from lhcr.record.written import Written
from lhcr.store.database import Connection

_PATIENT = type_id("Patient")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """What a writer reads of one person's Patients before the batch, and the decision under which they do."""

    decision: AccessDecision
    contributions: Sequence[Contribution]


class ReadPatients:
    """The persons whose Patients a batch writes, as they are when those persons are locked."""

    def __init__(self, persons: Mapping[int, _Person]) -> None:
        self._persons = persons

    def before(self, draft: Draft) -> Stored | None:
        """Return what its writer reads under the id of a draft, None where that is nothing."""
        person = self._persons.get(draft.person_id or 0)
        if person is None or draft.id is None:
            return None
        return served(person.decision, stored_patient(person.contributions, id=draft.id))

    def versions(self, drafts: Iterable[Draft]) -> dict[Key, int]:
        """Return the versions that are read under the ids of drafts, where they are not just those of what is replaced."""
        read = {draft.key: self.before(draft) for draft in drafts if draft.key and draft.type_id == _PATIENT}
        return {key: stored.version for key, stored in read.items() if stored is not None}

    def forget_added_links(self, drafts: Iterable[Draft]) -> None:
        """Leave out what reading added to what is written back: the link to the golden Patient is nobody's contribution."""
        for draft in drafts:
            person = self._persons.get(draft.person_id or 0)
            if person is None or draft.resource is None or "link" not in draft.resource or draft.type_id != _PATIENT:
                continue
            golden = fold(person.contributions)
            added = None if golden is None or golden.id == draft.id else link_to(golden.id)
            if added in draft.resource["link"]:
                draft.resource["link"] = [link for link in draft.resource["link"] if link != added]
            if not draft.resource["link"]:
                del draft.resource["link"]

    def refuse_miscounted(self, drafts: Iterable[Draft]) -> None:
        """Refuse patches that would change other items than those that were read. Raises Incorrect (422)."""
        for draft in drafts:
            if draft.patched is not None and draft.type_id == _PATIENT:
                stored = self.before(draft)
                refuse_miscounted(draft, None if stored is None else stored.body)

    def entries(self, decision: AccessDecision, drafts: Sequence[Draft], *, at: datetime) -> Iterator[PendingEntry]:
        """Yield an entry for each person of whom the answer shows what others contributed, under the decision that permits it."""
        own = {draft.rid for draft in drafts}
        for person_id in sorted({draft.person_id or 0 for draft in drafts if draft.type_id == _PATIENT}):
            person = self._persons.get(person_id)
            if person is None or person.decision is decision:
                continue
            others = [Item("Patient", each.id, each.version) for each in person.contributions if each.rid not in own]
            if others:
                yield person.decision.entry.complete(
                    recorded=at, outcome=Outcome.SUCCESS, items=others, person_id=person_id
                )

    async def after(self, connection: Connection, written: Sequence[Written]) -> list[Written]:
        """Return what was written with each Patient as its writer reads it now.

        Hazard: the address of a restricted person, whom this very write may have restricted, told from another source's Patient.
        """
        withheld = await restricted_among(
            connection,
            [person_id for person_id, each in self._persons.items() if not each.decision.restricted_to_own],
        )
        return [
            self._read(each, written, withheld=withheld) if each.draft.type_id == _PATIENT else each for each in written
        ]

    def _read(self, one: Written, written: Sequence[Written], *, withheld: Collection[int]) -> Written:
        draft, person = one.draft, self._persons.get(one.draft.person_id or 0)
        if person is None or draft.id is None:
            return one
        before = {each.rid: each for each in person.contributions}
        new = {
            each.draft.rid: _contribution(each, before=before.get(each.draft.rid))
            for each in written
            if each.draft.type_id == _PATIENT
            if each.draft.person_id == draft.person_id and not each.draft.is_nothing
        }
        standing = [each for each in person.contributions if each.rid not in new]
        stored = stored_patient([*standing, *new.values()], id=draft.id)
        if stored is None:
            return one
        body = None if one.body is None else stored.body
        if body is not None and draft.person_id in withheld:
            body = location_safe("Patient", body)
        return replace(one, version=stored.version, at=stored.last_updated, body=body)


def _contribution(written: Written, *, before: Contribution | None) -> Contribution:
    draft = written.draft
    return Contribution(
        id=draft.id or "",
        rid=draft.rid,
        version=draft.version,
        last_updated=written.at,
        source_id=draft.class_id,
        method=draft.method,
        body=written.body,
        superseded=before is not None and before.superseded,
        disowned=before is not None and before.disowned,
    )


async def read_patients(
    connection: Connection,
    current: Current,
    decision: AccessDecision,
    drafts: Sequence[Draft],
    *,
    made: set[int],
) -> ReadPatients:
    """Read the Patients of the persons of a batch whose Patients it writes; `made` are persons who are new and have none.

    The persons are locked, so that nothing of theirs changes until the end of the transaction. Who may not read them any more
    goes by what they write alone.
    """
    persons = {draft.person_id or 0 for draft in drafts if draft.type_id == _PATIENT and _is_told(draft)}
    found = {}
    for person_id in sorted(each for each in persons if each > 0):
        reading = await current.reading(decision, type="Patient", person_id=person_id)
        if reading is not None:
            with suppress(Refused):
                found[person_id] = await _read(connection, current, reading, person_id, is_new=person_id in made)
    return ReadPatients(found)


def _is_told(draft: Draft) -> bool:
    """Whether a version of the draft is expected by whoever sent it, or is told to them."""
    return draft.found or draft.resource is not None or draft.if_match is not None


async def _read(
    connection: Connection, current: Current, reading: AccessDecision, person_id: int, *, is_new: bool
) -> _Person:
    if is_new:
        return _Person(decision=reading, contributions=())
    statement = READS["contributions"]
    reading, rows = await current.rows(
        reading, lambda now: connection.fetch(statement, person_id, _PATIENT, now.visibility.mask)
    )
    return _Person(decision=reading, contributions=contributions_of(rows))
