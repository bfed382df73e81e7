"""A draft: one resource on its way into the record, from what was asked to the row that is written."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, TypeAlias

from lhcr.fhir.search.query import SearchQuery
from lhcr.kernel.json_types import JsonArray, JsonObject

JsonPatch: TypeAlias = JsonArray
ANY_VERSION: Final = -1
"""Of `Draft.if_match`: whichever version stands, so long as one does (RFC 9110 13.1.1, `*`)."""

NO_VERSION: Final = -2
"""Of `Draft.if_match`: none stands, so that something is created and nothing replaced (RFC 9110 13.1.2, `If-None-Match: *`)."""


class Method(IntEnum):
    """How a version came about. The numbers are stored."""

    POST = 1
    PUT = 2
    PATCH = 3
    DELETE = 4


@dataclass(slots=True, kw_only=True)
class Draft:
    """One write.

    `resource` is None for a delete, and for a patch until `patch` has been applied to what exists. `id` is the id that the client chose (PUT, PATCH, DELETE), or None until it is assigned
    (POST). `full_url` is the entry's name inside its bundle;
    `source_key` is what a feed's source calls the resource. `if_match` is the version that the client expects to replace, `ANY_VERSION` or `NO_VERSION`.
    `place` is where it stands in what was sent, as FHIRPath: `Bundle.entry[3].resource`; nothing where it was sent by itself.
    """

    method: Method
    type: str
    type_id: int
    resource: JsonObject | None
    id: str | None = None
    full_url: str | None = None
    place: str = ""
    source_key: str | None = None
    if_match: int | None = None
    # A conditional interaction: of POST (If-None-Exist) the search that must find nothing; of PUT, PATCH and DELETE the search
    # that must find at most one resource, which is then the one that is meant.
    condition: SearchQuery | None = None
    patch: JsonPatch | None = None

    # Filled while the draft is placed: where it lives, which row it is, which version it becomes.
    links: list[JsonObject] = field(default_factory=list)
    numbered: list[JsonObject] = field(default_factory=list)
    addresses: list[tuple[JsonObject, str]] = field(default_factory=list)
    person_id: int | None = None
    members: tuple[int, ...] = ()
    rid: int = 0
    version: int = 1
    replaces: bool = False
    was_deleted: bool = False
    # The existing resource that an If-None-Exist found: nothing is written.
    found: bool = False
    # The id has the form of this server's own and was assigned here to what a feed's source calls otherwise.
    assigned: bool = False
    # Of a Patient: its NHS numbers that are set apart, because somebody else holds them, whom it does not seem to be.
    apart: frozenset[str] = frozenset()
    class_id: int = 0
    # Its class hides it from more people than that of the version that it replaces: what follows it is to be hidden from them too.
    gains_labels: bool = False
    # The class of the version that it replaces, where that hid it from more people, 0 otherwise: what follows it may be shown again.
    class_before: int = 0
    # What it follows, whose sensitivity it shares: other entries of the batch, and classes of what is stored.
    followed: tuple["Draft", ...] = ()
    followed_classes: tuple[int, ...] = ()
    # The version to which a patch was applied, and what it held.
    patched_version: int | None = None
    patched: bytes | None = None

    @property
    def key(self) -> tuple[int, str] | None:
        return None if self.id is None else (self.type_id, self.id)

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is written: the draft deletes what is not there, or creates what there is already."""
        return self.found or (self.method is Method.DELETE and not self.replaces)
