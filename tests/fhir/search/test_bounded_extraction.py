"""Extraction of what no one would send: it is refused before it takes a worker's time and memory."""

import time
from typing import Any

import pytest

from lhcr.fhir.search.extraction import extract
from lhcr.fhir.search.rows import MOST_COMPOSITES
from lhcr.kernel.errors import Incorrect


def concept(codes: int) -> dict[str, Any]:
    return {"coding": [{"system": "urn:s", "code": f"c{number}"} for number in range(codes)]}


def observation(codes: int, values: int) -> dict[str, Any]:
    both = {"code": concept(codes), "valueCodeableConcept": concept(values)}
    return {"resourceType": "Observation", "status": "final", **both}


@pytest.mark.parametrize(
    "resource",
    [observation(3_000, 3_000), {**observation(1, 1), "component": [observation(3_000, 3_000)]}],
)
def test_pairs_without_number_are_refused_before_they_are_made(resource: dict[str, Any]) -> None:
    """Hazard: a body of 200 KB takes four gigabytes, and ends the worker and all of its sessions."""
    began = time.monotonic()
    with pytest.raises(Incorrect) as refused:
        extract(resource)
    assert (refused.value.status, refused.value.issues[0].error) == (422, "search-values-too-many")
    assert time.monotonic() - began < 1


def test_as_many_pairs_as_allowed_are_kept() -> None:
    found = extract(observation(100, MOST_COMPOSITES // 100))
    assert len(found.composite) == MOST_COMPOSITES


def test_what_the_whole_resource_says_is_read_once_for_all_its_nodes() -> None:
    sequence = {
        "resourceType": "MolecularSequence",
        "coordinateSystem": 0,
        "referenceSeq": {"chromosome": concept(10_000)},
        "variant": [{"start": 1}] * 10_000,
    }
    began = time.monotonic()
    assert extract(sequence).composite == []
    assert time.monotonic() - began < 2
    sequence["referenceSeq"] = {"chromosome": concept(2)}
    sequence["variant"] = [{"start": 1, "end": 2}, {"start": 3, "end": 4}]
    rows = extract(sequence).composite
    assert {(row.code1, row.low2 is not None) for row in rows} == {("c0", True), ("c1", True)}
    assert len(rows) == 4
