"""Copies of removed entries that wait in quarantine: their content goes, and that something was there stays."""

from collections.abc import Iterator, Sequence

from lhcr.fhir.json_document import read_json
from lhcr.kernel.errors import LhcrError
from lhcr.kernel.json_types import JsonObject
from lhcr.record.entry_order import ORDERS, EntryRow
from lhcr.store.database import Connection


async def forget_quarantined(connection: Connection, rows: Sequence[EntryRow]) -> int:
    """Empty the inputs of the same source that hold one of some entries, and return how many there were.

    What cannot be read is emptied where the entry's id stands in it: it could not be placed, and its sender has it.
    """
    found: set[int] = set()
    for row in rows:
        kept = await connection.fetch(ORDERS["quarantined"], row.source_id, f'"{row.id}"'.encode())
        found |= {each["quarantine_id"] for each in kept if _holds(each["content"], row)}
    await connection.execute(ORDERS["forget_quarantined"], sorted(found))
    return len(found)


def _holds(content: bytes, row: EntryRow) -> bool:
    try:
        resources = list(_resources(read_json(content)))
    except LhcrError:
        return True
    return any((each.get("resourceType"), each.get("id")) == (row.type, row.id) for each in resources)


def _resources(document: JsonObject) -> Iterator[JsonObject]:
    pending = [document]
    while pending:
        each = pending.pop()
        yield each
        entries = each.get("entry")
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                pending += [
                    part for part in (entry.get("resource"), entry) if isinstance(part, dict) and part is not each
                ]
