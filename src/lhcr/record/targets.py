"""Targets: what the references of a batch lead to, and with whom that is at home."""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping

from lhcr.kernel.json_types import JsonObject
from lhcr.record.batch_names import BatchNames
from lhcr.record.batch_references import BatchReferences
from lhcr.record.draft import Draft
from lhcr.record.links import Key, LinkReader
from lhcr.record.persons import Located
from lhcr.record.sight import Sight
from lhcr.store.database import Connection


class Targets:
    """`located` are the ids outside the batch that it refers to. Homes of its own entries are known once they are placed."""

    def __init__(self, names: BatchNames, reader: LinkReader, located: Mapping[Key, Located], *, sight: Sight) -> None:
        self._names = names
        self._reader = reader
        self._located = located
        self._sight = sight

    async def seen(self, connection: Connection, references: Iterable[str]) -> Collection[Key]:
        """Return what references lead to outside the batch, in records of persons, as far as whoever writes may see it."""
        outside = {key for text in references if (key := self._names.outside(text)) and key in self._located}
        return await self._sight.targets(connection, {key: self._located[key].person_id for key in outside})

    def home(self, reference: str, *, among: Container[Key]) -> int | None:
        """Return where what a reference names is at home: an entry of the batch, or what is `among` some others."""
        if (draft := self._names.entry(reference)) is not None:
            return draft.person_id
        key = self._reader.key(reference)
        return self._located[key].person_id if key is not None and key in among else None

    def in_other_records(self, references: BatchReferences) -> Iterator[tuple[Draft, JsonObject, int]]:
        """Yield the references that lead into records of other persons than their draft's own, with those persons."""
        for text in references.texts:
            person_id = self.home(text, among=self._located)
            if person_id is not None and person_id > 0:
                for draft, link in references.uses(text):
                    if draft.person_id != person_id:
                        yield draft, link, person_id
