"""The authorization code flow against a provider over real sockets, true and bent."""

import asyncio
import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from tests.identity.openid.accounts import NURSE, role, staff
from tests.identity.openid.conftest import CLIENT, make_flow
from tests.identity.openid.journey import Journey, query_of
from tests.identity.openid_provider import Json, OpenIdProvider

from lhcr.identity.openid.attempts import Attempts
from lhcr.identity.openid.code_flow import CodeFlow, Told
from lhcr.identity.openid.provider import Service
from lhcr.identity.openid.refusal import ProviderDown, SignInRefused
from lhcr.kernel.clock import FixedClock
from lhcr.store.database import Pool

OTHER_KEY = RSAKey.generate_key(2048)


async def test_whoever_signs_in_is_told_with_what_the_provider_says_of_them(journey: Journey) -> None:
    told = await journey.whole()
    assert told.subject == "555000000101"
    assert told.userinfo["name"] == "Ada Fell"
    assert told.return_path == "/find"


async def test_a_browser_is_led_with_state_nonce_and_a_hashed_proof_key(flow: CodeFlow) -> None:
    asked, again = [query_of((await flow.begin(return_path="")).address) for _ in range(2)]
    assert (asked["response_type"], asked["code_challenge_method"], asked["max_age"]) == ("code", "S256", "3600")
    assert asked["scope"] == "openid profile nationalrbacaccess"
    assert asked["acr_values"] == "AAL2_OR_AAL3_ANY"
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name]) == 43
        assert asked[name] != again[name]
    assert len({asked[name] for name in ("state", "nonce", "code_challenge")}) == 3


async def test_the_database_holds_nothing_by_which_a_sign_in_can_be_ended(flow: CodeFlow, pool: Pool) -> None:
    begun = await flow.begin(return_path="/find")
    asked = query_of(begun.address)
    (row,) = await pool.fetch("SELECT * FROM sign_in_attempt")
    held = " ".join(str(value) for value in row.values())
    assert all(each not in held for each in (begun.secret, asked["state"], asked["nonce"], asked["code_challenge"]))


def changed(**claims: object) -> Callable[[Json], Json]:
    return lambda told: {**told, **claims}


def without(name: str) -> Callable[[Json], Json]:
    return lambda told: {key: value for key, value in told.items() if key != name}


@pytest.mark.parametrize(
    ("bend", "error"),
    [
        (changed(iss="https://elsewhere.example"), "id-token-issuer"),
        (changed(iss=None), "id-token-issuer"),
        (changed(aud="another-area"), "id-token-audience"),
        (changed(aud=[CLIENT, "another-area"]), "id-token-audience"),
        (changed(aud=[]), "id-token-audience"),
        (without("aud"), "id-token-audience"),
        (changed(azp="another-area"), "id-token-party"),
        (changed(nonce="another"), "id-token-nonce"),
        (without("nonce"), "id-token-nonce"),
        (changed(nonce=["x"]), "id-token-nonce"),
        (changed(at_hash="x" * 22), "id-token-access-token"),
        (changed(sub=""), "id-token-subject"),
        (changed(sub="x" * 256), "id-token-subject"),
        (changed(sub=7), "id-token-subject"),
        (changed(sub="5550\x00"), "id-token-subject"),
        (changed(sub="5550\n"), "id-token-subject"),
        (without("exp"), "id-token-times"),
        (without("auth_time"), "id-token-times"),
        (changed(exp="tomorrow"), "id-token-times"),
        (changed(exp=1e30), "id-token-times"),
        (changed(iat=True), "id-token-times"),
    ],
)
async def test_an_id_token_that_says_anything_wrong_signs_nobody_in(
    journey: Journey, bend: Callable[[Json], Json], error: str
) -> None:
    """Hazard: wrong person, by a token that was made for another area, another browser or another time."""
    journey.provider.bent.claims = bend
    with pytest.raises(SignInRefused) as refused:
        await journey.whole()
    assert refused.value.error == error
    assert not refused.value.subject


