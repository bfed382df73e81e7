"""A target: what the path of a FHIR request names (FHIR R4 http, section 3.1.0.1.2), read from the raw path."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final
from urllib.parse import unquote_to_bytes

from lhcr.fhir.compartments import compartments
from lhcr.fhir.search.catalogue import type_ids
from lhcr.kernel.errors import Incorrect, Issue, NotFound

_ID: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_OPERATION: Final = re.compile(r"\$[a-z][a-z\-]{0,63}")
_LONGEST_PATH: Final = 4_096


class Kind(Enum):
    """The shapes of path, each with its template for logs, which hold no path and no id."""

    SYSTEM = "/"
    METADATA = "/metadata"
    SYSTEM_SEARCH = "/_search"
    SYSTEM_HISTORY = "/_history"
    SYSTEM_OPERATION = "/$operation"
    TYPE = "/{type}"
    TYPE_SEARCH = "/{type}/_search"
    TYPE_HISTORY = "/{type}/_history"
    TYPE_OPERATION = "/{type}/$operation"
    INSTANCE = "/{type}/{id}"
    INSTANCE_HISTORY = "/{type}/{id}/_history"
    VERSION = "/{type}/{id}/_history/{version}"
    INSTANCE_OPERATION = "/{type}/{id}/$operation"
    COMPARTMENT = "/{compartment}/{id}/{type}"
    COMPARTMENT_SEARCH = "/{compartment}/{id}/{type}/_search"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`member` is the type that is searched in a compartment, `*` for all; `version` is as it was written."""

    kind: Kind
    type: str = ""
    id: str = ""
    version: str = ""
    operation: str = ""
    member: str = ""

    @property
    def named(self) -> str:
        """Name the target as the log does: `Patient/123`."""
        return "/".join(part for part in (self.type, self.id, self.member or self.operation) if part)


@cache
def stored_types() -> frozenset[str]:
    """Name the types that can be stored; Parameters is only ever sent (FHIR R4 parameters 2.1.13)."""
    return frozenset(type_ids()) - {"Parameters"}


def parse_target(path: bytes) -> Target:
    """Return what a raw path below the base names.

    Raises NotFound (404) for a path or type that FHIR R4 does not have, Incorrect (400) for an id that cannot be one. An escaped
    slash is part of its segment and so never an id: `a%2Fb` does not reach `a/b`.
    """
    if len(path) > _LONGEST_PATH:
        raise Incorrect(
            [Issue(code="too-long", error="path-too-long", diagnostics="The path is too long.")], status=414
        )
    segments = [_decoded(segment) for segment in path.split(b"/") if segment] if path.strip(b"/") else []
    if not segments:
        return Target(kind=Kind.SYSTEM)
    first, *rest = segments
    return _typed(first, rest) if first in stored_types() else _system(first, rest)


def _decoded(segment: bytes) -> str:
    try:
        return unquote_to_bytes(segment).decode()
    except UnicodeDecodeError:
        raise Incorrect(
            [Issue(code="invalid", error="path-not-utf8", diagnostics="The path is not valid UTF-8.")]
        ) from None


def _system(first: str, rest: list[str]) -> Target:
    if rest:
        raise _unknown_type() if first[:1].isalpha() else _unknown_path()
    fixed = {"metadata": Kind.METADATA, "_search": Kind.SYSTEM_SEARCH, "_history": Kind.SYSTEM_HISTORY}
    if first in fixed:
        return Target(kind=fixed[first])
    if _OPERATION.fullmatch(first):
        return Target(kind=Kind.SYSTEM_OPERATION, operation=first)
    raise _unknown_type() if first[:1].isalpha() else _unknown_path()


def _typed(type: str, rest: list[str]) -> Target:
    if not rest:
        return Target(kind=Kind.TYPE, type=type)
    if len(rest) == 1 and rest[0] in {"_search", "_history"}:
        return Target(kind=Kind.TYPE_SEARCH if rest[0] == "_search" else Kind.TYPE_HISTORY, type=type)
    if len(rest) == 1 and _OPERATION.fullmatch(rest[0]):
        return Target(kind=Kind.TYPE_OPERATION, type=type, operation=rest[0])
    return _instance(type, check_id(rest[0], expression=None), rest[1:])


def _instance(type: str, id: str, rest: list[str]) -> Target:
    if not rest:
        return Target(kind=Kind.INSTANCE, type=type, id=id)
    if rest[0] == "_history" and len(rest) <= 2:
        if len(rest) == 1:
            return Target(kind=Kind.INSTANCE_HISTORY, type=type, id=id)
        return Target(kind=Kind.VERSION, type=type, id=id, version=check_id(rest[1], expression=None))
    if len(rest) == 1 and _OPERATION.fullmatch(rest[0]):
        return Target(kind=Kind.INSTANCE_OPERATION, type=type, id=id, operation=rest[0])
    if type in compartments() and (rest[0] in stored_types() or rest[0] == "*") and rest[1:] in ([], ["_search"]):
        kind = Kind.COMPARTMENT_SEARCH if rest[1:] else Kind.COMPARTMENT
        return Target(kind=kind, type=type, id=id, member=rest[0])
    raise _unknown_path()


def check_id(id: str, *, expression: str | None) -> str:
    """Return an id that FHIR allows. Raises Incorrect (400 `id-invalid`), which does not repeat it.

    `.` and `..` have the form of an id, but no address could name them.
    """
    if _ID.fullmatch(id) is None or id in {".", ".."}:
        diagnostics = "An id is 1 to 64 letters, digits, hyphens and full stops."
        raise Incorrect([Issue(code="value", error="id-invalid", diagnostics=diagnostics, expression=expression)])
    return id


def _unknown_path() -> NotFound:
    diagnostics = "FHIR R4 has no such path, or this server does not do it. GET /metadata says what it does."
    return NotFound([Issue(code="not-found", error="path-unknown", diagnostics=diagnostics)])


def _unknown_type() -> NotFound:
    diagnostics = "The path names no resource type of FHIR R4 that can be stored. Types are written like `Observation`."
    return NotFound([Issue(code="not-supported", error="type-unknown", diagnostics=diagnostics)])
