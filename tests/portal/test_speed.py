"""A record of about 500 resources is parsed, assembled and rendered in a few times what reading it takes."""

import bz2
import json
import os
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.handles import Handles
from lhcr.portal.presenters.record import present_record
from lhcr.portal.rendering import Look, Renderer
from lhcr.views.assemble import assemble
from lhcr.views.completeness import Completeness
from lhcr.views.entry import Entry, Source
from lhcr.views.sections.table import SectionTable

WHERE = RecordAddresses("k", Handles(b"secret"))

FOLDER = Path(os.environ.get("LHCR_CORPUS", Path(__file__).parents[2] / ".." / "shared" / "corpus"))
RECORD = "24d82e9b-4114-f230-4318-60474031ec4d"


@pytest.mark.corpus
@pytest.mark.slow
def test_a_page_of_five_hundred_resources_takes_a_few_times_what_reading_them_takes(table: SectionTable) -> None:
    """CPU time beside that of plain reading and writing in the same turns, so that neither the machine nor what else it does counts."""
    path = FOLDER / "synthea" / f"{RECORD}.json.bz2"
    if not path.exists():
        pytest.skip("the corpus's synthea folder is not here")
    bundle = msgspec.json.decode(bz2.decompress(path.read_bytes()))
    bodies = [msgspec.json.encode(item["resource"]) for item in bundle["entry"]]
    assert len(bodies) > 500
    renderer = Renderer(Look(area="Area", demonstration=True))
    taken = [_page(bodies, table, renderer) / _floor(bodies) for _ in range(12)]
    assert statistics.median(taken) < 3


def _floor(bodies: list[bytes]) -> float:
    """The CPU seconds of reading the entries and of writing them again, as text and with their names in order."""
    began = time.process_time()
    for body in bodies:
        json.dumps(json.loads(body), sort_keys=True, indent=1)
    return time.process_time() - began


def _page(bodies: list[bytes], table: SectionTable, renderer: Renderer) -> float:
    began = time.process_time()
    decoder, source = msgspec.json.Decoder(float_hook=str), Source("RRE", "Hospital")
    entries = [Entry(decoder.decode(body), source) for body in bodies]
    view = assemble(entries, completeness=Completeness(), table=table, now=datetime(2026, 3, 15, tzinfo=UTC))
    renderer.text("record.jinja", {"page": present_record(view, WHERE), "wide": True})
    return time.process_time() - began
