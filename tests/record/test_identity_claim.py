"""What identifiers claim: the NHS number for everybody, a source's own numbers for that source alone, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.nhs_number import SYNTHETIC_COUNT, synthetic
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.identity_claim import NATIONAL, IdentityClaim, identity_claim, identity_claims

LOCAL = "https://hospital.example/number"
NUMBERS = st.integers(0, SYNTHETIC_COUNT - 1).map(lambda index: synthetic(index).value)


def claim(system: str | None, value: str | None, **more: str) -> IdentityClaim | None:
    identifier: JsonObject = {"system": system, "value": value, **more}
    return identity_claim(identifier, source_id=5, expression="Patient.identifier[0]")


@given(number=NUMBERS, sources=st.tuples(st.integers(1, 99), st.integers(1, 99)))
def test_an_nhs_number_means_the_same_person_whoever_writes_it_and_however(
    number: str, sources: tuple[int, int]
) -> None:
    spaced, dashed = f"{number[:3]} {number[3:6]} {number[6:]}", f"{number[:3]}-{number[3:6]}-{number[6:]}"
    claims = {
        identity_claim({"system": NHS_NUMBER, "value": text}, source_id=source, expression="x")
        for text in (number, spaced, dashed)
        for source in sources
    }
    assert claims == {IdentityClaim(NATIONAL, NHS_NUMBER, number)}


def test_hazard_wrong_person_a_local_number_means_nobody_to_another_source() -> None:
    ours, theirs = (
        identity_claim({"system": LOCAL, "value": "7"}, source_id=source, expression="x") for source in (5, 6)
    )
    assert (ours, theirs) == (IdentityClaim(5, LOCAL, "7"), IdentityClaim(6, LOCAL, "7"))


@pytest.mark.parametrize("digit", "0123456789")
def test_hazard_wrong_person_a_number_that_stands_for_unknown_claims_nobody(digit: str) -> None:
    """Hazard: everybody without a number would become one person."""
    assert claim(NHS_NUMBER, digit * 10) is None
    assert claim(NHS_NUMBER, f"{digit * 3} {digit * 3} {digit * 4}") is None


@pytest.mark.parametrize("use", ["old", "temp"])
def test_a_number_that_was_replaced_or_is_for_now_claims_nobody(use: str) -> None:
    assert claim(LOCAL, "7", use=use) is None
    assert claim(NHS_NUMBER, "9990000018", use=use) is None
    # Nor is it looked at: a wrong digit of yesterday refuses nothing today.
    assert claim(NHS_NUMBER, "9990000019", use=use) is None


@pytest.mark.parametrize("use", ["official", "usual", "secondary"])
def test_a_number_that_is_in_use_claims(use: str) -> None:
    assert claim(LOCAL, "7", use=use) == IdentityClaim(5, LOCAL, "7")


@pytest.mark.parametrize(("system", "value"), [(None, "7"), ("", "7"), (LOCAL, None), (LOCAL, ""), (None, None)])
def test_a_number_without_a_system_or_a_system_without_a_number_claims_nobody(
    system: str | None, value: str | None
) -> None:
    assert claim(system, value) is None


@pytest.mark.parametrize(("length", "claims"), [(1, True), (255, True), (256, False), (100_000, False)])
def test_a_number_too_long_to_be_one_claims_nobody(length: int, claims: bool) -> None:  # noqa: FBT001
    assert (claim(LOCAL, "7" * length) is not None) == claims


@pytest.mark.parametrize("value", ["9990000019", "999000001", "99900000180", "٩٩٩٠٠٠٠٠١٨", "999000001X", "0" * 400])
def test_a_wrong_nhs_number_is_refused_with_where_it_stands_and_without_what_it_was(value: str) -> None:
    patient = {"identifier": [{"system": LOCAL, "value": "7"}, {"system": NHS_NUMBER, "value": value}]}
    with pytest.raises(Incorrect) as caught:
        identity_claims(patient, source_id=5)
    (issue,) = caught.value.issues
    assert (caught.value.status, issue.error) == (422, "nhs-number-invalid")
    assert issue.expression == "Patient.identifier[1].value"
    assert value not in issue.diagnostics


IDENTIFIERS = st.lists(
    st.builds(
        lambda system, value, use: {"system": system, "value": value} | ({"use": use} if use else {}),
        st.sampled_from([LOCAL, "urn:other", NHS_NUMBER]),
        st.sampled_from(["9990000018", "9990000026", "1111111111"]),
        st.sampled_from(["", "old", "official"]),
    ),
    max_size=6,
)


@given(identifiers=IDENTIFIERS, seed=st.randoms())
def test_the_claims_of_a_patient_are_those_of_each_identifier_once_in_one_order(
    identifiers: list[JsonObject], seed: object
) -> None:
    shuffled = list(identifiers)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    expected = {claim(each["system"], each["value"], use=each.get("use", "")) for each in identifiers} - {None}
    found = identity_claims({"identifier": shuffled}, source_id=5)
    assert set(found) == expected
    assert found == sorted(set(found))


def test_a_patient_without_identifiers_claims_nobody() -> None:
    assert identity_claims({}, source_id=5) == identity_claims({"identifier": None}, source_id=5) == []
