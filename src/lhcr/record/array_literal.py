"""Array literals: columns as PostgreSQL's own text form, which the driver passes on without a look at each element.

The driver's encoder of arrays asks every element whether it is itself an array, which cost more than all other work of
a small write. `{1,2,NULL}` is cheaper to make and as cheap to read.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

_ARRAY: Final = re.compile(r"\$(\d+)::(bigint|integer|smallint|double precision|text|timestamptz)\[\]")
_SPECIAL: Final = re.compile(r'["\\]')


def _number(value: float | None) -> str:
    return "NULL" if value is None else str(value)


def _double(value: float | None) -> str:
    """Infinity is spelled as PostgreSQL reads it; repr gives the shortest text that is the same double."""
    return "NULL" if value is None else repr(float(value)).replace("inf", "Infinity")


def _text(value: str | None) -> str:
    return "NULL" if value is None else '"' + _SPECIAL.sub(r"\\\g<0>", value) + '"'


def _instant(value: datetime | None) -> str:
    return "NULL" if value is None else value.isoformat()


_ELEMENTS: Final[Mapping[str, Callable[[Any], str]]] = MappingProxyType(
    {
        "bigint": _number,
        "integer": _number,
        "smallint": _number,
        "double precision": _double,
        "text": _text,
        "timestamptz": _instant,
    }
)


@lru_cache(maxsize=256)
def array_types(fragment: str) -> Mapping[int, str]:
    """Return the element type of each parameter of a fragment that is an array with a literal form, counted from 1."""
    return MappingProxyType({int(number): element for number, element in _ARRAY.findall(fragment)})


def read_from_text(fragment: str) -> str:
    """Return the fragment with those parameters as texts that PostgreSQL reads as arrays."""
    return _ARRAY.sub(r"$\1::text::\2[]", fragment)


def array_literal(column: Sequence[Any], element: str) -> str:
    return "{" + ",".join(map(_ELEMENTS[element], column)) + "}"
