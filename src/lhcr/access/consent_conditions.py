"""The conditions of one provision of a Consent: for whom, for whose entries, and for which kinds of entry it holds.

Hazard guarded here: a sensitive item exposed. A condition that is not understood would narrow an objection to less than the person
meant: the objection holds without it. It would widen an exception to more than they meant: the exception is dropped.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from lhcr.access.categories import categories_of_type
from lhcr.access.consent import EVERY, NOT_TO_BE_OBJECTED_TO
from lhcr.access.policy import Policy
from lhcr.access.projection import Said, objects
from lhcr.access.span import ALWAYS, BEGINNING, Span, span_of
from lhcr.fhir.search.catalogue import type_ids
from lhcr.kernel.json_types import JsonObject

#: Codings of this system are categories of the area's own policy: what a page writes on which somebody chooses.
CATEGORY_SYSTEM: Final = "urn:lhcr:category"
_RESOURCE_TYPES: Final = "http://hl7.org/fhir/resource-types"
_PARTICIPATION: Final = "v3-participationtype"
_RECIPIENTS: Final = ("IRCP", "PRCP")
_SOURCES: Final = ("AUT", "CST")
_KINDS: Final = ("class", "code", "data")
_NEVER: Final = Span(BEGINNING, BEGINNING)
#: Whatever an exception has besides is a condition that is not understood.
_UNDERSTOOD_IN_EXCEPTIONS: Final = frozenset({"id", "type", "period", "actor", "provision", *_KINDS})
_ALL: Final = frozenset({EVERY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Each is a set with `EVERY` alone where there is no such condition; an empty one holds for nothing."""

    organisations: frozenset[str]
    sources: frozenset[str]
    categories: frozenset[str]
    span: Span

    @property
    def is_without_limit(self) -> bool:
        return self.organisations == self.sources == self.categories == _ALL

    @property
    def size(self) -> int:
        return len(self.organisations) * len(self.sources) * len(self.categories)


def conditions_of_objection(provision: JsonObject, *, said: Said) -> Conditions:
    """Return the conditions that are understood, so that it holds for all that it may mean."""
    organisations, sources = _actors(provision, said)
    # An actor that is not understood may be any: what the others narrow does not hold either.
    understood = None not in organisations | sources
    kinds = [_kinds_of(provision, element, said.policy, whole=True) for element in _KINDS if element in provision]
    categories = frozenset().union(*kinds) if kinds else _ALL
    return Conditions(
        organisations=_texts(organisations) if understood else _ALL,
        sources=_texts(sources) if understood else _ALL,
        categories=_texts(categories) if None not in categories else _ALL,
        span=span_of(provision.get("period"), otherwise=ALWAYS),
    )


def conditions_of_exception(provision: JsonObject, *, said: Said) -> Conditions | None:
    """Return the conditions of what is excepted from an objection; None where any is not understood."""
    organisations, sources = _actors(provision, said)
    elements = [element for element in _KINDS if element in provision]
    kinds = _kinds_of(provision, elements[0], said.policy, whole=False) if elements else _ALL
    if provision.keys() - _UNDERSTOOD_IN_EXCEPTIONS or len(elements) > 1 or None in organisations | sources | kinds:
        return None
    return Conditions(
        organisations=_texts(organisations),
        sources=_texts(sources),
        categories=_texts(kinds),
        span=span_of(provision["period"], otherwise=_NEVER) if "period" in provision else ALWAYS,
    )


def _texts(found: Iterable[str | None]) -> frozenset[str]:
    return frozenset(each for each in found if each is not None)


def _actors(provision: JsonObject, said: Said) -> tuple[frozenset[str | None], frozenset[str | None]]:
    """Return the ODS codes of who receives and of who contributed; None among them for an actor that is not understood."""
    if "actor" not in provision:
        return _ALL, _ALL
    organisations: set[str | None] = set()
    sources: set[str | None] = set()
    for actor in objects(provision["actor"]):
        reference, roles = actor.get("reference"), set(_roles(actor))
        code = said.ods(reference) if isinstance(reference, dict) else None
        if "modifierExtension" in actor:
            organisations.add(None)
        elif roles and roles <= {*_RECIPIENTS}:
            organisations.add(code)
        elif roles and roles <= {*_SOURCES}:
            sources.add(code)
        else:
            organisations.add(None)
    return frozenset(organisations) or _ALL, frozenset(sources) or _ALL


def _roles(actor: JsonObject) -> Iterator[str]:
    for coding in codings_of([actor.get("role")]):
        system, code = coding.get("system"), coding.get("code")
        is_known = isinstance(system, str) and system.rstrip("/").rpartition("/")[2].casefold() == _PARTICIPATION
        yield code if is_known and isinstance(code, str) else ""


def _kinds_of(provision: JsonObject, element: str, policy: Policy, *, whole: bool) -> frozenset[str | None]:
    """Return the categories that an element names, with None for what names none. `whole`: those of which a part is named, too."""
    found, types = _named(provision[element], element, policy)
    if element == "data" and not whole:
        found.add(None)
    found |= _categories_of(types, policy, whole=whole)
    # Nothing at all, and what nobody can object to, were not understood.
    return frozenset(None if each in NOT_TO_BE_OBJECTED_TO else each for each in found or {None})


def _named(value: object, element: str, policy: Policy) -> tuple[set[str | None], set[str]]:
    """Return categories, with None for what is not understood, and types of resource."""
    found: set[str | None] = set()
    types: set[str] = set()
    if element == "data":
        named = {_type_of(each) for each in objects(value)}
        return ({None} if "" in named else set()), named - {""}
    for coding in objects(value) if element == "class" else codings_of(value):
        system, code = coding.get("system"), coding.get("code")
        if element == "class" and system == _RESOURCE_TYPES and isinstance(code, str) and code in type_ids():
            types.add(code)
        else:
            found.add(_category(system, code, policy))
    return found, types


def _categories_of(types: Collection[str], policy: Policy, *, whole: bool) -> set[str]:
    found: set[str] = set()
    for each in types:
        found |= categories_of_type(each, policy=policy)
    return found if whole else {each for each in found if _types_in(each, policy) <= {*types}}


def _types_in(category: str, policy: Policy) -> set[str]:
    return {each for each in type_ids() if category in categories_of_type(each, policy=policy)}


def _category(system: object, code: object, policy: Policy) -> str | None:
    if system == CATEGORY_SYSTEM:
        return code if isinstance(code, str) and code in policy.categories else None
    return policy.file.consent_codes.category_of_code.get(f"{system}|{code}")


def _type_of(data: JsonObject) -> str:
    """Return the type of an entry that is named as itself: the whole kind is what stands for it. Empty where it is not told."""
    reference = data.get("reference")
    literal = reference.get("reference") if isinstance(reference, dict) else None
    segments = literal.split("/_history/")[0].rsplit("/", 2) if isinstance(literal, str) else []
    named = segments[-2] if data.get("meaning") == "instance" and len(segments) > 1 else ""
    return named if named in type_ids() else ""


def codings_of(concepts: object) -> Iterator[JsonObject]:
    """Yield the codings of CodeableConcepts; an empty one for a concept in words alone, which is not understood."""
    for concept in objects(concepts):
        yield from [*objects(concept.get("coding", []))] or [{}]
