"""The parser of one value of a search parameter, by the parameter's kind."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lhcr.fhir.search import comparison
from lhcr.fhir.search.catalogue import type_ids
from lhcr.fhir.search.escapes import split, unescape
from lhcr.fhir.search.parameter import Component, Kind, SearchParameter
from lhcr.fhir.search.query import (
    CompositeValue,
    DateValue,
    NumberValue,
    PositionValue,
    Prefix,
    QuantityValue,
    ReferenceValue,
    SimpleValue,
    StringValue,
    TokenValue,
    UriValue,
    Value,
)
from lhcr.fhir.search.strings import fold
from lhcr.nhs.identifier import compared

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}\Z")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")
_METRES = {"km": 1000.0, "m": 1.0, "[mi_i]": 1609.344, "[mi_us]": 1609.347, "mi": 1609.344, "": 1000.0}
# A plus that was sent unescaped arrives as a space, and a date has no other place for one.
_ZONE_WITHOUT_PLUS = re.compile(r" (\d\d:\d\d)\Z", re.ASCII)
# FHIR leaves the distance to the server where none is asked.
_USUAL_DISTANCE = 50_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueParser:
    """Reads values; `now` is what "about a date" is measured from, `bases` are this server's own addresses.

    Each method raises ValueError with a reason that repeats nothing of the value.
    """

    now: datetime
    bases: tuple[str, ...] = ()

    def value(self, parameter: SearchParameter, text: str) -> Value:
        if parameter.kind is Kind.COMPOSITE:
            return self.composite(parameter, text)
        if parameter.kind is Kind.POSITION:
            return self.position(text)
        if parameter.code == "_id":
            return self.logical_id(text)
        if parameter.kind is Kind.TOKEN:
            return self.token(text, implied_system=parameter.implied_system)
        return self.simple(parameter, text)

    def simple(self, asked: SearchParameter | Component, text: str) -> SimpleValue:
        if asked.kind is Kind.REFERENCE:
            return self.reference(asked.targets, text)
        readers: dict[Kind, Callable[[str], SimpleValue]] = {
            Kind.TOKEN: self.token,
            Kind.STRING: self.string,
            Kind.DATE: self.date,
            Kind.NUMBER: self.number,
            Kind.QUANTITY: self.quantity,
            Kind.URI: self.uri,
        }
        return readers[asked.kind](text)

    def logical_id(self, text: str) -> TokenValue:
        if _ID.match(text) is None:
            raise ValueError("the value is not a logical id")
        return TokenValue(system=None, code=text)

    def token(self, text: str, implied_system: str | None = None) -> TokenValue:
        """Read a token; the system that an element's plain codes have by definition is one that no row holds."""
        parts = [unescape(part) for part in split(text, "|")]
        if len(parts) > 2:
            raise ValueError("the value has more than one unescaped `|`")
        if not any(parts):
            raise ValueError("the value is empty")
        if len(parts) == 1:
            return TokenValue(system=None, code=parts[0])
        system, code = compared("" if parts[0] == implied_system else parts[0], parts[1])
        return TokenValue(system=system, code=code or None)

    def string(self, text: str) -> StringValue:
        plain = unescape(text)
        if not plain.strip():
            raise ValueError("the value is empty")
        return StringValue(text=plain, folded=fold(plain))

    def date(self, text: str) -> DateValue:
        prefix, literal = comparison.split_prefix(_ZONE_WITHOUT_PLUS.sub(r"+\1", text))
        try:
            low, high = comparison.date_interval(prefix, literal, self.now)
        except ValueError as error:
            raise ValueError(
                "the value is not a date (YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm[:ss][zone])"
            ) from error
        return DateValue(prefix=prefix, low=low, high=high, literal=literal)

    def number(self, text: str) -> NumberValue:
        prefix, literal = comparison.split_prefix(text)
        low, high = _number_interval(prefix, literal)
        return NumberValue(prefix=prefix, low=low, high=high, literal=literal)

    def quantity(self, text: str) -> QuantityValue:
        parts = [unescape(part) for part in split(text, "|")]
        if len(parts) not in {1, 3}:
            raise ValueError("the value is not `number` or `number|system|code`")
        prefix, literal = comparison.split_prefix(parts[0])
        low, high = _number_interval(prefix, literal)
        system, code = (None, None) if len(parts) == 1 else (parts[1] or None, parts[2] or None)
        return QuantityValue(prefix=prefix, low=low, high=high, literal=literal, system=system, code=code)

    def uri(self, text: str) -> UriValue:
        plain = unescape(text)
        if not plain:
            raise ValueError("the value is empty")
        return UriValue(uri=plain)

    def reference(self, targets: tuple[str, ...], text: str) -> ReferenceValue:
        """Read `id`, `Type/id`, either with a version, or an address; an address of this server is read as what it names."""
        plain = unescape(text)
        for base in self.bases:
            plain = plain.removeprefix(base.rstrip("/") + "/")
        if _ADDRESS.match(plain):
            return _address(plain)
        path, _, version = plain.partition("/_history/")
        named, slash, logical = path.rpartition("/")
        if _ID.match(logical) is None or (slash and named not in type_ids()):
            raise ValueError("the value is not an id, Type/id or address")
        if named and named not in targets:
            raise ValueError("the parameter never refers to that type")
        return ReferenceValue(types=(named,) if named else targets, id=logical, version=version or None)

    def composite(self, parameter: SearchParameter, text: str) -> CompositeValue:
        parts = split(text, "$")
        if len(parts) != len(parameter.components):
            raise ValueError(f"the value needs {len(parameter.components)} parts with `$` between them")
        read = (self.simple(component, part) for component, part in zip(parameter.components, parts, strict=True))
        return CompositeValue(components=tuple(read))

    def position(self, text: str) -> PositionValue:
        parts = [*split(text, "|"), "", ""]
        if len(parts) not in {4, 5, 6}:
            raise ValueError("the value is not `latitude|longitude|distance|units`")
        latitude, longitude = _degrees(parts[0], 90), _degrees(parts[1], 180)
        if parts[3] not in _METRES:
            raise ValueError("the units of the distance are not known: use km, m or [mi_i]")
        distance = float(parts[2]) * _METRES[parts[3]] if _decimal(parts[2]) else _USUAL_DISTANCE
        if distance < 0:
            raise ValueError("the distance is negative")
        return PositionValue(latitude=latitude, longitude=longitude, distance=distance, literal=text)


def _number_interval(prefix: Prefix, literal: str) -> tuple[float, float]:
    try:
        return comparison.number_interval(prefix, literal)
    except ValueError as error:
        raise ValueError("the value is not a number") from error


def _address(text: str) -> ReferenceValue:
    """The last segments of an address tell the type; the version of a canonical follows `|`."""
    address, _, version = text.partition("|")
    address, _, history = address.partition("/_history/")
    segments = address.rsplit("/", 2)
    told = (segments[-2],) if len(segments) == 3 and segments[-2] in type_ids() else ()
    return ReferenceValue(types=told, id=address, version=version or history or None, absolute=True)


def _decimal(text: str) -> bool:
    if not text:
        return False
    comparison.number_interval(Prefix.GT, text)
    return True


def _degrees(text: str, limit: int) -> float:
    low, _ = _number_interval(Prefix.GT, text)
    if abs(low) > limit:
        raise ValueError("a position is out of range")
    return low
