"""A subset of a resource: what `_summary` and `_elements` leave of it (FHIR R4 search, section 3.1.1.5.8)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from lhcr.fhir.definitions.structures import load_definitions
from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir.search.query import Summary
from lhcr.fhir.search.result_parser import elements, word
from lhcr.fhir.subsetted import subsetted
from lhcr.fhir_api.parameters import Pair, invalid, single
from lhcr.kernel.json_types import JsonObject

KNOWN: Final = frozenset({"_summary", "_elements"})
_ALWAYS: Final = frozenset({"resourceType", "id", "meta"})

_Keep: TypeAlias = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subset:
    """`elements` are names of top-level elements; empty for all. Hazard: partial shown as complete, so each says SUBSETTED."""

    summary: Summary | None = None
    elements: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return not self.elements and self.summary in {None, Summary.FALSE, Summary.COUNT}

    def of(self, body: bytes) -> bytes:
        """Return the JSON of the subset of a stored body; the same bytes where everything is asked for."""
        return body if self.is_whole else write_json(self._cut(read_json(body)))

    def _cut(self, resource: JsonObject) -> JsonObject:
        keep = self._keep(resource["resourceType"])
        cut = {name: value for name, value in resource.items() if keep(name)}
        if self.summary is Summary.TRUE:
            cut = {name: _summarised(resource["resourceType"], name, value) for name, value in cut.items()}
        return cut | {"meta": subsetted(resource.get("meta") or {})}

    def _keep(self, type: str) -> Callable[[str], bool]:
        kept = _ALWAYS | _mandatory(type)
        if self.elements:
            kept |= _members(type, lambda name, _: name in self.elements)
        elif self.summary is Summary.TRUE:
            kept |= _summary_members(type)
        elif self.summary is Summary.TEXT:
            kept |= {"text"}
        else:
            return lambda name: name not in {"text", "_text"}
        return lambda name: name.removeprefix("_") in kept


def read_subset(pairs: Sequence[Pair]) -> Subset:
    """Return what a read asks for. Raises Incorrect (400), also where both parameters are given."""
    summary, names = single(pairs, "_summary"), single(pairs, "_elements")
    if summary is not None and names is not None:
        raise invalid("_elements", "it cannot be combined with _summary")
    if summary == Summary.COUNT.value:
        raise invalid("_summary", "count is for searches")
    return Subset(
        summary=None if summary is None else word("_summary", summary, Summary),
        elements=() if names is None else elements(names),
    )


def _members(type: str, keep: _Keep) -> frozenset[str]:
    """Return JSON member names of the elements that are kept; `value[x]` is asked for as `value`."""
    return frozenset(
        member
        for element in load_definitions().elements(type)
        for member, _ in element.member_names()
        if keep(element.name.removesuffix("[x]"), member)
    )


@cache
def _mandatory(type: str) -> frozenset[str]:
    """Elements that must not be left out: a resource without its mandatory or modifying elements would mean something else."""
    return frozenset(
        member
        for element in load_definitions().elements(type)
        for member, _ in element.member_names()
        if element.min or element.modifier
    )


@cache
def _summary_members(structure: str) -> frozenset[str]:
    return frozenset(
        member
        for element in load_definitions().elements(structure)
        for member, _ in element.member_names()
        if element.summary or element.min or element.modifier
    )


def _summarised(type: str, name: str, value: Any) -> Any:
    """Cut the nested structures of a resource, such as Patient.contact, to their summary elements too."""
    member = load_definitions().members(type).get(name)
    if member is None or load_definitions().structures[member.type].kind != "nested":
        return value
    kept = _summary_members(member.type) | {"id", "extension"}
    return _cut_each(value, kept)


def _cut_each(value: Any, kept: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_cut_each(each, kept) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: each for name, each in value.items() if name.removeprefix("_") in kept}
