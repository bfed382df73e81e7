"""Hazard: a sensitive item exposed, because its code stands where nobody looked or under another name of its system."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.access.security_label import canonical_label
from lhcr.access.sensitivity_codes import (
    NO_CODES,
    SetCode,
    is_label_of_set,
    joint_labels,
    label_of_set,
    sensitive_codes,
)
from lhcr.access.sensitivity_systems import code_system
from lhcr.fhir.json_document import write_json
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import ACT_CODE, CONFIDENTIALITY, DMD, ICD_10, LOINC, SNOMED_CT

GDIS = f"{ACT_CODE}|GDIS"
STD = f"{ACT_CODE}|STD"
CODES = sensitive_codes(
    [
        SetCode(code_system(SNOMED_CT), "1234567", GDIS),
        SetCode(code_system(ICD_10), "A50", STD),
        SetCode(code_system(ICD_10), "1234567", STD),
    ],
    epoch=3,
)
BY_SNOMED = {label_of_set(GDIS)}


def coded(coding: JsonObject) -> JsonObject:
    return {"resourceType": "Observation", "code": {"coding": [{"system": LOINC, "code": "1"}, coding]}}


@pytest.mark.parametrize(
    "system",
    [
        "http://snomed.info/sct",
        "https://snomed.info/sct/",
        "HTTP://SNOMED.INFO/SCT",
        "http://www.snomed.info/sct",
        "http://snomed.info/sct|http://snomed.info/sct/999000011000000103",
        "http://snomed.info/sct/999000011000000103/version/20240101",
        "http://snomed.info/xsct",
        "urn:oid:2.16.840.1.113883.6.96",
        "2.16.840.1.113883.6.96",
        "SNOMED CT",
        " http://snomed.info/sct ",
        DMD,
    ],
)
def test_a_code_counts_under_every_spelling_of_its_system(system: str) -> None:
    assert CODES.labels_of(coded({"system": system, "code": "1234567"})) == BY_SNOMED


@pytest.mark.parametrize("system", [LOINC, "http://snomed.info/id", "http://snomed.info/scts", "urn:oid:2.16.840.1"])
def test_the_same_code_of_another_system_is_another(system: str) -> None:
    assert CODES.labels_of(coded({"system": system, "code": "1234567"})) == set()


@pytest.mark.parametrize(
    "coding", [{"code": "1234567"}, {"system": "", "code": "1234567"}, {"system": 1, "code": "1234567"}]
)
def test_a_coding_without_a_system_counts_in_each_of_them(coding: JsonObject) -> None:
    assert CODES.labels_of(coded(coding)) == {label_of_set(GDIS), label_of_set(STD)}


def test_each_part_of_an_expression_counts() -> None:
    for code in ("71388002:363589002=1234567", "71388002 |Procedure| + 1234567 |Invented|"):
        assert CODES.labels_of(coded({"system": SNOMED_CT, "code": code})) == BY_SNOMED
        assert CODES.labels_in(write_json(coded({"system": SNOMED_CT, "code": code}))) == BY_SNOMED
        assert CODES.labels_of(coded({"system": ICD_10, "code": code})) == set()
    longer = "7138800212345671388002"
    assert CODES.labels_of(coded({"system": SNOMED_CT, "code": longer})) == set()


@pytest.mark.parametrize("code", ["1234567+7654321", "==1234567", "1234567 |x|", "7654321:1=1234567", "(1234567)"])
def test_so_does_each_part_of_a_short_one(code: str) -> None:
    assert CODES.labels_of(coded({"system": SNOMED_CT, "code": code})) == BY_SNOMED
    assert CODES.labels_in(write_json(coded({"system": SNOMED_CT, "code": code}))) == BY_SNOMED
    assert CODES.labels_of(coded({"system": LOINC, "code": code})) == set()


def _spelled(system: str, own: str, written: str) -> bool:
    codes = sensitive_codes([SetCode(code_system(system), own, STD)], epoch=1)
    found = codes.labels_of(coded({"system": system, "code": written}))
    assert found == codes.labels_in(write_json(coded({"system": system, "code": written})))
    return found == {label_of_set(STD)}


@pytest.mark.parametrize(
    "same",
    [
        ("A50.9", "A509", "A509-A", "A50.9D", "A509D", "A509-"),
        ("A50", "A50X", "A50.X", "A50X-", "A50X-D"),
        ("M45.26", "M4526", "M4526A"),
    ],
)
def test_icd_10_is_the_same_with_its_point_and_without_with_fillers_and_without(same: tuple[str, ...]) -> None:
    for own in same:
        for written in same:
            assert _spelled(ICD_10, own, written), (own, written)


@pytest.mark.parametrize(
    ("own", "other"), [("A50.9", "A50"), ("A50", "A50.9"), ("A50.0", "A50.1"), ("A50.0", "A50"), ("A51", "A50X")]
)
def test_another_code_of_icd_10_stays_another(own: str, other: str) -> None:
    assert not _spelled(ICD_10, own, other)


@pytest.mark.parametrize(
    "system", ["http://read.info/readv2", "http://read.info/ctv3", "urn:oid:2.16.840.1.113883.2.1.6.2"]
)
def test_a_read_code_is_the_same_with_what_fills_it_up_and_without_and_with_a_term(system: str) -> None:
    same = ("G30", "G30.", "G30..", "G30..00", "G30..z1")
    for own in same:
        for written in same:
            assert _spelled(system, own, written), (own, written)
    for other in ("G301.", "G3...", "g30..", "G30..0", "XE0Uh"):
        assert not _spelled(system, "G30..", other)
        assert not _spelled(system, other, "G30..")
    assert _spelled(system, "XE0Uh", "XE0Uh11")


def test_a_set_that_was_loaded_under_another_address_of_its_system_still_counts() -> None:
    codes = sensitive_codes([SetCode("read.info/ctv3", "G30..", STD)], epoch=1)
    assert codes.labels_of(coded({"system": "http://read.info/readctv3", "code": "G30"})) == {label_of_set(STD)}
    assert codes.labels_of(coded({"code": "G30..11"})) == {label_of_set(STD)}


_NAMES = st.sampled_from(["a", "valueCodeableConcept", "contained", "extension", "resource"])


@st.composite
def _holding(draw: st.DrawFn) -> JsonObject:
    """A resource in which one coding lies somewhere, inside objects and arrays."""
    node: JsonObject = {"system": SNOMED_CT, "code": "1234567", "display": "x"}
    for name in draw(st.lists(_NAMES, max_size=8)):
        beside: JsonObject = {"beside": draw(st.sampled_from([1, "text", None, [], {}, [{"code": "7"}]]))}
        node = beside | {name: [{"code": {}}, node] if draw(st.booleans()) else node}
    return {"resourceType": "Basic", "held": node}


@given(_holding())
def test_a_coding_counts_wherever_it_stands(resource: JsonObject) -> None:
    assert CODES.labels_of(resource) == BY_SNOMED
    assert CODES.labels_in(write_json(resource)) == BY_SNOMED
    without = copy.deepcopy(resource)
    _forget(without)
    assert CODES.labels_of(without) == set()


def _forget(node: object) -> None:
    if isinstance(node, dict):
        node.pop("code", None)
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _forget(each)


def test_words_and_values_that_are_codes_do_not_count() -> None:
    said = {"valueString": "1234567", "valueCode": "1234567", "identifier": [{"system": SNOMED_CT, "value": "1234567"}]}
    assert CODES.labels_of({"resourceType": "Basic"} | said) == set()


def test_the_label_of_a_set_means_what_the_label_means_and_is_told_from_it() -> None:
    for label in (GDIS, STD, f"{CONFIDENTIALITY}|V"):
        assert canonical_label(label_of_set(label)) == label
        assert is_label_of_set(label_of_set(label))
        assert not is_label_of_set(label)


def test_labels_of_many_sets_are_the_strictest_one_and_leave_those_of_the_source_alone() -> None:
    many = [label_of_set(f"{ACT_CODE}|{code}") for code in ("ETH", "GDIS", "HIV", "STD")]
    assert joint_labels([GDIS], many) == tuple(sorted([GDIS, label_of_set(f"{CONFIDENTIALITY}|V")]))
    assert joint_labels([GDIS], many[:3]) == tuple(sorted([GDIS, *many[:3]]))


@given(st.text(st.characters(blacklist_categories=["Cc", "Cs"], blacklist_characters='"\\'), min_size=1, max_size=30))
def test_whatever_code_a_set_names_is_found_in_a_stored_body(code: str) -> None:
    codes = sensitive_codes([SetCode(code_system(ICD_10), code, STD)], epoch=1)
    assert codes.labels_in(write_json(coded({"system": ICD_10, "code": code}))) == {label_of_set(STD)}


def test_no_codes_say_nothing() -> None:
    assert not NO_CODES
    assert not NO_CODES.labels_of(coded({"code": "1234567"}))
