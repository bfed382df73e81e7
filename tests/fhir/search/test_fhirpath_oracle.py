"""What a compiled path selects is what an independent FHIRPath engine selects."""

import bz2
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fhirpathpy
import pytest
from fhirpathpy.models import models

from lhcr.fhir.search.catalogue import parameters_of, type_ids
from lhcr.fhir.search.compiler import resolved
from lhcr.fhir.search.elements import _elements, element
from lhcr.fhir.search.extraction import extract
from lhcr.fhir.search.fhirpath import ExistsAndNotFalse, FhirPathError, parse
from lhcr.fhir.search.path_tree import PathTree
from lhcr.fhir.search.source import Source
from lhcr.kernel.json_types import JsonObject

CORPUS = Path(os.environ.get("LHCR_CORPUS", Path(__file__).parents[4] / "shared" / "corpus"))
A_FEW = 3
PRIMITIVES: dict[str, Any] = {
    "boolean": True,
    "integer": 7,
    "positiveInt": 7,
    "decimal": 1.5,
    "date": "2020-01-02",
    "dateTime": "2020-01-02T03:04:05Z",
    "instant": "2020-01-02T03:04:05Z",
}


def selector(expression: str, resource_type: str) -> Callable[[JsonObject], list[Any]] | None:
    """Compile an expression to the nodes that it selects, before any conversion; None for the one Boolean expression."""
    read = parse(expression)
    if isinstance(read, ExistsAndNotFalse):
        return None
    tree: PathTree[None] = PathTree()
    for path in resolved(read.paths, resource_type):
        tree.add(path.segments, None)
    source = Source()
    with source.block("def select(r)"):
        source.line("found = []")
        tree.write(source, "r", lambda variable, _: source.line(f"found.append({variable})"))
        source.line("return found")
    names: dict[str, Any] = {}
    exec(source.text(), names)
    compiled: Callable[[JsonObject], list[Any]] = names["select"]
    return compiled


def oracle_of(expression: str) -> Callable[[JsonObject], list[Any]]:
    """The engine does not resolve references and takes `as` of one node only; `ofType` is the same of several."""
    text = re.sub(r"\(([\w.]+) as (\w+)\)", r"\1.ofType(\2)", expression)
    text = re.sub(r"\.as\((\w+)\)", r".ofType(\1)", text)
    text = re.sub(r"\.where\(resolve\(\) is \w+\)", "", text)
    # The engine knows hasExtension() by its meaning only.
    text = re.sub(r"where\(hasExtension\(('[^']*')\)\)", r"where(extension(\1).exists())", text)
    compiled = fhirpathpy.compile(text, models["r4"])
    return lambda resource: compiled(resource, None)


def as_set(nodes: list[Any]) -> set[str]:
    return {json.dumps(node, sort_keys=True, default=float) for node in nodes}


def differences(resource: JsonObject) -> list[str]:
    """Name the parameters for which the two do not select the same of a resource."""
    resource_type = resource["resourceType"]
    found = []
    for code, parameter in parameters_of(resource_type).items():
        select = selector(parameter.expression, resource_type)
        if select is not None and as_set(select(resource)) != as_set(oracle_of(parameter.expression)(resource)):
            found.append(code)
    return found


def filled(holder: str, choice: int, depth: int = 0) -> JsonObject:
    """Make a value of a type in which every element that any search expression walks is there, each choice by its n-th type."""
    made: JsonObject = {}
    for name in _elements().get(holder, {}):
        found = element(holder, name)
        key, node_type = list(found.keys.items())[choice % len(found.keys)]
        value = PRIMITIVES.get(node_type) or _value(node_type, name, choice, depth)
        made[key] = [value, value] if found.many else value
    return made


def _value(node_type: str, name: str, choice: int, depth: int) -> Any:
    if node_type == "Resource":
        return {"resourceType": "Composition", "id": "c"}
    if node_type[0].islower():
        return {"system": "phone", "type": "depends-on"}.get(name, f"{name}-{choice}")
    inner = filled(node_type, choice, depth + 1) if depth < 6 else {}
    return inner or {"reference": "Patient/1"}


@pytest.mark.parametrize("resource_type", sorted(type_ids()))
def test_a_resource_with_everything_in_it_is_walked_as_fhirpath_says(resource_type: str) -> None:
    for choice in range(5):
        resource = {"resourceType": resource_type, **filled(resource_type, choice)}
        resource["extension"] = [{"url": url, "valueString": "x"} for url in sorted(urls_of(resource_type))]
        assert differences(resource) == [], choice


def urls_of(resource_type: str) -> set[str]:
    expressions = " ".join(found.expression for found in parameters_of(resource_type).values())
    return set(re.findall(r"extension\('([^']*)'\)", expressions))


def corpus_resources() -> Iterator[JsonObject]:
    for path in sorted((CORPUS / "fhir-r4-examples").glob("*.json")) + sorted((CORPUS / "ukcore").rglob("*.json")):
        yield from _with_entries(json.loads(path.read_bytes()))
    for path in sorted((CORPUS / "synthea").glob("*.bz2"))[:4]:
        yield from _with_entries(json.loads(bz2.decompress(path.read_bytes())))


def _with_entries(resource: JsonObject) -> Iterator[JsonObject]:
    """Some files are fragments that lack a type; those are no resources."""
    if "resourceType" in resource:
        yield resource
    for entry in resource.get("entry", ()):
        if isinstance(entry, dict) and "resource" in entry:
            yield entry["resource"]


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here")
def test_real_resources_are_walked_as_fhirpath_says() -> None:
    seen: dict[tuple[str, frozenset[str]], int] = {}
    for resource in corpus_resources():
        shape = (resource["resourceType"], frozenset(resource))
        seen[shape] = seen.get(shape, 0) + 1
        if seen[shape] <= A_FEW:
            assert differences(resource) == [], resource["resourceType"]
            extract(resource)
    assert len({name for name, _ in seen}) > 30


@pytest.mark.parametrize(
    ("deceased", "expected"),
    [
        ({}, "false"),
        ({"deceasedBoolean": False}, "false"),
        ({"deceasedBoolean": True}, "true"),
        ({"deceasedDateTime": "2020-01-01"}, "true"),
    ],
)
def test_who_has_died_is_told_as_fhirpath_says(deceased: JsonObject, expected: str) -> None:
    """Hazard: a living person shown as dead, or the other way round."""
    parameter = parameters_of("Patient")["deceased"]
    patient = {"resourceType": "Patient", **deceased}
    assert (parameter.id, "", expected) in extract(patient).token
    assert oracle_of(parameter.expression)(patient) == [expected == "true"]
    assert len([row for row in extract(patient).token if row[0] == parameter.id]) == 1


@pytest.mark.parametrize(
    "expression",
    [
        "Patient.name.first()",
        "Patient.name.where(use = official)",
        "Patient.name.where(use='official' and given='x')",
        "Patient.name.given + 'x'",
        "Patient.deceased.exists()",
        "Patient.deceased.exists() and Patient.birthDate != false",
        "Patient.active != false",
        "Patient.name[x]",
        "Patient.name.",
        "Patient.(name)",
        "Patient.name)",
        "Patient.contact.where(resolve() is Patient).name",
        "Patient.colour",
        "Patient.active as string",
        "iif(Patient.active, 1, 2)",
        "%context.name",
        "",
    ],
)
def test_an_expression_that_is_not_understood_stops_the_compiler(expression: str) -> None:
    """Hazard: an expression that is half understood finds too little, and absence is read as "none"."""
    with pytest.raises(FhirPathError):
        selector(expression, "Patient")
