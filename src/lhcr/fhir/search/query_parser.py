"""The parser of a search query: from the name-value pairs of a request to the typed tree, or to all that is wrong with them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lhcr.fhir.search import refusals, result_parser
from lhcr.fhir.search.catalogue import type_ids
from lhcr.fhir.search.criterion_parser import CriterionParser
from lhcr.fhir.search.limits import STANDARD, Limits
from lhcr.fhir.search.query import Include, Node, SearchQuery, Summary, Total
from lhcr.fhir.search.value_parser import ValueParser
from lhcr.kernel.errors import Incorrect, Issue

Pair = tuple[str, str]

# Answered where the request is read, not by the search itself.
_ELSEWHERE = frozenset({"_format", "_pretty"})
_PAGING = frozenset({"_cursor", "_page"})
_INCLUDES = {"_include": "includes", "_revinclude": "reverse_includes"}


def parse_query(
    resource_type: str | None,
    pairs: Sequence[Pair],
    *,
    now: datetime,
    bases: tuple[str, ...] = (),
    limits: Limits = STANDARD,
) -> SearchQuery:
    """Read a query of one type, or of the whole system or compartment (None: `_type` names the types, if any).

    `pairs` are percent-decoded and in the order of the request. `now` is what an approximate date is measured from; `bases` are
    the addresses under which this server is known. Raises Incorrect (400) with an issue for each thing that is wrong; the
    issues never repeat a value.
    """
    if len(pairs) > limits.pairs:
        raise refusals.too_much("_search", f"a search takes at most {limits.pairs} parameters")
    if resource_type is not None and resource_type not in type_ids():
        raise refusals.unknown("_type", "the resource type is not one of FHIR R4")
    reading = _Reading(
        types=() if resource_type is None else (resource_type,),
        whole=resource_type is None,
        criteria=CriterionParser(ValueParser(now=now, bases=bases), limits),
        limits=limits,
    )
    return reading.read(pairs)


@dataclass(slots=True)
class _Reading:
    """One query while it is read: what was found so far, and what is wrong."""

    types: tuple[str, ...]
    whole: bool
    criteria: CriterionParser
    limits: Limits
    found: list[Node] = field(default_factory=list)
    single: dict[str, Any] = field(default_factory=dict)
    includes: dict[str, list[Include]] = field(default_factory=lambda: {name: [] for name in _INCLUDES.values()})
    paging: list[Pair] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def read(self, pairs: Sequence[Pair]) -> SearchQuery:
        # The types come first: what the other parameters mean depends on them.
        for first in (True, False):
            for name, text in pairs:
                if (name == "_type") is first:
                    self._try(name, text)
        if self.issues:
            raise Incorrect(list(dict.fromkeys(self.issues)))
        return SearchQuery(
            types=self.types,
            criteria=tuple(dict.fromkeys(self.found)),
            includes=tuple(dict.fromkeys(self.includes["includes"])),
            reverse_includes=tuple(dict.fromkeys(self.includes["reverse_includes"])),
            paging=tuple(self.paging),
            **self.single,
        )

    def _try(self, name: str, text: str) -> None:
        try:
            self._check_text(name, text)
            self._read_pair(name, text)
        except Incorrect as error:
            self.issues.extend(error.issues)

    def _check_text(self, name: str, text: str) -> None:
        """Refuse what no index could hold: too long, empty, NUL or half a surrogate pair."""
        if max(len(name), len(text)) > self.limits.text:
            raise refusals.too_much(name, "the name or value is too long")
        if not text:
            raise refusals.invalid(name, "the value is empty")
        if "\x00" in text or (not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)):
            raise refusals.invalid(name, "the value holds a character that no text may hold")

    def _read_pair(self, name: str, text: str) -> None:
        base = name.partition(":")[0]
        if name in _ELSEWHERE:
            return
        if name in _PAGING:
            self.paging.append((name, text))
        elif base in _INCLUDES:
            self._add_include(name, text, self.includes[_INCLUDES[base]])
        elif name in self._single_readers():
            self._read_single(name, text)
        else:
            self.found.append(self.criteria.criterion(self.types, name, text))

    def _add_include(self, name: str, text: str, includes: list[Include]) -> None:
        if len(includes) >= self.limits.includes:
            raise refusals.too_much(name, f"at most {self.limits.includes} may be given")
        includes.append(result_parser.include(self.types, name, text))

    def _single_readers(self) -> dict[str, Callable[[str], Any]]:
        readers: dict[str, Callable[[str], Any]] = {
            "_sort": lambda text: result_parser.sort_keys(self.types, text, self.limits),
            "_count": result_parser.count,
            "_total": lambda text: result_parser.word("_total", text, Total),
            "_summary": lambda text: result_parser.word("_summary", text, Summary),
            "_elements": result_parser.elements,
        }
        return readers | ({"_type": result_parser.searched_types} if self.whole else {})

    def _read_single(self, name: str, text: str) -> None:
        key = name.removeprefix("_")
        if key in self.single or (name == "_type" and self.types):
            raise refusals.invalid(name, "it may be given only once")
        value = self._single_readers()[name](text)
        if name == "_type":
            self.types = value
        else:
            self.single[key] = value
