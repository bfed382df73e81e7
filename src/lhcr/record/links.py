"""Links: the literal references inside a resource, and what each of them names.

A reference may name another entry of the same batch (by its fullUrl, or by its type and id), a resource of this area (relative,
or absolute under the area's own address), a part of the resource itself (`#id`), or something elsewhere.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lhcr.fhir.search.catalogue import type_ids
from lhcr.kernel.json_types import JsonObject

_LOCAL = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?")

Key = tuple[int, str]


def links(resource: JsonObject) -> list[JsonObject]:
    """Return every Reference object with a literal reference that leads out of the resource, contained ones included."""
    return list(_links(resource))


def _links(resource: JsonObject) -> Iterator[JsonObject]:
    pending: list[Any] = [resource]
    while pending:
        node = pending.pop()
        if type(node) is dict:
            reference = node.get("reference")
            if type(reference) is str and not reference.startswith("#"):
                yield node
            pending.extend(value for value in node.values() if type(value) is dict or type(value) is list)
        else:
            pending.extend(value for value in node if type(value) is dict or type(value) is list)


class LinkReader:
    """Reads what a literal reference names, for an area whose FHIR base is `base` (without a slash at its end)."""

    def __init__(self, base: str) -> None:
        self._prefix = base + "/"
        self._types: Mapping[str, int] = type_ids()

    def key(self, reference: str) -> Key | None:
        """Return (type id, id) of a reference to a resource of this area, None for any other reference."""
        match = _LOCAL.fullmatch(reference.removeprefix(self._prefix))
        number = self._types.get(match[1]) if match else None
        return None if match is None or number is None else (number, match[2])
