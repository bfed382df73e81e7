"""The one statement that writes a batch: fragments of write.sql joined, their parameters numbered through.

A CREATE of one resource is this statement alone, so that it costs one round trip; a transaction runs it once for the rows at
home with persons and the shelf, and once for those of the directory.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from lhcr.record.array_literal import array_literal, array_types, read_from_text
from lhcr.store.statements import load_statements

_FRAGMENTS = load_statements("lhcr.record", "write.sql")
_PARAMETER = re.compile(r"\$(\d+)")
_STORED = re.compile(r"\b(INTO|UPDATE|FROM|JOIN) (resource_history|resource|search_\w+)\b")


Part: TypeAlias = tuple[str, Sequence[Any]]
"""A fragment with the arguments of its parameters."""


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
        self._first: list[Part] = [(fragment("held"), ())]
        self._parts: list[Part] = []
        self._labelled: int | None = None

    @classmethod
    def joined(cls, statements: Iterable["WriteStatement"]) -> "WriteStatement":
        """Return one statement, outside the directory, of parts that take arrays only: the rows of like parts go together.

        The order of its parts does not depend on who came first, so that few different texts arise.
        """
        rows: dict[str, list[list[Any]]] = {}
        for statement in statements:
            for text, columns in statement.parts:
                same = rows.setdefault(text, [[] for _ in columns])
                for column, more in zip(same, columns, strict=True):
                    column.extend(more)
        joint = cls(directory=False)
        joint._parts = sorted(rows.items())
        return joint

    @property
    def parts(self) -> Sequence[Part]:
        return self._parts

    def labelled_by(self, epoch: int) -> None:
        """Fail (LH002) where sensitive codes are not any more those of the epoch by which the rows were labelled."""
        self._labelled = epoch

    def be_impatient(self) -> None:
        """Wait only a moment for any lock."""
        self._first = [(fragment("patience"), ()), (fragment("held_with_patience"), ())]

    def lock_first(self, arguments: Sequence[Any]) -> None:
        """Lock persons before anything else is done, and wait only a moment for any lock."""
        self._first = [
            (fragment("patience"), ()),
            (fragment("locked"), arguments),
            (fragment("held_after_locks"), ()),
        ]

    def add(self, text: str, arguments: Sequence[Any]) -> None:
        """Add one CTE with its arguments, in the order of its parameters."""
        self._parts.append((text, arguments))

    def build(self) -> tuple[str, list[Any]]:
        """Return the statement's text, which repeats for batches of the same shape, and all arguments."""
        parts = [*self._first, (fragment("moment"), [self._labelled]), *self._parts, (fragment("written"), ())]
        arguments = [argument for text, columns in parts for argument in _literals(text, columns)]
        return compose(tuple(text for text, _ in parts), directory=self._directory), arguments


def _literals(text: str, arguments: Sequence[Any]) -> Iterator[Any]:
    types = array_types(text)
    for place, argument in enumerate(arguments, start=1):
        yield array_literal(argument, types[place]) if place in types else argument