@pytest.mark.parametrize(
    ("name", "seconds", "taken"),
    [
        ("exp", -59, True),
        ("exp", -61, False),
        ("iat", 59, True),
        ("iat", 61, False),
        ("iat", -601, False),
        ("nbf", 61, False),
        ("nbf", 59, True),
        ("auth_time", 61, False),
        ("auth_time", -3_659, True),
        ("auth_time", -3_661, False),
    ],
)
async def test_clocks_may_differ_by_a_minute_and_no_more(
    journey: Journey, clock: FixedClock, name: str, seconds: int, *, taken: bool
) -> None:
    at = int(clock.now().timestamp()) + seconds
    journey.provider.bent.claims = lambda told: {**told, name: at}
    if taken:
        assert (await journey.whole()).subject
        return
    with pytest.raises(SignInRefused) as refused:
        await journey.whole()
    assert refused.value.error in {"id-token-times", "sign-in-too-old"}


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": "key-1"},
        {"alg": "HS256", "kid": "key-1"},
        {"alg": "RS512", "kid": "key-1"},
        {"alg": "PS256", "kid": "key-1"},
        {"alg": "RS256", "kid": "../../../../dev/null"},
        {"alg": "RS256", "kid": "key-1' OR '1'='1"},
        {"alg": "RS256", "kid": ""},
        {"alg": "RS256"},
        {"alg": "RS256", "kid": "key-1", "typ": "at+jwt"},
        {"alg": "RS256", "kid": "key-1", "crit": ["b64"], "b64": True},
        {"alg": ["RS256"], "kid": "key-1"},
        {"alg": {}, "kid": "key-1"},
        {"alg": "RS256", "kid": ["key-1"]},
        {"alg": "RS256", "kid": {"key-1": 1}},
    ],
)
async def test_a_token_of_another_algorithm_key_or_kind_signs_nobody_in(journey: Journey, header: Json) -> None:
    """Hazard: a token that chooses how it is checked: not at all, or with a public key for a secret."""
    journey.provider.bent.header = lambda _: header
    with pytest.raises(SignInRefused):
        await journey.whole()


@pytest.mark.parametrize("claim", ["jwk", "jku", "x5u"])
async def test_a_key_that_a_token_brings_with_it_is_never_used(journey: Journey, claim: str) -> None:
    brought: Any = OTHER_KEY.as_dict(private=False) if claim == "jwk" else f"{journey.provider.issuer}/other"
    told = {"alg": "RS256", "kid": "other", "typ": "JWT", claim: brought}
    journey.provider.bent.header = lambda _: told
    with pytest.raises(SignInRefused):
        await journey.whole()
    assert "other" not in journey.provider.asked


@pytest.mark.parametrize(
    "bend",
    [
        lambda token: token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB"),
        lambda token: f"{token.partition('.')[0]}..{token.rpartition('.')[2]}",
        lambda token: token + "." + token,
        lambda token: token.rpartition(".")[0] + ".",
        lambda _: "x" * 20_000,
        lambda _: "",
    ],
)
async def test_a_token_that_was_changed_signs_nobody_in(journey: Journey, bend: Callable[[str], str]) -> None:
    journey.provider.bent.token = bend
    with pytest.raises(SignInRefused):
        await journey.whole()


async def test_claims_that_were_changed_under_a_good_signature_sign_nobody_in(journey: Journey) -> None:
    """Hazard: wrong person."""

    def swapped(token: str) -> str:
        header, claims, signature = token.split(".")
        told = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        other = base64.urlsafe_b64encode(json.dumps({**told, "sub": "555000000999"}).encode()).rstrip(b"=").decode()
        return f"{header}.{other}.{signature}"

    journey.provider.bent.token = swapped
    with pytest.raises(SignInRefused):
        await journey.whole()


async def test_a_sign_in_is_finished_once(journey: Journey) -> None:
    answer, secret = await journey.there()
    await journey.flow.finish(answer, secret=secret)
    with pytest.raises(SignInRefused) as refused:
        await journey.flow.finish(answer, secret=secret)
    assert refused.value.error == "sign-in-not-begun"


async def test_a_sign_in_that_failed_is_finished_too(journey: Journey) -> None:
    answer, secret = await journey.there()
    journey.provider.bent.claims = changed(nonce="another")
    with pytest.raises(SignInRefused):
        await journey.flow.finish(answer, secret=secret)
    journey.provider.bent.claims = lambda told: told
    with pytest.raises(SignInRefused) as refused:
        await journey.flow.finish(answer, secret=secret)
    assert refused.value.error == "sign-in-not-begun"


async def test_a_sign_in_that_began_elsewhere_cannot_be_ended_here(journey: Journey) -> None:
    """Hazard: a link that signs whoever follows it in as somebody else, whose searches that other then reads."""
    answer, _ = await journey.there()
    _, own_secret = await journey.there()
    for secret in (own_secret, "", "x" * 500):
        with pytest.raises(SignInRefused) as refused:
            await journey.flow.finish(answer, secret=secret)
        assert refused.value.error == "sign-in-not-begun"
    assert "token" not in journey.provider.asked


