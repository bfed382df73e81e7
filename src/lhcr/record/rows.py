"""The rows of a batch: columns for the arrays of the statement that writes it, gathered draft by draft."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from lhcr.fhir.search.catalogue import parameters_by_id, parameters_of, type_ids
from lhcr.fhir.search.homes import HomeKind, home
from lhcr.fhir.search.parameter import Kind
from lhcr.fhir.search.rows import CompositeRow, SearchValues
from lhcr.fhir.search.strings import fold
from lhcr.record.body import StoredBody
from lhcr.record.draft import Draft, Method
from lhcr.record.write_statement import WriteStatement, fragment
from lhcr.store.database import Connection
from lhcr.store.search.bounded import bounded
from lhcr.store.search.clinical import NO_DATE, stored_interval

_ROW = ("person_id", "rid")
SEARCH_TABLES: Final = MappingProxyType(
    {
        "search_token": (*_ROW, "clinical", "class", "system", "param", "code"),
        "search_string": (*_ROW, "class", "param", "folded", "exact"),
        "search_reference": (*_ROW, "class", "param", "target_type", "target_id", "target_version"),
        "search_date": (*_ROW, "low", "high", "class", "param"),
        "search_quantity": (*_ROW, "low", "high", "class", "system", "param", "code", "unit"),
        "search_uri": (*_ROW, "class", "param", "value"),
        "search_composite": (
            *(*_ROW, "class", "param", "system1", "code1", "system2", "code2"),
            *("low2", "high2", "text2", "low3", "high3"),
        ),
        "search_position": (*_ROW, "class", "param", "latitude", "longitude"),
    }
)
"""The search tables with the columns of their rows, in order."""

FEW_ROWS: Final = 200
"""Up to so many search rows travel in the writing statement; more are copied, which costs a round trip a table and saves on each row."""

_RESOURCE: Final = (
    *(*("person_id", "type", "id", "rid", "version", "class"), "clinical_low", "clinical_high", "method", "members"),
    *("last_updated", "body"),
)
_MEMBERS: Final = _RESOURCE.index("members")
_Versioned: TypeAlias = tuple[tuple[Any, ...], StoredBody]
"""The columns of a resource's row up to its members, and its body."""


