"""Sealed claims: nobody but the area reads them, of no other token, and their length tells little."""

import base64
import random
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, OKPKey, RSAKey

from lhcr.identity.claims import Claims
from lhcr.identity.principal import PrincipalKind
from lhcr.identity.sealed_claims import Sealed, seal, unseal

KEY = OKPKey.generate_key("Ed25519")
CITIZEN = Claims(
    sub="nhs-login:1234", name="Iris Vale", kind=PrincipalKind.CITIZEN, nhs_number="9990000018", purposes=["PATRQT"]
)
SEALED = Sealed(claims=CITIZEN, grant="a-grant", rests_on=["x"])
NO_CLAIMS = (JoseError, ValueError, TypeError)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_what_is_sealed_is_unsealed_as_the_same() -> None:
    assert unseal(seal(SEALED, key=KEY, token_id="t"), key=KEY, token_id="t") == SEALED


def test_hazard_nothing_of_a_person_can_be_read_without_the_key() -> None:
    told = seal(SEALED, key=KEY, token_id="t")
    read = b"".join(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in told.split("."))
    for secret in (b"9990000018", b"Iris", b"nhs-login", b"citizen", b"PATRQT"):
        assert secret not in read


def test_the_same_claims_are_never_sealed_alike() -> None:
    assert len({seal(SEALED, key=KEY, token_id="t") for _ in range(50)}) == 50


@given(st.text(min_size=1, max_size=20), st.sampled_from(["", "9990000018"]))
def test_the_length_tells_neither_a_short_name_from_a_long_one_nor_whether_there_is_a_number(
    name: str, number: str
) -> None:
    claims = msgspec.structs.replace(CITIZEN, name=name, nhs_number=number or None)
    told = seal(Sealed(claims=claims), key=KEY, token_id="t")
    assert len(told) == len(seal(SEALED, key=KEY, token_id="t"))


@pytest.mark.parametrize("which", ["key", "token"])
def test_hazard_claims_of_one_token_are_none_of_another(which: str) -> None:
    told = seal(SEALED, key=KEY, token_id="t")
    other = OKPKey.generate_key("Ed25519") if which == "key" else KEY
    with pytest.raises(NO_CLAIMS):
        unseal(told, key=other, token_id="t" if which == "key" else "u")


def every_change(told: str) -> Iterator[str]:
    chosen = random.Random(17)
    for at, letter in enumerate(told):
        yield told[:at] + chosen.choice([each for each in LETTERS + ".=" if each != letter]) + told[at + 1 :]
    yield from (told[:at] for at in range(len(told)))
    yield from (told + each for each in (".", "A", ".A"))


def test_no_sealed_claims_that_were_changed_are_read_as_others() -> None:
    """The last letter of a segment has bits that nobody reads: what is unsealed all the same says the same."""
    told = seal(SEALED, key=KEY, token_id="t")
    unread = 0
    for changed in every_change(told):
        try:
            assert unseal(changed, key=KEY, token_id="t") == SEALED
        except NO_CLAIMS:
            unread += 1
    assert unread > 1_500


@pytest.mark.parametrize("told", [None, 7, "", ".", "....", {"sub": "x"}, [], b"x", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_sealed_text_is_refused(told: Any) -> None:
    with pytest.raises(NO_CLAIMS):
        unseal(told, key=KEY, token_id="t")


def test_hazard_what_was_encrypted_for_the_public_key_of_the_area_is_not_taken() -> None:
    """Everybody has that key: what anybody could have encrypted proves nothing."""
    plain = msgspec.json.encode(SEALED)
    public = OctKey.import_key(str(KEY.as_dict(private=False)["x"]) + "=")
    told = [jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, plain, each) for each in (_first_32(public),)]
    told.append(jwe.encrypt_compact({"alg": "RSA-OAEP", "enc": "A256GCM"}, plain, RSAKey.generate_key(2048)))
    for each in told:
        with pytest.raises(NO_CLAIMS):
            unseal(each, key=KEY, token_id="t")


def _first_32(key: OctKey) -> OctKey:
    return OctKey.import_key(key.raw_value[:32])


@pytest.mark.parametrize("more", [{"zip": "DEF"}, {"kid": "x"}, {"alg": "A256KW"}, {"enc": "A128GCM"}])
def test_they_are_sealed_in_one_way_alone(more: dict[str, str]) -> None:
    from lhcr.identity.sealed_claims import _key

    key = _key(KEY, "t")
    if more.get("enc") == "A128GCM":
        key = OctKey.import_key(key.raw_value[:16])
    header = {"alg": "dir", "enc": "A256GCM"} | more
    told = jwe.encrypt_compact(
        header, msgspec.json.encode(SEALED), key, algorithms=["dir", "A256KW", "A256GCM", "A128GCM", "DEF"]
    )
    with pytest.raises(NO_CLAIMS):
        unseal(told, key=KEY, token_id="t")
