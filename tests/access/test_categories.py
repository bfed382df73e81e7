"""Category and labels of a resource."""

import itertools

import pytest

from lhcr.access.access_class import AccessClass
from lhcr.access.categories import categories_of_type, category_of, joined_labels, labels_of
from lhcr.access.policy import Policy, area_policy, baseline_policy, read_policy
from lhcr.fhir.search.homes import HomeKind, home
from lhcr.kernel.json_types import JsonObject

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def labelled(*codings: JsonObject) -> JsonObject:
    return {"resourceType": "Condition", "meta": {"security": list(codings)}}


def test_the_directory_of_the_policy_is_the_directory_of_the_store(policy: Policy) -> None:
    """Hazard: a type that the rules take for directory and the store for a person's would be open to everyone."""
    for type_, category in policy.category_by_type.items():
        assert (home(type_).kind is HomeKind.DIRECTORY) == (category == "directory"), type_
        assert category != "product" or home(type_).kind is HomeKind.SHELF, type_


def test_an_observation_is_of_the_category_of_its_code(policy: Policy) -> None:
    def observation(code: str) -> JsonObject:
        return {"resourceType": "Observation", "category": [{"coding": [{"code": code}]}]}

    assert category_of(observation("laboratory"), policy=policy) == "result"
    assert category_of(observation("vital-signs"), policy=policy) == "examination"
    assert category_of(observation("social-history"), policy=policy) == "observation"
    assert categories_of_type("Observation", policy=policy) == {"observation", "result", "procedure", "examination"}


def test_a_type_that_nobody_named_is_other(policy: Policy) -> None:
    assert category_of({"resourceType": "Basic"}, policy=policy) == "other"
    assert categories_of_type("NoSuchType", policy=policy) == {"other"}


def test_labels_are_sorted_and_those_that_restrict_nothing_are_left_out(policy: Policy) -> None:
    resource = labelled(
        {"system": CONFIDENTIALITY, "code": "R"},
        {"system": ACT_CODE, "code": "HIV"},
        {"system": CONFIDENTIALITY, "code": "N"},
        {"system": "urn:local", "code": "blue"},
    )
    assert labels_of(resource, policy=policy) == (f"{ACT_CODE}|HIV", f"{CONFIDENTIALITY}|R")


@pytest.mark.parametrize("code", ["r", "X", "", None, 7, ["R"]])
def test_hazard_sensitive_item_exposed_a_confidentiality_that_is_not_understood_is_the_strictest(
    policy: Policy, code: object
) -> None:
    assert labels_of(labelled({"system": CONFIDENTIALITY, "code": code}), policy=policy) == (f"{CONFIDENTIALITY}|V",)


def test_a_hostile_source_cannot_make_classes_without_end(policy: Policy) -> None:
    codes = [label.split("|")[1] for label in policy.file.sensitive_labels if label.startswith(ACT_CODE)]
    made = {
        labels_of(labelled(*({"system": ACT_CODE, "code": code} for code in some)), policy=policy)
        for size in range(len(codes) + 1)
        for some in itertools.combinations(codes, size)
    }
    assert len(made) < 100


def test_hazard_sensitive_item_exposed_a_label_of_what_is_contained_counts_for_the_whole(policy: Policy) -> None:
    whole = labelled({"system": ACT_CODE, "code": "HIV"}) | {
        "contained": [labelled({"system": CONFIDENTIALITY, "code": "V"}), {"resourceType": "Patient"}, None, 3]
    }
    assert labels_of(whole, policy=policy) == (f"{ACT_CODE}|HIV", f"{CONFIDENTIALITY}|V")
    assert labels_of({"resourceType": "Observation", "contained": whole["contained"]}, policy=policy) == (
        f"{CONFIDENTIALITY}|V",
    )


def test_an_area_that_hides_anything_hides_what_is_not_understood_too() -> None:
    only_hiv = area_policy(b'{"sensitive_labels": ["http://hl7.org/fhir/v3/ActCode|HIV"]}')
    assert only_hiv.sensitive_labels == {f"{ACT_CODE}|HIV", f"{CONFIDENTIALITY}|V"}
    assert area_policy(b'{"sensitive_labels": []}').sensitive_labels == frozenset()


