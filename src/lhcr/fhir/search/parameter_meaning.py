"""What FHIR's search parameters mean beside their expressions: which of them name the home, which the clinical date, which are
others put together. Worked out once, by the developer's script, from the expressions and the elements that they walk.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from lhcr.fhir.search import fhirpath
from lhcr.fhir.search.definitions import Definitions
from lhcr.fhir.search.typed_path import TypedPath, typed_paths

HERE = Path(__file__).parent

#: Kind, expression, targets and components of each (type, code).
Rows: TypeAlias = Mapping[tuple[str, str], list[object]]

# Known to every type: the expression holds for any resource.
COMMON = {
    "_id": ("token", "id"),
    "_lastUpdated": ("date", "meta.lastUpdated"),
    "_profile": ("uri", "meta.profile"),
    "_security": ("token", "meta.security"),
    "_source": ("uri", "meta.source"),
    "_tag": ("token", "meta.tag"),
}

DATES = {"date", "dateTime", "instant", "Period", "Timing"}


def walk(text: str, *, context: str, resource: str, definitions: Definitions) -> tuple[TypedPath, ...]:
    expression = fhirpath.parse(text)
    paths = (expression.path,) if isinstance(expression, fhirpath.ExistsAndNotFalse) else expression.paths
    return tuple(
        found
        for path in paths
        for found in typed_paths(path, context=context, resource=resource, lookup=definitions.element)
    )


def walk_all(rows: Rows, definitions: Definitions) -> None:
    """Walk every expression, so that the elements it needs are recorded and a wrong one fails here."""
    for (base, _), (_, expression, _, components) in rows.items():
        nodes = walk(str(expression), context=base, resource=base, definitions=definitions)
        for part in components if isinstance(components, list) else ():
            for node in nodes:
                walk(part[2], context=node.type, resource=base, definitions=definitions)
    for base, paths in json.loads((HERE / "clinical_dates.json").read_text()).items():
        for path in paths:
            walk(path, context=base, resource=base, definitions=definitions)


def home_codes(rows: Rows, definitions: Definitions) -> dict[str, list[str]]:
    """Find the codes that mean exactly the home: their whole expression is the type's one single-valued subject element."""
    homes = json.loads((HERE / "homes.json").read_text())
    found: dict[str, list[str]] = {}
    for (base, code), (kind, expression, _, _) in sorted(rows.items()):
        subjects = homes[base][1]
        if kind != "reference" or len(subjects) != 1 or definitions.repeats(base, subjects[0]):
            continue
        if str(expression).removesuffix(".where(resolve() is Patient)") == f"{base}.{subjects[0]}":
            found.setdefault(base, []).append(code)
    return found


def clinical_codes(rows: Rows, definitions: Definitions) -> dict[str, list[str]]:
    """Find the codes that select exactly the element by which their type is sorted first."""
    paths = json.loads((HERE / "clinical_dates.json").read_text())
    found: dict[str, list[str]] = {}
    for (base, code), (kind, expression, _, _) in sorted(rows.items()):
        if kind == "date" and paths[base] and code not in COMMON:
            asked, sorted_by = (
                {
                    path
                    for path in walk(text, context=base, resource=base, definitions=definitions)
                    if path.type in DATES
                }
                for text in (str(expression), paths[base][0])
            )
            if asked == sorted_by:
                found.setdefault(base, []).append(code)
    return found


def union_codes(rows: Rows, definitions: Definitions) -> dict[str, dict[str, list[str]]]:
    """Find the parameters whose values are exactly those of others (combo-code: code and component-code), by type."""
    unions: dict[str, dict[str, list[str]]] = {}
    for (base, _), by_code in selections(rows, definitions).items():
        named = unions.setdefault(base, {})
        for code, found in by_code.items():
            others = {other: by_code[other] for other in by_code if other != code and other not in named}
            named |= {code: parts} if (parts := covering(found, others)) else {}
    return {base: named for base, named in unions.items() if named}


def selections(rows: Rows, definitions: Definitions) -> dict[tuple[str, object], dict[str, set[object]]]:
    """Give what each parameter selects, by type and kind; home parameters and inlined resources have rules of their own."""
    selected: dict[tuple[str, object], dict[str, set[object]]] = {}
    homes = home_codes(rows, definitions)
    for (base, code), (kind, expression, _, components) in sorted(rows.items()):
        nodes = walk(str(expression), context=base, resource=base, definitions=definitions)
        if code in COMMON or code in homes.get(base, ()) or {node.type for node in nodes} == {"Resource"}:
            continue
        parts = json.dumps([part[1:3] for part in components]) if isinstance(components, list) else ""
        is_truth = "exists()" in str(expression)
        selected.setdefault((base, kind), {})[code] = {(node, parts, is_truth) for node in nodes}
    return selected


def covering(whole: set[object], others: dict[str, set[object]]) -> list[str]:
    """Name others that together select exactly `whole`, none of it twice; nothing where there are none."""
    chosen: list[str] = []
    rest = set(whole)
    for code, found in sorted(others.items(), key=lambda item: (-len(item[1]), item[0])):
        if found and found <= rest:
            chosen.append(code)
            rest -= found
    return chosen if not rest else []


def implied_systems(rows: Rows, definitions: Definitions) -> dict[str, dict[str, str]]:
    """Find the code system of each token parameter that selects plain codes: it is never written, but may be asked for."""
    found: dict[str, dict[str, str]] = {}
    for (base, code), (kind, expression, _, _) in sorted(rows.items()):
        systems = {
            definitions.last_system()
            if {node.type for node in walk(part, context=base, resource=base, definitions=definitions)} == {"code"}
            else ""
            for part in (str(expression).split(" | ") if kind == "token" and "exists()" not in str(expression) else [])
        }
        if len(systems) == 1 and "" not in systems:
            found.setdefault(base, {})[code] = systems.pop()
    return found
