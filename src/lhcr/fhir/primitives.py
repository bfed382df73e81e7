"""The primitive types of FHIR R4: which JSON values each accepts.

The rules are those of http://hl7.org/fhir/R4/datatypes.html, made stricter where its expressions let nonsense pass: a
date exists in the calendar, base64 is whole, a number fits its type.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from lhcr.fhir.narrative import is_narrative

LONGEST_STRING = 1_048_576

_DATE = (
    r"(?!0000)(?:[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?"
    r"|[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
)
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]{1,12})?"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_WITH_TIME = rf"(?<=-[0-9]{{2}}-[0-9]{{2}})T{_TIME}{_ZONE}"

Check = Callable[[object], object]

_has_control_character = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]").search
_is_uri_of_any_alphabet = re.compile(r"[^\s\x00-\x20]++").fullmatch
_is_code_with_spaces = re.compile(r"[^\s\x00-\x20]++(?:[ \t\r\n][^\s\x00-\x20]++)*+").fullmatch
_base64 = re.compile(rb"[A-Za-z0-9+/]*+={0,2}").fullmatch
_SPACES = b" \t\n\r"


def is_text(value: object) -> bool:
    """FHIR's string: not empty, no control characters save tab and line ends, at most 1 MB."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_STRING
        and (value.isprintable() or _has_control_character(value) is None)
    )


def is_uri(value: object) -> bool:
    """Anything without white space; FHIR lets a uri be relative, so that little else can be asked of it."""
    if not isinstance(value, str):
        return False
    return (value.isprintable() and " " not in value and value != "") or _is_uri_of_any_alphabet(value) is not None


def is_code(value: object) -> bool:
    """No white space at its ends and none but single spaces within."""
    if not isinstance(value, str):
        return False
    return (value.isprintable() and " " not in value and value != "") or _is_code_with_spaces(value) is not None


def is_base64(value: object) -> bool:
    """Base64 of whole groups of four; white space may stand between them."""
    if not isinstance(value, str) or not value.isascii():
        return False
    dense = value.encode("ascii").translate(None, _SPACES)
    return len(dense) % 4 == 0 and dense != b"" and _base64(dense) is not None


def is_boolean(value: object) -> bool:
    return type(value) is bool


def is_decimal(value: object) -> bool:
    return type(value) is int or isinstance(value, Decimal)


def _whole_number(lowest: int) -> Check:
    def is_whole_number(value: object) -> bool:
        return type(value) is int and lowest <= value <= 2_147_483_647

    return is_whole_number


def _matching(pattern: str) -> Check:
    """Give a test for strings; it raises TypeError for what is none."""
    return re.compile(pattern).fullmatch  # type: ignore[return-value]


PRIMITIVES: Mapping[str, Check] = MappingProxyType(
    {
        "base64Binary": is_base64,
        "boolean": is_boolean,
        "canonical": is_uri,
        "code": is_code,
        "date": _matching(_DATE),
        "dateTime": _matching(rf"{_DATE}(?:{_WITH_TIME})?"),
        "decimal": is_decimal,
        "id": _matching(r"[A-Za-z0-9\-.]{1,64}"),
        "instant": _matching(rf"{_DATE}{_WITH_TIME}"),
        "integer": _whole_number(-2_147_483_648),
        "markdown": is_text,
        "oid": _matching(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+"),
        "positiveInt": _whole_number(1),
        "string": is_text,
        "time": _matching(_TIME),
        "unsignedInt": _whole_number(0),
        "uri": is_uri,
        "url": is_uri,
        "uuid": _matching(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
        "xhtml": is_narrative,
    }
)
"""By type name. A test answers something false, or raises TypeError, where the value is not of the type."""


def accepts(type_name: str, value: object) -> bool:
    """Tell whether a JSON value is of a primitive type."""
    try:
        return bool(PRIMITIVES[type_name](value))
    except TypeError:
        return False


def json_kind(type_name: str) -> str:
    """Say which JSON value a primitive type is written as: for people who read an error."""
    if type_name == "boolean":
        return "true or false"
    return "number" if type_name in {"decimal", "integer", "positiveInt", "unsignedInt"} else "string"
