"""Granted scopes let nothing be done that was not asked for, or not registered."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.access.smart_scope import grants
from lhcr.auth.granted_scopes import OFFLINE, granted_scopes
from lhcr.auth.refusal import OAuthRefusal
from lhcr.identity.principal import PrincipalKind

TYPES = ("Observation", "Patient", "Condition")
LETTERS = [
    "".join(letter for letter, chosen in zip("cruds", chosen, strict=True) if chosen)
    for chosen in product((True, False), repeat=5)
]
scopes = st.builds(
    lambda context, type_, letters: f"{context}/{type_}.{letters}",
    st.sampled_from(["user", "patient"]),
    st.sampled_from([*TYPES, "*"]),
    st.sampled_from([each for each in LETTERS if each]),
)


def allowed(listed: list[str], kind: PrincipalKind) -> set[tuple[str, str, str]]:
    """What scopes let be done, one by one: context, type and letter."""
    found = set()
    for scope in listed:
        for grant in grants((scope,), kind):
            for type_ in TYPES if grant.type == "*" else (grant.type,):
                found |= {(scope.partition("/")[0], type_, letter) for letter in grant.letters}
    return found


@given(
    st.lists(scopes, min_size=1, max_size=4),
    st.lists(scopes, min_size=1, max_size=4),
    st.sampled_from([PrincipalKind.CITIZEN, PrincipalKind.PROFESSIONAL]),
)
def test_what_is_granted_is_what_was_asked_for_and_registered_both(
    asked: list[str], registered: list[str], kind: PrincipalKind
) -> None:
    """Hazard: a sensitive item exposed by a scope that nobody allowed."""
    both = allowed(asked, kind) & allowed(registered, kind)
    if both:
        found = list(granted_scopes(" ".join(asked), registered=registered, kind=kind))
        assert allowed(found, kind) == both
    else:
        with pytest.raises(OAuthRefusal) as caught:
            granted_scopes(" ".join(asked), registered=registered, kind=kind)
        assert caught.value.error == "invalid_scope"


@given(st.text(max_size=60))
def test_noise_grants_nothing(noise: str) -> None:
    with pytest.raises(OAuthRefusal):
        granted_scopes(noise, registered=("user/*.cruds", OFFLINE), kind=PrincipalKind.PROFESSIONAL)


def test_a_refresh_token_is_granted_where_it_is_registered_and_never_alone() -> None:
    kind = PrincipalKind.PROFESSIONAL
    assert granted_scopes(f"user/*.r {OFFLINE}", registered=("user/*.r", OFFLINE), kind=kind) == ("user/*.r", OFFLINE)
    assert granted_scopes(f"user/*.r {OFFLINE}", registered=("user/*.r",), kind=kind) == ("user/*.r",)
    with pytest.raises(OAuthRefusal):
        granted_scopes(OFFLINE, registered=("user/*.r", OFFLINE), kind=kind)