@pytest.mark.parametrize("meta", [None, [], "x", {"security": "x"}, {"security": [None, 3, ["R"]]}])
def test_broken_meta_breaks_nothing(policy: Policy, meta: object) -> None:
    assert labels_of({"resourceType": "Condition", "meta": meta}, policy=policy) == ()


def test_an_area_replaces_members_of_the_baseline() -> None:
    assert area_policy(b'{"name": "ours"}').file.name == "ours"
    assert area_policy(None) == baseline_policy()


@pytest.mark.parametrize(
    "setting",
    [
        b"{",
        b'{"surprise": 1}',
        b'{"decision_seconds": "long"}',
        b'{"writes_by_role": {"R8000": ["observation"]}}',
        b'{"category_of_type": {"a": ["Patient"], "b": ["Patient"]}}',
    ],
)
def test_a_policy_that_cannot_be_read_is_refused(setting: bytes) -> None:
    with pytest.raises(ValueError):
        area_policy(setting)


def test_an_unknown_activity_in_a_policy_is_refused() -> None:
    with pytest.raises(ValueError):
        _ = area_policy(b'{"reads_by_activity": {"B9999": ["demographics"]}}').reads


def test_a_policy_is_read_whole() -> None:
    with pytest.raises(ValueError):
        read_policy(b'{"name": "half"}')


def test_labels_of_what_a_resource_follows_are_joined_with_its_own(policy: Policy) -> None:
    def followed(*labels: str, category: str = "problem") -> AccessClass:
        return AccessClass(class_id=1, source_id=1, category=category, labels=labels)

    hiv, very = f"{ACT_CODE}|HIV", f"{CONFIDENTIALITY}|V"
    assert joined_labels([hiv], [followed(very), followed()], policy=policy) == (hiv, very)
    assert joined_labels([], [followed("http://hl7.org/fhir/v3/ActCode|HIV", "urn:local|blue")], policy=policy) == (
        hiv,
    )
    many = [followed(f"{ACT_CODE}|{code}") for code in ("PSY", "SEX", "STD")]
    assert joined_labels([hiv], many, policy=policy) == (very,)
    untold = f"{ACT_CODE}|NOPAT"
    assert joined_labels([], [followed(untold)], policy=policy) == (untold,)
    by_category = area_policy(b'{"sensitive_categories": ["consent"]}')
    assert joined_labels([], [followed(category="consent")], policy=by_category) == (very,)


@pytest.mark.parametrize(
    ("concepts", "expected"),
    [
        ([{"coding": [{"system": ACT_CODE, "code": "HIV"}]}], (f"{ACT_CODE}|HIV",)),
        ([{"coding": [{"system": CONFIDENTIALITY, "code": "N"}]}], ()),
        ([{"coding": [{"system": CONFIDENTIALITY, "code": "unheard"}]}], (f"{CONFIDENTIALITY}|V",)),
        ([{"text": "for the team alone"}], (f"{CONFIDENTIALITY}|V",)),
    ],
)
def test_hazard_sensitive_item_exposed_the_security_label_of_a_document_is_a_label(
    policy: Policy, concepts: list[JsonObject], expected: tuple[str, ...]
) -> None:
    assert labels_of({"resourceType": "DocumentReference", "securityLabel": concepts}, policy=policy) == expected


@pytest.mark.parametrize(("code", "expected"), [("R", "R"), ("V", "V"), ("r", "V"), (7, "V"), ("N", None)])
def test_hazard_sensitive_item_exposed_the_confidentiality_of_a_composition_is_a_label(
    policy: Policy, code: object, expected: str | None
) -> None:
    labels = labels_of({"resourceType": "Composition", "confidentiality": code}, policy=policy)
    assert labels == ((f"{CONFIDENTIALITY}|{expected}",) if expected else ())


def test_hazard_sensitive_item_exposed_a_bundle_has_the_labels_of_all_that_is_in_it(policy: Policy) -> None:
    inner = {"resourceType": "Bundle", "entry": [{"resource": labelled({"system": ACT_CODE, "code": "HIV"})}]}
    composition = {"resourceType": "Composition", "confidentiality": "R"}
    bundle = {"resourceType": "Bundle", "entry": [{"resource": composition}, {"resource": inner}, {}, None]}
    assert labels_of(bundle, policy=policy) == (f"{ACT_CODE}|HIV", f"{CONFIDENTIALITY}|R")