class Rows:
    """Rows at home with persons and on the shelf, or those of the directory; one statement writes them."""

    def __init__(self, systems: Mapping[str, int]) -> None:
        self._systems = systems
        self._created: list[_Versioned] = []
        self._replaced: list[_Versioned] = []
        self._members: list[tuple[Any, ...]] = []
        self._search: dict[str, list[tuple[Any, ...]]] = {table: [] for table in SEARCH_TABLES}
        self._cleared: list[Draft] = []
        self.changed: list[tuple[int, int]] = []
        self.uses_shelf = False

    def add(self, draft: Draft, values: SearchValues | None, stored: StoredBody) -> None:
        """Add a draft with the search values of its new version, None of a deleted one, and its body."""
        person_id, rid, class_id = draft.person_id, draft.rid, draft.class_id
        low, high = NO_DATE, NO_DATE
        if values is not None:
            low, high = stored_interval(values.clinical, stands_in=values.clinical_stands_in)
            self._add_search(values, person_id, rid, class_id, low)
        row = (
            person_id,
            draft.type_id,
            draft.id,
            rid,
            draft.version,
            class_id,
            low,
            high,
            int(draft.method),
            draft.members or None,
        )
        (self._replaced if draft.replaces else self._created).append((row, stored))
        if draft.replaces:
            self._cleared.append(draft)
        if draft.method is not Method.DELETE:
            self._members.extend((other, person_id, rid, draft.type_id, class_id) for other in draft.members)
        self.changed.append((person_id or 0, rid))

    @property
    def search_rows(self) -> int:
        return sum(map(len, self._search.values()))

    @property
    def replaces(self) -> bool:
        return bool(self._cleared)

    @property
    def are_left(self) -> bool:
        """Whether there is anything to write that was not copied."""
        return bool(self._created or self._replaced or self._members or self.search_rows)

    async def copy(self, connection: Connection, *, directory: bool, at: datetime) -> None:
        """Copy what is new, as of an instant that is taken already, ahead of the statement that writes the rest."""
        prefix = "directory_" if directory else ""
        if self._created:
            rows = [(*row, at, stored.at(at)) for row, stored in self._created]
            await connection.copy_records_to_table(f"{prefix}resource", records=rows, columns=_RESOURCE)
            self._created.clear()
        for table, search_rows in self._search.items():
            if search_rows:
                name = f"{prefix}{table}"
                await connection.copy_records_to_table(name, records=search_rows, columns=SEARCH_TABLES[table])
                search_rows.clear()

    def statement(self, *, directory: bool) -> WriteStatement:
        """Return the statement with the fragments that these rows need."""
        statement = WriteStatement(directory=directory)
        if self._created:
            statement.add(fragment("created"), _resource_columns(self._created))
        if self._replaced:
            self._supersede(statement)
        for table, rows in self._search.items():
            if rows:
                statement.add(fragment(table), _columns(rows))
        if self._members:
            statement.add(fragment("members"), _columns(self._members))
        return statement

    def _supersede(self, statement: WriteStatement) -> None:
        persons_and_rids = [[draft.person_id for draft in self._cleared], [draft.rid for draft in self._cleared]]
        statement.add(fragment("superseded"), persons_and_rids)
        statement.add(fragment("replaced"), _resource_columns(self._replaced))
        cleared = [
            (draft.person_id, draft.rid, parameter.id)
            for draft in self._cleared
            for parameter in parameters_of(draft.type).values()
        ]
        for table in SEARCH_TABLES:
            statement.add(fragment("cleared").replace("{table}", table), _columns(cleared))

    def _add_search(self, values: SearchValues, person_id: int | None, rid: int, class_id: int, low: int) -> None:
        systems, search = self._systems, self._search
        if values.token:
            search["search_token"].extend(
                [(person_id, rid, low, class_id, systems[s], p, bounded(c)) for p, s, c in values.token]
            )
        if values.identifier:
            search["search_token"].extend(
                [(person_id, rid, low, class_id, systems[s], p, bounded(c)) for p, s, c in values.identifier]
            )
        if values.string:
            search["search_string"].extend(
                [(person_id, rid, class_id, p, bounded(fold(text)), bounded(text)) for p, text in values.string]
            )
        if values.reference:
            self.uses_shelf = self.uses_shelf or not _shelf_types().isdisjoint([row[1] for row in values.reference])
            search["search_reference"].extend(
                [(person_id, rid, class_id, p, t, bounded(i), bounded(v)) for p, t, i, v in values.reference]
            )
        if values.date:
            clinical = _clinical_dates()
            search["search_date"].extend(
                [(person_id, rid, lo, hi, class_id, p) for p, lo, hi in values.date if p not in clinical]
            )
        if values.number:
            search["search_quantity"].extend(
                [(person_id, rid, lo, hi, class_id, 0, p, "", "") for p, lo, hi in values.number]
            )
        if values.quantity:
            search["search_quantity"].extend(
                [
                    (person_id, rid, lo, hi, class_id, systems[s], p, bounded(c), bounded(u))
                    for p, lo, hi, s, c, u in values.quantity
                ]
            )
        if values.uri:
            search["search_uri"].extend([(person_id, rid, class_id, p, bounded(u)) for p, u in values.uri])
        if values.composite:
            search["search_composite"].extend(
                [self._composite(row, person_id, rid, class_id) for row in values.composite]
            )
        if values.position:
            search["search_position"].extend(
                [(person_id, rid, class_id, p, lat, lon) for p, lat, lon in values.position]
            )

    def _composite(self, row: CompositeRow, person_id: int | None, rid: int, class_id: int) -> tuple[Any, ...]:
        system2 = None if row.system2 is None else self._systems[row.system2]
        code2, text2 = row.code2, row.text2
        if text2 is not None and row.param in _texts_in_composites():
            text2 = fold(text2)
        code2 = None if code2 is None else bounded(code2)
        text2 = None if text2 is None else bounded(text2)
        first = (person_id, rid, class_id, row.param, self._systems[row.system1], bounded(row.code1))
        return (*first, system2, code2, row.low2, row.high2, text2, row.low3, row.high3)


@cache
def _texts_in_composites() -> frozenset[int]:
    """The composites whose second component is a string, which a search compares in its folded form."""
    return frozenset(
        each.id
        for each in parameters_by_id().values()
        if len(each.components) > 1 and each.components[1].kind is Kind.STRING
    )


@cache
def _clinical_dates() -> frozenset[int]:
    """The parameters that the clinical columns of the resource's own row answer."""
    return frozenset(each.id for each in parameters_by_id().values() if each.clinical_date)


@cache
def _shelf_types() -> frozenset[int]:
    return frozenset(number for name, number in type_ids().items() if home(name).kind is HomeKind.SHELF)


def _columns(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return list(zip(*rows, strict=True))


def _resource_columns(versions: list[_Versioned]) -> list[Sequence[Any]]:
    """Return the arguments of a fragment that writes resources; it puts the time into the bodies itself."""
    columns: list[Sequence[Any]] = list(_columns([row for row, _ in versions]))
    columns[_MEMBERS] = [_array(members) for members in columns[_MEMBERS]]
    return [*columns, [stored.body for _, stored in versions], [stored.written_at for _, stored in versions]]


def _array(persons: tuple[int, ...] | None) -> str | None:
    return "{" + ",".join(map(str, persons)) + "}" if persons else None


def systems_of(values: SearchValues) -> set[str]:
    """Return the code systems whose numbers the rows of these values need."""
    found = {system for _, system, _ in values.token}
    found.update(system for _, system, _ in values.identifier)
    found.update(row[3] for row in values.quantity)
    for row in values.composite:
        found.add(row.system1)
        if row.system2 is not None:
            found.add(row.system2)
    return found
