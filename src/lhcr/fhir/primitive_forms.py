"""The forms of FHIR's primitive types in words: what a value that is not of its type should have been."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lhcr.fhir.primitives import LONGEST_STRING

_ZONE: Final = "with seconds and a time zone"
_WHOLE: Final = "a whole number from {} to 2147483647"
_FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "base64Binary": "base64 in whole groups of four, and not empty",
        "canonical": "an address without white space, and not empty",
        "code": "not empty, without white space at its ends and with single spaces within",
        "date": "a day, month or year of the calendar: 2024-05-31, 2024-05 or 2024",
        "dateTime": f"a day, month or year of the calendar (2024-05-31, 2024-05, 2024), or a day and a time {_ZONE}: "
        "2024-05-31T14:30:00Z or 2024-05-31T14:30:00+01:00",
        "decimal": "a number",
        "id": "1 to 64 letters, digits, hyphens and full stops",
        "instant": f"a day and a time {_ZONE}: 2024-05-31T14:30:00Z or 2024-05-31T14:30:00.000+01:00",
        "integer": _WHOLE.format("-2147483648"),
        "oid": "urn:oid: and numbers with full stops between them: urn:oid:1.2.3",
        "positiveInt": _WHOLE.format(1),
        "time": "hours, minutes and seconds without a time zone: 14:30:00",
        "unsignedInt": _WHOLE.format(0),
        "uri": "an address without white space, and not empty",
        "url": "an address without white space, and not empty",
        "uuid": "urn:uuid: and a UUID in small letters: urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
    }
)


def wanted_form(type_name: str, value: object) -> str:
    """Say of a JSON value that is not of a primitive type, though of its JSON type, what it should be; it is not repeated."""
    if type_name in {"string", "markdown"} and isinstance(value, str):
        return f"This is no valid {type_name}: {_why_no_text(value)}."
    form = _FORMS.get(type_name)
    return f"This is no valid {type_name}." if form is None else f"This is no valid {type_name}, which is {form}."


def _why_no_text(value: str) -> str:
    if not value:
        return "it is empty; leave the element out"
    if len(value) > LONGEST_STRING:
        return f"it is longer than {LONGEST_STRING} characters"
    return "it holds control characters other than tabs and line ends"