async def test_a_code_of_somebody_elses_that_is_put_into_ones_own_sign_in_is_worth_nothing(journey: Journey) -> None:
    """Hazard: wrong person. The proof key binds a code to the browser that asked for it."""
    theirs, _ = await journey.there()
    mine, secret = await journey.there()
    with pytest.raises(SignInRefused) as refused:
        await journey.flow.finish({**mine, "code": theirs["code"]}, secret=secret)
    assert refused.value.error == "code-refused"


async def test_a_code_of_somebody_elses_is_refused_also_where_the_provider_checks_no_proof_key(
    journey: Journey,
) -> None:
    """The nonce binds what the provider does not."""
    asked_by_other = query_of((await journey.flow.begin(return_path="")).address)
    begun = await journey.flow.begin(return_path="")
    mine = query_of(begun.address)
    injected = {**asked_by_other, "code_challenge": mine["code_challenge"]}
    answer = query_of(journey.provider.answered(injected, journey.provider.accounts["nurse"]))
    with pytest.raises(SignInRefused) as refused:
        await journey.flow.finish({**answer, "state": mine["state"]}, secret=begun.secret)
    assert refused.value.error == "id-token-nonce"


async def test_a_sign_in_lasts_ten_minutes(journey: Journey, clock: FixedClock) -> None:
    answer, secret = await journey.there()
    clock.instant += timedelta(minutes=10)
    with pytest.raises(SignInRefused) as refused:
        await journey.flow.finish(answer, secret=secret)
    assert refused.value.error == "sign-in-not-begun"


async def test_an_answer_of_another_provider_is_refused_before_its_code_is_sent_anywhere(journey: Journey) -> None:
    """Hazard: mix-up, by which a code that is for one provider is told to another (RFC 9207)."""
    for bend in (changed(iss="https://elsewhere.example"), without("iss")):
        journey.provider.bent.answer = bend
        with pytest.raises(SignInRefused) as refused:
            await journey.whole()
        assert refused.value.error == "answer-issuer"
    assert "token" not in journey.provider.asked


async def test_a_sign_in_by_one_service_is_not_ended_by_another(
    journey: Journey, provider: OpenIdProvider, pool: Pool, clock: FixedClock
) -> None:
    answer, secret = await journey.there()
    other = make_flow(provider, pool, clock, service=Service.NHS_LOGIN)
    with pytest.raises(SignInRefused) as refused:
        await other.finish(answer, secret=secret)
    assert refused.value.error == "sign-in-not-begun"


async def test_userinfo_of_somebody_else_signs_nobody_in(journey: Journey) -> None:
    """Hazard: the roles of another user."""
    other = staff(role("A81001", "S0010:G0020:R8000"), sub="555000000999")
    for told in ({"sub": other.sub, **other.userinfo}, {**other.userinfo}):
        journey.provider.bent.userinfo = lambda _, told=told: told  # type: ignore[misc]
        with pytest.raises(SignInRefused) as refused:
            await journey.whole()
        assert refused.value.error == "userinfo-subject"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("access_denied", "access-denied"),
        ("login_required", "provider-error"),
        ("<script>", "provider-error"),
    ],
)
async def test_a_refusal_of_the_provider_is_told_in_own_words(journey: Journey, error: str, expected: str) -> None:
    journey.provider.bent.answer = lambda told: {"state": told["state"], "iss": told["iss"], "error": error}
    with pytest.raises(SignInRefused) as refused:
        await journey.whole()
    assert refused.value.error == expected
    assert "<" not in refused.value.why


@pytest.mark.parametrize("error", ["temporarily_unavailable", "server_error"])
async def test_a_provider_that_cannot_now_is_down(journey: Journey, error: str) -> None:
    journey.provider.bent.answer = lambda told: {"state": told["state"], "iss": told["iss"], "error": error}
    with pytest.raises(ProviderDown):
        await journey.whole()


async def _flood() -> Any:
    for _ in range(50):
        yield b"x" * 1024 * 1024


def too_large() -> Response:
    return StreamingResponse(_flood(), media_type="application/json")


