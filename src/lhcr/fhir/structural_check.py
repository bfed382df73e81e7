"""The structural check that explains: it walks a resource along the definitions and says everything that is wrong.

It is the reference for `compiled_check`, which is quicker and only says yes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lhcr.fhir.definitions.structures import Element, Member, load_definitions
from lhcr.fhir.expression import child, item
from lhcr.fhir.primitive_forms import wanted_form
from lhcr.fhir.primitives import accepts, json_kind
from lhcr.kernel.errors import Issue
from lhcr.kernel.json_types import JsonObject

MOST_ISSUES = 100
_SHORT_LIST = 12
_relative_reference = re.compile(
    r"([A-Za-z]++)(?:/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?(?:#.*)?|\?.*)"
).fullmatch


@dataclass(frozen=True, slots=True)
class Shape:
    """What the objects of one structure may and must hold."""

    members: Mapping[str, Member]
    required: tuple[Element, ...]
    choices: tuple[Element, ...]


@cache
def shape_of(structure: str) -> Shape:
    definitions = load_definitions()
    elements = definitions.elements(structure)
    return Shape(
        members=definitions.members(structure),
        required=tuple(element for element in elements if element.min),
        choices=tuple(element for element in elements if element.is_choice),
    )


@cache
def allowed_codes(value_set: str) -> frozenset[str]:
    """Give the codes that a `code` bound to the value set may be."""
    return frozenset(code for codes in load_definitions().codes[value_set].values() for code in codes)


@cache
def allowed_codings(value_set: str) -> frozenset[tuple[str, str]]:
    """Give the (system, code) of which a CodeableConcept bound to the value set needs one."""
    return frozenset((system, code) for system, codes in load_definitions().codes[value_set].items() for code in codes)


@dataclass(slots=True)
class StructuralCheck:
    """One walk over one resource, which collects what is wrong and ends where that is enough to tell."""

    issues: list[Issue] = field(default_factory=list)

    @property
    def _is_full(self) -> bool:
        """Whether nothing more is told. Hazard: a sender of millions of mistakes keeps everybody else of a worker waiting."""
        return len(self.issues) >= MOST_ISSUES

    def resource(self, value: Any, path: str, *, contained: bool = False) -> None:
        if not isinstance(value, dict):
            self._wrong_type(path, "a resource (an object)")
            return
        resource_type = value.get("resourceType")
        if not load_definitions().is_resource_type(resource_type):
            self._add(
                "structure",
                "unknown-resource-type",
                f"{path}.resourceType" if "resourceType" in value else path,
                "A resource needs a resourceType of FHIR R4.",
            )
            return
        if contained and "contained" in value:
            self._add("structure", "contained-nested", f"{path}.contained", "A contained resource contains no other.")
        self._members(str(resource_type), value, path, known={"resourceType"})

    def _object(self, structure: str, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            self._wrong_type(path, "an object")
        elif value.keys() <= {"id"}:
            self._add(
                "structure", "empty", path, "An object needs a value or children; leave it out where there are none."
            )
        else:
            self._members(structure, value, path, known=set())

    def _members(self, structure: str, value: JsonObject, path: str, *, known: set[str]) -> None:
        shape = shape_of(structure)
        for name in value:
            if self._is_full:
                return
            if name not in known:
                self._member(shape, name, value, path)
        self._required(shape, value, path)
        self._choices(shape, value, path)

    def _member(self, shape: Shape, name: str, holder: JsonObject, path: str) -> None:
        place = child(path, name)
        bare = name.removeprefix("_")
        member = shape.members.get(bare)
        if member is None or (bare != name and not load_definitions().is_primitive(member.type)):
            self._add("structure", "unknown-element", place, "FHIR R4 has no such element here.")
        elif not load_definitions().is_primitive(member.type):
            self._complex(member, holder[name], place)
        elif bare == name:
            self._primitives(member, holder[name], holder.get(f"_{name}"), place)
        elif bare not in holder:
            self._primitives(member, None, holder[name], place)

    def _required(self, shape: Shape, value: JsonObject, path: str) -> None:
        for element in shape.required:
            if not _present(element, value):
                name = element.name.removesuffix("[x]")
                self._add("required", "required-missing", child(path, name), f"{element.name} is required.")

    def _choices(self, shape: Shape, value: JsonObject, path: str) -> None:
        for element in shape.choices:
            if len(present := _present(element, value)) > 1:
                self._add(
                    "structure", "choice-repeated", child(path, present[1]), f"{element.name} may take one type only."
                )

    def _complex(self, member: Member, value: Any, place: str) -> None:
        for each, where in self._items(member.element, value, place):
            self._complex_value(member, each, where)

    def _items(self, element: Element, value: Any, place: str) -> Iterator[tuple[Any, str]]:
        """Give the values of an element with their places, or say that it should be an array."""
        if not element.many:
            yield value, place
            return
        for index, each in enumerate(self._array(value, place)):
            if self._is_full:
                return
            yield each, item(place, index)

    def _array(self, value: Any, place: str) -> list[Any]:
        """Give the items of what should be an array, and say what is wrong with it as one."""
        if not isinstance(value, list):
            self._wrong_type(place, "an array")
            return []
        if not value:
            self._add("structure", "empty", place, "An array may not be empty; leave it out where there are no items.")
        return value

    def _complex_value(self, member: Member, value: Any, place: str) -> None:
        if member.type == "Resource":
            self.resource(value, place, contained=member.name == "contained")
            return
        self._object(member.type, value, place)
        if not isinstance(value, dict):
            return
        if member.type == "Extension":
            self._extension(value, place)
        elif member.type == "Reference":
            self._reference(member.element, value.get("reference"), child(place, "reference"))
        elif member.type == "CodeableConcept" and member.element.codes:
            self._bound_concept(member.element.codes, value, place)

    def _primitives(self, member: Member, values: Any, extensions: Any, place: str) -> None:
        """Check a primitive beside its extensions, item by item where the element repeats."""
        if not member.element.many:
            self._primitive_pair(member, values, extensions, place)
            return
        left = [] if values is None and extensions is not None else self._array(values, place)
        right = [] if extensions is None else self._array(extensions, place)
        for index in range(max(len(left), len(right))):
            if self._is_full:
                return
            value, extension = (each[index] if index < len(each) else None for each in (left, right))
            self._primitive_pair(member, value, extension, item(place, index))

    def _primitive_pair(self, member: Member, value: Any, extension: Any, place: str) -> None:
        if value is None and extension is None:
            self._wrong_type(place, f"a {json_kind(member.type)}, not null")
        if extension is not None:
            self._object("Element", extension, place)
        if value is not None:
            self._primitive(member, value, place)

    def _primitive(self, member: Member, value: Any, place: str) -> None:
        if not accepts(member.type, value):
            self._refused_primitive(member.type, value, place)
        elif member.element.codes and value not in allowed_codes(member.element.codes):
            self._not_bound(member.element.codes, place)

    def _refused_primitive(self, type_name: str, value: Any, place: str) -> None:
        kind = json_kind(type_name)
        if _json_kind_of(value) != kind:
            self._wrong_type(place, f"a {kind} ({type_name})")
        elif type_name == "xhtml":
            self._add(
                "value", "narrative-invalid", place, "A narrative is one div of well-formed XHTML: formatting only."
            )
        else:
            self._add("value", "value-invalid", place, wanted_form(type_name, value))

    def _extension(self, value: JsonObject, place: str) -> None:
        has_value = any(name.startswith(("value", "_value")) for name in value)
        if has_value == ("extension" in value):
            self._add(
                "structure", "extension-shape", place, "An extension has either a value or extensions of its own."
            )

    def _reference(self, element: Element, reference: Any, place: str) -> None:
        match = _relative_reference(reference) if isinstance(reference, str) else None
        if match is None:
            return
        named = match[1]
        if not load_definitions().is_resource_type(named):
            self._add("value", "reference-target", place, "The reference names no resource type of FHIR R4.")
        elif element.targets and named not in element.targets:
            self._add("value", "reference-target", place, f"This may refer to {_one_of(element.targets)} only.")

    def _bound_concept(self, value_set: str, concept: JsonObject, place: str) -> None:
        codings = concept.get("coding")
        if codings is None and "extension" in concept:
            return  # An extension says why there is no code.
        found = codings if isinstance(codings, list) else []
        allowed = allowed_codings(value_set)
        if not any(isinstance(each, dict) and _coding(each) in allowed for each in found):
            self._not_bound(value_set, place)

    def _not_bound(self, value_set: str, place: str) -> None:
        codes = sorted(allowed_codes(value_set))
        choice = f"{_one_of(codes)}, as" if len(codes) <= _SHORT_LIST else "one that"
        self._add("code-invalid", "code-not-allowed", place, f"The code must be {choice} {value_set} requires.")

    def _wrong_type(self, path: str, wanted: str) -> None:
        self._add("structure", "wrong-json-type", path, f"This must be {wanted}.")

    def _add(self, code: str, error: str, expression: str, diagnostics: str) -> None:
        if len(self.issues) < MOST_ISSUES:
            self.issues.append(Issue(code=code, error=error, diagnostics=diagnostics, expression=expression))


def _present(element: Element, value: JsonObject) -> list[str]:
    """Give the members that stand for the element, in the sender's order and without the `_` of extensions."""
    names = {name for name, _ in element.member_names()}
    bare = (name.removeprefix("_") for name in value)
    return list(dict.fromkeys(name for name in bare if name in names))


def _coding(coding: JsonObject) -> tuple[str, str]:
    return str(coding.get("system")), str(coding.get("code"))


def _one_of(names: tuple[str, ...] | list[str]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _json_kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "string"
    return "object, array or null" if value is None or isinstance(value, dict | list) else "number"
