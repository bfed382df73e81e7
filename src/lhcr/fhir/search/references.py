"""References: the (target type, id, version) of literal and canonical references; 0 and "" stand for what cannot be told."""

from functools import lru_cache
from typing import TypeAlias

from lhcr.fhir.search.catalogue import type_ids, type_name
from lhcr.kernel.json_types import JsonObject

Target: TypeAlias = tuple[int, str, str]

_LONGEST_KEPT = 200


def literal(text: str) -> Target | None:
    """Split a literal reference.

    `Patient/1/_history/2` is (id of Patient, "1", "2"). An absolute one keeps its whole address as id, without the version; its
    type is what the address tells. None for a contained one (`#x`) and for a conditional one (`Patient?...`).
    """
    return _short(text) if len(text) <= _LONGEST_KEPT else _split(text)


def _split(text: str) -> Target | None:
    target_type, _, rest = text.partition("/")
    number = type_ids().get(target_type)
    if number is None:
        return _absolute(text)
    if not rest or "?" in rest:
        return None
    logical, _, version = rest.partition("/_history/")
    return number, logical, version


_short = lru_cache(maxsize=4096)(_split)
"""The entries of one person refer to the same few others again and again."""


def _absolute(text: str) -> Target | None:
    if ":" not in text or text[0] == "#":
        return None
    address, _, version = text.partition("/_history/")
    segments = address.rsplit("/", 2)
    number = type_ids().get(segments[-2], 0) if len(segments) == 3 else 0
    return number, address, version


def reference(value: JsonObject) -> Target | None:
    """Split a Reference; where its literal tells no type, its `type` does."""
    text = value.get("reference")
    if not text:
        return None
    found = literal(text)
    if found is not None and not found[0] and "type" in value:
        return type_ids().get(value["type"], 0), found[1], found[2]
    return found


def canonical(text: str | None) -> Target | None:
    """Split a canonical or plain address from its version (`url|1.0`); a fragment belongs to the address."""
    if not text or text[0] == "#":
        return None
    address, _, version = text.partition("|")
    return 0, address, version


def extension(value: JsonObject) -> Target | None:
    return reference(value.get("valueReference") or {})


def inlined(value: JsonObject) -> Target | None:
    """Name a resource that stands inside a Bundle, by its type and id."""
    number = type_ids().get(value.get("resourceType", ""))
    return (number, value["id"], "") if number and "id" in value else None


def named(value: JsonObject) -> tuple[tuple[str, str, str], ...]:
    """Split a Reference with the name of its target type, "" where it cannot be told."""
    found = reference(value)
    return () if found is None else ((type_name(found[0]) if found[0] else "", found[1], found[2]),)
