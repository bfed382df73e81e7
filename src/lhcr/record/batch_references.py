"""Batch references: the literal references of a batch by their text, because its entries say the same few again and again."""

from collections.abc import Iterable, KeysView, Mapping, Sequence
from typing import TypeAlias

from lhcr.kernel.json_types import JsonObject
from lhcr.record.draft import Draft

Use: TypeAlias = tuple[Draft, JsonObject]
"""The Reference object that says a text, and the draft in which it stands."""


class BatchReferences:
    """What the drafts of a batch say, whose links are read. What it is asked costs as much as they say different things."""

    def __init__(self, drafts: Iterable[Draft]) -> None:
        self._uses: dict[str, list[Use]] = {}
        uses = self._uses
        for draft in drafts:
            for link in draft.links:
                text = link["reference"]
                if text in uses:
                    uses[text].append((draft, link))
                else:
                    uses[text] = [(draft, link)]

    @property
    def texts(self) -> KeysView[str]:
        return self._uses.keys()

    def uses(self, text: str) -> Sequence[Use]:
        return self._uses[text]

    def saying(self, texts: Iterable[str]) -> list[Use]:
        """Return the uses of some texts, in the order of the row numbers of their drafts."""
        return in_order(use for text in texts for use in self._uses[text])

    def replace(self, final: Mapping[str, str]) -> None:
        """Put other texts in the place of some: each once, also where one becomes another that is replaced too."""
        moved = [(to, self._uses.pop(text)) for text, to in final.items() if to != text and text in self._uses]
        for text, uses in moved:
            for _, link in uses:
                link["reference"] = text
            self._uses.setdefault(text, []).extend(uses)


def in_order(uses: Iterable[Use]) -> list[Use]:
    """Return uses in the order of the row numbers of their drafts."""
    return sorted(uses, key=lambda use: use[0].rid)
