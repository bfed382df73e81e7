"""The parameters of an address or a form: name-value pairs, decoded strictly, of which each interaction names those it knows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias
from urllib.parse import unquote_to_bytes

from lhcr.fhir.search.dates import interval
from lhcr.fhir.search.refusals import shown
from lhcr.kernel.errors import Incorrect, Issue

Pair: TypeAlias = tuple[str, str]
#: Answered for every interaction, where the reply is sent.
EVERYWHERE: Final = frozenset({"_format", "_pretty"})
_MOST_PAIRS: Final = 1_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST: Final = datetime(1, 1, 1, tzinfo=UTC)


def read_pairs(text: bytes) -> tuple[Pair, ...]:
    """Decode `a=b&c=d` as forms and addresses write it. Raises Incorrect (400) for what is not UTF-8 or too much."""
    if not text:
        return ()
    parts = [part for part in text.split(b"&") if part]
    if len(parts) > _MOST_PAIRS:
        raise _refusal("too-costly", "parameters-too-many", "The request has too many parameters.")
    return tuple(_pair(part) for part in parts)


def _pair(part: bytes) -> Pair:
    name, _, value = part.partition(b"=")
    return _decoded(name), _decoded(value)


def _decoded(text: bytes) -> str:
    try:
        return unquote_to_bytes(text.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise _refusal("invalid", "parameter-not-utf8", "A parameter is not valid UTF-8.") from None


def refuse_unknown(pairs: Sequence[Pair], *, known: frozenset[str] = frozenset()) -> None:
    """Raise Incorrect (400) with every parameter that the interaction does not know: nothing asked for is passed over."""
    if not pairs:
        return
    issues = [
        Issue(
            code="not-supported", error="parameter-unknown", diagnostics=f"{shown(name)}: unknown for this interaction."
        )
        for name in dict.fromkeys(name for name, _ in pairs)
        if name not in known and name not in EVERYWHERE
    ]
    if issues:
        raise Incorrect(issues)


def single(pairs: Sequence[Pair], name: str) -> str | None:
    """Return the value of a parameter that may be given once, None where it is absent."""
    found = [value for each, value in pairs if each == name]
    if len(found) > 1:
        raise invalid(name, "it may be given only once")
    return found[0] if found else None


def each_of(pairs: Sequence[Pair], name: str) -> str | None:
    """Return the values of a parameter that may be repeated, with commas between them; None where it is absent."""
    found = [value for each, value in pairs if each == name]
    return ",".join(found) if found else None


def instant_of(pairs: Sequence[Pair], name: str) -> datetime | None:
    """Return the first instant that a date or time means, None where it is absent."""
    text = single(pairs, name)
    return None if text is None else at(microseconds(name, text)[0])


def microseconds(name: str, text: str) -> tuple[int, int]:
    """Return the closed interval of a FHIR date, in microseconds since 1970 UTC. Raises Incorrect (400)."""
    try:
        return interval(text)
    except (ValueError, OverflowError):
        raise invalid(name, "the value must be a FHIR date or time") from None


def at(microseconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return _EARLIEST


def count_of(pairs: Sequence[Pair], *, usual: int, most: int) -> int:
    """Return the size of a page: as asked, no more than `most`. Raises Incorrect (400) unless it is a whole number from 1."""
    text = single(pairs, "_count")
    if text is None:
        return usual
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) == 0:
        raise invalid("_count", "the value must be a whole number, 1 or more")
    return min(int(text), most)


def invalid(name: str, reason: str) -> Incorrect:
    return _refusal("invalid", "parameter-invalid", f"{shown(name)}: {reason}.")


def _refusal(code: str, error: str, diagnostics: str) -> Incorrect:
    return Incorrect([Issue(code=code, error=error, diagnostics=diagnostics)])
