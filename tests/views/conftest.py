"""A record to read: makers of entries, the table and the clock shared by the tests of views."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.views.assemble import assemble
from lhcr.views.completeness import Completeness
from lhcr.views.entry import Entry, Source
from lhcr.views.record_view import RecordView
from lhcr.views.sections.table import SectionTable, load_sections

GP = Source("A81001", "Aldermere Surgery")
HOSPITAL = Source("RRE", "Aldermere Royal Infirmary")
NOW = datetime(2026, 3, 15, 9, 30, tzinfo=UTC)

MakeEntry = Callable[..., Entry]
View = Callable[..., RecordView]


@pytest.fixture(scope="session")
def table() -> SectionTable:
    return load_sections()


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture
def gp() -> Source:
    return GP


@pytest.fixture
def hospital() -> Source:
    return HOSPITAL


@pytest.fixture
def entry() -> MakeEntry:
    """Makes an entry of a type; ids are numbered, and the source is the practice unless said otherwise."""
    numbers = count(1)

    def make(kind: str, *, source: Source = GP, **elements: object) -> Entry:
        resource: JsonObject = {"resourceType": kind, "id": f"{kind.lower()}-{next(numbers)}", **elements}
        return Entry(resource, source, NOW)

    return make


@pytest.fixture
def view(table: SectionTable) -> View:
    """Assembles entries with every source reached, unless a completeness is given."""

    def make(*entries: Entry, completeness: Completeness | None = None) -> RecordView:
        return assemble(entries, completeness=completeness or Completeness(), table=table, now=NOW)

    return make
