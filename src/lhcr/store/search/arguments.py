"""The arguments of a compiled statement: every value of a query becomes a numbered parameter, never a part of the text."""

from typing import Any


class Arguments:
    def __init__(self) -> None:
        self.values: list[Any] = []
        self._named: dict[str, str] = {}

    def add(self, value: Any, sql_type: str) -> str:
        """Return the placeholder of a new argument, with its type, so that the text alone decides how it is read."""
        self.values.append(value)
        return f"${len(self.values)}::{sql_type}"

    def named(self, name: str, value: Any, sql_type: str) -> str:
        """Return the placeholder of an argument that a statement uses in many places, such as the permitted classes."""
        if name not in self._named:
            self._named[name] = self.add(value, sql_type)
        return self._named[name]
