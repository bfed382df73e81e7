"""Links between pages: what was asked for, told truly, and where the next page is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from lhcr.fhir_api.call import Call
from lhcr.fhir_api.cursor import PARAMETER
from lhcr.fhir_api.parameters import EVERYWHERE, Pair, invalid, single
from lhcr.fhir_api.services import Services

_PLAIN: Final = "/:,|$@!*'()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The parameters that count, and where the page begins: None for the first."""

    pairs: tuple[Pair, ...]
    after: Sequence[Any] | None


def open_page(services: Services, call: Call, pairs: tuple[Pair, ...] | None = None) -> Asked:
    """Return what a call asks for; a cursor carries the parameters of the first page, so none may be sent beside it."""
    asked = call.pairs if pairs is None else pairs
    cursor = single(asked, PARAMETER)
    if cursor is None:
        return Asked(pairs=tuple(pair for pair in asked if pair[0] not in EVERYWHERE), after=None)
    if any(name != PARAMETER and name not in EVERYWHERE for name, _ in asked):
        raise invalid(PARAMETER, "no other parameter may be sent with it")
    place = services.cursors.open(call.principal, path=page_path(call), cursor=cursor)
    return Asked(pairs=place.pairs, after=place.after)


def page_path(call: Call) -> str:
    """Return the path whose GET answers further pages: a search by POST goes on where the same search by GET would."""
    target = call.target
    parts = [target.type, target.id, target.member or target.operation]
    if target.kind.value.endswith("/_history"):
        parts.append("_history")
    return "/".join(part for part in parts if part)


def self_link(services: Services, call: Call, pairs: Sequence[Pair], *, after: Sequence[Any] | None = None) -> Pair:
    """Return the address of the page that was answered, the one that begins `after`.

    Of a search by POST it is sealed: an address would show what a body hid.
    """
    if after is not None or (call.method == "POST" and pairs):
        return "self", _sealed(services, call, pairs, after)
    return "self", _address(services, call, urlencode(pairs, quote_via=quote, safe=_PLAIN))


def with_count(pairs: Sequence[Pair], count: int) -> tuple[Pair, ...]:
    """Return the pairs with the size of page that is served, where one was asked for: it may be smaller."""
    return tuple((name, str(count) if name == "_count" else value) for name, value in pairs)


def next_link(services: Services, call: Call, pairs: Sequence[Pair], after: Sequence[Any]) -> Pair:
    return "next", _sealed(services, call, pairs, after)


def _sealed(services: Services, call: Call, pairs: Sequence[Pair], after: Sequence[Any] | None) -> str:
    cursor = services.cursors.seal(call.principal, path=page_path(call), pairs=pairs, after=after)
    return _address(services, call, f"{PARAMETER}={cursor}")


def _address(services: Services, call: Call, query: str) -> str:
    path = page_path(call)
    address = f"{services.base}/{path}" if path else services.base
    return f"{address}?{query}" if query else address
