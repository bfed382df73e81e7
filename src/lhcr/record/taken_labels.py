"""Taken labels: what follows an entry loses the labels that it had from that entry alone, in the transaction that takes them off it.

Hazard guarded here: a sensitive item exposed, by showing again what something else hides. A label is taken off a follower only where all
labels that it has are what it says itself, what sensitive codes say of it and what it follows: where anything else has labelled
it, and of what follows it in a circle, they stay. An order's restriction is never taken off here. Past versions keep their labels.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import asyncpg

from lhcr.access.access_class import AccessClass
from lhcr.access.categories import joined_labels, labels_of
from lhcr.access.classes import AccessClasses
from lhcr.access.order import RESTRICTED_PROCESSING
from lhcr.access.policy import Policy
from lhcr.access.sensitivity_codes import SensitiveCodes
from lhcr.fhir.json_document import read_json
from lhcr.kernel.json_types import JsonObject
from lhcr.record.draft import Draft
from lhcr.record.followed import Locate, classes_of, followed_keys
from lhcr.record.links import Key, LinkReader
from lhcr.record.persons import DIRECTORY, Persons
from lhcr.record.reclassed import Reclassed, reclass
from lhcr.store.database import Connection

#: A chain of entries that follow each other is looked along so far; what is further keeps its labels.
MOST_ROUNDS: Final = 20


class Lost(NamedTuple):
    """An entry that lost labels: with whom it is at home, its class before and its class now."""

    person_id: int
    before: int
    now: int


LostEntries: TypeAlias = Mapping[Key, Lost]


def lost_labels(drafts: Iterable[Draft], *, people: Collection[str]) -> LostEntries:
    """Return the drafts that lost labels which what follows them may have from them."""
    return {
        draft.key: Lost(draft.person_id or DIRECTORY, draft.class_before, draft.class_id)
        for draft in drafts
        if draft.class_before and draft.key is not None and draft.person_id != DIRECTORY and draft.type not in people
    }


class TakenLabels:
    """Takes labels off for one worker."""

    def __init__(self, *, classes: AccessClasses, reader: LinkReader, policy: Policy, persons: Persons) -> None:
        self._classes = classes
        self._reader = reader
        self._policy = policy
        self._persons = persons

    async def take_off(self, connection: Connection, rows: Sequence[asyncpg.Record], lost: LostEntries) -> LostEntries:
        """Give current versions that follow what lost labels the classes that they would be written with; return those that changed."""
        codes = await self._classes.sensitivity.codes(policy_epoch=self._classes.table.epoch)
        changes = [each for row in rows if (each := await self._change(connection, row, lost, codes)) is not None]
        await reclass(connection, changes, past=False)
        return {
            (each.row["type"], each.row["id"]): Lost(each.row["person_id"], each.row["class"], each.becomes)
            for each in changes
        }

    async def _change(
        self, connection: Connection, row: asyncpg.Record, lost: LostEntries, codes: SensitiveCodes
    ) -> Reclassed | None:
        resource = read_json(row["body"])
        keys = set(followed_keys(resource, self._reader))
        if keys.isdisjoint(lost):
            return None
        followed = await classes_of(connection, keys, self._locate(connection))
        stood = {*followed.values(), *(lost[key].before for key in keys & lost.keys())}
        known = await self._known({row["class"], *stood})
        own = known[row["class"]]
        given = codes.labels_in(row["body"])
        if self._labels(resource, [known[each] for each in stood], given) != _without_orders(own.labels):
            return None
        labels = self._labels(resource, [known[each] for each in {*followed.values()}], given)
        kept = {RESTRICTED_PROCESSING}.intersection(own.labels)
        becomes = await self._classes.class_of(own.source_id, category=own.category, labels=sorted({*labels, *kept}))
        return None if becomes == row["class"] else Reclassed(row=row, becomes=becomes)

    def _labels(self, resource: JsonObject, followed: Sequence[AccessClass], given: Collection[str]) -> set[str]:
        said = labels_of(resource, policy=self._policy)
        return set(joined_labels(said, followed, policy=self._policy, of_sets=given))

    def _locate(self, connection: Connection) -> Locate:
        return lambda wanted: self._persons.locate(connection, wanted)

    async def _known(self, class_ids: Collection[int]) -> Mapping[int, AccessClass]:
        table = self._classes.table
        if not table.by_id.keys() >= set(class_ids):
            table = await self._classes.refreshed(epoch=table.epoch + 1)
        return {each: table.by_id[each] for each in class_ids}


def _without_orders(labels: Iterable[str]) -> set[str]:
    return {*labels} - {RESTRICTED_PROCESSING}
