"""A request: what a principal wants to do, with which type and about which person."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal, NamedTuple, TypeAlias


class Interaction(Enum):
    """What may be asked: the interactions of FHIR REST and those of this record."""

    READ = "read"
    VREAD = "vread"
    HISTORY = "history"
    SEARCH = "search"
    EVERYTHING = "everything"
    CREATE = "create"
    UPDATE = "update"
    PATCH = "patch"
    DELETE = "delete"
    TRACE = "trace"
    AUDIT_READ = "audit-read"
    ORDER = "order"
    """An order of the privacy office over entries: removal, restriction of processing, a hold, disposal. It reads nothing."""

    @property
    def writes(self) -> bool:
        return self in _WRITES


# Made once: every rule asks, and a member of an enumeration is dear to put into a set.
_WRITES: Final = frozenset({Interaction.CREATE, Interaction.UPDATE, Interaction.PATCH, Interaction.DELETE})


class Unknown(Enum):
    """The person that nobody here is: an id or number that leads nowhere. It is refused as a stranger is."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN
#: A person's internal id, a bucket of the shelf (negative) or the directory (0); None where the request names nobody; UNKNOWN where it names somebody who is not here.
AskedPerson: TypeAlias = int | Literal[Unknown.UNKNOWN] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientName:
    """The id of a Patient by which a request names somebody: `person`, as far as anybody has it. `chosen_by`: the source that chose the id, if one did."""

    id: str
    person: AskedPerson
    chosen_by: int | None = None


class About(NamedTuple):
    """Whom a request is about, and the id of the Patient by which they are named, if they are named by one."""

    person: AskedPerson
    by: PatientName | None = None


NOBODY: Final = About(None)
SOMEBODY_UNKNOWN: Final = About(UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`type` is a resource type, or None for a request over all types. `person` is whom the target is about.

    A directory type has no person and may be asked without one. A new Patient names nobody yet; where its identifiers turn out
    to belong to a person who is here already, a second decision about that person is due before it joins them. `asked` is the target as the caller named it (`Patient/123`),
    and `query` the search, already masked; both only for the log. `by`: the id by which the person is named, where it is a Patient's. To whoever may
    not see that Patient it is nobody's.
    """

    interaction: Interaction
    type: str | None
    person: AskedPerson
    request_id: str = field(default="", compare=False)
    asked: str = field(default="", compare=False)
    query: str = field(default="", compare=False)
    by: PatientName | None = field(default=None, compare=False)

    @property
    def name(self) -> PatientName | None:
        """The id that is to be judged: that of the very person who is asked for, or one that nobody has."""
        return self.by if self.by is not None and self.person in {self.by.person, UNKNOWN} else None
