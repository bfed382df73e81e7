"""Claims: what a token says of somebody is taken as it stands or refused, and nothing is guessed."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from lhcr.identity.claims import Claims
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Activity

EXPIRES = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
TOLD: JsonObject = {
    "sub": "555000000101",
    "name": "Dr Ada Fell",
    "kind": "professional",
    "role": "R8000",
    "activities": ["B0370"],
    "ods": "A81001",
    "purposes": ["HOPERAT", "TREAT"],
}


def read_claims(told: JsonObject) -> Claims:
    return msgspec.convert(told, type=Claims)


def test_claims_that_are_written_are_read_as_the_same(claims: Claims) -> None:
    assert read_claims(msgspec.to_builtins(claims)) == claims


def test_claims_of_other_standards_beside_them_are_passed_over() -> None:
    assert read_claims(TOLD | {"iss": "https://area", "acr": "aal3"}) == read_claims(TOLD)


def test_the_principal_is_who_the_claims_say_and_comes_for_the_first_purpose() -> None:
    principal = read_claims(TOLD).principal(token_id="t", expires=EXPIRES)
    assert (principal.user_id, principal.kind, principal.organisation) == (
        "555000000101",
        PrincipalKind.PROFESSIONAL,
        "A81001",
    )
    assert (principal.purpose, principal.purposes) == (Purpose.OPERATIONS, (Purpose.OPERATIONS, Purpose.TREATMENT))
    assert principal.activities == {Activity.VIEW_GP_SUMMARY}
    assert (principal.token_id, principal.expires) == ("t", EXPIRES)


def test_an_activity_brings_no_other_with_it_that_the_token_does_not_name() -> None:
    """Who may do what is for the issuer to say: a reader of tokens adds nothing."""
    bare = read_claims(TOLD | {"activities": []}).principal(token_id="t", expires=EXPIRES)
    assert bare.activities == frozenset()


@pytest.mark.parametrize("missing", ["sub", "name", "kind", "purposes"])
def test_a_claim_without_which_nobody_is_known_may_not_be_missing(missing: str) -> None:
    with pytest.raises(ValueError):
        read_claims({name: value for name, value in TOLD.items() if name != missing})


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "administrator"},
        {"kind": None},
        {"sub": ""},
        {"name": ""},
        {"name": "x" * 201},
        {"purposes": []},
        {"purposes": "TREAT"},
        {"purposes": ["TREAT"] * 11},
        {"activities": ["B0370"] * 101},
        {"scopes": ["user/*.rs"] * 201},
        {"scopes": "user/*.rs"},
        {"activities": [7]},
        {"persona": "yes"},
        {"ods": ["A81001"]},
    ],
)
def test_a_claim_of_another_form_or_size_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        read_claims(TOLD | wrong)


@pytest.mark.parametrize(
    "unknown",
    [
        {"purposes": ["TREAT", "treat"]},
        {"purposes": ["MARKETING"]},
        {"activities": ["B0370", "B9999"]},
        {"ods": "a81001"},
        {"ods": "A81001; DROP"},
        {"nhs_number": "9990000019"},
        {"nhs_number": "999 000 0018"},
    ],
)
def test_what_is_not_known_here_makes_no_principal_at_all(unknown: dict[str, Any]) -> None:
    """Hazard: a principal made of the rest of the claims would be somebody else than the token names."""
    claims = read_claims(TOLD | unknown)
    with pytest.raises(ValueError, match="not known") as caught:
        claims.principal(token_id="t", expires=EXPIRES)
    assert "999" not in str(caught.value)


def test_a_citizen_is_known_by_their_number_and_belongs_to_no_organisation() -> None:
    told = {"sub": "c", "name": "Ann", "kind": "citizen", "nhs_number": "9990000018", "purposes": ["PATRQT"]}
    citizen = read_claims(told).principal(token_id="t", expires=EXPIRES)
    assert (citizen.person_nhs_number, citizen.organisation, citizen.activities) == ("9990000018", "", frozenset())
