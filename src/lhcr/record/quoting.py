"""Quoting: whether an entry says in words or by a number what other entries it names are, and what is left of it without that.

Hazard: a sensitive item exposed. "HIV test" as the display of a report's result tells of the result whoever may not see it. What is
protected is whatever stands beside the literal reference to an entry of somebody's record (R4 references 2.3.0): its display, its
identifier and its extensions. People are named by rules of their own (`record/masking.py`), and what is in the directory is nobody's secret.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Final

from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir.json_objects import every_object
from lhcr.fhir.search.catalogue import type_ids
from lhcr.fhir.search.homes import HomeKind, home
from lhcr.fhir.subsetted import subsetted
from lhcr.kernel.json_types import JsonObject

#: The end of a stored body that quotes: white space, so that whoever reads it as JSON need not know of it. One look at the last byte
#: tells, and nothing else of an entry is parsed.
_MARK: Final = b"\n"
_MARK_BYTE: Final = _MARK[0]
_WORDS: Final = frozenset({"display", "_display", "identifier", "extension", "_reference", "_type"})
_LITERAL: Final = re.compile(
    r"([A-Z][A-Za-z]{1,63}/[A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?(?:#.*)?", re.DOTALL
)
#: The literals, as far as their first quotation mark, of References that say something more after it or before it: of another one there
#: is nothing to leave out. One with a quotation mark in it is taken to say more.
_BEFORE_MORE: Final = re.compile(r'"reference":"([^"]*+)"(?:(?!\})|(?<=\\"))')
_AFTER_MORE: Final = re.compile(r',"reference":"([^"]*+)"')
_PEOPLE: Final = frozenset({"Patient", "Person", "RelatedPerson"})
#: Hazard: a prescription without its medicine. It shares the labels of its medicine (`record/followed.py`), and what is prescribed is
#: its own word.
_MEDICINE: Final = "medicationReference"
#: Narrative that says nothing which the elements do not say (R4 narrative-status), and so says what is left out of them.
_DERIVED: Final = frozenset({"generated", "extensions"})


def is_quoting(body: bytes) -> bool:
    """Whether a stored body is marked as one that quotes."""
    return body[-1] == _MARK_BYTE


def quoting_among(bodies: Iterable[bytes | None]) -> dict[int, bytes]:
    """Return those of stored bodies that are marked so, by their places: few of hundreds, so that each is looked at in passing."""
    return {place: body for place, body in enumerate(bodies) if body is not None and body[-1] == _MARK_BYTE}


def quotes_others(resource: JsonObject, references: Iterable[JsonObject]) -> bool:
    """Whether a resource quotes, of which these are the Reference objects that lead out of it, their references resolved.

    A Bundle holds copies, which say everything of themselves: it is as whoever sent it wrote it.
    """
    if resource["resourceType"] == "Bundle":
        return False
    medicine = resource.get(_MEDICINE)
    return any(
        not _WORDS.isdisjoint(each) and each is not medicine and _name(each["reference"]) is not None
        for each in references
    )


def marked(body: bytes) -> bytes:
    """Return a body with the mark of one that quotes."""
    return body if is_quoting(body) else body + _MARK


def names_in(body: bytes, *, shown: Collection[str] = ()) -> set[str]:
    """Return the names `Type/id` of entries that stored bodies say something of, but for those `shown`; nothing is parsed.

    A record has hundreds of references, nearly all of them to what is shown: those are looked at no further.
    """
    text = body.decode()
    literals = {*_BEFORE_MORE.findall(text), *_AFTER_MORE.findall(text)}.difference(shown)
    return {name for each in literals if (name := _name(each)) is not None and name not in shown}


def without_quotes(body: bytes, unseen: Collection[str]) -> bytes:
    """Return a stored body without what it says of some entries beside their literal references, tagged SUBSETTED.

    Narrative that was made of its elements goes with that. Raises nothing: what is stored is a valid resource.
    """
    resource = read_json(body)
    left_out = {id(each) for each in _quotes(resource) if _name(each["reference"]) in unseen}
    if not left_out:
        return body
    _leave_out(resource, left_out)
    resource["meta"] = subsetted(resource.get("meta") or {})
    return marked(write_json(resource))


def _quotes(resource: JsonObject) -> Iterator[JsonObject]:
    medicine = resource.get(_MEDICINE)
    for node in every_object(resource):
        if isinstance(node.get("reference"), str) and node is not medicine and not _WORDS.isdisjoint(node):
            yield node


def _leave_out(part: object, left_out: Collection[int]) -> bool:
    """Leave the words out below some part of a resource, and the narrative of whatever holds them, such as a section or what is contained.

    Returns whether there were any. What is stored is nested no deeper than `DEEPEST`.
    """
    if isinstance(part, dict) and id(part) in left_out:
        for word in _WORDS.intersection(part):
            del part[word]
        return True
    within = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    # Each is looked into, also where one was found.
    found = [_leave_out(each, left_out) for each in within]
    if isinstance(part, dict) and any(found):
        _drop_derived(part)
    return any(found)


def _drop_derived(node: JsonObject) -> None:
    text = node.get("text")
    if isinstance(text, dict) and text.get("status") in _DERIVED:
        del node["text"]


def _name(literal: str) -> str | None:
    """Return `Type/id` of an entry of somebody's record here, None for any other reference."""
    if literal.partition("/")[0] not in _protected():
        return None
    match = _LITERAL.fullmatch(literal)
    return match[1] if match else None


@cache
def _protected() -> frozenset[str]:
    return frozenset(each for each in type_ids() if home(each).kind is not HomeKind.DIRECTORY) - _PEOPLE
