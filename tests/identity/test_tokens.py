"""Tokens: what is issued is accepted, and nothing else is."""

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey

from lhcr.identity.claims import Claims
from lhcr.identity.sealed_claims import Sealed, seal
from lhcr.identity.signing_keys import KeySet, new_key_set
from lhcr.identity.subject_name import new_subject_key
from lhcr.identity.tokens import Tokens
from lhcr.kernel.clock import FixedClock, SystemClock
from lhcr.kernel.errors import Forbidden, Unauthenticated
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Activity
from lhcr.store.database import Pool

HOUR = timedelta(hours=1)
KEYS = new_key_set()
KEY = KEYS.current.key
SUBJECT_KEY = new_subject_key()
OPEN = ("iss", "aud", "exp", "iat", "nbf", "jti", "scope")
HEADER = {"alg": "Ed25519", "typ": "at+jwt", "kid": KEYS.current.kid}


def tokens_of(clock: Any, *, keys: KeySet = KEYS, issuer: str = "https://area", demonstration: bool = False) -> Tokens:
    return Tokens(
        keys,
        issuer=issuer,
        audience="https://area/fhir",
        clock=clock,
        demonstration=demonstration,
        subject_key=SUBJECT_KEY,
    )


def error_of(tokens: Tokens, token: str) -> str:
    with pytest.raises(Unauthenticated) as caught:
        tokens.verify(token)
    assert caught.value.status == 401
    return caught.value.issues[0].error


def test_a_token_names_its_principal(clock: FixedClock, claims: Claims) -> None:
    tokens = tokens_of(clock)
    principal = tokens.verify(tokens.issue(claims, lifetime=HOUR))
    assert (principal.user_id, principal.organisation, principal.purpose) == (
        "555000000101",
        "A81001",
        Purpose.TREATMENT,
    )
    assert principal.activities == {Activity.VIEW_DEMOGRAPHICS, Activity.VIEW_GP_SUMMARY}
    assert principal.expires == clock.instant + HOUR


def test_a_token_is_verified_once_and_then_remembered(clock: FixedClock, claims: Claims) -> None:
    tokens = tokens_of(clock)
    token = tokens.issue(claims, lifetime=HOUR)
    assert tokens.verify(token) is tokens.verify(token)


def test_a_remembered_token_ends_at_its_time(clock: FixedClock, claims: Claims) -> None:
    tokens = tokens_of(clock)
    token = tokens.issue(claims, lifetime=HOUR)
    tokens.verify(token)
    clock.instant += HOUR
    assert error_of(tokens, token) == "token-expired"
    assert error_of(tokens_of(clock), token) == "token-expired"


def test_a_token_of_another_key_issuer_or_audience_is_refused(clock: FixedClock, claims: Claims) -> None:
    token = tokens_of(clock).issue(claims, lifetime=HOUR)
    assert error_of(tokens_of(clock, keys=new_key_set()), token) == "token-invalid"
    assert error_of(tokens_of(clock, issuer="https://elsewhere"), token) == "token-invalid"
    other = Tokens(
        KEYS,
        issuer="https://area",
        audience="https://elsewhere",
        clock=clock,
        demonstration=False,
        subject_key=SUBJECT_KEY,
    )
    assert error_of(other, token) == "token-invalid"


def _unsigned(payload: dict[str, Any]) -> str:
    parts = (json.dumps(part).encode() for part in (HEADER | {"alg": "none"}, payload))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def test_a_token_cannot_choose_its_algorithm(clock: FixedClock, claims: Claims) -> None:
    payload = _payload(clock, claims)
    public = KEY.as_dict(private=False)["x"]
    symmetric = jwt.encode(HEADER | {"alg": "HS256"}, payload, OctKey.import_key(str(public)), algorithms=["HS256"])
    for token in (_unsigned(payload), symmetric):
        assert error_of(tokens_of(clock), token) == "token-invalid"


