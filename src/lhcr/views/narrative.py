"""Narrative text: the words of a resource's XHTML, without its markup."""

from html.parser import HTMLParser
from typing import Any

_BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"script", "style"})
_LONGEST = 200_000


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._silent += tag in _SILENT
        if tag in _BREAKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        if tag in {"td", "th"}:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)


def narrative_lines(div: Any) -> tuple[str, ...]:
    """The lines of a narrative's `div`; markup that does not parse loses its tags, never its words."""
    if not isinstance(div, str):
        return ()
    words = _Words()
    words.feed(div[:_LONGEST])
    words.close()
    lines = (" ".join(line.split()) for line in "".join(words.pieces).splitlines())
    return tuple(line for line in lines if line)


def plain_text(div: Any) -> str:
    return " ".join(narrative_lines(div))
