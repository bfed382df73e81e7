"""Specification of which rows a permit reaches, against its definition over every combination."""

import itertools

import pytest
from tests.access.rules.asked import POLICY

from lhcr.access.access_class import AccessClass
from lhcr.access.rules.sensitivity import is_sensitive, reaches

RESTRICTED = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|R"
HARMLESS = "urn:local|blue"


def one(category: str, *labels: str) -> AccessClass:
    return AccessClass(class_id=1, source_id=1, category=category, labels=labels)


@pytest.mark.parametrize("label", sorted(POLICY.sensitive_labels))
def test_any_label_that_policy_calls_sensitive_makes_a_class_so(label: str) -> None:
    assert is_sensitive(one("observation", label), policy=POLICY)
    assert is_sensitive(one("observation", HARMLESS, label), policy=POLICY)


def test_a_category_that_policy_calls_sensitive_is_so_without_labels() -> None:
    assert is_sensitive(one("consent"), policy=POLICY)


def test_what_policy_does_not_name_is_not_sensitive() -> None:
    assert not is_sensitive(one("observation"), policy=POLICY)
    assert not is_sensitive(one("observation", HARMLESS), policy=POLICY)
    assert not is_sensitive(one("observation", RESTRICTED.lower()), policy=POLICY)


def test_hazard_sensitive_item_exposed_rows_are_reached_only_as_the_definition_says() -> None:
    """A row is reached where its category is covered, and it is the asker's own, or open to all that are let in."""
    classes = [one(category, *labels) for category in ("result", "consent") for labels in ((), (RESTRICTED,))]
    covered = (None, frozenset({"result"}), frozenset({"consent"}), frozenset[str]())
    for row, categories, own, own_only in itertools.product(classes, covered, (True, False), (True, False)):
        in_category = categories is None or row.category in categories
        open_to_all = row.category == "result" and row.labels == () and not own_only
        found = reaches(row, categories=categories, own=own, own_only=own_only, policy=POLICY)
        assert found == (in_category and (own or open_to_all)), (row, categories, own, own_only)
