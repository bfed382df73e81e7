"""Later labels: what follows an entry gets the labels that the entry gets only after that was written, in the same transaction.

Hazard guarded here: a sensitive item exposed by its Provenance, by a dispute about it or by the prescription that names it. Labels
that an entry loses are taken off what follows it where nothing else gave them (`record/taken_labels.py`).
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Final, TypeAlias

import asyncpg

from lhcr.access.access_class import AccessClass
from lhcr.access.categories import joined_labels
from lhcr.access.classes import AccessClasses
from lhcr.access.order import RESTRICTED_PROCESSING
from lhcr.access.policy import Policy
from lhcr.access.sensitivity_codes import is_label_of_set, labels_of_sets
from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.catalogue import parameters_of, type_name
from lhcr.fhir.search.parameter import Kind
from lhcr.record.draft import Draft
from lhcr.record.followed import followed_keys
from lhcr.record.links import Key, LinkReader
from lhcr.record.persons import DIRECTORY, lock_persons
from lhcr.record.reclassed import Reclassed, reclass
from lhcr.record.relabelled_followers import FOLLOWING
from lhcr.record.taken_labels import MOST_ROUNDS, LostEntries, TakenLabels, lost_labels
from lhcr.store.database import Connection
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.record", "later_labels.sql")
#: Nothing follows whoever it is about: people are restricted by a fact of their own.
_PEOPLE: Final = ("Patient", "Person", "RelatedPerson")
#: Rows that are given their classes by one statement.
_AT_ONCE: Final = 500

#: Entries whose class has labels that it lacked, each with where it is at home and its class.
_Gained: TypeAlias = dict[Key, tuple[int, int]]
#: Versions of entries, each with a class that it was given: nothing is given twice, or a circle would have no end.
_Given: TypeAlias = set[tuple[int, int, int]]


def handed_on(each: AccessClass, *, policy: Policy) -> frozenset[str]:
    """Return the labels that what follows entries of a class has because of them."""
    return frozenset(joined_labels((), [each], policy=policy)) | {RESTRICTED_PROCESSING}.intersection(each.labels)


class LaterLabels:
    """Hands on labels for one worker."""

    def __init__(self, *, classes: AccessClasses, reader: LinkReader, policy: Policy, taken: TakenLabels) -> None:
        self._taken = taken
        self._classes = classes
        self._reader = reader
        self._policy = policy

    async def hand_on(self, connection: Connection, drafts: Sequence[Draft]) -> None:
        """Label what follows drafts that have just been written and gained labels, what follows that, and so on.

        Nothing is asked where none gained any. Followers in the records of persons who are not locked yet (what is on the shelf may
        have such) are waited for only a moment: raises LockNotAvailableError then, and the write is to be sent again.
        """
        gained: _Gained = {
            draft.key: (draft.person_id or DIRECTORY, draft.class_id)
            for draft in drafts
            if draft.gains_labels
            and draft.key is not None
            and draft.person_id != DIRECTORY
            and draft.type not in _PEOPLE
        }
        if gained:
            await connection.execute(_SQL["patience"])
        given: _Given = set()
        while gained:
            gained = await self._round(connection, gained, given)
        await self._take_off(connection, lost_labels(drafts, people=_PEOPLE))

    async def _take_off(self, connection: Connection, lost: LostEntries) -> None:
        """Take labels off what follows entries that lost them, off what follows that, and so on, in current versions."""
        if lost:
            await connection.execute(_SQL["patience"])
        for _ in range(MOST_ROUNDS):
            if not lost:
                return
            asked = await self._followers_asked(connection, {key: (each.person_id, 0) for key, each in lost.items()})
            rows = await connection.fetch(_SQL["current_followers"], *asked)
            lost = await self._taken.take_off(connection, rows, lost)

    async def _round(self, connection: Connection, gained: _Gained, given: _Given) -> _Gained:
        """Label what follows some entries, and return those whose current version was labelled by that."""
        asked = await self._followers_asked(connection, gained)
        for past in (True, False):
            rows = await connection.fetch(_SQL["past_followers" if past else "current_followers"], *asked)
            changes = await self._changes(rows, gained, given)
            for first in range(0, len(changes), _AT_ONCE):
                await reclass(connection, changes[first : first + _AT_ONCE], past=past)
        return {(each.row["type"], each.row["id"]): (each.row["person_id"], each.becomes) for each in changes}

    async def _followers_asked(self, connection: Connection, of: _Gained) -> Sequence[object]:
        """Lock the persons in whose records something refers to some entries, and return what asks for what may follow these."""
        names = [key[0] for key in of], [key[1] for key in of]
        referring = await connection.fetch(_SQL["referring"], *names, _parameters())
        await lock_persons(connection, {row["person_id"] for row in referring})
        places = [row["person_id"] for row in referring], [row["rid"] for row in referring]
        homes = [person_id for person_id, _ in of.values()]
        return *places, sorted(FOLLOWING), homes, names[1]

    async def _changes(self, rows: Sequence[asyncpg.Record], gained: _Gained, given: _Given) -> list[Reclassed]:
        found = []
        for row in rows:
            keys = gained.keys() & followed_keys(read_json(row["body"]), self._reader)
            becomes = await self._joint(row["class"], {gained[key][1] for key in keys}) if keys else row["class"]
            mark = (row["rid"], row["version"], becomes)
            if becomes != row["class"] and mark not in given:
                given.add(mark)
                found.append(Reclassed(row=row, becomes=becomes))
        return found

    async def _joint(self, class_id: int, followed: AbstractSet[int]) -> int:
        """Return the class of a row together with those of what it follows; what an order restricts stays restricted."""
        known = await self._known({class_id, *followed})
        own, others = known[class_id], [known[each] for each in followed]
        kept = {RESTRICTED_PROCESSING}.intersection(label for each in known.values() for label in each.labels)
        said = [each for each in own.labels if not (is_label_of_set(each) or each == RESTRICTED_PROCESSING)]
        joint = joined_labels(said, others, policy=self._policy, of_sets=labels_of_sets(own.labels))
        return await self._classes.class_of(own.source_id, category=own.category, labels=sorted({*joint, *kept}))

    async def _known(self, class_ids: AbstractSet[int]) -> Mapping[int, AccessClass]:
        table = self._classes.table
        if not class_ids <= table.by_id.keys():
            table = await self._classes.refreshed(epoch=table.epoch + 1)
        return {each: table.by_id[each] for each in class_ids}


@cache
def _parameters() -> list[int]:
    """The parameters by whose rows what follows an entry refers to it."""
    of_followers = (each for number in FOLLOWING for each in parameters_of(type_name(number)).values())
    return sorted({each.id for each in of_followers if each.kind is Kind.REFERENCE})
