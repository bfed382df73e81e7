"""XML and JSON agree: a resource written as XML by a simple writer is read back as the same resource."""

import bz2
import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from lhcr.fhir.json_document import read_json
from lhcr.fhir.xml_document import read_xml
from lhcr.kernel.json_types import JsonObject

FHIR = "{http://hl7.org/fhir}"
DEFAULT: Any = {None: "http://hl7.org/fhir"}


def write_xml(resource: JsonObject) -> bytes:
    """Write XML without any definitions: the JSON form alone says how."""
    element = etree.Element(FHIR + resource["resourceType"], nsmap=DEFAULT)
    write_members(element, resource)
    return etree.tostring(element, encoding="utf-8")


def write_members(element: Any, value: JsonObject) -> None:
    bare_names = dict.fromkeys(name.removeprefix("_") for name in value if name != "resourceType")
    for name in bare_names:
        if name == "div":
            element.append(etree.fromstring(value["div"]))
        elif isinstance(value.get(name), str) and (
            (name == "id" and "resourceType" not in value) or (name == "url" and element.tag.endswith("xtension"))
        ):
            element.set(name, value[name])
        else:
            write_values(element, name, value.get(name), value.get(f"_{name}"))


def write_values(element: Any, name: str, values: Any, extensions: Any) -> None:
    left = values if isinstance(values, list) else [values]
    right = extensions if isinstance(extensions, list) else [extensions]
    for index in range(max(len(left), len(right))):
        value = left[index] if index < len(left) else None
        more = right[index] if index < len(right) else None
        child = etree.SubElement(element, FHIR + name)
        if isinstance(value, dict) and "resourceType" in value:
            child.append(etree.fromstring(write_xml(value)))
        elif isinstance(value, dict):
            write_members(child, value)
        elif value is not None:
            child.set("value", written(value))
        if more:
            write_members(child, more)


def written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def without_narratives(value: Any) -> Any:
    """Drop what XML may spell in several ways."""
    if isinstance(value, dict):
        return {name: without_narratives(member) for name, member in value.items() if name != "div"}
    return [without_narratives(each) for each in value] if isinstance(value, list) else value


def assert_survives(resource: JsonObject, name: str) -> None:
    back = read_xml(write_xml(copy.deepcopy(resource)))
    assert without_narratives(back) == without_narratives(resource), name
    assert sorted(map(str, decimals(back))) == sorted(map(str, decimals(resource))), name


def decimals(value: Any) -> list[Decimal]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [value] if isinstance(value, Decimal) else [each for member in inner for each in decimals(member)]


@pytest.mark.corpus
def test_published_resources_are_the_same_in_xml_and_json(corpus: Path) -> None:
    paths = [
        path for folder in ("fhir-r4-examples", "pds", "pars") for path in sorted((corpus / folder).glob("*.json"))
    ]
    assert paths
    for path in paths:
        assert_survives(read_json(path.read_bytes()), path.name)


@pytest.mark.corpus
def test_a_synthetic_record_is_the_same_in_xml_and_json(corpus: Path) -> None:
    path = min((corpus / "synthea").glob("*.bz2"), key=lambda each: each.stat().st_size)
    bundle = read_json(bz2.decompress(path.read_bytes()))
    assert_survives(bundle, path.name)