@pytest.mark.parametrize("place", ["openid-configuration", "jwks", "token", "userinfo"])
@pytest.mark.parametrize(
    "answer",
    [
        too_large,
        lambda: PlainTextResponse("", status_code=500),
        lambda: PlainTextResponse("<html>", status_code=200),
        lambda: PlainTextResponse("[]"),
        lambda: PlainTextResponse("[" * 100_000),
        lambda: PlainTextResponse("{}", headers={"content-encoding": "gzip"}),
        lambda: RedirectResponse("https://elsewhere.example/", status_code=302),
        lambda: RedirectResponse("https://elsewhere.example/", status_code=307),
    ],
)
async def test_an_answer_that_cannot_be_used_is_a_provider_that_is_down(
    journey: Journey, place: str, answer: Callable[[], Response]
) -> None:
    """Hazard: a flood of 50 MB, a nest without an end, or a redirect to elsewhere, where code and key would be told."""
    journey.provider.bent.response = lambda name: answer() if name == place else None
    with pytest.raises(ProviderDown):
        await journey.whole()


async def test_a_provider_that_is_not_there_is_down(pool: Pool, provider: OpenIdProvider, clock: FixedClock) -> None:
    flow = make_flow(provider, pool, clock, issuer="http://127.0.0.1:9")
    with pytest.raises(ProviderDown):
        await flow.begin(return_path="")
    assert await pool.fetchval("SELECT count(*) FROM sign_in_attempt") == 0


@pytest.mark.parametrize(
    "bend",
    [
        changed(issuer="https://elsewhere.example"),
        lambda told: {**told, "issuer": told["issuer"] + "/"},
        changed(authorization_endpoint="http://elsewhere.example/authorize"),
        changed(token_endpoint="javascript:alert(1)"),
        changed(jwks_uri="file:///etc/passwd"),
        changed(userinfo_endpoint="https://user:secret@elsewhere.example/"),
        changed(code_challenge_methods_supported=["plain"]),
        changed(code_challenge_methods_supported=[]),
        without("token_endpoint"),
        changed(issuer=7),
    ],
)
async def test_a_provider_that_says_anything_unsafe_of_itself_is_not_asked(
    journey: Journey, bend: Callable[[Json], Json]
) -> None:
    """Hazard: a proof key that is given up, or a code that is told to somebody else."""
    journey.provider.bent.metadata = bend
    with pytest.raises(ProviderDown):
        await journey.flow.begin(return_path="")


async def test_what_a_provider_says_of_itself_is_asked_once_an_hour(journey: Journey, clock: FixedClock) -> None:
    for _ in range(3):
        await journey.whole()
    assert journey.provider.asked.count("openid-configuration") == 1
    assert journey.provider.asked.count("jwks") == 1
    clock.instant += timedelta(hours=1)
    await journey.whole()
    assert journey.provider.asked.count("openid-configuration") == 2
    assert journey.provider.asked.count("jwks") == 2


async def test_a_new_key_of_the_provider_is_known_after_a_minute_and_made_up_ones_ask_no_oftener(
    journey: Journey, clock: FixedClock
) -> None:
    """Hazard: made-up ids by which a worker floods the provider."""
    await journey.whole()
    journey.provider.bent.header = lambda told: {**told, "kid": "made-up"}
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await journey.whole()
    assert journey.provider.asked.count("jwks") == 1
    clock.instant += timedelta(minutes=1)
    journey.provider.bent.header = lambda told: {**told, "kid": "key-2"}
    journey.provider.bent.jwks = lambda told: {"keys": [*told["keys"], {**told["keys"][0], "kid": "key-2"}]}
    await journey.whole()
    assert journey.provider.asked.count("jwks") == 2


def many_keys(told: Json) -> Json:
    return {"keys": [{**told["keys"][0], "kid": f"key-{n}"} for n in range(10_000)]}


@pytest.mark.parametrize(
    "bend",
    [
        many_keys,
        changed(keys="none"),
        without("keys"),
    ],
)
async def test_a_set_of_keys_that_is_none_signs_nobody_in(journey: Journey, bend: Callable[[Json], Json]) -> None:
    journey.provider.bent.jwks = bend
    with pytest.raises(ProviderDown):
        await journey.whole()


async def test_one_key_may_be_listed_once_for_each_of_its_algorithms(journey: Journey) -> None:
    journey.provider.bent.jwks = lambda told: {
        "keys": [{**told["keys"][0], "alg": algorithm} for algorithm in ("RS512", "RS256", "PS256", "RS256")]
    }
    assert (await journey.whole()).subject


