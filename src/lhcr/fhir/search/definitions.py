"""FHIR's structure definitions as the developer's script walks them, recording each element that it passes."""

from collections.abc import Iterable
from typing import Any, TypeAlias

from lhcr.fhir.search.fhirpath import FhirPathError
from lhcr.fhir.search.typed_path import Element

Json: TypeAlias = dict[str, Any]


class Definitions:
    """All elements of the base definitions by holder and name, and which of them were looked up."""

    def __init__(self, package: Iterable[Json]) -> None:
        package = list(package)
        bases = [found for found in package if _is_base(found)]
        self._systems = {found["url"]: _only_system(found) for found in package if found["resourceType"] == "ValueSet"}
        self._bound: dict[tuple[str, str], str] = {}
        self.resource_types = sorted(
            found["type"] for found in bases if found["kind"] == "resource" and not found["abstract"]
        )
        self._elements: dict[tuple[str, str], Element] = {}
        for definition in bases:
            for element in definition["snapshot"]["element"][1:]:
                self._add(element)
        self._walked: set[tuple[str, str]] = set()
        self._last = ("", "")

    def _add(self, element: Json) -> None:
        holder, _, last = element["path"].rpartition(".")
        name = last.removesuffix("[x]")
        types = _types_of(element)
        keys = {name + code[0].upper() + code[1:]: code for code in types} if last != name else {name: types[0]}
        binding = element.get("binding", {}).get("valueSet", "").partition("|")[0]
        self._bound[holder, name] = self._systems.get(binding) or ""
        self._elements[holder, name] = Element(keys, many=element["max"] != "1")

    def element(self, holder: str, name: str) -> Element:
        """Look an element up by the type that holds it, and remember that it is needed."""
        found = self._elements.get((holder, name))
        if found is None:
            raise FhirPathError(f"{holder} has no element {name}")
        self._walked.add((holder, name))
        self._last = (holder, name)
        return found

    def last_system(self) -> str:
        """Give the code system to which the codes of the element last looked up are bound, "" where there is not just one."""
        return self._bound[self._last]

    def repeats(self, base: str, path: str) -> bool:
        """Say whether a dotted path from a resource type passes an element that repeats."""
        holder = base
        for name in path.split("."):
            found = self._elements[holder, name]
            if found.many:
                return True
            holder = next(iter(found.keys.values()))
        return False

    def walked(self) -> dict[str, object]:
        """Give the elements that were looked up, as `elements.json` holds them."""
        found: dict[str, object] = {}
        for holder, name in sorted(self._walked):
            element = self._elements[holder, name]
            single = element.keys.get(name)
            entry = dict(element.keys) if single is None else single + "*" * element.many
            named = found.setdefault(holder, {})
            assert isinstance(named, dict)
            named[name] = entry
        return found


def _is_base(found: Json) -> bool:
    return found["resourceType"] == "StructureDefinition" and found.get("derivation") != "constraint"


def _types_of(element: Json) -> list[str]:
    """Name the types of an element; one with children is a type of its own, named by its path."""
    if "contentReference" in element:
        return [element["contentReference"].removeprefix("#")]
    codes = [kind["code"] for kind in element["type"]]
    if codes[0] in {"BackboneElement", "Element"}:
        return [element["path"]]
    return [code.replace("http://hl7.org/fhirpath/System.String", "string") for code in codes]


def _only_system(value_set: Json) -> str | None:
    systems = {include.get("system") for include in value_set.get("compose", {}).get("include", ())}
    found: str | None = systems.pop() if len(systems) == 1 else None
    return found
