"""A Bundle in XML, taken apart into its entries, so that one bad entry spoils no other. No document type, no entities, no network."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from lhcr.fhir.xml_document import read_xml
from lhcr.ingest.json_bundle import BUNDLE_TYPES, REQUESTING, refusal
from lhcr.ingest.source_entry import Form, Origin, SourceEntry
from lhcr.kernel.json_types import JsonObject

_FHIR: Final = "{http://hl7.org/fhir}"


def split_xml(body: bytes, *, file: str) -> Iterator[SourceEntry]:
    """Yield the entries of a Bundle, or the one resource that the body is.

    Raises Incorrect where it cannot be parsed at all or is a Bundle of no known type.
    """
    root = _parsed(body)
    if root is None or root.tag != f"{_FHIR}Bundle":
        yield SourceEntry(origin=Origin(file=file), form=Form.XML_RESOURCE, content=body)
        return
    bundle_type = _value(root, "type")
    if bundle_type not in BUNDLE_TYPES:
        raise refusal("bundle-type", "The Bundle's type is missing or none that FHIR R4 knows.", "Bundle.type")
    numbered = list(enumerate(root.findall(f"{_FHIR}entry")))
    for number, entry in reversed(numbered) if bundle_type == "history" else numbered:
        yield SourceEntry(
            origin=Origin(file=file, place=f"entry[{number}]"),
            form=Form.XML_BUNDLE_ENTRY,
            content=etree.tostring(entry, encoding="utf-8", with_tail=False),
            carries_request=bundle_type in REQUESTING,
        )


def read_xml_entry(content: bytes) -> JsonObject:
    """Read one Bundle.entry as JSON would have it: `fullUrl`, `request` and `resource`. Raises Incorrect like `read_xml`."""
    element = _parsed(content)
    if element is None:
        raise refusal("xml-invalid", "The entry cannot be read as XML.")
    entry: JsonObject = {}
    if full_url := _value(element, "fullUrl"):
        entry["fullUrl"] = full_url
    request = element.find(f"{_FHIR}request")
    if request is not None:
        entry["request"] = {"method": _value(request, "method"), "url": _value(request, "url")}
    resources = element.findall(f"{_FHIR}resource/*")
    if len(resources) > 1:
        raise refusal("xml-repeated", "One resource must stand here.", "Bundle.entry.resource")
    if resources:
        entry["resource"] = read_xml(etree.tostring(resources[0], encoding="utf-8", with_tail=False))
    return entry


def _parsed(body: bytes) -> etree._Element | None:
    """Return the root; None where `read_xml` is to say what is wrong with the whole."""
    if b"<!DOCTYPE" in body:
        return None
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _value(parent: etree._Element, name: str) -> str:
    child = parent.find(f"{_FHIR}{name}")
    return "" if child is None else str(child.get("value") or "")
