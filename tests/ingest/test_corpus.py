"""Real input goes in, except what a person agrees should not; the reasons are listed here."""

from pathlib import Path

import pytest
from tests.cli.load_in_processes import load_folder
from tests.conftest import MakeDatabase

from lhcr.ingest.load import Summary

pytestmark = pytest.mark.corpus

#: What is refused of each folder, and why: by file and place, the stable code.
NOT_IN = {
    "ukcore/examples": {
        # The batch asks questions; there is nothing in it to record.
        "UKCore-Bundle-Batch-Example.xml entry[0]": "not-loaded",
        "UKCore-Bundle-Batch-Example.xml entry[1]": "not-loaded",
        "UKCore-Bundle-Batch-Example.xml entry[2]": "not-loaded",
        # The NHS number fails its check digit.
        "UKCore-Patient-BabyPatient-Example.xml": "nhs-number-invalid",
        # Its person is a urn:uuid that no file holds.
        "UKCore-Observation-Lab-Albumin-Example.xml": "subject-unknown",
    },
    "fhir-r4-examples": {
        # Answers of queries over graphs, not resources: they have no resourceType.
        **{
            f"{name}.json.out": "not-a-resource"
            for name in [
                "directive-skip",
                "flatten",
                "flatten-singleton1",
                "flatten-slice1",
                "list-sub",
                "polymorphic",
                "reference-reverse",
                "reference-type-out",
                "search-full",
                "search-single",
                "simple",
            ]
        },
        # Items without the linkId that each must have.
        "bundle-questionnaire.json": "required-missing",
        # Its parent is another DeviceMetric, where R4 allows a Device alone.
        "devicemetric-example.json": "reference-target",
        # Its person is on another server.
        "questionnaireresponse-example-bluebook.json": "subject-unknown",
    },
}


def refused(summary: Summary) -> dict[str, str]:
    return {f"{each.file} {each.place}".strip(): each.error for each in summary.tally.rejected}


@pytest.mark.parametrize("folder", NOT_IN)
def test_every_example_goes_in_but_those_that_a_person_would_refuse(
    corpus: Path, migrated_database: MakeDatabase, folder: str
) -> None:
    summary = load_folder(corpus / folder, migrated_database())
    assert refused(summary) == NOT_IN[folder]
    assert summary.tally.accepted > 30


@pytest.mark.slow
def test_all_of_synthea_goes_in_with_every_reference_followed_and_loading_it_again_changes_nothing(
    corpus: Path, migrated_database: MakeDatabase
) -> None:
    dsn = migrated_database()
    summary = load_folder(corpus / "synthea", dsn)
    assert (summary.tally.accepted, refused(summary), summary.missing) == (60_271, {}, set())
    again = load_folder(corpus / "synthea", dsn)
    assert (again.tally.accepted, again.tally.unchanged) == (0, 60_271)


def test_examples_in_the_form_of_another_release_are_refused_entry_by_entry(
    corpus: Path, migrated_database: MakeDatabase
) -> None:
    """GP Connect speaks STU3: what reads the same in R4 goes in, what does not is kept aside with the element that differs."""
    summary = load_folder(corpus / "gpconnect", migrated_database())
    assert summary.tally.accepted == 4
    assert set(summary.tally.quarantined) == {"wrong-json-type", "json-invalid"}


def test_messages_that_are_not_fhir_are_kept_aside(corpus: Path, migrated_database: MakeDatabase) -> None:
    summary = load_folder(corpus / "hl7v2", migrated_database())
    assert (summary.tally.accepted, dict(summary.tally.quarantined)) == (0, {"not-fhir": 7})
