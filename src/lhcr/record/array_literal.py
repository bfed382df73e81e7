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


def _numbers(column: Sequence[int | None]) -> str:
    return "{" + ",".join(map(str, column)).replace("None", "NULL") + "}"


def _doubles(column: Sequence[float | None]) -> str:
    """Write doubles: repr is the shortest text that reads as the same double, and infinity is spelled out."""
    texts = ("None" if value is None else repr(float(value)) for value in column)
    return "{" + ",".join(texts).replace("None", "NULL").replace("inf", "Infinity") + "}"


def _texts(column: Sequence[str | None]) -> str:
    if None in column or _SPECIAL.search("".join(column)):  # type: ignore[arg-type]
        return "{" + ",".join(map(_quoted, column)) + "}"
    return '{"' + '","'.join(column) + '"}' if column else "{}"  # type: ignore[arg-type]


def _quoted(value: str | None) -> str:
    return "NULL" if value is None else '"' + _SPECIAL.sub(r"\\\g<0>", value) + '"'


def _instants(column: Sequence[datetime | None]) -> str:
    return "{" + ",".join("NULL" if value is None else value.isoformat() for value in column) + "}"


_LITERALS: Final[Mapping[str, Callable[[Sequence[Any]], str]]] = MappingProxyType(
    {
        "bigint": _numbers,
        "integer": _numbers,
        "smallint": _numbers,
        "double precision": _doubles,
        "text": _texts,
        "timestamptz": _instants,
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
    return _LITERALS[element](column)
