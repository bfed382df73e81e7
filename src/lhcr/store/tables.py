"""The tables of the schema by kind, so that one schema serves one server and many nodes alike.

A statement about one person touches rows of that person, of the directory and of nothing else; everything about one person lies
together. Whoever adds a table adds it here: a test compares this list with the catalogue of a migrated database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final


class Kind(Enum):
    """Where the rows of a table lie when the record is spread over several nodes."""

    BY_PERSON = "by person"
    """With their person, under `person_id`, which is part of every key. The shelf's buckets are persons here."""
    BY_KEY = "by look-up key"
    """Under the key that they are looked up by, to find out where to go on."""
    DIRECTORY = "directory"
    """On every node: few, and joined with rows of any person."""
    LOG = "log"
    """The audit log's own, which is written by one coordinator in one order."""
    UPKEEP = "upkeep"
    """About the database itself, its feeds and its clients, read apart from any record: on the node that programs connect to."""


@dataclass(frozen=True, slots=True)
class Table:
    """`column`: what rows are distributed by, None where the kind is not distributed."""

    name: str
    kind: Kind
    column: str | None = None


PERSON: Final = "person_id"

_BY_PERSON: Final = (
    "person",
    "resource",
    "resource_history",
    "resource_member",
    "search_token",
    "search_string",
    "search_reference",
    "search_date",
    "search_quantity",
    "search_uri",
    "search_composite",
    "search_position",
    "fact_relationship",
    "fact_restriction",
    "fact_consent",
    "fact_kin",
    "fact_birth",
    "alert",
    "privacy_case",
    "privacy_case_step",
    "judged_opening",
    "entry_order",
    "merged_row",
    "merged_part",
    "outbox",
)
# The column that most tells rows apart, among those that every look-up gives.
_BY_KEY: Final = {
    "locator": "id",
    "person_identifier": "value",
    "loaded_id": "source_key",
    "session": "id_digest",
    "removed_name": "name_digest",
}
_DIRECTORY: Final = (
    "policy",
    "source",
    "person_merge",
    "returned_entry",
    "code_system",
    "access_class",
    "agreement",
    "opt_out",
    "opt_out_list",
    "staff_person",
    "value_set",
    "value_set_code",
    "sensitivity",
    "directory_resource",
    "directory_resource_history",
    "directory_search_token",
    "directory_search_string",
    "directory_search_reference",
    "directory_search_date",
    "directory_search_quantity",
    "directory_search_uri",
    "directory_search_composite",
    "directory_search_position",
)
_LOG: Final = (
    "audit_writer",
    "audit_entry",
    "audit_trace",
    "audit_leaf",
    "audit_head",
    "audit_sequencer",
    "audit_key",
    "audit_signed_head",
)
_UPKEEP: Final = (
    "schema_migration",
    "area_setting",
    "quarantine",
    "relabelling",
    "signing_key",
    "token_epoch",
    "revoked_token",
    "client",
    "acting_registration",
    "used_assertion",
    "token_grant",
    "authorization_code",
    "refresh_token",
    "log_scan",
    "sign_in_attempt",
    "role_choice",
    "failed_sign_in",
    "counted_attempt",
)


def _tables() -> Iterator[Table]:
    yield from (Table(name, Kind.BY_PERSON, PERSON) for name in _BY_PERSON)
    yield from (Table(name, Kind.BY_KEY, column) for name, column in _BY_KEY.items())
    yield from (Table(name, Kind.DIRECTORY) for name in _DIRECTORY)
    yield from (Table(name, Kind.LOG) for name in _LOG)
    yield from (Table(name, Kind.UPKEEP) for name in _UPKEEP)


TABLES: Final[Mapping[str, Table]] = MappingProxyType({table.name: table for table in _tables()})
"""Every table by name."""


def tables_of(kind: Kind) -> tuple[Table, ...]:
    """Return the tables of a kind; of those by person `person` is the first, beside which the others lie."""
    return tuple(table for table in TABLES.values() if table.kind is kind)
