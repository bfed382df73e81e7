"""The section table: the 38 sections of the Core Information Standard as data, in order, with their rules and columns.

It does not say who sees a section. The gate decides by categories of entries, which are policy, and a page is told what follows from
that: a second list here would one day contradict the first, and nobody would know which of them holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import msgspec

from lhcr.views.path import parse_path

Path = tuple[str, ...]
CURRENT_VERSION = "core-information-2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which entries of one resource type a section claims: every list that is given must match.

    `late` puts a rule behind those that go by words, for a category so broad that it says little.
    """

    type: str
    category: frozenset[str] = frozenset()
    code: frozenset[str] = frozenset()
    text: tuple[str, ...] = ()
    late: bool = False

    @property
    def rank(self) -> tuple[bool, int, bool, bool]:
        """Rules with more conditions come first; among those with one, codes before categories before words."""
        conditions = bool(self.category) + bool(self.code) + bool(self.text)
        return (self.late or not conditions, -conditions, not self.code, not self.category)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A heading and where its lines are found: paths tried in order, or the name of a reader.

    `under` puts its lines under the row's title, with the heading before them, instead of in a column of their own.
    """

    label: str
    paths: tuple[Path, ...] = ()
    reader: str = ""
    under: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section of the standard.

    `full` says that its columns are its own; the others are shown generically. `layout` is `rows`, `facts`, `results` or
    `medicines`; `compare` names the columns in
    which entries about the same thing must agree, `same` how they are known to be about the same thing; `order` is the order
    of the rows: newest first where it is empty, else `soonest` or `gravest`.
    """

    number: int
    key: str
    title: str
    rules: tuple[Rule, ...]
    headings: frozenset[str]
    columns: tuple[Column, ...]
    full: bool
    layout: str
    compare: tuple[str, ...]
    same: str
    order: str

    @property
    def told(self) -> frozenset[str]:
        """The elements that the columns' paths read, which the generic reader need not tell again."""
        return frozenset(path[0] for column in self.columns for path in column.paths)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeReading:
    """Where a resource type keeps its title and its clinical date; each date with the words that say which it is."""

    titles: tuple[Path, ...]
    dates: tuple[tuple[Path, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionTable:
    """A whole version of the table."""

    version: str
    sections: tuple[Section, ...]
    types: Mapping[str, TypeReading]

    def section(self, key: str) -> Section | None:
        return next((section for section in self.sections if section.key == key), None)


def load_sections(version: str = CURRENT_VERSION) -> SectionTable:
    """Read a version of the table from the package. A mistake in it raises here, when the program starts."""
    text = files("lhcr.views.sections").joinpath(f"{version}.json").read_bytes()
    data = msgspec.json.decode(text)
    default_columns = tuple(_column(item) for item in data["generic_columns"])
    return SectionTable(
        version=data["version"],
        sections=tuple(_section(item, default_columns) for item in data["sections"]),
        types={name: _reading(item) for name, item in data["types"].items()},
    )


def _section(item: dict[str, Any], default_columns: tuple[Column, ...]) -> Section:
    columns = tuple(_column(column) for column in item.get("columns", ()))
    return Section(
        number=item["number"],
        key=item["key"],
        title=item["title"],
        rules=tuple(_rule(rule) for rule in item["rules"]),
        headings=frozenset(item.get("headings", ())),
        columns=columns or default_columns,
        full=item.get("full", False),
        layout=item.get("layout", "rows"),
        compare=tuple(item.get("compare", ())),
        same=item.get("same", ""),
        order=item.get("order", ""),
    )


def _rule(item: dict[str, Any]) -> Rule:
    return Rule(
        type=item["type"],
        category=frozenset(item.get("category", ())),
        code=frozenset(item.get("code", ())),
        text=tuple(item.get("text", ())),
        late=item.get("late", False),
    )


def _column(item: dict[str, Any]) -> Column:
    paths = tuple(parse_path(path) for path in item.get("paths", ()))
    return Column(label=item["label"], paths=paths, reader=item.get("reader", ""), under=item.get("under", False))


def _reading(item: dict[str, Any]) -> TypeReading:
    return TypeReading(
        titles=tuple(parse_path(path) for path in item["titles"]),
        dates=tuple((parse_path(path), label) for path, label in item["dates"]),
    )
