"""Whose word on what ties an organisation to a person counts, by the policy's `relationships`."""

import msgspec
import pytest

from lhcr.access.policy import area_policy, baseline_policy
from lhcr.access.relationship_policy import RelationshipPolicy

BASELINE = baseline_policy().file.relationships


def sources(**by_kind: object) -> RelationshipPolicy:
    setting = {"days_open": {}, "encounter_days_open": {}, "sources": by_kind}
    return area_policy(msgspec.json.encode({"relationships": setting})).file.relationships


@pytest.mark.parametrize("kind", ["registration", "encounter", "episode", "caseload", "appointment", "dispensing"])
def test_hazard_record_opened_to_whom_a_system_names_in_the_baseline_an_organisation_speaks_for_itself(
    kind: str,
) -> None:
    assert BASELINE.counts(kind, source="RRE", party="RRE")
    assert not BASELINE.counts(kind, source="RRE", party="A81001")


@pytest.mark.parametrize("kind", ["referral", "prescription"])
def test_who_hands_a_person_on_names_another_by_nature(kind: str) -> None:
    assert BASELINE.counts(kind, source="A81001", party="RRE")


def test_an_area_names_sources_whose_word_counts_about_everybody() -> None:
    policy = sources(registration=["A81001"], appointment=["own", "A81001"], encounter="any")
    asked = [("A81001", "RRE"), ("RRE", "RRE"), ("RRE", "A81001"), ("", "RRE"), ("", "")]
    assert [policy.counts("registration", source=each[0], party=each[1]) for each in asked] == [True] + [False] * 4
    assert [policy.counts("appointment", source=each[0], party=each[1]) for each in asked[:4]] == [
        True,
        True,
        False,
        False,
    ]
    assert all(policy.counts("encounter", source=each[0], party=each[1]) for each in asked)


def test_of_a_kind_that_is_not_named_each_speaks_for_itself() -> None:
    assert sources().counts("episode", source="RRE", party="RRE")
    assert not sources().counts("episode", source="RRE", party="A81001")
    older: dict[str, dict[str, int]] = {"days_open": {}, "encounter_days_open": {}}
    read = area_policy(msgspec.json.encode({"relationships": older})).file.relationships
    assert not read.counts("encounter", source="RRE", party="A81001")


def test_a_list_may_be_empty_and_nobody_counts() -> None:
    assert not sources(encounter=[]).counts("encounter", source="RRE", party="RRE")


@pytest.mark.parametrize(
    "by_kind",
    [{"encounters": "own"}, {"encounter": "all"}, {"encounter": ["any"]}, {"encounter": "RRE"}, {"encounter": ["rre"]}],
)
def test_a_misspelt_kind_or_source_is_refused_where_the_server_starts(by_kind: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        sources(**by_kind)
