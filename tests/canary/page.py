"""A page as a browser keeps and follows it: its title, its addresses and its forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

_ADDRESSES: Final = frozenset({"href", "src", "action", "formaction", "cite", "data", "poster", "srcset"})
_FIELDS: Final = frozenset({"input", "select", "textarea", "button"})
_CHOICES: Final = frozenset({"radio", "checkbox"})


@dataclass(slots=True)
class Field:
    """`options` are the values that can be chosen; a text has none."""

    name: str
    kind: str
    value: str
    options: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Form:
    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """Tells forms apart that go to one address."""
        return self.action, self.fields["by"].value if "by" in self.fields else ""


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.title = ""
        self.addresses: list[str] = []
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._in_title = False
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.addresses += [value for name, value in told.items() if name in _ADDRESSES]
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        elif tag == "title":
            self._in_title = True
        elif tag == "form":
            self.forms.append(Form(told.get("action", ""), told.get("method", "get").upper()))
        elif tag in _FIELDS and self.forms and told.get("name"):
            self._add(tag, told)
        elif tag == "option" and self._select:
            self.forms[-1].fields[self._select].options.append(told.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self._in_title = self._in_title and tag != "title"
        self._select = "" if tag == "select" else self._select

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def _add(self, tag: str, told: dict[str, str]) -> None:
        kind = told.get("type", "text") if tag == "input" else tag
        name, value = told["name"], told.get("value", "")
        self._select = name if tag == "select" else self._select
        known = self.forms[-1].fields.setdefault(name, Field(name, kind, value))
        if kind in _CHOICES or tag == "button":
            known.options.append(value)
