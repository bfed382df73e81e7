"""JSON documents as FHIR wants them: decimals keep their text, and nothing ambiguous is let in.

`read_json` refuses what two readers could understand differently (a repeated key, broken UTF-8, a NUL that a database
cuts at), each with a stable error code and, where an element is to blame, its path.
"""

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

import msgspec

from lhcr.fhir.document_limits import limit_json
from lhcr.fhir.exact_decimal import ExactDecimal, read_decimal
from lhcr.fhir.expression import child, item, root
from lhcr.fhir.json_outline import outline
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonArray, JsonObject

DEEPEST = 100
_RUN = 64
_LARGE = 65_536
_UTF8_MARK = b"\xef\xbb\xbf"
_AS_PARENTHESES = bytes.maketrans(b"[{]}", b"(())")
_ALL_BUT_COLONS_AND_MINUSES = bytes(byte for byte in range(256) if byte not in b":-")
# U+0000, a colon or a minus that is spelled as an escape.
_TELLING_ESCAPE = re.compile(rb"\\u00(?:00|3[aA]|2[dD])")

_MOST_PLACES = 100
_FEW_ESCAPES = 1_000

_decoder = msgspec.json.Decoder(float_hook=read_decimal)


class HoldsNul(Incorrect):
    """400 `json-nul`, with every place. `document` is what was read, for whoever can tell what else is wrong with it."""

    def __init__(self, issues: Sequence[Issue], document: Any) -> None:
        super().__init__(issues)
        self.document = document


def _exact_text(value: object) -> msgspec.Raw:
    if isinstance(value, ExactDecimal):
        return msgspec.Raw(value.text)
    raise TypeError(f"{type(value).__name__} has no JSON form")


_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=_exact_text)


def write_json(document: Any) -> bytes:
    """Write compact JSON: keys in their order, decimals as they were read."""
    return _encoder.encode(document)


def read_json(body: bytes, *, most_values: int | None = None) -> JsonObject:
    """Read one JSON object, of at most so many values; a leading byte order mark is ignored, as RFC 8259 allows.

    Integers become `int` and other numbers `Decimal` (an `ExactDecimal` where its spelling is unusual).

    Raises Incorrect (400) with `json-invalid`, `json-not-utf8`, `json-too-deep` (more than 100 levels),
    `json-number-out-of-range`, `json-nul`, `json-duplicate-key` or `json-not-an-object`, and 413
    `body-too-many-values` or `json-string-too-long`.
    """
    document = _read(body, most_values)
    if not isinstance(document, dict):
        raise _refusal("json-not-an-object", "The body must be one JSON object.")
    return document


def read_json_array(body: bytes, *, most_values: int | None = None) -> JsonArray:
    """Read one JSON array, such as a JSON Patch, as strictly as `read_json`; `json-not-an-array` where it is none."""
    document = _read(body, most_values)
    if not isinstance(document, list):
        raise _refusal("json-not-an-array", "The body must be one JSON array.")
    return document


def _read(body: bytes, most_values: int | None) -> Any:
    if most_values is not None:
        limit_json(body, most_values=most_values)
    body = body.removeprefix(_UTF8_MARK)
    document = _decode(body)
    if _is_too_deep(body):
        raise _refusal("json-too-deep", f"The JSON nests deeper than {DEEPEST} levels.")
    if _has_telling_escape(body):
        _refuse_nul(document)
        return _read_exactly(body, document)
    return document if _is_faithful(body, document) else _read_exactly(body, document)


def _decode(body: bytes) -> Any:
    try:
        return _decoder.decode(body)
    except RecursionError:
        raise _refusal("json-too-deep", f"The JSON nests deeper than {DEEPEST} levels.") from None
    except UnicodeDecodeError:
        raise _refusal("json-not-utf8", "The body is not valid UTF-8.") from None
    except OverflowError:
        raise _refusal("json-number-out-of-range", "A number is longer or larger than this server keeps.") from None
    except msgspec.ValidationError:  # The decoder's own limit for an integer: 4,300 digits.
        raise _refusal("json-number-out-of-range", "A number is longer or larger than this server keeps.") from None
    except msgspec.DecodeError as error:
        kind = "json-not-utf8" if "surrogate" in str(error) else "json-invalid"
        raise _refusal(kind, f"The body cannot be read as JSON: {error}.") from None