@pytest.mark.parametrize("order", [1, -1])
async def test_two_keys_of_one_id_sign_nobody_in(journey: Journey, order: int) -> None:
    """Hazard: which of two signed is for nobody to guess."""
    other = {**OTHER_KEY.as_dict(private=False), "kid": "key-1", "use": "sig"}
    journey.provider.bent.jwks = lambda told: {"keys": [told["keys"][0], other][::order]}
    with pytest.raises(SignInRefused):
        await journey.whole()


@pytest.mark.parametrize(
    "member",
    [
        {"use": "enc"},
        {"alg": "RS512"},
        {"alg": "HS256"},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": ["RSA"]},
        {"crv": {}},
        {"e": 7},
        {"n": "AQAB"},
    ],
)
async def test_a_key_that_is_not_for_this_is_not_used(journey: Journey, member: Json) -> None:
    journey.provider.bent.jwks = lambda told: {"keys": [{**told["keys"][0], **member}]}
    with pytest.raises(SignInRefused):
        await journey.whole()


async def test_keys_that_were_read_before_serve_on_while_the_provider_is_down(
    journey: Journey, clock: FixedClock
) -> None:
    await journey.whole()
    clock.instant += timedelta(hours=2)
    down = {"jwks", "openid-configuration"}
    journey.provider.bent.response = lambda name: PlainTextResponse("", status_code=500) if name in down else None
    assert (await journey.whole()).subject


@pytest.mark.parametrize("place", ["openid-configuration", "jwks"])
async def test_a_provider_that_did_not_answer_is_not_asked_again_for_ten_seconds(
    journey: Journey, clock: FixedClock, place: str
) -> None:
    """Hazard: where a provider hangs, everybody who signs in waits behind all who came before."""
    journey.provider.bent.response = lambda name: PlainTextResponse("", status_code=503) if name == place else None
    for _ in range(3):
        with pytest.raises(ProviderDown):
            await journey.whole()
    assert journey.provider.asked.count(place) == 1
    journey.provider.bent.response = lambda _: None
    clock.instant += timedelta(seconds=10)
    assert (await journey.whole()).subject


async def test_of_answers_that_come_at_once_exactly_one_signs_in(
    journey: Journey, provider: OpenIdProvider, pool: Pool, clock: FixedClock
) -> None:
    """Also in two workers: what has begun stands in the database."""
    answer, secret = await journey.there()
    flows = (journey.flow, make_flow(provider, pool, clock)) * 3
    ended = await asyncio.gather(*(flow.finish(answer, secret=secret) for flow in flows), return_exceptions=True)
    assert sum(not isinstance(each, BaseException) for each in ended) == 1
    assert all(isinstance(each, Told | SignInRefused) for each in ended)


async def test_what_was_begun_and_never_finished_is_removed(flow: CodeFlow, pool: Pool, clock: FixedClock) -> None:
    await flow.begin(return_path="")
    clock.instant += timedelta(minutes=9)
    await flow.begin(return_path="")
    clock.instant += timedelta(minutes=2)
    await Attempts(pool, clock=clock).sweep()
    assert await pool.fetchval("SELECT count(*) FROM sign_in_attempt") == 1


@pytest.mark.parametrize(
    "bend",
    [
        without("id_token"),
        without("access_token"),
        changed(token_type="mac"),
        changed(access_token="x\r\ny: z"),
        changed(access_token=7),
    ],
)
async def test_an_answer_of_the_token_endpoint_that_is_not_whole_signs_nobody_in(
    journey: Journey, bend: Callable[[Json], Json]
) -> None:
    journey.provider.bent.tokens = bend
    with pytest.raises(SignInRefused) as refused:
        await journey.whole()
    assert refused.value.error == "token-answer"


@pytest.mark.parametrize("code", ["", "x" * 5_000])
async def test_an_answer_without_a_code_signs_nobody_in(journey: Journey, code: str) -> None:
    journey.provider.bent.answer = changed(code=code)
    with pytest.raises(SignInRefused) as refused:
        await journey.whole()
    assert refused.value.error == "answer-code"


async def test_what_is_refused_says_nothing_of_what_was_sent(journey: Journey) -> None:
    """Hazard: person data in logs."""
    journey.provider.bent.claims = changed(nonce="9990000018")
    with pytest.raises(SignInRefused) as refused:
        await journey.whole()
    assert "999" not in str(refused.value)
    assert NURSE["org_code"] not in str(refused.value)
