"""Every object of a parsed resource, at whatever depth: extensions, contained resources and entries of Bundles too."""

from collections.abc import Iterator

from lhcr.kernel.json_types import JsonObject


def every_object(resource: JsonObject) -> Iterator[JsonObject]:
    """Yield a resource and every object inside it, without recursion. Each is looked into only after it was given, as it is then."""
    ahead: list[object] = [resource]
    while ahead:
        part = ahead.pop()
        if isinstance(part, dict):
            yield part
            ahead += [value for value in part.values() if isinstance(value, dict | list)]
        elif isinstance(part, list):
            ahead += [item for item in part if isinstance(item, dict | list)]
