"""The settings of a provider, which are read strictly, and the area's own key at it, of which nothing is shown."""

import json
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from lhcr.identity.openid.client_key import read_client_key
from lhcr.identity.openid.provider import Service, read_providers
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.settings import Settings

RSA = RSAKey.generate_key(2048)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    path.write_bytes(RSA.as_pem(private=True))
    return path


def settings(key_file: Path, **changes: Any) -> Settings:
    told = {
        "base_url": "https://area.example/",
        "staff_issuer": "https://am.example:443/oidc",
        "staff_client_id": "area",
        "staff_key_file": str(key_file),
    }
    return Settings(**{**told, **changes})


def test_nobody_signs_in_by_a_provider_that_is_not_set() -> None:
    assert read_providers(Settings(staff_issuer="", citizen_issuer="")) == {}


def test_a_provider_is_what_the_settings_say(key_file: Path) -> None:
    (provider,) = read_providers(settings(key_file)).values()
    assert provider.service is Service.CIS2
    assert provider.redirect_uri == "https://area.example/sign-in/cis2/back"
    assert provider.scopes == "openid profile nationalrbacaccess associatedorgs"
    assert provider.asked == {"acr_values": "AAL2_OR_AAL3_ANY"}


def test_citizens_are_asked_to_have_proved_who_they_are(key_file: Path) -> None:
    told = {"citizen_issuer": "https://auth.example", "citizen_client_id": "area", "citizen_key_file": str(key_file)}
    both = read_providers(settings(key_file, **told))
    assert list(both) == [Service.CIS2, Service.NHS_LOGIN]
    assert json.loads(both[Service.NHS_LOGIN].asked["vtr"]) == ["P9.Cp.Cd", "P9.Cp.Ck", "P9.Cm"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"staff_client_id": ""}, "LHCR_STAFF_CLIENT_ID"),
        ({"staff_issuer": ""}, "LHCR_STAFF_ISSUER"),
        ({"staff_key_file": ""}, "LHCR_STAFF_KEY_FILE"),
        ({"staff_key_file": "/nowhere"}, "LHCR_STAFF_KEY_FILE"),
        ({"staff_issuer": "http://am.example/oidc"}, "LHCR_STAFF_ISSUER"),
        ({"staff_issuer": "https://am.example/oidc?x=1"}, "LHCR_STAFF_ISSUER"),
        ({"staff_issuer": "https://am.example/oidc#x"}, "LHCR_STAFF_ISSUER"),
        ({"staff_issuer": "https://user:secret@am.example/"}, "LHCR_STAFF_ISSUER"),
        ({"staff_issuer": "ftp://am.example/"}, "LHCR_STAFF_ISSUER"),
        ({"staff_issuer": "https:///oidc"}, "LHCR_STAFF_ISSUER"),
        ({"staff_issuer": "https://am.example:99999/"}, "LHCR_STAFF_ISSUER"),
        ({"staff_scopes": "profile"}, "LHCR_STAFF_SCOPES"),
        ({"citizen_issuer": "https://auth.example"}, "LHCR_CITIZEN_CLIENT_ID"),
    ],
)
def test_settings_by_half_or_unsafe_are_refused_by_their_name(
    key_file: Path, changes: dict[str, str], named: str
) -> None:
    with pytest.raises(Incorrect) as refused:
        read_providers(settings(key_file, **changes))
    assert named in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("host", ["127.0.0.1:8443", "localhost", "[::1]:80"])
def test_a_provider_on_this_machine_may_be_asked_without_tls(key_file: Path, host: str) -> None:
    assert read_providers(settings(key_file, staff_issuer=f"http://{host}/oidc"))


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (RSA, "RS512"),
        (ECKey.generate_key("P-256"), "ES256"),
        (ECKey.generate_key("P-384"), "ES384"),
        (OKPKey.generate_key("Ed25519"), "Ed25519"),
    ],
)
def test_the_area_proves_who_it_is_once_and_for_five_minutes(
    tmp_path: Path, clock: FixedClock, key: RSAKey | ECKey | OKPKey, algorithm: str
) -> None:
    for content in (json.dumps({**key.as_dict(private=True), "kid": "mine"}).encode(), key.as_pem(private=True)):
        (tmp_path / "key").write_bytes(content)
        read = read_client_key(tmp_path / "key", setting="KEY")
        sent = [read.assertion(client_id="area", audience="https://op/token", now=clock.now()) for _ in range(2)]
        first, second = (jwt.decode(each, key, algorithms=[algorithm]) for each in sent)
        assert first.header["kid"] == ("mine" if content.startswith(b"{") else key.thumbprint())
        assert first.claims["exp"] - first.claims["iat"] == 300
        assert (first.claims["iss"], first.claims["sub"], first.claims["aud"]) == ("area", "area", "https://op/token")
        assert first.claims["jti"] != second.claims["jti"]


def test_a_key_may_choose_among_its_own_algorithms(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(json.dumps({**RSA.as_dict(private=True), "alg": "RS256"}))
    assert read_client_key(tmp_path / "key", setting="KEY").algorithm == "RS256"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no key",
        b"{}",
        b"[]",
        b'{"kty": "RSA"}',
        json.dumps(RSA.as_dict(private=False)).encode(),
        RSA.as_pem(private=False),
        json.dumps({**RSA.as_dict(private=True), "alg": "HS256"}).encode(),
        json.dumps({**RSA.as_dict(private=True), "alg": "none"}).encode(),
        json.dumps(OctKey.generate_key(256).as_dict(private=True)).encode(),
        json.dumps(OKPKey.generate_key("X25519").as_dict(private=True)).encode(),
    ],
)
def test_what_is_no_private_key_is_refused_without_a_word_of_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(Incorrect) as refused:
        read_client_key(tmp_path / "key", setting="LHCR_STAFF_KEY_FILE")
    assert "LHCR_STAFF_KEY_FILE" in str(refused.value)


def test_a_key_is_not_written_anywhere_by_its_name(key_file: Path) -> None:
    read = read_client_key(key_file, setting="KEY")
    (provider,) = read_providers(settings(key_file)).values()
    secret = str(RSA.as_dict(private=True)["d"])
    assert secret not in f"{read!r} {provider!r}"
    assert "key=" in repr(provider)
