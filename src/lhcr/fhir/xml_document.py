"""XML documents as FHIR writes them, read into the JSON form that everything else works on.

What the XML cannot say by itself - which elements repeat, which values are numbers - comes from the definitions. Only
what has no JSON form is refused here; `lhcr.fhir.validation` judges the rest. No document type, no entities, no network.
"""

import copy
import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from lhcr.fhir.definitions.structures import Member, is_resource_type, load_definitions
from lhcr.fhir.document_limits import limit_xml
from lhcr.fhir.exact_decimal import read_decimal
from lhcr.fhir.expression import child, item, root
from lhcr.fhir.json_document import DEEPEST
from lhcr.fhir.structural_check import MOST_ISSUES, shape_of
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonObject

_FHIR = "{http://hl7.org/fhir}"
_XHTML_DIV = "{http://www.w3.org/1999/xhtml}div"
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_MOST_ATTRIBUTES = 100
_is_integer = re.compile(r"-?(?:0|[1-9][0-9]{0,999})").fullmatch
_is_number = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?").fullmatch


def read_xml(body: bytes, *, most_values: int | None = None) -> JsonObject:
    """Read one resource, of at most so many elements and attributes.

    Raises Incorrect (400) with `xml-invalid`, `xml-not-utf8`, `xml-doctype`, `xml-too-deep` (100 levels of JSON), or with
    everything in it that has no JSON form, up to 100 issues: `unknown-resource-type`, `unknown-element`, `xml-repeated`,
    `xml-text`, `xml-attribute`; and 413 `body-too-many-values`.
    """
    if most_values is not None:
        limit_xml(body, most_values=most_values)
    element = _parse(body)
    reader = _Reader()
    resource = reader.resource(element, root({"resourceType": etree.QName(element).localname}), 1)
    if reader.issues:
        raise Incorrect(reader.issues)
    return resource


def _parse(body: bytes) -> etree._Element:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        raise _refusal("xml-not-utf8", "The body is not valid UTF-8.") from None
    if b"<!DOCTYPE" in body:
        raise _refusal("xml-doctype", "A document type is not allowed.")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise _refusal("xml-invalid", f"The body cannot be read as XML: line {line}, column {column}.") from None


def _refusal(error: str, diagnostics: str) -> Incorrect:
    return Incorrect([Issue(code="structure", error=error, diagnostics=diagnostics)])


