"""Element paths of the section table: where in a resource a column, title or date is to be found."""

from collections.abc import Iterator
from typing import Any

from lhcr.kernel.json_types import JsonObject
from lhcr.views.json_walk import choice_of, extension_of, items_of


def find(resource: JsonObject, path: tuple[str, ...]) -> Iterator[Any]:
    """Every value at a path, arrays spread out.

    A step is an element name, a choice written `value[x]`, or `@Ending` for the extension whose address ends so.
    """
    values: list[Any] = [resource]
    for step in path:
        values = [found for value in values for found in items_of(_step(value, step))]
        if not values:
            return
    yield from values


def parse_path(text: str) -> tuple[str, ...]:
    return tuple(text.split("."))


def _step(value: Any, step: str) -> Any:
    if not isinstance(value, dict):
        return None
    if step.startswith("@"):
        return extension_of(value, step[1:])
    if step.endswith("[x]"):
        return choice_of(value, step[:-3])
    return value.get(step)
