"""Strings: whole texts of names, addresses and plain elements, and the folded form in which search compares them."""

import unicodedata
from collections.abc import Iterable
from itertools import chain

from lhcr.kernel.json_types import JsonObject


def fold(text: str) -> str:
    """Give a text without case, accents, and runs or ends of space (FHIR R4 3.1.1.4.9); folding twice changes nothing."""
    if not text.isascii():
        text = _without_accents(_without_accents(text).casefold())
        return " ".join(text.casefold().split())
    return " ".join(text.lower().split())


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def primitive(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def human_name(value: JsonObject) -> Iterable[str]:
    """Give each part of a name and its text, each a whole string."""
    repeated = chain(value.get("given", ()), value.get("prefix", ()), value.get("suffix", ()))
    return [part for part in (value.get("family"), value.get("text"), *repeated) if part]


def address(value: JsonObject) -> Iterable[str]:
    parts = (value.get(key) for key in ("city", "district", "state", "postalCode", "country", "text"))
    return [part for part in (*value.get("line", ()), *parts) if part]


def extension(value: JsonObject) -> Iterable[str]:
    """Give the text of an extension's value: a string, or the display of what is coded."""
    concept = value.get("valueCodeableConcept") or {}
    codings = (*concept.get("coding", ()), value.get("valueCoding") or {})
    texts = (value.get("valueString"), value.get("valueMarkdown"), concept.get("text"))
    return [text for text in (*texts, *(coding.get("display") for coding in codings)) if text]
