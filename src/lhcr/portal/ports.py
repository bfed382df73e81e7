"""What the portal needs from the rest of the house, as narrow protocols that `lhcr.pages` fills."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeAlias

from lhcr.access.own_word import NOTHING_IN_FORCE, InForce
from lhcr.audit.answer import Answer
from lhcr.audit.released import Released
from lhcr.identity.principal import Principal
from lhcr.portal.handles import Handles
from lhcr.views.completeness import Completeness
from lhcr.views.entry import Entry


@dataclass(frozen=True, slots=True)
class PersonaCard:
    """Somebody whom a visitor of a demonstration can be; `where` says as what they work, and where."""

    name: str
    display: str
    where: str
    does: str


@dataclass(frozen=True, slots=True)
class DemoPersonCard:
    """A person whom a visitor of a demonstration is pointed to. Invented, with a number of the 999 range."""

    name: str
    nhs_number: str
    born: date
    story: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has just begun: the opaque token for the cookie, and when it ends."""

    token: str
    expires: datetime


class SignIns(Protocol):
    """Sessions of the portal. `personas` is empty unless the database is marked as a demonstration."""

    def personas(self) -> Sequence[PersonaCard]: ...

    def people(self) -> Sequence[DemoPersonCard]: ...

    async def begin(self, persona: str, *, device: str = "") -> SignedIn:
        """Begin a session on a kind of device. Raises NotFound for a persona that does not exist, always so outside a demonstration."""
        ...

    async def principal(self, token: str) -> Principal | None:
        """Whose session this is; None for one that is unknown or over."""
        ...

    async def end(self, token: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What a person is looked for by: the ten digits of an NHS number, or a family name with a birth date."""

    nhs_number: str = ""
    family: str = ""
    given: str = ""
    born: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPerson:
    """A minimal row of a trace. `key` is the opaque name of the record in addresses: never an NHS number.

    `address` is empty for a restricted person, and `restricted` says so.
    """

    key: str
    family: str
    given: str
    title: str
    born: str
    died: str
    sex: str
    nhs_number: str
    address: str
    restricted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """At most ten people; `more` says that others matched too.

    `partial`: by agreement some organisation does not share with the asker's own whom it knows, whether or not it knows anybody who matches.
    """

    people: tuple[FoundPerson, ...]
    more: bool = False
    partial: bool = False


RenderFound: TypeAlias = Callable[[Found], Answer]


class TraceCount(Protocol):
    """How often one asker may look for people, whichever way they do it."""

    def count(self, principal: Principal) -> None:
        """Count one search. Raises Busy for one too many."""
        ...


class PersonFinder(Protocol):
    async def find(self, principal: Principal, criteria: Criteria, *, render: RenderFound) -> Released:
        """Trace people, render who was found, and release the page once the log says whom it shows.

        Raises Forbidden, Busy (rate limit) and Unavailable.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRecord:
    """A record that somebody who signed in as themselves may open: their own, or one of a person for whom they act.

    `key` is the opaque name of the record in addresses; `gender` is FHIR's word for it, empty where none is recorded.
    """

    key: str
    own: bool
    given: str
    family: str
    gender: str


RenderOpen: TypeAlias = Callable[[Sequence[OpenRecord]], Answer]


class CitizenRecords(Protocol):
    async def find(self, principal: Principal, *, render: RenderOpen) -> Released:
        """Find the records that a citizen may open, their own first, and release the page once the log says whom it shows.

        Raises Forbidden where nobody here has the number that they signed in with, and Unavailable.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRecord:
    """What a decision lets be seen of one record, how complete it is, and what its entries are called in addresses.

    `in_force` says what of it is open on the reader's own word.
    `contributions` are the Patients from which the one among the entries was folded, where there are several.
    """

    entries: Sequence[Entry]
    completeness: Completeness
    handles: Handles
    contributions: Sequence[Entry] = ()
    in_force: InForce = NOTHING_IN_FORCE


RenderRecord: TypeAlias = Callable[[ReadRecord], Answer]


class RecordReader(Protocol):
    async def open_record(self, principal: Principal, key: str, *, render: RenderRecord) -> Released:
        """Read all of one person that the principal may see, render a page of it, and release the page once it is in the log.

        Raises Forbidden where asker and request alone refuse it, whether or not there is such a record, NotFound, and
        Unavailable where nothing can be read or written down.
        """
        ...
