"""Batch names: what the entries of one batch are called inside it, and under which references they will be found."""

from collections.abc import Iterable, Iterator, Sequence

from lhcr.fhir.search.catalogue import type_name
from lhcr.kernel.errors import Issue
from lhcr.record.draft import Draft
from lhcr.record.links import Key, LinkReader, relate
from lhcr.record.refusals import unresolved


class BatchNames:
    """An entry is named by its fullUrl, or by its type and id."""

    def __init__(self, drafts: Sequence[Draft], reader: LinkReader) -> None:
        self._reader = reader
        self._named: dict[str, Draft] = {}
        self.add(drafts)
        relate(drafts, self._named)

    def add(self, drafts: Iterable[Draft]) -> None:
        """Take note of names, also of those that entries have got meanwhile."""
        self._named |= {name: draft for draft in drafts for name in _names(draft)}

    def entry(self, reference: str) -> Draft | None:
        """Return the entry of the batch that a reference names, if it names one."""
        draft = self._named.get(reference)
        if draft is None and (key := self._reader.key(reference)) is not None:
            return self._named.get(f"{type_name(key[0])}/{key[1]}")
        return draft

    def entry_type(self, reference: str) -> str | None:
        draft = self.entry(reference)
        return None if draft is None else draft.type

    def outside(self, reference: str) -> Key | None:
        """Return what a reference names of this area outside the batch, if it names something there."""
        return None if self.entry(reference) else self._reader.key(reference)

    def unresolved(self, drafts: Iterable[Draft]) -> Iterator[Issue]:
        """Yield an issue for each `urn:` reference that no entry has for a name."""
        named = self._named
        for draft in drafts:
            for link in draft.links:
                if link["reference"] not in named and link["reference"].startswith("urn:"):
                    yield unresolved(draft)

    def resolve(self, drafts: Iterable[Draft], targets: Iterable[Draft]) -> None:
        """Replace the names of targets, whose ids are settled, by the references under which they will be found."""
        chosen = {id(draft) for draft in targets}
        if not chosen:
            return
        final = {name: f"{draft.type}/{draft.id}" for name, draft in self._named.items() if id(draft) in chosen}
        for draft in drafts:
            for link in draft.links:
                if link["reference"] in final:
                    link["reference"] = final[link["reference"]]

    def resolve_addresses(self, drafts: Iterable[Draft]) -> None:
        """Replace names of entries that stand where an address does, such as that of a document's Binary, and own addresses.

        FHIR R4 http 3.1.0.11.2. A reference by the area's own address becomes a relative one, so that a search finds it however
        it was written.
        """
        for draft in drafts:
            for link in draft.links:
                link["reference"] = self._reader.relative(link["reference"])
            for holder, name in draft.addresses:
                if (entry := self._named.get(holder[name])) is not None:
                    holder[name] = f"{entry.type}/{entry.id}"


def _names(draft: Draft) -> Iterator[str]:
    if draft.full_url:
        yield draft.full_url
    if draft.id:
        yield f"{draft.type}/{draft.id}"
