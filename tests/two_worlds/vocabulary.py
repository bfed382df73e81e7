"""The vocabulary of generated questions: whatever the worlds' entries say, seen or hidden, and what nobody says."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Self

from tests.two_worlds.history_of_worlds import sent_resources

from lhcr.fhir.search.catalogue import parameters_of
from lhcr.fhir.search.parameter import SearchParameter

_DATES: Final = (
    "2018",
    "2019-07",
    "2020-02-02",
    "2021-01-15T00:00:00Z",
    "2025-01-06",
    "2025-01-06T12:00:00Z",
    "1980-02-03",
    "2030",
)
_NUMBERS: Final = ("10.5", "11.5||g", "12.5|http://unitsofmeasure.org|g", "0", "1e3")
_URIS: Final = ("urn:lhcr:source:RZA", "urn:lhcr:source:RRE", "http://example.org/none")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    references: tuple[str, ...]
    tokens: tuple[str, ...]
    words: tuple[str, ...]
    identifiers: tuple[str, ...]
    by_type: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, resources: Iterable[dict[str, Any]]) -> Self:
        told = [node for each in resources for node in _nodes(each)]
        references = {f"{node['resourceType']}/{node['id']}" for node in told if "resourceType" in node}
        codings = {
            f"{node['system']}|{node['code']}"
            for node in told
            if "code" in node and isinstance(node.get("system"), str)
        }
        pairs = {
            f"{node['system']}|{node['value']}"
            for node in told
            if "value" in node and isinstance(node.get("system"), str)
        }
        words = {
            text
            for node in told
            for value in node.values()
            for text in _texts(value)
            if 2 < len(text) < 30 and "/" not in text
        }
        absent = {"Patient/nobody", "Condition/nothing", "Observation/nothing", "Organization/nowhere"}
        known = tuple(sorted(references | absent))
        types = {each.partition("/")[0] for each in known}
        by_type = {name: tuple(each for each in known if each.startswith(f"{name}/")) for name in types}
        return cls(known, tuple(sorted(codings)), tuple(sorted(words)), tuple(sorted(pairs)), by_type)

    def of_type(self, type: str) -> tuple[str, ...]:
        return self.by_type.get(type, ())


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary.of(sent_resources())


@cache
def askable(type: str) -> tuple[SearchParameter, ...]:
    return tuple(parameters_of(type).values())


DATES, NUMBERS, URIS = _DATES, _NUMBERS, _URIS


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _nodes(each)
    elif isinstance(value, list):
        for each in value:
            yield from _nodes(each)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
