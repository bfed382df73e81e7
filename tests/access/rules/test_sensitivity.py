"""Specification of which rows a permit reaches, against its definition over every combination."""

import itertools
from typing import Any

import pytest
from tests.access.rules.asked import POLICY

from lhcr.access.access_class import AccessClass
from lhcr.access.rules.sensitivity import is_restricted_for_places, is_sensitive, reaches

RESTRICTED = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|R"
VERY_RESTRICTED = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|V"
NOT_TO_THE_PATIENT = "http://terminology.hl7.org/CodeSystem/v3-ActCode|NOPAT"
PSYCHIATRY = "http://terminology.hl7.org/CodeSystem/v3-ActCode|PSY"
HARMLESS = "urn:local|blue"


def one(category: str, *labels: str) -> AccessClass:
    return AccessClass(class_id=1, source_id=1, category=category, labels=labels)


@pytest.mark.parametrize("label", sorted(POLICY.sensitive_labels))
def test_any_label_that_policy_calls_sensitive_makes_a_class_so(label: str) -> None:
    assert is_sensitive(one("observation", label), policy=POLICY)
    assert is_sensitive(one("observation", HARMLESS, label), policy=POLICY)


def test_hazard_sensitive_item_exposed_a_class_keeps_hiding_under_the_label_that_an_earlier_policy_wrote() -> None:
    stored = "http://hl7.org/fhir/v3/ActCode|PSY"
    assert is_sensitive(one("observation", stored), policy=POLICY)
    assert is_sensitive(one("demographics", stored, RESTRICTED), policy=POLICY)
    assert not is_restricted_for_places(one("demographics", stored, RESTRICTED), policy=POLICY)
    assert is_restricted_for_places(one("demographics", RESTRICTED), policy=POLICY)


def test_a_category_that_policy_calls_sensitive_is_so_without_labels() -> None:
    assert is_sensitive(one("consent"), policy=POLICY)


def test_what_policy_does_not_name_is_not_sensitive() -> None:
    assert not is_sensitive(one("observation"), policy=POLICY)
    assert not is_sensitive(one("observation", HARMLESS), policy=POLICY)
    assert not is_sensitive(one("observation", RESTRICTED.lower()), policy=POLICY)


def test_hazard_sensitive_item_exposed_rows_are_reached_only_as_the_definition_says() -> None:
    """A row is reached where its category is covered, and it is the asker's own, or open to all that are let in.

    What is not to be told to the person is open to all but citizens.
    """
    labels_of_rows = ((), (RESTRICTED,), (NOT_TO_THE_PATIENT,), (NOT_TO_THE_PATIENT, RESTRICTED))
    classes = [one(category, *labels) for category in ("result", "consent") for labels in labels_of_rows]
    covered = (None, frozenset({"result"}), frozenset({"consent"}), frozenset[str]())
    for row, categories, own, own_only in itertools.product(classes, covered, (True, False), (True, False)):
        in_category = categories is None or row.category in categories
        for restricted, citizen in itertools.product((True, False), repeat=2):
            open_labels: set[tuple[str, ...]] = {()} if citizen else {(), (NOT_TO_THE_PATIENT,)}
            open_to_asker = row.category == "result" and row.labels in open_labels and not own_only
            found = reaches(
                row,
                categories=categories,
                own=own,
                own_only=own_only,
                restricted=restricted,
                citizen=citizen,
                policy=POLICY,
            )
            assert found == (in_category and (own or open_to_asker)), (row, categories, own, own_only, citizen)


@pytest.mark.parametrize(
    ("labels", "reached"),
    [
        ((RESTRICTED,), True),
        ((RESTRICTED, HARMLESS), True),
        ((VERY_RESTRICTED,), False),
        ((RESTRICTED, PSYCHIATRY), False),
        ((RESTRICTED, NOT_TO_THE_PATIENT), True),
    ],
)
def test_demographics_that_are_restricted_for_their_places_alone_are_reached_without_them(
    labels: tuple[str, ...], *, reached: bool
) -> None:
    """Hazard: a person nobody can find, or whom nobody tells from another; and one whom a sensitive service knows."""
    row = one("demographics", *labels)
    options: dict[str, Any] = {"categories": None, "own": False, "citizen": False, "policy": POLICY}
    assert reaches(row, own_only=False, restricted=True, **options) is reached
    assert not reaches(row, own_only=False, restricted=False, **options)
    assert not reaches(row, own_only=True, restricted=True, **options)


def test_hazard_sensitive_item_exposed_demographics_that_are_not_to_be_told_to_the_person_are_hidden_from_them() -> (
    None
):
    for labels in ((NOT_TO_THE_PATIENT,), (RESTRICTED, NOT_TO_THE_PATIENT)):
        row = one("demographics", *labels)
        options: dict[str, Any] = {"categories": None, "own": False, "own_only": False, "policy": POLICY}
        assert not reaches(row, restricted=True, citizen=True, **options)
        assert reaches(row, restricted=True, citizen=False, **options)
