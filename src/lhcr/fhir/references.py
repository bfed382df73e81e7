"""References between resources: what a literal one says, where a resource holds them, and rewriting them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from lhcr.fhir.definitions.structures import Member, is_resource_type, load_definitions
from lhcr.kernel.json_types import JsonObject

_ID = r"[A-Za-z0-9\-.]{1,64}"
_local = re.compile(rf"([A-Za-z]+)/({_ID})(?:/_history/({_ID}))?(?:#.*)?", re.DOTALL).fullmatch
_foreign = re.compile(rf"https?://.*/([A-Za-z]+)/({_ID})(?:/_history/({_ID}))?(?:#.*)?", re.DOTALL).fullmatch
_conditional = re.compile(r"([A-Za-z]+)\?(.*)", re.DOTALL).fullmatch


class ReferenceKind(Enum):
    """How a literal reference names its target (http://hl7.org/fhir/R4/references.html#literal)."""

    LOCAL = "local"  # Type/id, also written with this server's own base.
    FOREIGN = "foreign"  # An absolute address elsewhere.
    URN = "urn"  # urn:uuid:... or urn:oid:..., resolved within a Bundle.
    FRAGMENT = "fragment"  # A contained resource.
    CONDITIONAL = "conditional"  # Type?query, resolved by searching (transactions only).
    OTHER = "other"  # Nothing that FHIR knows how to follow.


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteralReference:
    """A parsed reference: `type` and `id` where it names them, `rest` the fragment's id, the query or the urn."""

    kind: ReferenceKind
    type: str | None = None
    id: str | None = None
    version: str | None = None
    rest: str | None = None


_OTHER = LiteralReference(kind=ReferenceKind.OTHER)


def parse_reference(text: str, *, base: str | None = None) -> LiteralReference:
    """Say what a literal reference names; `base` is this server's own, without a closing slash."""
    if text.startswith("urn:"):
        return LiteralReference(kind=ReferenceKind.URN, rest=text)
    if text.startswith("#"):
        return LiteralReference(kind=ReferenceKind.FRAGMENT, rest=text[1:])
    if base is not None and text.startswith(f"{base}/"):
        text = text[len(base) + 1 :]
    if match := _local(text):
        return _named(ReferenceKind.LOCAL, match)
    if match := _conditional(text):
        known = is_resource_type(match[1])
        return LiteralReference(kind=ReferenceKind.CONDITIONAL, type=match[1], rest=match[2]) if known else _OTHER
    if not text.startswith(("http://", "https://")):
        return _OTHER
    match = _foreign(text)
    foreign = _named(ReferenceKind.FOREIGN, match) if match else _OTHER
    return LiteralReference(kind=ReferenceKind.FOREIGN) if foreign is _OTHER else foreign


def _named(kind: ReferenceKind, match: re.Match[str]) -> LiteralReference:
    if not is_resource_type(match[1]):
        return _OTHER
    return LiteralReference(kind=kind, type=match[1], id=match[2], version=match[3])


def rewrite_references(resource: JsonObject, targets: Mapping[str, str]) -> None:
    """Replace in place each `Reference.reference` and `Attachment.url` that equals a key by what the key stands for."""
    for structure, holder in _links(resource):
        name = "reference" if structure == "Reference" else "url"
        address = holder.get(name)
        if isinstance(address, str) and address in targets:
            holder[name] = targets[address]


@cache
def _holding(structure: str) -> Mapping[str, str]:
    """Give the members in which references may stand, with the type of their objects."""
    definitions = load_definitions()

    def held_type(member: Member) -> tuple[str, str]:
        primitive = definitions.is_primitive(member.type)
        return (f"_{member.name}", "Element") if primitive else (member.name, member.type)

    return dict(held_type(member) for member in definitions.members(structure).values())


def _links(resource: JsonObject) -> list[tuple[str, JsonObject]]:
    """Give each Reference and Attachment object of the resource with its type."""
    found: list[tuple[str, JsonObject]] = []
    _collect("Resource", resource, found)
    return found


def _collect(structure: str, value: Any, found: list[tuple[str, JsonObject]]) -> None:
    if type(value) is list:
        for each in value:
            _collect(structure, each, found)
        return
    if type(value) is not dict:
        return
    if structure == "Resource":
        structure = value.get("resourceType", "")
        if not is_resource_type(structure):
            return
    elif structure in {"Reference", "Attachment"}:
        found.append((structure, value))
    holding = _holding(structure)
    for name, member in value.items():
        held = holding.get(name)
        if held is not None:
            _collect(held, member, found)
