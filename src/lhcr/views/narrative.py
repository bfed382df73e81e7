"""Narrative text: the words of a resource's XHTML, without its markup."""

from html.parser import HTMLParser
from typing import Any

_BREAKS = frozenset(
    {
        *("br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "dd", "ul", "ol", "pre", "hr"),
        *("blockquote", "table", "caption", "section", "article", "header", "footer", "address"),
    }
)
_CELLS = frozenset({"td", "th"})
_SILENT = frozenset({"script", "style"})
_STRUCK = frozenset({"s", "strike", "del"})
_PLAIN = frozenset(
    {
        *("html", "head", "body", "title", "meta", "link", "main", "nav", "thead", "tbody", "tfoot", "col", "colgroup"),
        *("a", "abbr", "acronym", "b", "bdo", "big", "cite", "code", "dfn", "em", "font", "i", "ins", "kbd", "label"),
        *("map", "area", "mark", "q", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "img"),
        *("figure", "figcaption", "center", "wbr", "object", "noscript"),
    }
)
_KNOWN = _BREAKS | _CELLS | _SILENT | _STRUCK | _PLAIN
_LONGEST = 200_000
_CUT = "This text is too long to show in full."


class _Words(HTMLParser):
    """Hazards: what was struck out read as valid; `10<sup>9</sup>` read as 109; `<LLN` taken for a tag and lost."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0
        self._raised = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        self._raised = tag == "sup"
        if tag not in _KNOWN:
            self.pieces.append(self.get_starttag_text() or "")
        elif tag in _BREAKS:
            self.pieces.append("\n")
        elif tag in _STRUCK:
            self.pieces.append(" [struck out: ")
        elif tag == "img":
            self.pieces.append(f" {dict(attrs).get('alt') or ''} ")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        self._raised = False
        if tag in _CELLS:
            self.pieces.append(" ")
        elif tag in _BREAKS:
            self.pieces.append("\n")
        elif tag in _STRUCK:
            self.pieces.append("] ")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        # Only a number that is raised is a power; the letters of 1st are none.
        power = self._raised and data.strip().lstrip("+-\u2212").isdecimal()
        self.pieces.append(f"^{data.strip()}" if power else data)

    def unknown_decl(self, data: str) -> None:
        if data.startswith("CDATA["):
            self.handle_data(data.removeprefix("CDATA["))


def narrative_lines(div: Any) -> tuple[str, ...]:
    """The lines of a narrative's `div`; markup that does not parse loses its tags, never its words."""
    if not isinstance(div, str):
        return ()
    words = _Words()
    words.feed(div[:_LONGEST])
    words.close()
    lines = (" ".join(line.split()) for line in "".join(words.pieces).splitlines())
    cut = (_CUT,) if len(div) > _LONGEST else ()
    return (*(line for line in lines if line), *cut)


def plain_text(div: Any) -> str:
    return " ".join(narrative_lines(div))
