"""A token that was changed anywhere is no token: thousands of changes, and none is accepted."""

import base64
import hmac
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey
from tests.auth.clients import SYSTEM, Signer, ask, register

from lhcr.auth.attempts import Attempts
from lhcr.auth.client_principal import client_claims
from lhcr.identity.signing_keys import new_key_set
from lhcr.identity.tokens import Tokens
from lhcr.kernel.clock import FixedClock, SystemClock
from lhcr.kernel.errors import Unauthenticated

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
NOW = datetime.now(UTC)
KEYS = new_key_set()
AREA: dict[str, Any] = {
    "issuer": "https://area",
    "audience": "https://area/fhir",
    "demonstration": False,
    "subject_key": b"of a test",
}
TOKENS = Tokens(KEYS, clock=FixedClock(NOW), **AREA)
TOKEN = TOKENS.issue(client_claims(SYSTEM, scopes=SYSTEM.scopes), lifetime=timedelta(minutes=5), client="c", grant="g")
HEADER, PAYLOAD, SIGNATURE = TOKEN.split(".")


def segment(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def told(part: str) -> Any:
    return msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def of(header: dict[str, Any], payload: dict[str, Any] | None = None, signature: str = SIGNATURE) -> str:
    return ".".join(
        [segment(json.dumps(header).encode()), segment(json.dumps(payload or told(PAYLOAD)).encode()), signature]
    )


def every_letter_changed() -> Iterator[str]:
    """Each place of the token with another letter, the last bits of each segment among them."""
    chosen = random.Random(7)
    for at, letter in enumerate(TOKEN):
        for other in chosen.sample([each for each in LETTERS + ".=+/ %\n" if each != letter], 2):
            yield TOKEN[:at] + other + TOKEN[at + 1 :]
    for end in (len(HEADER), len(HEADER) + 1 + len(PAYLOAD), len(TOKEN)):
        for other in LETTERS:
            if other != TOKEN[end - 1]:
                yield TOKEN[: end - 1] + other + TOKEN[end:]


def every_length() -> Iterator[str]:
    yield from (TOKEN[:at] for at in range(len(TOKEN)))
    yield from (TOKEN[at:] for at in range(1, 60))
    yield from (TOKEN + more for more in (".", "=", "A", " ", "\n", f".{SIGNATURE}", f".{TOKEN}"))
    yield from (f"{HEADER}..{SIGNATURE}", f"..{SIGNATURE}", f"{HEADER}.{PAYLOAD}.", f"{HEADER}.{PAYLOAD}", "..", "")


def every_claim_changed() -> Iterator[str]:
    payload = told(PAYLOAD)
    wider: list[dict[str, Any]] = [
        {"scopes": ["system/*.cruds"]},
        {"scopes": []},
        {"ods": "FA123"},
        {"kind": "office"},
        {"exp": payload["exp"] + 86_400},
        {"aud": "https://elsewhere"},
        {"client_id": "other"},
        {"purposes": ["ETREAT"]},
        {"sub": "other"},
    ]
    yield from (of(told(HEADER), payload | change) for change in wider)
    yield from (of(told(HEADER), {name: value for name, value in payload.items() if name != out}) for out in payload)


def every_header_changed() -> Iterator[str]:
    header = told(HEADER)
    algorithms: tuple[object, ...] = (
        "none",
        "None",
        "NONE",
        "nOnE",
        "HS256",
        "HS512",
        "EdDSA",
        "ES256",
        "RS256",
        "PS256",
        "ed25519",
        "",
        None,
        7,
        [],
    )
    yield from (of(header | {"alg": each}, signature=sign) for each in algorithms for sign in (SIGNATURE, ""))
    kids: tuple[object, ...] = (
        "../../../etc/passwd",
        "/dev/null",
        "' OR 1=1 --",
        "nobody",
        "",
        None,
        0,
        [],
        {},
        KEYS.keys[1].kid,
        "\0",
        "*",
    )
    yield from (of(header | {"kid": each}) for each in kids)
    types: tuple[object, ...] = ("JWT", "AT+JWT", "application/at+jwt", "", None, [], "at+jwt ")
    yield from (of(header | {"typ": each}) for each in types)
    more: tuple[dict[str, object], ...] = (
        {"crit": ["x"], "x": 1},
        {"b64": False, "crit": ["b64"]},
        {"zip": "DEF"},
        {"jku": "https://evil.example"},
        {"x5u": "x"},
    )
    yield from (of(header | each) for each in more)
    yield from (of({name: value for name, value in header.items() if name != out}) for out in header)


def signed_by_others() -> Iterator[str]:
    header, payload = told(HEADER), told(PAYLOAD)
    thief = OKPKey.generate_key("Ed25519")
    yield jwt.encode(header, payload, thief, algorithms=["Ed25519"])
    yield jwt.encode(header | {"jwk": thief.as_dict(private=False)}, payload, thief, algorithms=["Ed25519"])
    yield jwt.encode(header | {"kid": thief.thumbprint()}, payload, thief, algorithms=["Ed25519"])
    for name in ("x", "kid"):
        public = {**KEYS.current.key.as_dict(private=False), "kid": KEYS.current.kid}[name]
        for secret in (str(public).encode(), base64.urlsafe_b64decode(str(public) + "=="), b""):
            for algorithm, digest in (("HS256", "sha256"), ("HS384", "sha384"), ("HS512", "sha512")):
                signed = f"{segment(json.dumps(header | {'alg': algorithm}).encode())}.{PAYLOAD}"
                yield f"{signed}.{segment(hmac.digest(secret, signed.encode(), digest))}"
    yield of(header, signature=segment(bytes(64)))
    yield of(header, signature=segment(bytes([255] * 64)))


def sealed_anew(payload: dict[str, Any]) -> str:
    """A token as the area itself would sign it, had somebody its hand but not the key of what is sealed."""
    return jwt.encode(told(HEADER), payload, KEYS.current.key, algorithms=["Ed25519"])


def every_sealed_part_changed() -> Iterator[str]:
    """What is sealed, changed under a right signature: the sealing does not lean on the signature."""
    payload, chosen = told(PAYLOAD), random.Random(19)
    sealed: str = payload["sealed"]
    segments = sealed.split(".")
    unread = {sum(len(each) + 1 for each in segments[: at + 1]) - 2 for at in range(len(segments))}
    for at, letter in enumerate(sealed):
        # The last letter of a segment has bits that nobody reads: there the next spelling may say the same.
        others = [each for each in LETTERS if each != letter] if at not in unread else ["."]
        yield sealed_anew(payload | {"sealed": sealed[:at] + chosen.choice(others) + sealed[at + 1 :]})
    yield from (sealed_anew(payload | {"sealed": sealed[:at]}) for at in range(0, len(sealed), 7))
    plain = msgspec.to_builtins(client_claims(SYSTEM))
    wrong: list[object] = [None, "", 7, [], plain, {"claims": plain}, json.dumps({"claims": plain}), sealed * 2]
    yield from (sealed_anew(payload | {"sealed": each}) for each in wrong)
    yield from (sealed_anew(payload | plain | {"sealed": each}) for each in ("", None))
    yield sealed_anew({name: each for name, each in payload.items() if name != "sealed"})


def another_tokens_sealed_part() -> Iterator[str]:
    """Who somebody is, taken out of their token and put into one's own."""
    others = [
        TOKENS.issue(msgspec.structs.replace(client_claims(SYSTEM), name=f"Other {at}"), lifetime=timedelta(minutes=5))
        for at in range(20)
    ]
    for each in others:
        theirs = told(each.split(".")[1])
        yield sealed_anew(told(PAYLOAD) | {"sealed": theirs["sealed"]})
        yield sealed_anew(theirs | {"jti": told(PAYLOAD)["jti"]})
        yield of(told(HEADER), told(PAYLOAD) | {"sealed": theirs["sealed"]})


MUTATIONS = {
    "sealed": every_sealed_part_changed,
    "transplants": another_tokens_sealed_part,
    "letters": every_letter_changed,
    "lengths": every_length,
    "claims": every_claim_changed,
    "headers": every_header_changed,
    "signatures": signed_by_others,
}


def test_there_are_more_than_two_thousand_mutations() -> None:
    assert len({each for make in MUTATIONS.values() for each in make()} - {TOKEN}) > 2_000


@pytest.mark.parametrize("kind", list(MUTATIONS))
def test_no_mutated_token_is_accepted(kind: str) -> None:
    TOKENS.verify(TOKEN)
    for mutated in MUTATIONS[kind]():
        if mutated == TOKEN:
            continue
        with pytest.raises(Unauthenticated) as caught:
            TOKENS.verify(mutated)
        assert caught.value.issues[0].error == "token-invalid", mutated
        assert caught.value.__context__ is None or not isinstance(caught.value.__context__, RecursionError)


@pytest.mark.parametrize(
    "changes",
    [{"iss": "https://elsewhere"}, {"aud": "https://area"}, {"exp": 1}, {"nbf": 2**32}, {"iat": 2**32}, {"aud": None}],
)
def test_what_the_area_itself_signed_for_another_place_or_time_is_refused(changes: dict[str, Any]) -> None:
    token = jwt.encode(told(HEADER), told(PAYLOAD) | changes, KEYS.current.key, algorithms=["Ed25519"])
    with pytest.raises(Unauthenticated):
        TOKENS.verify(token)


async def test_over_http_a_mutated_token_is_refused_with_401_and_without_a_trace(
    area: httpx.AsyncClient, dsn: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    await register(dsn, SYSTEM)
    form = Signer().form()
    token = (await ask(area, form)).json()["access_token"]
    chosen = random.Random(11)
    good = await area.get("/fhir/Observation", headers={"authorization": f"Bearer {token}"})
    assert good.status_code == 200
    for _ in range(50):
        at = chosen.randrange(len(token))
        mutated = token[:at] + chosen.choice([each for each in LETTERS if each != token[at]]) + token[at + 1 :]
        answer = await area.get("/fhir/Observation", headers={"authorization": f"Bearer {mutated}"})
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        assert "Traceback" not in answer.text
    written = caplog.text + "".join(capsys.readouterr())
    for secret in (token, token.rpartition(".")[2], form["client_assertion"]):
        assert secret not in written


async def test_no_mutated_assertion_gets_a_token(
    area: httpx.AsyncClient, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Attempts, "failed", lambda *_: False)
    await register(dsn, SYSTEM)
    chosen = random.Random(13)
    for algorithm in ("ES384", "Ed25519", "RS384"):
        assertion = Signer(algorithm=algorithm).assertion()
        for _ in range(100):
            at = chosen.randrange(len(assertion))
            mutated = (
                assertion[:at]
                + chosen.choice([each for each in LETTERS if each != assertion[at]])
                + assertion[at + 1 :]
            )
            answer = await ask(area, Signer().form(client_assertion=mutated))
            assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert (await ask(area, Signer().form(client_assertion=assertion))).status_code == 200


def test_noise_of_every_kind_is_refused() -> None:
    tokens = Tokens(KEYS, clock=SystemClock(), **AREA)
    deep = segment(b"[" * 400)
    for noise in ("\0", "Bearer", "🂡.🂡.🂡", f"{deep}.{deep}.{deep}", "e30.e30.e30", "null.null.null", "." * 9_000):
        with pytest.raises(Unauthenticated):
            tokens.verify(noise)
