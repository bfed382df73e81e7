"""What a Coding of `meta.security` means, in every form in which senders write the two code systems of HL7 v3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.access.categories import labels_of
from lhcr.access.policy import area_policy, baseline_policy
from lhcr.access.security_label import VERY_RESTRICTED, canonical_label

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
POLICY = baseline_policy()

CONFIDENTIALITY_FORMS = [
    CONFIDENTIALITY,
    f"{CONFIDENTIALITY}|2.0.0",
    f"{CONFIDENTIALITY}/",
    f" {CONFIDENTIALITY} ",
    CONFIDENTIALITY.upper(),
    CONFIDENTIALITY.replace("http:", "https:"),
    "http://hl7.org/fhir/v3/Confidentiality",
    "http://hl7.org/fhir/v3/Confidentiality|2018-08-12",
    "http://hl7.org/fhir/v3/vs/Confidentiality",
    "http://terminology.hl7.org/ValueSet/v3-ConfidentialityClassification",
    "urn:oid:2.16.840.1.113883.5.25",
    "URN:OID:2.16.840.1.113883.5.25",
    "urn:oid:2.16.840.1.113883.5.25|7",
    "2.16.840.1.113883.5.25",
    None,
    "",
    " ",
]
ACT_CODE_FORMS = [
    ACT_CODE,
    f"{ACT_CODE}|9.0.0",
    ACT_CODE.lower(),
    "http://hl7.org/fhir/v3/ActCode",
    "http://hl7.org/fhir/v3/ActCode|2018-08-12",
    "http://terminology.hl7.org/ValueSet/v3-InformationSensitivityPolicy",
    "urn:oid:2.16.840.1.113883.5.4",
    "2.16.840.1.113883.5.4",
    None,
]
#: Code, and the label that it counts as; None where it restricts nothing.
CONFIDENTIALITY_CODES = [
    ("R", f"{CONFIDENTIALITY}|R"),
    ("V", VERY_RESTRICTED),
    *((code, None) for code in "UNLM"),
    # Deprecated, in another case, with blanks, or nothing that the system has.
    *(
        (code, VERY_RESTRICTED)
        for code in ("B", "C", "S", "T", "v", "r", "n", " N", "N ", "normal", "", None, 7, ["N"])
    ),
]
ACT_CODES = [
    *((code, f"{ACT_CODE}|{code}") for code in ("ETH", "GDIS", "HIV", "PSY", "SDV", "SEX", "STD", "TBOO")),
    # The other codes of InformationSensitivityPolicy, and what is none of them.
    *(
        (code, VERY_RESTRICTED)
        for code in ("MH", "SUD", "BH", "DVD", "DV", "ALC", "OPIOIDUD", "PREGNANT", "SICKLE", "VIO")
    ),
    *(
        (code, VERY_RESTRICTED)
        for code in ("COGN", "DVD", "EMOTDIS", "MARST", "PATLOC", "VIP", "hiv", "Hiv", "HIV ", "?")
    ),
    # Instructions that restrict who may be told: the person and who cares for them, or whom is not known here.
    ("NOPAT", f"{ACT_CODE}|NOPAT"),
    *((code, VERY_RESTRICTED) for code in ("NOAUTH", "NODSCLCD", "nopat")),
    *((code, None) for code in ("AUDIT", "ENCRYPT", "PERSISTLABEL")),
]


def meaning(system: object, code: object) -> str | None:
    coding = {"code": code} if system is None else {"system": system, "code": code}
    labels = labels_of({"resourceType": "Condition", "meta": {"security": [coding]}}, policy=POLICY)
    assert len(labels) < 2
    return labels[0] if labels else None


@pytest.mark.parametrize("system", CONFIDENTIALITY_FORMS)
def test_hazard_sensitive_item_exposed_confidentiality_means_the_same_in_every_form(system: str | None) -> None:
    assert {repr(code): meaning(system, code) for code, _ in CONFIDENTIALITY_CODES} == {
        repr(code): label for code, label in CONFIDENTIALITY_CODES
    }


@pytest.mark.parametrize("system", ACT_CODE_FORMS)
def test_hazard_sensitive_item_exposed_a_sensitivity_policy_means_the_same_in_every_form(system: str | None) -> None:
    assert {code: meaning(system, code) for code, _ in ACT_CODES} == dict(ACT_CODES)


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("urn:local", "blue"),
        ("urn:local", "V"),
        ("http://terminology.hl7.org/CodeSystem/v3-ActReason", "TREAT"),
        ("http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "SUBSETTED"),
    ],
)
def test_of_other_systems_only_what_the_policy_names_hides_anything(system: str, code: str) -> None:
    assert meaning(system, code) is None


def test_a_label_of_an_areas_own_counts_in_any_case_and_version() -> None:
    ours = area_policy(b'{"sensitive_labels": ["https://ours.example/Labels|Blue"]}')
    for system in ("https://ours.example/Labels", "HTTPS://ours.example/labels|3"):
        coding = {"system": system, "code": "blue"}
        resource = {"resourceType": "Condition", "meta": {"security": [coding]}}
        assert labels_of(resource, policy=ours) == (canonical_label("https://ours.example/Labels|Blue"),)


def test_every_label_of_the_baseline_is_written_as_it_is_known_here() -> None:
    """Rows that were stored before keep the labels that they had: these must go on meaning the same."""
    assert set(POLICY.file.sensitive_labels) == POLICY.sensitive_labels
    assert set(POLICY.file.restriction.labels) == POLICY.restricting_labels


@given(st.sampled_from([*CONFIDENTIALITY_FORMS, *ACT_CODE_FORMS]), st.text(max_size=8))
def test_hazard_sensitive_item_exposed_whatever_is_not_listed_as_harmless_is_hidden(system: str, code: str) -> None:
    harmless = {label.rpartition("|")[2] for label in POLICY.harmless_labels}
    assert (meaning(system, code) is None) <= (code in harmless)


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=4), st.lists, max_leaves=4),
    st.recursive(st.none() | st.integers() | st.text(max_size=4), st.lists, max_leaves=4),
)
def test_no_json_breaks_the_reading_of_a_label(system: object, code: object) -> None:
    meaning(system, code)
