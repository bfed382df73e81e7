"""The policy of an area is refused as a whole where a word of it would not do what it was written for."""

from typing import Any

import msgspec
import pytest

from lhcr.access.policy import Policy, area_policy, baseline_policy
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Activity


def replacing(**members: Any) -> Policy:
    return area_policy(msgspec.json.encode(members))


def types_with(category: str, *types: str) -> JsonObject:
    """The types of the baseline, with some moved to another category."""
    table = baseline_policy().file.category_of_type
    kept = {name: [each for each in held if each not in types] for name, held in table.items()}
    return kept | {category: [*kept.get(category, []), *types]}


@pytest.mark.parametrize(
    "members",
    [
        {"sensitive_categories": ["procedur"]},
        {"citizen_reads": ["demographics", "Medication"]},
        {"reads_by_activity": {"B0370": ["demographics", "medicaton"]}},
        {"writes_by_activity": {"B0825": ["demographic"]}},
        {"writes_by_role": {"R8000": ["medications"]}},
        {"reads_by_occupation": {"pharmacist": ["medicines"]}},
    ],
)
def test_hazard_sensitive_item_exposed_a_category_that_nobody_has_is_refused_wherever_it_stands(
    members: JsonObject,
) -> None:
    """Hazard: a misspelt sensitive category hides nothing, and a misspelt open one leaves a record looking empty."""
    with pytest.raises(ValueError, match="categories that are not known"):
        replacing(**members)


@pytest.mark.parametrize(
    "members",
    [
        {"purposes_by_kind": {"professional": ["TREAT", "treat"]}},
        {"purposes_by_kind": {"doctor": ["TREAT"]}},
        {"reads_by_activity": {"B9999": ["demographics"]}},
        {"proxy_activities": ["B0370", "B9999"]},
        {"writes_by_activity": {"view": ["demographics"]}},
    ],
)
def test_a_purpose_kind_or_activity_that_is_not_known_is_refused_before_anybody_asks(members: JsonObject) -> None:
    """Hazard: a server that starts and then refuses everybody, with a refusal that says nothing of the reason."""
    with pytest.raises(ValueError):
        replacing(**members)


@pytest.mark.parametrize("category", ["directory", "product"])
@pytest.mark.parametrize("resource_type", ["Patient", "Observation", "Condition", "MedicationRequest"])
def test_hazard_a_type_about_people_is_never_open_to_everyone(category: str, resource_type: str) -> None:
    with pytest.raises(ValueError, match="about people"):
        replacing(category_of_type=types_with(category, resource_type))


def test_a_type_of_the_directory_is_no_product_and_a_product_none_of_the_directory() -> None:
    for category, resource_type in (("product", "Organization"), ("directory", "Medication")):
        with pytest.raises(ValueError):
            replacing(category_of_type=types_with(category, resource_type))


def test_a_type_that_fhir_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="not one of FHIR R4"):
        replacing(category_of_type=types_with("problem", "Observatoin"))


@pytest.mark.parametrize(
    "members",
    [
        {"decision_seconds": 0},
        {"decision_seconds": -1},
        {"relationship_days_after": {"registration": -1}},
        {"relationship_days_before": {"appointment": -28}},
        {"relationships": {"days_open": {"episode": -1}, "encounter_days_open": {}}},
        {"relationships": {"days_open": {}, "encounter_days_open": {"IMP": -90}}},
    ],
)
def test_a_time_less_than_nothing_is_refused(members: JsonObject) -> None:
    with pytest.raises(ValueError, match="time"):
        replacing(**members)


def test_an_area_may_name_categories_of_its_own_and_use_them_everywhere() -> None:
    policy = replacing(
        category_of_type=types_with("maternity", "EpisodeOfCare"),
        sensitive_categories=["maternity"],
        citizen_reads=["maternity"],
    )
    assert policy.category_by_type["EpisodeOfCare"] == "maternity"
    assert policy.sensitive_categories == policy.citizen_reads == {"maternity"}
    assert "maternity" in policy.categories


def test_the_tables_answer_in_the_words_in_which_the_rules_ask() -> None:
    policy = replacing(
        purposes_by_kind={"citizen": ["PATRQT", "TREAT"]}, reads_by_activity={"B0820": ["demographics", "other"]}
    )
    assert policy.purposes == {PrincipalKind.CITIZEN: {Purpose.PATIENT_REQUEST, Purpose.TREATMENT}}
    assert policy.reads == {Activity.VIEW_DEMOGRAPHICS: {"demographics", "other"}}


def test_what_an_area_replaces_leaves_nothing_of_the_baseline_behind_in_it() -> None:
    """Hazard: an area that takes a role's writing away, and the role goes on writing."""
    assert replacing(writes_by_role={}).role_writes == {}
    assert replacing(writes_by_role={}).reads == baseline_policy().reads
