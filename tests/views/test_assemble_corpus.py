"""Whole records of real shape: nothing is lost between the entries and the page, and it is quick."""

import bz2
import os
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from lhcr.views.assemble import assemble
from lhcr.views.completeness import Completeness
from lhcr.views.entry import Entry, Source
from lhcr.views.sections.table import SectionTable

FOLDER = Path(os.environ.get("LHCR_CORPUS", Path(__file__).parents[2] / ".." / "shared" / "corpus"))
pytestmark = pytest.mark.corpus


@pytest.mark.parametrize("start", ["057aa36e", "7278ffc8", "98f6377c"])
def test_every_entry_of_a_synthetic_record_is_behind_a_row_a_fact_or_a_count(
    table: SectionTable, now: datetime, start: str
) -> None:
    bundles = sorted((FOLDER / "synthea").glob(f"{start}*.json.bz2"))
    if not bundles:
        pytest.skip("the corpus's synthea folder is not here")
    bundle = msgspec.json.Decoder(float_hook=str).decode(bz2.decompress(bundles[0].read_bytes()))
    source = Source("RRE", "Hospital")
    entries = [Entry(item["resource"], source) for item in bundle["entry"]]
    record = assemble(entries, completeness=Completeness(), table=table, now=now)
    behind = [origin.reference for view in record.all_sections for row in view.rows for origin in row.origins]
    expected = [entry.reference for entry in entries if entry.kind != "Patient"]
    assert sorted(behind) == sorted(expected)
    assert all(row.title for view in record.all_sections for row in view.rows)
