"""Directories go first, then people, then what is about them."""

import bz2
import json
from pathlib import Path

import pytest

from lhcr.ingest.load_order import Rank, rank_of
from lhcr.ingest.source_file import find_files


def bundle(resource_type: str) -> str:
    entry = {"fullUrl": "urn:uuid:1", "resource": {"resourceType": resource_type}}
    return json.dumps({"resourceType": "Bundle", "type": "batch", "entry": [entry]})


@pytest.mark.parametrize(
    ("content", "rank"),
    [
        ('{"resourceType":"Patient"}', Rank.PEOPLE),
        ('{"resourceType" : "Observation"}\n', Rank.OTHERS),
        ('{"resourceType":"Organization"}', Rank.DIRECTORY),
        (bundle("Practitioner"), Rank.DIRECTORY),
        (bundle("Patient"), Rank.PEOPLE),
        ('<?xml version="1.0"?><Patient xmlns="http://hl7.org/fhir"/>', Rank.PEOPLE),
        (
            '<Bundle xmlns="http://hl7.org/fhir"><entry><resource><Location/></resource></entry></Bundle>',
            Rank.DIRECTORY,
        ),
        ("nothing", Rank.OTHERS),
        ("", Rank.OTHERS),
        ('{"resourceType":"Nonsense"}', Rank.OTHERS),
    ],
)
@pytest.mark.parametrize("pack", [bytes, bz2.compress], ids=["plain", "packed"])
def test_the_first_resource_tells_the_rank(tmp_path: Path, content: str, rank: Rank, pack: object) -> None:
    assert callable(pack)
    path = tmp_path / "x"
    path.write_bytes(pack(content.encode()))
    assert rank_of(find_files([path])[0]) is rank


def test_a_file_that_cannot_be_read_comes_last(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"BZh9 broken")
    assert rank_of(find_files([path])[0]) is Rank.OTHERS
