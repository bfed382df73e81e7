"""Batch names: what the entries of one batch are called inside it, and under which references they will be found."""

from collections.abc import Iterable, Sequence

from lhcr.fhir.search.catalogue import type_name
from lhcr.kernel.errors import Issue
from lhcr.record.batch_references import BatchReferences
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
        named = self._named
        for draft in drafts:
            if draft.full_url:
                named[draft.full_url] = draft
            if draft.id:
                named[f"{draft.type}/{draft.id}"] = draft

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

    def unresolved(self, references: BatchReferences) -> list[Issue]:
        """Return an issue for each `urn:` reference that no entry has for a name, in the order of the entries."""
        missing = [text for text in references.texts if text not in self._named and text.startswith("urn:")]
        return unresolved(references.saying(missing)) if missing else []

    def resolve(self, references: BatchReferences, targets: Iterable[Draft]) -> None:
        """Replace the names of targets, whose ids are settled, by the references under which they will be found."""
        chosen = {id(draft) for draft in targets}
        final = {}
        for text in references.texts if chosen else ():
            draft = self._named.get(text)
            if draft is not None and id(draft) in chosen:
                final[text] = f"{draft.type}/{draft.id}"
        references.replace(final)

    def resolve_addresses(self, references: BatchReferences, drafts: Iterable[Draft]) -> None:
        """Replace names of entries that stand where an address does, such as that of a document's Binary, and own addresses.

        FHIR R4 http 3.1.0.11.2. A reference by the area's own address becomes a relative one, so that a search finds it however
        it was written.
        """
        references.replace({text: self._reader.relative(text) for text in references.texts})
        for draft in drafts:
            for holder, name in draft.addresses:
                if (entry := self._named.get(holder[name])) is not None:
                    holder[name] = f"{entry.type}/{entry.id}"