def _payload(clock: FixedClock, claims: Claims, **changes: Any) -> dict[str, Any]:
    at = int(clock.instant.timestamp())
    payload = {"iss": "https://area", "aud": "https://area/fhir", "exp": at + 60, "jti": "1"}
    payload |= {name: each for name, each in changes.items() if name in OPEN}
    sealed = {"claims": msgspec.to_builtins(claims), "rests_on": changes.get("rests_on", [])}
    sealed["claims"] |= {name: each for name, each in changes.items() if name not in (*OPEN, "rests_on")}
    return payload | {"sealed": seal(cast("Sealed", sealed), key=KEY, token_id=str(payload["jti"]))}


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"exp": True},
        {"exp": 1e300},
        {"exp": 2**80},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 65},
        {"aud": ["https://area/fhir", "https://elsewhere"]},
        {"nbf": 2**33},
        {"iat": 2**33},
        {"iat": "0"},
        {"kind": "emperor"},
        {"activities": ["B9999"]},
        {"purposes": []},
        {"purposes": ["FUN"]},
        {"ods": "a 1"},
        {"nhs_number": "9990000019"},
        {"sub": ""},
        {"name": "x" * 201},
        {"persona": True},
        {"act": "a-system"},
        {"act": {"sub": "a-system"}},
        {"act": {"sub": "", "name": "A", "acts_for": "A81001", "purposes": ["TREAT"]}},
        {"act": {"sub": "a", "name": "A", "acts_for": "", "purposes": ["TREAT"]}},
        {"act": {"sub": "a", "name": "A", "acts_for": "a 1", "purposes": ["TREAT"]}},
        {"act": {"sub": "a", "name": "A", "acts_for": "A81001", "purposes": []}},
        {"act": {"sub": "a", "name": "A", "acts_for": "A81001", "purposes": ["FUN"]}},
        {"rests_on": "x"},
        {"rests_on": [1]},
        {"rests_on": {"x": 1}},
        {"scope": ""},
        {"scope": " "},
        {"scope": ["user/*.rs"]},
        {"app": "an-app"},
        {"app": {"sub": "an-app"}},
        {"app": {"sub": "", "name": "An App"}},
    ],
)
def test_a_signed_token_that_says_nonsense_is_refused(
    clock: FixedClock, claims: Claims, changes: dict[str, Any]
) -> None:
    good = jwt.encode(HEADER, _payload(clock, claims), KEY, algorithms=["Ed25519"])
    tokens_of(clock).verify(good)
    bad = jwt.encode(HEADER, _payload(clock, claims, **changes), KEY, algorithms=["Ed25519"])
    assert error_of(tokens_of(clock), bad) == "token-invalid"


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_noise_is_refused_without_a_trace(noise: str) -> None:
    assert error_of(tokens_of(SystemClock()), noise) == "token-invalid"


def test_a_token_of_great_length_is_refused_before_it_is_parsed(clock: FixedClock) -> None:
    assert error_of(tokens_of(clock), "a" * 1_000_000) == "token-invalid"


def test_personas_exist_only_in_a_demonstration(clock: FixedClock, claims: Claims) -> None:
    persona = msgspec.structs.replace(claims, persona=True)
    demonstration = tokens_of(clock, demonstration=True)
    token = demonstration.issue(persona, lifetime=HOUR)
    demonstration.verify(token)
    assert error_of(tokens_of(clock), token) == "token-invalid"
    with pytest.raises(Forbidden):
        tokens_of(clock).issue(persona, lifetime=HOUR)


def test_no_token_lives_for_ever(clock: FixedClock, claims: Claims) -> None:
    for lifetime in (timedelta(0), timedelta(hours=13)):
        with pytest.raises(ValueError):
            tokens_of(clock).issue(claims, lifetime=lifetime)


def test_the_published_key_is_public(clock: FixedClock) -> None:
    published = tokens_of(clock).public_keys()["keys"]
    assert [key["kid"] for key in published] == [each.kid for each in KEYS.keys]
    assert all("d" not in key and key["alg"] == "Ed25519" for key in published)


async def test_workers_that_start_at_once_share_one_key(pool: Pool, clock: FixedClock, claims: Claims) -> None:
    opened = [Tokens.open(pool, issuer="https://area", audience="x", clock=clock) for _ in range(5)]
    first, *others = await asyncio.gather(*opened)
    token = first.issue(claims, lifetime=HOUR)
    assert all(other.verify(token).user_id == claims.sub for other in others)


async def test_a_database_is_a_demonstration_only_when_it_is_marked(
    pool: Pool, clock: FixedClock, claims: Claims
) -> None:
    persona = msgspec.structs.replace(claims, persona=True)
    with pytest.raises(Forbidden):
        (await Tokens.open(pool, issuer="i", audience="a", clock=clock)).issue(persona, lifetime=HOUR)
    await pool.execute("INSERT INTO area_setting VALUES ('demonstration', 'yes')")
    (await Tokens.open(pool, issuer="i", audience="a", clock=clock)).issue(persona, lifetime=HOUR)


def test_a_purpose_is_chosen_only_among_those_that_the_token_carries(clock: FixedClock, claims: Claims) -> None:
    tokens = tokens_of(clock)
    principal = tokens.verify(tokens.issue(claims, lifetime=HOUR))
    assert principal.choosing(Purpose.OPERATIONS).purpose is Purpose.OPERATIONS
    with pytest.raises(Forbidden):
        principal.choosing(Purpose.EMERGENCY_TREATMENT)


def test_a_principals_repr_names_nobody(clock: FixedClock, claims: Claims) -> None:
    tokens = tokens_of(clock)
    assert "Ada" not in repr(tokens.verify(tokens.issue(claims, lifetime=HOUR)))
