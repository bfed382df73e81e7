"""Granted scopes let nothing be done that was not asked for, or not registered."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.auth.clients import SYSTEM
from tests.auth.test_mutated_tokens import TOKENS

from lhcr.access.smart_scope import grants
from lhcr.auth.client_principal import client_claims
from lhcr.auth.granted_scopes import OFFLINE, granted_scopes
from lhcr.auth.refusal import OAuthRefusal
from lhcr.fhir.search.catalogue import type_ids
from lhcr.identity.principal import PrincipalKind

TYPES = ("Observation", "Patient", "Condition")
LETTERS = [
    "".join(letter for letter, chosen in zip("cruds", chosen, strict=True) if chosen)
    for chosen in product((True, False), repeat=5)
]
#: Patients are of no category.
CATEGORIES = ("http://example.org/c|one", "http://example.org/c|two")
NARROWED = ("Observation", "Condition")
whole = st.builds(
    lambda context, type_, letters: f"{context}/{type_}.{letters}",
    st.sampled_from(["user", "patient"]),
    st.sampled_from([*TYPES, "*"]),
    st.sampled_from([each for each in LETTERS if each]),
)
narrowed = st.builds(
    lambda context, type_, letters, category: f"{context}/{type_}.{letters}?category={category}",
    st.sampled_from(["user", "patient"]),
    st.sampled_from(NARROWED),
    st.sampled_from([each for each in LETTERS if "s" in each]),
    st.sampled_from(CATEGORIES),
)
scopes = whole | narrowed


def allowed(listed: list[str], kind: PrincipalKind) -> set[tuple[str, str, str, str]]:
    """What scopes let be done, one by one: context, type, letter, and with entries of which category or of none of these."""
    found = set()
    for scope in listed:
        for grant in grants((scope,), kind):
            for type_ in TYPES if grant.type == "*" else (grant.type,):
                categories = (grant.category,) if grant.category else (*CATEGORIES, "")
                found |= {
                    (scope.partition("/")[0], type_, letter, each) for letter in grant.letters for each in categories
                }
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


@pytest.mark.parametrize(
    "left_out",
    [
        "user/Observation.rs?category=laboratory",
        "user/Observation.rs?code=http://loinc.org|1",
        "user/Patient.rs?category=http://example.org/c|one",
        "user/*.rs?category=http://example.org/c|one",
        "user/Observation.rs?category=http://example.org/c|one&code=x",
    ],
)
def test_what_cannot_be_held_exactly_is_left_out_of_what_is_granted(left_out: str) -> None:
    kind = PrincipalKind.PROFESSIONAL
    for registered in (("user/*.cruds",), ("user/*.cruds", left_out)):
        assert granted_scopes(f"user/Condition.r {left_out}", registered=registered, kind=kind) == ("user/Condition.r",)
        with pytest.raises(OAuthRefusal):
            granted_scopes(left_out, registered=registered, kind=kind)


def test_a_scope_of_a_category_is_granted_as_a_read_and_a_search_of_it() -> None:
    asked = "user/Observation.rs?category=http://example.org/c|one"
    granted = ("user/Observation.rs?category=http://example.org/c|one",)
    for registered in (("user/*.rs",), ("user/Observation.rs",), (asked,)):
        assert granted_scopes(asked, registered=registered, kind=PrincipalKind.PROFESSIONAL) == granted
    assert granted_scopes("user/*.cruds", registered=(asked,), kind=PrincipalKind.PROFESSIONAL) == granted


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


def test_more_scopes_than_a_token_can_say_are_refused_and_not_left_out() -> None:
    """Hazard: "none" inferred from what was not asked for."""
    registered = tuple(f"system/{type_}.cruds" for type_ in sorted(type_ids()))
    with pytest.raises(OAuthRefusal) as refused:
        granted_scopes("system/*.cruds", registered=registered, kind=PrincipalKind.SYSTEM)
    assert refused.value.error == "invalid_scope"
    assert "fewer" in refused.value.description
    fewer = granted_scopes(" ".join(registered[:70]), registered=registered, kind=PrincipalKind.SYSTEM)
    assert len(fewer) == 70
    token = TOKENS.issue(client_claims(SYSTEM, scopes=fewer), lifetime=timedelta(minutes=5), client=SYSTEM.client_id)
    assert TOKENS.verify(token).scopes == fewer
