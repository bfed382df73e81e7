"""An order of the privacy office over entries, as it is given, kept and released: on whose authority, over which rows, by whom."""

import unicodedata
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Final, NamedTuple
from urllib.parse import urlencode

import asyncpg

from lhcr.access.decision import AccessDecision
from lhcr.access.request import Interaction
from lhcr.audit.entry import Action, Item, Outcome
from lhcr.audit.log import INSERT_ENTRIES, AuditLog
from lhcr.fhir.search.catalogue import type_id, type_name
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Incorrect, Issue, NotFound
from lhcr.record.existing import absent
from lhcr.record.persons import DIRECTORY, lock_persons
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

ORDERS: Final = load_statements("lhcr.record", "orders.sql")
#: The kind of such entries in the log; no caller of an edge can bring one about.
LOGGED_KIND: Final = "order"
_FEWEST_SIGNS: Final = 10
_MOST_SIGNS: Final = 500


class OrderKind(Enum):
    """What an order does, by the word under which it is kept."""

    REMOVAL = "removal"
    RESTRICTION = "restriction"
    HOLD = "hold"
    DISPOSAL = "disposal"


class EntryRow(NamedTuple):
    """One entry where it lies."""

    person_id: int
    type_id: int
    id: str
    rid: int
    version: int
    source_id: int

    @property
    def type(self) -> str:
        return type_name(self.type_id)

    @property
    def reference(self) -> str:
        return f"{self.type}/{self.id}"

    @property
    def item(self) -> Item:
        return Item(self.type, self.id, self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What an order is about: one entry by type and id, or all that one source (an ODS code) contributed about a person."""

    person_id: int
    type: str = ""
    id: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenOrder:
    """An order as it is kept. `rids` are the rows that it is about, none for the whole person."""

    person_id: int
    order_id: str
    kind: OrderKind
    authority: str
    given: datetime
    given_by: str
    rids: tuple[int, ...]
    released: datetime | None = None
    source_id: int | None = None
    """Of a restriction of all that one source contributed: that source, also of what it contributes while the order stands."""


@dataclass(slots=True, kw_only=True)
class OpenOrder:
    """An order while its transaction is open: what it turns out to be about is in the log with it."""

    connection: Connection
    person_id: int
    order_id: str
    rows: list[EntryRow] = field(default_factory=list)


def read_authority(words: str) -> str:
    """Return the words by which an order says on whose authority it is given. Raises Incorrect (`authority-missing`)."""
    plain = " ".join("".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in words).split())
    if not _FEWEST_SIGNS <= len(plain) <= _MOST_SIGNS:
        diagnostics = (
            "Say in 10 to 500 characters on whose authority this is done, such as `Order of the Family Court, 12 May 2026, case 14`, and "
            "nothing of what the entries hold."
        )
        raise Incorrect([Issue(code="required", error="authority-missing", diagnostics=diagnostics)])
    return plain


class Ordering:
    """Opens the transaction in which an order is carried out, for one worker."""

    def __init__(self, *, pool: Pool, log: AuditLog, clock: Clock) -> None:
        self.pool = pool
        self.clock = clock
        self._log = log

    @asynccontextmanager
    async def opened(
        self,
        decision: AccessDecision,
        *,
        person_id: int,
        subtype: str,
        action: Action,
        authority: str,
        others: Iterable[int] = (),
    ) -> AsyncIterator[OpenOrder]:
        """Lend the transaction of an order about one person, who is locked, and write its entry when the block ends.

        `others` are persons whose records change with theirs: all are locked in the one order of all writers.

        Raises TypeError for a decision that permits no order about this person.
        """
        check_permits(decision, person_id)
        said = replace(decision.entry, kind=LOGGED_KIND, subtype=subtype, action=action)
        async with self._log.write_lane() as lane:
            async with self.pool.acquire() as connection, connection.transaction():
                await connection.execute("SET LOCAL statement_timeout = 0")
                await lock_persons(connection, {person_id, *others})
                opened = OpenOrder(connection=connection, person_id=person_id, order_id=decision.reference)
                yield opened
                entry = said.complete(
                    recorded=self.clock.now(),
                    outcome=Outcome.SUCCESS,
                    items=[row.item for row in opened.rows],
                    person_id=person_id if person_id > 0 else None,
                    query=urlencode({"order": opened.order_id, "authority": authority}),
                )
                await connection.execute(INSERT_ENTRIES, *lane.prepare([entry]).parameters)
            lane.committed()

    async def log_considered(self, decision: AccessDecision, rows: Sequence[EntryRow]) -> None:
        """Write down that somebody looked what an order would reach; without entries: that it was about nothing here."""
        entry = replace(decision.entry, kind=LOGGED_KIND).complete(
            recorded=self.clock.now(),
            outcome=Outcome.SUCCESS if rows else Outcome.FAILED,
            items=[row.item for row in rows],
        )
        await self._log.append([entry])

    async def keep(self, opened: OpenOrder, order: GivenOrder) -> None:
        await opened.connection.execute(
            ORDERS["give_order"], order.person_id, order.order_id, order.kind.value, order.authority, order.given,
            order.given_by, list(order.rids), order.source_id,
        )  # fmt: skip


def check_permits(decision: AccessDecision, person_id: int) -> None:
    """Hazard: an order that another permit than one for orders lets through, or one about somebody else."""
    request = decision.request
    if request.interaction is not Interaction.ORDER or request.person != person_id:
        raise TypeError("the decision permits no order about this person")


async def rows_of(connection: Connection, selection: Selection) -> list[EntryRow]:
    """Return the entries that a selection is about. Raises NotFound where there are none, Incorrect for the directory."""
    if selection.person_id == DIRECTORY:
        diagnostics = "The directory is about nobody: its entries are deleted by whoever contributed them."
        raise Incorrect([Issue(code="not-supported", error="order-of-directory", diagnostics=diagnostics)])
    if selection.source:
        found = await connection.fetch(ORDERS["entries_of_source"], selection.person_id, selection.source)
    else:
        named = (selection.person_id, type_id(selection.type), selection.id)
        found = await connection.fetch(ORDERS["entry_named"], *named)
    if not found:
        raise NotFound([absent(selection.type or "entry of this source about this person")])
    return read_rows(found)


def read_rows(found: Iterable[asyncpg.Record]) -> list[EntryRow]:
    return [EntryRow(*row.values()) for row in found]


def read_orders(found: Sequence[asyncpg.Record]) -> list[GivenOrder]:
    return [GivenOrder(**{**dict(row), "kind": OrderKind(row["kind"]), "rids": tuple(row["rids"])}) for row in found]