@dataclass(slots=True)
class _Reader:
    """One reading of one document, which collects what has no JSON form."""

    issues: list[Issue] = field(default_factory=list)

    def resource(self, element: etree._Element, path: str, depth: int) -> JsonObject:
        name = _local_name(element)
        if not is_resource_type(name):
            self._add("unknown-resource-type", path, "FHIR R4 has no such resource type.")
            return {}
        return {"resourceType": name} | self._object(name, element, path, depth)

    def _object(self, structure: str, element: etree._Element, path: str, depth: int) -> JsonObject:
        if depth > DEEPEST:
            raise _refusal("xml-too-deep", f"The XML nests deeper than {DEEPEST} levels of JSON.")
        members = shape_of(structure).members
        value = self._attributes(element, path, allowed={"id", "url"} if structure == "Extension" else {"id"})
        for member, elements in self._children(members, element, path).items():
            place = child(path, member.name)
            if load_definitions().is_primitive(member.type):
                value |= self._primitives(member, elements, place, depth)
            elif member.element.many:
                value[member.name] = [
                    self._complex(member, each, item(place, index), depth + 2) for index, each in enumerate(elements)
                ]
            else:
                value[member.name] = self._complex(member, elements[0], place, depth + 1)
        return value

    def _attributes(self, element: etree._Element, path: str, *, allowed: set[str]) -> JsonObject:
        attributes: JsonObject = {}
        if len(element.attrib) > _MOST_ATTRIBUTES:  # Reading so many takes the square of their number.
            self._add("xml-attribute", path, "FHIR R4 has not as many attributes.")
            return attributes
        for name, value in element.attrib.items():
            if name in allowed:
                attributes[str(name)] = str(value)
            elif not str(name).startswith(_SCHEMA_INSTANCE):
                self._add("xml-attribute", path, "FHIR R4 has no such attribute here.")
        return attributes

    def _children(
        self, members: Any, element: etree._Element, path: str
    ) -> dict[Member, list[etree._Element]]:  # fmt: skip
        """Group the children by member, in the order in which each first appears."""
        found: dict[Member, list[etree._Element]] = {}
        texts = [element.text, *(each.tail for each in element)]
        if any(text and not text.isspace() for text in texts):
            self._add("xml-text", path, "FHIR's values stand in attributes, not in text.")
        for each in element:
            member = members.get(_local_name(each))
            if member is None:
                self._add(
                    "unknown-element", child(path, etree.QName(each).localname), "FHIR R4 has no such element here."
                )
                continue
            found.setdefault(member, []).append(each)
            if len(found[member]) == 2 and not member.element.many:
                self._add("xml-repeated", child(path, member.name), "This element may stand here once only.")
        return found

    def _complex(self, member: Member, element: etree._Element, path: str, depth: int) -> JsonObject:
        if member.type != "Resource":
            return self._object(member.type, element, path, depth)
        if len(element) != 1:
            self._add("xml-repeated" if len(element) else "empty", path, "One resource must stand here.")
            return {}
        return self.resource(element[0], path, depth)

    def _primitives(self, member: Member, elements: list[etree._Element], path: str, depth: int) -> JsonObject:
        if member.type == "xhtml":
            return {member.name: _narrative(elements[0])}
        many = member.element.many
        pairs = [
            self._primitive(member, each, item(path, index) if many else path, depth + 1 + many)
            for index, each in enumerate(elements)
        ]
        columns = {member.name: [value for value, _ in pairs], f"_{member.name}": [more for _, more in pairs]}
        present = {name: column for name, column in columns.items() if any(each is not None for each in column)}
        if not present:
            self._add("empty", path, "An element needs a value or an extension.")
        return present if many else {name: column[0] for name, column in present.items()}

    def _primitive(
        self, member: Member, element: etree._Element, path: str, depth: int
    ) -> tuple[Any, JsonObject | None]:
        text = element.attrib.pop("value") if "value" in element.attrib else None
        extensions = self._object("Element", element, path, depth)
        return None if text is None else _value(member.type, str(text)), extensions or None

    def _add(self, error: str, expression: str, diagnostics: str) -> None:
        self.issues.append(Issue(code="structure", error=error, diagnostics=diagnostics, expression=expression))
        if len(self.issues) >= MOST_ISSUES:
            raise Incorrect(self.issues)  # Reading on would keep others waiting, and tell the sender no more.


def _local_name(element: etree._Element) -> str:
    """Give the name that the definitions know the element by; one of another namespace has none."""
    tag = str(element.tag)
    if tag == _XHTML_DIV:
        return "div"
    return tag.removeprefix(_FHIR) if tag.startswith(_FHIR) else ""


def _value(type_name: str, text: str) -> Any:
    """Turn the text into the JSON value of its type; what is no such value stays text for validation to refuse."""
    if type_name == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if type_name in {"integer", "positiveInt", "unsignedInt"}:
        return int(text) if _is_integer(text) else text
    return _decimal(text) if type_name == "decimal" else text


def _decimal(text: str) -> Any:
    if not _is_number(text):
        return text
    if _is_integer(text) and text != "-0":
        return int(text)
    try:
        return read_decimal(text)
    except OverflowError:
        raise _refusal("json-number-out-of-range", "A number is longer or larger than this server keeps.") from None


def _narrative(div: etree._Element) -> str:
    """Write the narrative by itself, without the namespaces that only its surroundings need."""
    alone = copy.deepcopy(div)
    etree.cleanup_namespaces(alone)
    return etree.tostring(alone, encoding="unicode", with_tail=False)
