from typing import Any

import pytest

from lhcr.fhir.search.compile_parameters import expression_for, is_offered, kept_ids, resolved_types
from lhcr.fhir.search.definitions import Definitions
from lhcr.fhir.search.fhirpath import FhirPathError


def structure(name: str, *elements: dict[str, Any], kind: str = "resource") -> dict[str, Any]:
    snapshot = {"element": [{"path": name}, *elements]}
    return {"resourceType": "StructureDefinition", "type": name, "kind": kind, "abstract": False, "snapshot": snapshot}


def typed(*names: str) -> list[dict[str, str]]:
    return [{"code": name} for name in names]


WORLD = [
    structure(
        "Thing",
        {"path": "Thing.value[x]", "max": "1", "type": typed("string", "Quantity")},
        {
            "path": "Thing.status",
            "max": "1",
            "type": typed("code"),
            "binding": {"valueSet": "http://example.org/states|1"},
        },
        {"path": "Thing.part", "max": "*", "type": typed("BackboneElement")},
        {"path": "Thing.part.part", "max": "*", "contentReference": "#Thing.part"},
    ),
    {
        "resourceType": "ValueSet",
        "url": "http://example.org/states",
        "compose": {"include": [{"system": "urn:states"}]},
    },
]


def test_a_choice_is_a_key_for_each_of_its_types() -> None:
    found = Definitions(WORLD).element("Thing", "value")
    assert dict(found.keys) == {"valueString": "string", "valueQuantity": "Quantity"}


def test_a_part_of_a_part_is_of_the_type_that_its_path_names() -> None:
    definitions = Definitions(WORLD)
    assert definitions.element("Thing", "part").keys == {"part": "Thing.part"}
    assert definitions.element("Thing.part", "part").keys == {"part": "Thing.part"}
    assert definitions.repeats("Thing", "part.part")
    assert not definitions.repeats("Thing", "status")
    assert definitions.walked() == {"Thing": {"part": "Thing.part*"}, "Thing.part": {"part": "Thing.part*"}}


def test_a_bound_code_implies_its_one_system() -> None:
    definitions = Definitions(WORLD)
    definitions.element("Thing", "status")
    assert definitions.last_system() == "urn:states"
    with pytest.raises(FhirPathError):
        definitions.element("Thing", "colour")


def test_a_shared_expression_is_cut_to_the_parts_of_one_type() -> None:
    shared = {"id": "x", "code": "c", "base": ["A", "B"], "expression": "A.c | (B.c as Coding) | AB.c | B.d"}
    assert expression_for(shared, "B") == "(B.c as Coding) | B.d"
    assert expression_for({**shared, "base": ["B"]}, "B") == shared["expression"]
    with pytest.raises(ValueError, match="no part"):
        expression_for(shared, "C")


def test_examples_and_what_has_no_expression_are_left_out() -> None:
    offered = {"resourceType": "SearchParameter", "id": "A-c", "expression": "A.c", "base": ["A"]}
    assert is_offered(offered)
    assert not is_offered({**offered, "id": "example-extension"})
    assert not is_offered({**offered, "xpathUsage": "phonetic"})
    assert not is_offered({key: value for key, value in offered.items() if key != "expression"})


def test_a_parameter_that_resolves_to_one_type_has_that_target_only() -> None:
    assert resolved_types("A.b.where(resolve() is Patient) | A.c.where(resolve() is Patient)") == ["Patient"]
    assert resolved_types("A.b.where(resolve() is Patient) | A.c") == []


def test_ids_are_never_given_twice() -> None:
    assert kept_ids({}, ["b", "a"]) == {"a": 1, "b": 2}
