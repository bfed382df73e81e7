"""Careful steps through JSON that nobody has promised the shape of."""

from collections.abc import Iterator
from typing import Any

from lhcr.kernel.json_types import JsonObject


def object_of(value: Any) -> JsonObject:
    """The value if it is an object, otherwise an empty one."""
    return value if isinstance(value, dict) else {}


def items_of(value: Any) -> list[Any]:
    """The value if it is an array, the value alone if it is something else, nothing for nothing."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def objects_of(value: Any) -> Iterator[JsonObject]:
    """The objects of an array, or the object alone."""
    return (item for item in items_of(value) if isinstance(item, dict))


def text_of(value: Any) -> str:
    """The value if it is text, stripped, otherwise nothing."""
    return value.strip() if isinstance(value, str) else ""


def choice_of(parent: JsonObject, stem: str) -> Any:
    """The value of a choice element such as `value[x]`, whatever its type is."""
    for key, value in parent.items():
        if key.startswith(stem) and key[len(stem) : len(stem) + 1].isupper():
            return value
    return None


def extension_of(parent: JsonObject, ending: str) -> Any:
    """The value of the first extension whose address ends so, or the extension itself where it is made of parts."""
    for extension in objects_of(parent.get("extension")):
        if text_of(extension.get("url")).endswith(ending):
            value = choice_of(extension, "value")
            return extension if value is None else value
    return None
