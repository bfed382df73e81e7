"""What the portal needs from the rest of the house, as narrow protocols that `app.py` fills."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from lhcr.identity.principal import Principal
from lhcr.views.completeness import Completeness
from lhcr.views.entry import Entry


@dataclass(frozen=True, slots=True)
class PersonaCard:
    """Somebody whom a visitor of a demonstration can be."""

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

    async def begin(self, persona: str) -> SignedIn:
        """Begin a session. Raises NotFound for a persona that does not exist, always so outside a demonstration."""
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
    """At most ten people; `more` says that others matched too."""

    people: tuple[FoundPerson, ...]
    more: bool = False


class PersonFinder(Protocol):
    async def find(self, principal: Principal, criteria: Criteria) -> Found:
        """Trace people, which is written to the log for each person shown. Raises Forbidden and Busy (rate limit)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRecord:
    """What a decision released of one record, and how complete it is."""

    entries: Sequence[Entry]
    completeness: Completeness


class RecordReader(Protocol):
    async def read_record(self, principal: Principal, key: str) -> ReadRecord:
        """Everything of one person that the principal may see.

        Raises Forbidden where asker and request alone refuse it, whether or not there is such a record, and NotFound.
        Raises Unavailable where nothing can be read.
        """
        ...
