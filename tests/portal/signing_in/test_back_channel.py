"""Back-channel logout: whom a provider signs out is signed out here with the next request, and nobody else can have it done."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from tests.identity.openid.accounts import NURSE, staff
from tests.identity.openid_provider import OpenIdProvider
from tests.portal.signing_in.visitor import Area, sign_in

CITIZEN = "49f470a1-cc52-49b7"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


def in_session(provider: OpenIdProvider, name: str) -> None:
    """Have the provider name its own session in the tokens that it gives from now on."""
    provider.bent.claims = lambda claims: claims | {"sid": name}


async def tell(area: Area, token: str, service: str = "cis2", **form: str) -> int:
    async with area.browser() as provider:
        answer = await provider.post(f"/sign-in/{service}/signed-out", data={"logout_token": token, **form})
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text == ""
    return answer.status_code


async def is_signed_in(browser: httpx.AsyncClient) -> bool:
    return not (await browser.get("/sessions")).headers.get("location", "").startswith("/?")


@pytest.mark.parametrize("named", [{"sid": "s-1"}, {"sub": "555000000101"}, {"sid": "s-1", "sub": "555000000101"}])
async def test_staff_who_are_signed_out_at_cis2_are_signed_out_here(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider, named: dict[str, Any]
) -> None:
    in_session(cis2, "s-1")
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    assert await is_signed_in(browser)
    assert await tell(area, cis2.logout_token(client="an-area", **named)) == 200
    assert not await is_signed_in(browser)
    entry = (await area.logged())[-1]
    assert (entry["subtype"], entry["asked"], entry["agent"]["user"]) == (
        "sign-out", "cis2 back channel", "555000000101",
    )  # fmt: skip


@pytest.mark.parametrize("named", [{"sid": "n-1"}, {"sub": CITIZEN}])
async def test_a_citizen_who_is_signed_out_at_nhs_login_is_signed_out_here(
    browser: httpx.AsyncClient, area: Area, nhs_login: OpenIdProvider, named: dict[str, Any]
) -> None:
    in_session(nhs_login, "n-1")
    await sign_in(browser, nhs_login, nhs_login.accounts["citizen"], service="nhs-login")
    assert await tell(area, nhs_login.logout_token(client="an-area", **named), "nhs-login") == 200
    assert not await is_signed_in(browser)


async def test_one_session_at_the_provider_ends_what_rests_on_it_alone(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider
) -> None:
    async with area.browser() as other, area.browser() as somebody:
        in_session(cis2, "s-1")
        await sign_in(browser, cis2, cis2.accounts["nurse"])
        in_session(cis2, "s-2")
        await sign_in(other, cis2, cis2.accounts["nurse"])
        in_session(cis2, "s-3")
        await sign_in(somebody, cis2, staff(NURSE, sub="555000000999"))
        assert await tell(area, cis2.logout_token(client="an-area", sid="s-1", sub="555000000101")) == 200
        assert [await is_signed_in(each) for each in (browser, other, somebody)] == [False, True, True]


async def test_a_session_whose_provider_named_none_ends_with_its_user(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider
) -> None:
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    assert await tell(area, cis2.logout_token(client="an-area", sid="s-9", sub="555000000101")) == 200
    assert not await is_signed_in(browser)


async def test_hazard_who_has_yet_to_choose_a_role_is_signed_out_too(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider
) -> None:
    await sign_in(browser, cis2, cis2.accounts["three"])
    assert await tell(area, cis2.logout_token(client="an-area", sub="555000000303")) == 200
    assert (await browser.post("/sign-in/role", data={"role": "0"})).status_code == 403
    assert not await is_signed_in(browser)


async def test_hazard_a_word_that_was_overheard_ends_nothing_when_it_is_sent_again(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider
) -> None:
    token = cis2.logout_token(client="an-area", sub="555000000101")
    assert await tell(area, token) == 200
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    assert await tell(area, token) == 400
    assert await is_signed_in(browser)


def changed(**claims: Any) -> Callable[[OpenIdProvider], str]:
    return lambda provider: provider.logout_token(client="an-area", **{"sub": "555000000101"} | claims)


def headed(**header: Any) -> Callable[[OpenIdProvider], str]:
    return lambda provider: provider.logout_token(client="an-area", sub="555000000101", header=header)


def moved(**seconds: int) -> Callable[[OpenIdProvider], str]:
    def make(provider: OpenIdProvider) -> str:
        times: dict[str, Any] = {name: int(provider.now()) + by for name, by in seconds.items()}
        return provider.logout_token(client="an-area", sub="555000000101", **times)

    return make


_FORGED = {
    "an ID token's type": headed(typ="JWT"),
    "no type": headed(typ=""),
    "no algorithm": headed(alg="none"),
    "the public key as a secret": headed(alg="HS256"),
    "an unknown key": headed(kid="another"),
    "something critical": headed(crit=["typ"]),
    "another issuer": changed(iss="https://elsewhere.example"),
    "another area": changed(aud="another-area"),
    "several areas": changed(aud=["an-area", "another-area"]),
    "no event": changed(events=None),
    "another event": changed(events={"http://schemas.openid.net/event/else": {}}),
    "an event that is no object": changed(events={EVENT: "yes"}),
    "a nonce": changed(nonce="n"),
    "nobody": changed(sub=None),
    "a strange subject": changed(sub={"a": 1}),
    "a subject without end": changed(sub="5" * 300),
    "no name of its own": changed(jti=None),
    "no end": changed(exp=None),
    "no beginning": changed(iat=None),
    "an end that is past": moved(exp=-61),
    "a beginning to come": moved(iat=61),
    "a beginning long ago": moved(iat=-601),
    "a text": lambda _: "logout",
    "nothing": lambda _: "",
}


@pytest.mark.parametrize("forged", _FORGED.values(), ids=_FORGED)
async def test_hazard_a_stranger_signs_nobody_out(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider, forged: Callable[[OpenIdProvider], str]
) -> None:
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    assert await tell(area, forged(cis2)) == 400
    assert await is_signed_in(browser)


async def test_hazard_an_id_token_is_no_logout_token(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider
) -> None:
    kept: list[str] = []

    def keep(token: str) -> str:
        kept.append(token)
        return token

    cis2.bent.token = keep
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    assert await tell(area, kept[0]) == 400
    assert await is_signed_in(browser)


async def test_a_word_of_one_provider_ends_nothing_of_the_other(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider, nhs_login: OpenIdProvider
) -> None:
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    token = nhs_login.logout_token(client="an-area", sub="555000000101")
    assert await tell(area, token, "nhs-login") == 200
    assert await tell(area, nhs_login.logout_token(client="an-area", sub="555000000101")) == 400
    assert await is_signed_in(browser)


async def test_forged_words_without_end_are_slowed_and_true_ones_are_not(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider
) -> None:
    flow = area.app.parts
    assert flow is not None
    await area.pool.execute("TRUNCATE failed_sign_in")
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    told = [await tell(area, "x") for _ in range(31)]
    assert (told[0], told[-1]) == (400, 429)
    assert await tell(area, cis2.logout_token(client="an-area", sub="555000000101")) == 200
    assert not await is_signed_in(browser)


async def test_a_form_that_is_no_form_is_refused(area: Area, cis2: OpenIdProvider) -> None:
    token = cis2.logout_token(client="an-area", sub="555000000101")
    async with area.browser() as provider:
        for content in (
            b"logout_token=" + b"x" * 20_000,
            f"logout_token={token}&logout_token={token}".encode(),
            b"\xff",
            b"",
        ):
            answer = await provider.post("/sign-in/cis2/signed-out", content=content)
            assert answer.status_code == 400
        assert (await provider.post("/sign-in/elsewhere/signed-out")).status_code == 404


async def test_limits_of_time(area: Area, cis2: OpenIdProvider, browser: httpx.AsyncClient) -> None:
    """Clocks may differ by a minute."""
    for by in (timedelta(seconds=59), -timedelta(minutes=9)):
        await sign_in(browser, cis2, cis2.accounts["nurse"])
        seconds = int(by.total_seconds())
        assert await tell(area, moved(iat=seconds, exp=seconds + 600)(cis2)) == 200
        assert not await is_signed_in(browser)
