"""A load has compiled what the usual resources need before the first of them comes."""

from lhcr.fhir.search import extraction
from lhcr.ingest.readiness import make_ready


def test_an_observation_finds_its_index_compiled() -> None:
    compiled = extraction._compiled
    compiled.cache_clear()
    make_ready()
    before = compiled.cache_info().misses
    extraction.extract({"resourceType": "Observation", "status": "final", "code": {"text": "pulse"}})
    assert compiled.cache_info().misses == before > 0