def _refusal(error: str, diagnostics: str, expression: str | None = None) -> Incorrect:
    return Incorrect([Issue(code="structure", error=error, diagnostics=diagnostics, expression=expression)])


def _has_telling_escape(body: bytes) -> bool:
    """Look where the escapes are, which most texts hold few of, before looking everywhere."""
    start = 0
    for _ in range(_FEW_ESCAPES):
        at = body.find(b"\\", start)
        if at < 0:
            return False
        if _TELLING_ESCAPE.match(body, at):
            return True
        start = at + 2
    return _TELLING_ESCAPE.search(body, start) is not None


def _is_too_deep(body: bytes) -> bool:
    if len(body) < _LARGE and body.count(b"{") + body.count(b"[") <= DEEPEST:
        return False
    brackets = b"".join(outline(body, b"[{]}")).translate(_AS_PARENTHESES)
    return not _is_surely_shallow(brackets) and _depth_exceeds(brackets, DEEPEST)


def _is_surely_shallow(brackets: bytes) -> bool:
    """Bound the depth run by run, as if each run's opening brackets came first: enough for what people send."""
    depth = 0
    for start in range(0, len(brackets), _RUN):
        run = brackets[start : start + _RUN]
        opened = run.count(b"(")
        if depth + opened > DEEPEST:
            return False
        depth += 2 * opened - len(run)
    return True


def _depth_exceeds(brackets: bytes, limit: int) -> bool:
    """Peel the innermost brackets off until none are left: as many times as the JSON is deep."""
    for _ in range(limit):
        if not brackets:
            return False
        brackets = brackets.replace(b"()", b"")
    return bool(brackets)


def _is_faithful(body: bytes, document: Any) -> bool:
    """Tell quickly, and without a false yes, that decoding dropped nothing.

    A repeated key loses at least its colon and `-0` its sign; nothing else changes them, as long as none is spelled as
    an escape.
    """
    written = _encoder.encode(document)
    return written.translate(None, _ALL_BUT_COLONS_AND_MINUSES) == body.translate(None, _ALL_BUT_COLONS_AND_MINUSES)


class _Members(tuple[tuple[str, Any], ...]):
    """The members of a JSON object as they stand, repeated ones too."""

    __slots__ = ()


def _read_exactly(body: bytes, document: Any) -> Any:
    """Read again, slowly: refuse repeated keys with the first hundred places, keep the sign of `-0`."""
    members = json.loads(body, object_pairs_hook=_Members, parse_float=read_decimal, parse_int=_read_integer)
    repeated: dict[str, None] = {}
    exact = _exact(members, root(document), repeated)
    if repeated:
        raise Incorrect([_repeat(place) for place in repeated])
    return exact


def _read_integer(text: str) -> int | Decimal:
    return Decimal(text) if text == "-0" else int(text)


def _repeat(place: str) -> Issue:
    diagnostics = "An object has the same key twice."
    return Issue(code="structure", error="json-duplicate-key", diagnostics=diagnostics, expression=place)


def _exact(value: Any, path: str, repeated: dict[str, None]) -> Any:
    """Return a value with its members as a dict, and note where a key stands again, until there are as many as are told."""
    if isinstance(value, _Members):
        seen: JsonObject = {}
        for name, member in value:
            if len(repeated) >= _MOST_PLACES:
                break
            place = child(path, name)
            if name in seen:
                repeated[place] = None
            seen[name] = _exact(member, place, repeated)
        return seen
    if isinstance(value, list):
        return [_exact(each, item(path, index), repeated) for index, each in enumerate(value)]
    return value


def _refuse_nul(document: Any) -> None:
    """Raise HoldsNul with the first hundred places."""
    places = islice(_nuls(document, root(document)), _MOST_PLACES)
    diagnostics = "A string holds the character U+0000, which FHIR does not allow."
    issues = [Issue(code="structure", error="json-nul", diagnostics=diagnostics, expression=place) for place in places]
    if issues:
        raise HoldsNul(issues, document)


def _nuls(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, str) and "\0" in value:
        yield path
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _nuls(name, path)
            yield from _nuls(member, child(path, name.replace("\0", "")))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _nuls(each, item(path, index))
