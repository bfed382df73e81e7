"""Structural validation against real resources: all pass, or fail for a reason that a person agrees with."""

import bz2
import itertools
import json
from pathlib import Path

import pytest

from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir.validation import validate

pytestmark = pytest.mark.corpus

# What is wrong in the examples themselves, by file: the error, and its first place.
WRONG_IN_THE_SOURCE = {
    # Items of type display have no linkId, which R4 requires of every item.
    "bundle-questionnaire.json": ("required-missing", "Questionnaire.item[0].item[0].linkId"),
    # The parent is a DeviceDefinition, where R4 wants a Device.
    "devicemetric-example.json": ("reference-target", "DeviceMetric.parent.reference"),
    # The related person's patient is an empty object.
    "Personal_Details_RelatedPersonBundle.json": ("empty", "Bundle.entry[0].resource.patient"),
}


@pytest.mark.parametrize("folder", ["fhir-r4-examples", "pds", "pars"])
def test_published_examples_are_valid(corpus: Path, folder: str) -> None:
    paths = sorted((corpus / folder).glob("*.json"))
    assert paths
    for path in paths:
        issues = validate(read_json(path.read_bytes()))
        first = (issues[0].error, issues[0].expression) if issues else None
        assert first == WRONG_IN_THE_SOURCE.get(path.name), path.name


def test_fragments_are_no_resources(corpus: Path) -> None:
    paths = sorted((corpus / "fhir-r4-examples").glob("*.json.out"))
    assert paths
    for path in paths:
        assert validate(read_json(path.read_bytes()))[0].error == "unknown-resource-type", path.name


def test_synthetic_records_are_valid_and_come_back_byte_for_byte(corpus: Path) -> None:
    for path in itertools.islice(sorted((corpus / "synthea").glob("*.bz2")), 8):
        body = bz2.decompress(path.read_bytes())
        bundle = read_json(body)
        assert validate(bundle) == [], path.name
        compact = write_json(bundle)
        assert write_json(read_json(compact)) == compact
        exact = json.loads(body, parse_float=str, parse_int=str)
        assert json.loads(compact, parse_float=str, parse_int=str) == exact


def test_messages_of_another_fhir_version_are_refused_with_reasons(corpus: Path) -> None:
    issues = validate(read_json((corpus / "gpconnect" / "allergies_response1.json").read_bytes()))
    assert ("unknown-element", "Bundle.entry[5].resource.contained[0].assertedDate") in {
        (issue.error, issue.expression) for issue in issues
    }
