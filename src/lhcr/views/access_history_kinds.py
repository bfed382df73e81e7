"""Which kinds of information an access touched, as sections of the record, told only of entries that the reader may see.

Hazard: a sensitive item exposed. An entry that is hidden from whoever reads the history, was removed, or is about somebody else
has no kind here, so that of an access to it nothing is told but that the record was looked at.
"""

from collections.abc import Collection, Mapping, Sequence

from lhcr.views.assemble import other_section
from lhcr.views.devices import device_of
from lhcr.views.entry import Entry
from lhcr.views.names import Names
from lhcr.views.sections.route import Router
from lhcr.views.sections.table import SectionTable

_PERSON = "demographics"


class Kinds:
    """The sections of the entries of one record that its reader may see."""

    def __init__(self, entries: Sequence[Entry], *, table: SectionTable, closed: Collection[str] = ()) -> None:
        self._table = table
        self._section = _sections(entries, table)
        self._order = {section.key: number for number, section in enumerate(table.sections)}
        self._closed = frozenset(closed)

    def of(self, references: Collection[str]) -> tuple[str, ...]:
        """Return the titles of the sections of some entries, in the table's order; nothing for what may not be told."""
        keys = {self._section[each] for each in references if each in self._section} - self._closed
        ordered = sorted(keys, key=lambda key: self._order.get(key, len(self._order)))
        return tuple(self._title(key) for key in ordered)

    def _title(self, key: str) -> str:
        section = self._table.section(key)
        return section.title if section else other_section(self._table).title


def _sections(entries: Sequence[Entry], table: SectionTable) -> Mapping[str, str]:
    router, names = Router(table), Names(tuple(entries))
    found = {}
    for entry in entries:
        section = router.section_of(device_of(entry.resource, names) or entry.resource)
        key = _PERSON if entry.kind == "Patient" else section.key if section else "other"
        found[entry.reference] = key
    return found
