"""The parser of the parameters that shape an answer: order, page, summary, and what is included with the matches."""

import re
from typing import TypeVar

from lhcr.fhir.search import refusals
from lhcr.fhir.search.catalogue import parameters_of, type_ids
from lhcr.fhir.search.criterion_parser import parameters_for, refers_to
from lhcr.fhir.search.limits import Limits
from lhcr.fhir.search.parameter import Kind, SearchParameter
from lhcr.fhir.search.query import Include, SortKey, Summary, Total

_ELEMENT = re.compile(r"[A-Za-z][A-Za-z.]{0,63}\Z")
_COUNT = re.compile(r"\d{1,9}\Z", re.ASCII)
_UNSORTABLE = frozenset({Kind.COMPOSITE, Kind.POSITION})
Word = TypeVar("Word", Total, Summary)


def sort_keys(types: tuple[str, ...], text: str, limits: Limits) -> tuple[SortKey, ...]:
    codes = text.split(",")
    if len(codes) > limits.sort_keys:
        raise refusals.too_much("_sort", f"at most {limits.sort_keys} keys may be given")
    return tuple(_sort_key(types, code) for code in codes)


def _sort_key(types: tuple[str, ...], text: str) -> SortKey:
    parameters = parameters_for(types, text.removeprefix("-"))
    if parameters[0].kind in _UNSORTABLE:
        raise refusals.invalid("_sort", f"`{parameters[0].code}` has no order")
    return SortKey(parameters=parameters, descending=text.startswith("-"))


def count(text: str) -> int:
    if _COUNT.match(text) is None:
        raise refusals.invalid("_count", "the value must be a whole number, 0 or more")
    return int(text)


def word(name: str, text: str, words: type[Word]) -> Word:
    """Read one of an enumeration's words."""
    try:
        return words(text)
    except ValueError as error:
        raise refusals.invalid(name, f"the value must be one of {', '.join(each.value for each in words)}") from error


def elements(text: str) -> tuple[str, ...]:
    """Read `_elements`: names of top-level elements, each at most once."""
    names = tuple(dict.fromkeys(text.split(",")))
    if not all(_ELEMENT.match(name) for name in names):
        raise refusals.invalid("_elements", "the value must be names of elements with commas between them")
    return names


def searched_types(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.split(",")))
    if not all(name in type_ids() for name in names):
        raise refusals.invalid("_type", "the value must be resource types of FHIR R4 with commas between them")
    return names


def include(types: tuple[str, ...], name: str, text: str) -> Include:
    """Read `_include` or `_revinclude`: `Type:parameter`, `Type:parameter:Target`, `Type:*` or `*`."""
    base, colon, modifier = name.partition(":")
    if colon and modifier != "iterate":
        raise refusals.bad_modifier(base, "the only modifier is `:iterate`")
    iterate, reverse = bool(colon), base == "_revinclude"
    if text == "*":
        parameters, target = _every_reference(types, iterate=iterate, reverse=reverse), None
    else:
        parameters, target = _named_references(types, base, text, anywhere=iterate)
    return Include(parameters=parameters, target=target, iterate=iterate, literal=text)


def _every_reference(types: tuple[str, ...], *, iterate: bool, reverse: bool) -> tuple[SearchParameter, ...]:
    if iterate or not types:
        raise refusals.too_much("_revinclude" if reverse else "_include", "`*` needs searched types and no `:iterate`")
    sources = type_ids() if reverse else types
    found = tuple(each for source in sources for each in _references_of(source))
    return tuple(each for each in found if refers_to(each, types)) if reverse else found


def _references_of(source: str) -> tuple[SearchParameter, ...]:
    return tuple(each for each in parameters_of(source).values() if each.kind is Kind.REFERENCE)


def _named_references(
    types: tuple[str, ...], base: str, text: str, *, anywhere: bool
) -> tuple[tuple[SearchParameter, ...], str | None]:
    source, code, target = _include_parts(base, text)
    if source not in type_ids() or (target is not None and target not in type_ids()):
        raise refusals.invalid(base, "a type is not one of FHIR R4")
    found = _references_of(source) if code == "*" else parameters_for((source,), code)
    if found and found[0].kind is not Kind.REFERENCE:
        raise refusals.invalid(base, "the parameter is not a reference")
    if target is not None:
        found = tuple(each for each in found if target in each.targets)
    if not anywhere and types:
        found = _connected(found, types, source, target, reverse=base == "_revinclude")
    if not found:
        raise refusals.invalid(base, _unconnected(base, source, types, anywhere=anywhere))
    return found, target


def _unconnected(base: str, source: str, types: tuple[str, ...], *, anywhere: bool) -> str:
    reason = "the parameter does not connect the searched type with the one named"
    if anywhere or base == "_revinclude" or source in types:
        return reason
    return f"{reason}; to go on from what is included, write `{base}:iterate`"


def _connected(
    found: tuple[SearchParameter, ...],
    types: tuple[str, ...],
    source: str,
    target: str | None,
    *,
    reverse: bool,
) -> tuple[SearchParameter, ...]:
    """Keep what leads from, or in reverse to, the searched types."""
    if not reverse:
        return found if source in types else ()
    if target is not None and target not in types:
        return ()
    return tuple(each for each in found if refers_to(each, types))


def _include_parts(base: str, text: str) -> tuple[str, str, str | None]:
    parts = text.split(":")
    if len(parts) == 2 and all(parts):
        return parts[0], parts[1], None
    if len(parts) == 3 and all(parts):
        return parts[0], parts[1], parts[2]
    raise refusals.invalid(base, "the form is `Type:parameter` or `Type:parameter:Target`")
