"""The compiler of `structures.json` from the official package hl7.fhir.r4.core 4.0.1, run while developing only.

It keeps names, types, cardinalities, reference targets and the codes of required bindings, and no prose. The package's
path is its only argument: a folder that holds `StructureDefinition-*.json`, `ValueSet-*.json` and `CodeSystem-*.json`.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FHIR = "http://hl7.org/fhir/StructureDefinition/"
CORE = "http://hl7.org/fhir/"
FHIRPATH = "http://hl7.org/fhirpath/System."
OUTPUT = Path(__file__).with_name("structures.json")

Json = dict[str, Any]
Codes = dict[str, list[str]]


def documents(package: Path, resource_type: str) -> Iterator[Json]:
    for path in sorted(package.glob(f"{resource_type}-*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def is_base_structure(definition: Json) -> bool:
    """Profiles and logical models are left out: they constrain what is here."""
    return definition["kind"] != "logical" and definition.get("derivation") != "constraint"


def own_name(definition: Json, path: str) -> str:
    """Name the structure that holds the element at `path`: a type, or a nested one by its path."""
    holder = path.rpartition(".")[0]
    return holder or str(definition["type"])


def inherited(element: Json, definition: Json) -> bool:
    holder: str = element["base"]["path"].partition(".")[0]
    return holder != str(definition["type"])


def type_codes(element: Json, definition: Json, nested: set[str]) -> list[str]:
    path = element["path"]
    if path in nested:
        return [path]
    if "contentReference" in element:
        return [element["contentReference"].removeprefix("#")]
    if path == "Resource.id":
        return ["id"]  # The package says string, the specification says id.
    if path == "Extension.url":
        return ["uri"]
    codes = [entry["code"] for entry in element["type"]]
    return ["string" if code.startswith(FHIRPATH) else code for code in codes if definition["kind"] != "primitive-type"]


def targets(element: Json) -> list[str]:
    profiles = [
        profile for entry in element.get("type", []) if entry["code"] == "Reference"
        for profile in entry.get("targetProfile", [])
    ]  # fmt: skip
    names = [profile.removeprefix(FHIR) for profile in profiles]
    return [] if "Resource" in names else names


@dataclass
class ValueSets:
    """The value sets and code systems of the package, expanded on demand."""

    value_sets: dict[str, Json]
    code_systems: dict[str, Json]

    def expand(self, url: str) -> Codes | None:
        """Give the codes by system, or None where the package does not hold all of them."""
        value_set = self.value_sets.get(url.partition("|")[0])
        if value_set is None or "exclude" in value_set["compose"]:
            return None
        codes: Codes = {}
        for include in value_set["compose"]["include"]:
            part = self._include(include)
            if part is None:
                return None
            for system, names in part.items():
                codes.setdefault(system, []).extend(names)
        return codes

    def _include(self, include: Json) -> Codes | None:
        if "filter" in include or "valueSet" in include:
            return None
        if "concept" in include:
            return {include["system"]: [concept["code"] for concept in include["concept"]]}
        system = self.code_systems.get(include["system"])
        if system is None or system["content"] != "complete":
            return None
        return {include["system"]: list(concept_codes(system["concept"]))}


def concept_codes(concepts: list[Json]) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from concept_codes(concept.get("concept", []))


def required_binding(element: Json) -> str | None:
    binding = element.get("binding", {})
    return binding["valueSet"].partition("|")[0] if binding.get("strength") == "required" else None


def compile_element(element: Json, definition: Json, nested: set[str], bound: dict[str, Codes]) -> Json:
    """Keep what differs from the commonest element: optional, single, neither modifier nor summary."""
    compiled: Json = {"name": element["path"].rpartition(".")[2], "types": type_codes(element, definition, nested)}
    binding = required_binding(element)
    optional = {
        "min": element["min"],
        "many": element["max"] != "1",
        "targets": targets(element),
        "codes": binding if binding in bound else None,
        "modifier": element.get("isModifier", False),
        "summary": element.get("isSummary", False),
    }
    return compiled | {key: value for key, value in optional.items() if value}


def compile_structure(definition: Json, bound: dict[str, Codes]) -> dict[str, Json]:
    """Give the type's structure and one for each element that has elements of its own."""
    elements = [element for element in definition["snapshot"]["element"] if "." in element["path"]]
    nested = {own_name(definition, element["path"]) for element in elements} - {definition["type"]}
    by_path = {element["path"]: element for element in elements}
    base = definition.get("baseDefinition", "").removeprefix(FHIR) or None
    kind = definition["kind"].removesuffix("-type")
    structures: dict[str, Json] = {
        definition["type"]: {"kind": kind, "base": base, "abstract": definition["abstract"], "elements": []}
    }
    for path in sorted(nested):
        nested_base = by_path[path]["type"][0]["code"]
        structures[path] = {"kind": "nested", "base": nested_base, "abstract": False, "elements": []}
    for element in elements:
        holder = own_name(definition, element["path"])
        if not inherited(element, definition) and kind != "primitive":
            structures[holder]["elements"].append(compile_element(element, definition, nested, bound))
    return structures


def required_codes(definitions: list[Json], value_sets: ValueSets) -> dict[str, Codes]:
    urls = {
        url
        for definition in definitions
        for element in definition["snapshot"]["element"]
        if (url := required_binding(element))
    }
    expanded = {url: value_sets.expand(url) for url in sorted(urls)}
    return {url: codes for url, codes in expanded.items() if codes}


def compile_package(package: Path) -> Json:
    definitions = [item for item in documents(package, "StructureDefinition") if is_base_structure(item)]
    value_sets = ValueSets(
        {item["url"]: item for item in documents(package, "ValueSet")},
        {item["url"]: item for item in documents(package, "CodeSystem")},
    )
    codes = required_codes(definitions, value_sets)
    structures: dict[str, Json] = {}
    for definition in definitions:
        structures |= compile_structure(definition, codes)
    return {"fhir_version": "4.0.1", "structures": structures, "codes": codes}


def render(compiled: Json) -> str:
    """Write one structure and one value set a line, so that a difference can be read."""

    def section(members: Json) -> str:
        lines = (f"{json.dumps(name)}:{json.dumps(value, separators=(',', ':'))}" for name, value in members.items())
        return "{\n" + ",\n".join(lines) + "\n}"

    return (
        f'{{"fhir_version":{json.dumps(compiled["fhir_version"])},\n'
        f'"structures":{section(compiled["structures"])},\n"codes":{section(compiled["codes"])}}}\n'
    )


if __name__ == "__main__":
    OUTPUT.write_text(render(compile_package(Path(sys.argv[1]))), encoding="utf-8")
