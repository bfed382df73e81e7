"""Citizens as NHS login tells of them: proved to the highest level, and known by one NHS number."""

from dataclasses import replace

import pytest
from tests.identity.openid.accounts import citizen
from tests.identity.openid.test_staff import told

from lhcr.identity.openid.citizens import citizen_claims
from lhcr.identity.openid.refusal import SignInRefused
from lhcr.identity.principal import PrincipalKind
from lhcr.identity.sign_in import SignIn


def test_a_citizen_asks_for_their_own_record_alone() -> None:
    claims = citizen_claims(told(citizen()))
    assert (claims.kind, claims.purposes, claims.activities) == (PrincipalKind.CITIZEN, ["PATRQT"], [])
    assert (claims.nhs_number, claims.sign_in) == ("9990000018", SignIn.NHS_LOGIN_P9)
    assert (claims.name, claims.sub) == ("Dorothy Hepworth", "nhs-login:49f470a1-cc52-49b7")
    assert not claims.ods


@pytest.mark.parametrize("vector", ["P9.Cp.Cd", "P9.Cd.Cp", "P9.Cp.Ck", "P9.Cm"])
def test_every_strong_way_of_proving_it_is_taken(vector: str) -> None:
    assert citizen_claims(told(citizen(vector=vector))).nhs_number


@pytest.mark.parametrize(
    "vector", ["P9", "P9.Cp", "P9.Cd", "P5.Cp.Cd", "P0.Cp", "P9.Cp.Cd.P5", "P99.Cp.Cd", "", None, 9, ["P9.Cm"]]
)
def test_no_weaker_way_is_taken(vector: object) -> None:
    account = citizen()
    with pytest.raises(SignInRefused) as refused:
        citizen_claims(told(replace(account, claims={**account.claims, "vot": vector})))
    assert refused.value.error == "proof-too-low"


@pytest.mark.parametrize("level", ["P5", "P0", "p9", "", None, 9, ["P9"], {"P9": 1}])
def test_no_lower_level_is_taken(level: object) -> None:
    account = citizen()
    said = {"identity_proofing_level": level}
    with pytest.raises(SignInRefused) as refused:
        citizen_claims(told(replace(account, claims={**account.claims, **said}, userinfo={**account.userinfo, **said})))
    assert refused.value.error == "proof-too-low"


@pytest.mark.parametrize("name", ["identity_proofing_level", "nhs_number"])
def test_what_id_token_and_userinfo_say_in_two_ways_is_believed_in_neither(name: str) -> None:
    """Hazard: wrong person."""
    account = citizen()
    for other in ("P5", "9990000026", None):
        with pytest.raises(SignInRefused) as refused:
            citizen_claims(told(replace(account, userinfo={**account.userinfo, name: other})))
        assert refused.value.error == "claims-differ"


def test_what_only_one_of_them_says_is_enough() -> None:
    account = citizen()
    assert citizen_claims(told(replace(account, userinfo={}))).nhs_number == "9990000018"


@pytest.mark.parametrize("name", [{}, {"given_name": ["x"], "family_name": 7}, {"given_name": "  "}])
def test_a_citizen_without_a_name_is_told_how_they_came(name: dict[str, object]) -> None:
    account = citizen()
    assert citizen_claims(told(replace(account, userinfo=name))).name == "Signed in with NHS login"
