"""Filling: the mark of what quotes other entries, on versions that were written before it was kept. It goes on where it was stopped."""

from typing import Final

from lhcr.fhir.json_document import read_json
from lhcr.identity.area_settings import read_setting
from lhcr.record.links import links
from lhcr.record.persons import lock_persons
from lhcr.record.quoting import is_quoting, marked, quotes_others
from lhcr.store.database import Connection, Pool

#: A setting of the area: the table and the last row of it that was looked at.
_PLACE: Final = "quotes-filled"
_DONE: Final = "done"
_START: Final = (-(1 << 63), 0, 0)
_ROWS: Final = (
    "SELECT person_id, rid, version, body FROM {table} WHERE (person_id, rid, version) > ($1, $2, $3) "
    "AND (person_id, rid) >= ($1, $2) AND body IS NOT NULL ORDER BY person_id, rid, version LIMIT $4"
)
_MARKED: Final = (
    "UPDATE {table} AS t SET body = e.body FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::bytea[], $5::bytea[]) "
    "AS e (person_id, rid, version, looked_at, body) "
    "WHERE t.person_id = e.person_id AND t.rid = e.rid AND t.version = e.version AND t.body = e.looked_at"
)
_KEPT: Final = (
    "INSERT INTO area_setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
#: Past versions come last: what is replaced meanwhile becomes one as it is.
_NEXT: Final = {"resource": "resource_history", "resource_history": _DONE}


async def fill_quotes(pool: Pool, *, rows_at_once: int = 500) -> int:
    """Mark all versions of which that was not done; return how many were. Safe twice, and beside writers."""
    filled = 0
    while (place := (await read_setting(pool, _PLACE) or b"resource").decode().split("|"))[0] != _DONE:
        table, after = place[0], tuple(map(int, place[1:])) or _START
        async with pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_ROWS.format(table=table), *after, rows_at_once)
            filled += await _mark(connection, table, [tuple(row) for row in rows])
            last = [table, *map(str, tuple(rows[-1])[:3])] if rows else [_NEXT[table]]
            await connection.execute(_KEPT, _PLACE, "|".join(last).encode())
    return filled


async def _mark(connection: Connection, table: str, rows: list[tuple[int, int, int, bytes]]) -> int:
    changes = [(*row, marked(row[3])) for row in rows if not is_quoting(row[3]) and _quotes(row[3])]
    if changes:
        await lock_persons(connection, {row[0] for row in changes})
        await connection.execute(_MARKED.format(table=table), *(list(column) for column in zip(*changes, strict=True)))
    return len(changes)


def _quotes(body: bytes) -> bool:
    if b'"reference"' not in body:
        return False
    resource = read_json(body)
    return quotes_others(resource, links(resource).references)
