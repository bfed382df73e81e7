"""Links: the literal references inside a resource, and what each of them names.

A reference may name another entry of the same batch (by its fullUrl, or by its type and id), a resource of this area (relative,
or absolute under the area's own address), a part of the resource itself (`#id`), or something elsewhere.
"""

import re
from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

from lhcr.fhir.search.catalogue import type_ids
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.number_system import is_nhs_number
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.document_subject import entry_names, leading_inside, patients_named
from lhcr.record.draft import Draft

_LOCAL = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?(?:#.*)?")

_REST_URL = re.compile(r"(https?://.*/)[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")

_EXTENSIONS = frozenset({"extension", "modifierExtension"})
_TELLING_IN_EXTENSION = frozenset({"reference", "system", "valueUrl", "valueUri"})
_TELLING = _TELLING_IN_EXTENSION | {"url"}
# A Coding of these alone leads nowhere, and is half of all objects.
_PLAIN_CODING = frozenset({"id", "system", "version", "code", "display", "userSelected"})

_PEOPLE = frozenset({"Patient", "Person", "RelatedPerson", "Practitioner"})

_MOST_KEPT = 10_000

Key = tuple[int, str]


class Links(NamedTuple):
    """What leads out of a resource, or may; what stands in contained resources and extensions included.

    `references` are the Reference objects with a literal reference out of it, `numbered` those that name somebody by NHS number
    and every Identifier with one, but for a person's own: it gets the one address by which its system is known here.
    `addresses` hold the `urn:` of an entry perhaps where an address stands, such as an Attachment, each with the element's name.
    """

    references: list[JsonObject]
    numbered: list[JsonObject]
    addresses: list[tuple[JsonObject, str]]


def links(resource: JsonObject) -> Links:
    found = Links([], [], [])
    _collect(resource, found, _TELLING)
    if resource.get("resourceType") == "Bundle":
        inside = leading_inside(resource)
        found.references[:] = [each for each in found.references if id(each) not in inside]
        found.references.extend({"reference": each} for each in patients_named(resource))
        names = entry_names(resource)
        found.addresses[:] = [(node, name) for node, name in found.addresses if node[name] not in names]
    if found.numbered and resource.get("resourceType") in _PEOPLE:
        own = {id(each) for each in resource.get("identifier") or ()}
        found.numbered[:] = [each for each in found.numbered if id(each) not in own]
    return found


def read_links(drafts: Iterable[Draft]) -> None:
    """Note on each draft what leads out of its resource; nothing where nothing is to be written."""
    for draft in drafts:
        nothing = draft.resource is None or draft.found
        draft.links, draft.numbered, draft.addresses = ([], [], []) if nothing else links(draft.resource or {})


def _collect(node: JsonObject, found: Links, telling: Container[str]) -> None:
    """Walk down: structurally valid JSON, which is neither deeper than a document may be nor has arrays inside arrays.

    `telling` are the names under which a text says where something is: the `url` of an extension says what the extension means,
    and names nothing of a batch.
    """
    for name, value in node.items():
        kind = value.__class__
        if kind is str:
            if name in telling:
                _note(node, name, value, found)
        elif kind is dict:
            if name == "identifier" and is_nhs_number(value.get("system")):
                found.numbered.append(node)
            _collect(value, found, _TELLING)
        elif kind is list:
            within = _TELLING_IN_EXTENSION if name in _EXTENSIONS else _TELLING
            of_codings = name == "coding"
            for each in value:
                if each.__class__ is dict and not (of_codings and each.keys() <= _PLAIN_CODING):
                    _collect(each, found, within)


def _note(node: JsonObject, name: str, text: str, found: Links) -> None:
    if name == "system":
        if "value" in node and is_nhs_number(text):
            # Hazard: partial record. A search, a page or a fact that knows one address would pass over the others.
            node["system"] = NHS_NUMBER
            found.numbered.append(node)
    elif name != "reference":
        if text.startswith("urn:"):
            found.addresses.append((node, name))
    elif not text.startswith("#"):
        found.references.append(node)


def relate(drafts: Iterable[Draft], named: Container[str]) -> None:
    """Read relative references against the fullUrl of the entry in which they stand, as FHIR says (R4 bundle 2.36.4.1).

    Hazard: wrong person. `Patient/1` in an entry from another server means that server's, where the batch brings it along.
    """
    for draft in drafts:
        match = _REST_URL.fullmatch(draft.full_url) if draft.full_url else None
        for link in draft.links if match else ():
            if match and match[1] + link["reference"] in named:
                link["reference"] = match[1] + link["reference"]


class LinkReader:
    """Reads what a literal reference names, for an area whose FHIR base is `base` (without a slash at its end)."""

    def __init__(self, base: str) -> None:
        self._prefix = base + "/"
        self._types: Mapping[str, int] = type_ids()
        self._keys: dict[str, Key | None] = {}

    def relative(self, reference: str) -> str:
        """Return a reference to a resource of this area without the area's own address; any other as it is."""
        if reference.startswith(self._prefix) and self.key(reference) is not None:
            return reference.removeprefix(self._prefix)
        return reference

    def key(self, reference: str) -> Key | None:
        """Return (type id, id) of a reference to a resource of this area, None for any other reference."""
        if reference not in self._keys:
            if len(self._keys) > _MOST_KEPT:
                self._keys.clear()
            self._keys[reference] = self._read(reference)
        return self._keys[reference]

    def _read(self, reference: str) -> Key | None:
        match = _LOCAL.fullmatch(reference.removeprefix(self._prefix))
        number = self._types.get(match[1]) if match else None
        return None if match is None or number is None else (number, match[2])
