"""The one statement that writes a batch: fragments of write.sql joined, their parameters numbered through.

A CREATE of one resource is this statement alone, so that it costs one round trip; a transaction runs it once for the rows at
home with persons and the shelf, and once for those of the directory.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from lhcr.record.array_literal import array_literal, array_types, read_from_text
from lhcr.store.statements import load_statements

_FRAGMENTS = load_statements("lhcr.record", "write.sql")
_PARAMETER = re.compile(r"\$(\d+)")
_STORED = re.compile(r"\b(INTO|UPDATE|FROM|JOIN) (resource_history|resource|search_\w+)\b")


def fragment(name: str) -> str:
    return _FRAGMENTS[name]


@lru_cache(maxsize=1024)
def compose(fragments: tuple[str, ...], *, directory: bool) -> str:
    """Join fragments of SQL to one statement: each a CTE, the last the result. `directory` writes its tables instead."""
    numbered, used = [], 0
    for text in map(read_from_text, fragments):
        numbered.append(_PARAMETER.sub(lambda match, offset=used: f"${int(match[1]) + offset}", text))  # type: ignore[misc]
        used += len(set(_PARAMETER.findall(text)))
    statement = "WITH " + ",\n".join(numbered[:-1]) + "\n" + numbered[-1]
    return _STORED.sub(r"\1 directory_\2", statement) if directory else statement


class WriteStatement:
    """A statement under construction: fragments with the arguments that belong to them."""

    def __init__(self, *, directory: bool) -> None:
        self._directory = directory
        self._fragments = [fragment("moment")]
        self._arguments: list[Any] = []

    def add(self, text: str, arguments: Sequence[Any]) -> None:
        """Add one CTE with its arguments, in the order of its parameters."""
        types = array_types(text)
        self._fragments.append(text)
        self._arguments.extend(
            array_literal(argument, types[place]) if place in types else argument
            for place, argument in enumerate(arguments, start=1)
        )

    def build(self) -> tuple[str, list[Any]]:
        """Return the statement's text, which repeats for batches of the same shape, and all arguments."""
        return compose((*self._fragments, fragment("written")), directory=self._directory), self._arguments
