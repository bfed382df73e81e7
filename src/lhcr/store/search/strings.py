"""Strings: the condition that a text begins with, contains or is exactly what was asked for."""

from collections.abc import Sequence
from typing import Final

from lhcr.fhir.search.query import Modifier, StringValue
from lhcr.store.search.bounded import LONGEST, bounded
from lhcr.store.search.compilation import Compilation, some

_LAST: Final = 0x10FFFF
_SURROGATES: Final = range(0xD800, 0xE000)


def matches_string(c: Compilation, alias: str, values: Sequence[StringValue], modifier: Modifier | None) -> str:
    if modifier is Modifier.EXACT:
        return _is_exactly(c, alias, values)
    if modifier is Modifier.CONTAINS:
        return some(
            [f"strpos({alias}.folded, {c.arguments.add(bounded(value.folded), 'text')}) > 0" for value in values]
        )
    return some([begins_with(c, f"{alias}.folded", value.folded) for value in values])


def _is_exactly(c: Compilation, alias: str, values: Sequence[StringValue]) -> str:
    folded = c.arguments.add([bounded(value.folded) for value in values], "text[]")
    exact = c.arguments.add([bounded(value.text) for value in values], "text[]")
    return f"({alias}.folded = ANY ({folded}) AND {alias}.exact = ANY ({exact}))"


def begins_with(c: Compilation, column: str, text: str) -> str:
    """Compare as a range, which an index of the C collation answers.

    Of a text that is kept only in part, the part that is kept can be asked for, or all of it.
    """
    kept = bounded(text)
    if len(text.encode(errors="replace")) > LONGEST:
        return f"{column} = {c.arguments.add(kept, 'text')}"
    text = kept
    after = _after(text)
    first = f"{column} >= {c.arguments.add(text, 'text')}"
    return first if after is None else f"({first} AND {column} < {c.arguments.add(after, 'text')})"


def _after(prefix: str) -> str | None:
    """Return the first text that is greater than everything with the prefix, None where there is none."""
    while prefix and ord(prefix[-1]) == _LAST:
        prefix = prefix[:-1]
    if not prefix:
        return None
    following = ord(prefix[-1]) + 1
    return prefix[:-1] + chr(_SURROGATES.stop if following in _SURROGATES else following)
