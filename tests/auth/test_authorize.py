"""A person lets an app act for them: asked every time, led back only to the app's own address, and never in another's name."""

import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import httpx
import pytest
from tests.auth.apps import APP, BACK, KEYED_APP, ORIGIN, OTHER_APP, Flow, told_to_app
from tests.auth.clients import SYSTEM, entries, register
from tests.auth.conftest import BASE, demonstration, running

FLOW = Flow()


@pytest.fixture
async def area(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    await demonstration(dsn)
    await register(dsn, APP, OTHER_APP, KEYED_APP, SYSTEM)
    async with running(dsn) as client:
        yield client


@pytest.fixture
async def browser(area: httpx.AsyncClient) -> httpx.AsyncClient:
    """A browser in which a GP is signed in."""
    assert (await FLOW.sign_in(area, "gp")).status_code == 303
    return area


async def test_who_is_not_signed_in_signs_in_and_goes_on_with_the_same_request(area: httpx.AsyncClient) -> None:
    first = await area.get("/auth/authorize", params=FLOW.request())
    assert (first.status_code, first.headers["location"].startswith("/?next=%2Fauth%2Fauthorize%3F")) == (303, True)
    page = await area.get(first.headers["location"])
    onward = re.search(r'name="next" value="([^"]+)"', page.text)
    assert onward, page.text
    told = {"persona": "gp", "next": unescape(onward[1])}
    led = await area.post("/sign-in", data=told, headers=ORIGIN)
    assert led.status_code == 303
    assert led.headers["location"].startswith("/auth/authorize?")
    asked = await area.get(led.headers["location"])
    assert "Let An App act for you?" in asked.text
    assert "Read and search: Measurement or finding" in asked.text


async def test_the_app_is_told_a_code_its_state_and_who_answers(browser: httpx.AsyncClient) -> None:
    told = await FLOW.decide(browser)
    assert set(told) == {"code", "state", "iss"}
    assert (told["state"], told["iss"]) == ("a state", BASE)
    assert len(told["code"]) >= 43


async def test_an_address_with_a_query_of_its_own_keeps_it(browser: httpx.AsyncClient) -> None:
    assert (await FLOW.decide(browser, redirect_uri="http://127.0.0.1:9999/cb?x=1"))["x"] == "1"


async def test_who_does_not_allow_it_is_led_back_without_a_code(browser: httpx.AsyncClient) -> None:
    told = await FLOW.decide(browser, "deny")
    assert (told["error"], told["state"], told["iss"]) == ("access_denied", "a state", BASE)
    assert "code" not in told


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": "nobody"},
        {"client_id": "another-app"},
        {"client_id": "hospital-system"},
        {"redirect_uri": None},
        *(
            {"redirect_uri": each}
            for each in (
                f"{BACK}/",
                f"{BACK}?x=1",
                f"{BACK}#x",
                f"{BACK}/../evil",
                "https://app.example/Back",
                "HTTPS://APP.EXAMPLE/back",
                "http://app.example/back",
                "https://app.example:443/back",
                "https://app.example@evil.example/back",
                "https://app.example.evil.example/back",
                "https://evil.example/?https://app.example/back",
                "https://app.example/back%2f..%2fevil",
                "https://app.example\\@evil.example/back",
                " https://app.example/back",
                "//evil.example/back",
                "javascript:alert(1)",
                "http://127.0.0.1:9998/cb?x=1",
                "http://127.0.0.1:9999/cb",
            )
        ),
    ],
)
async def test_nobody_is_led_to_an_address_that_is_not_the_apps_own(
    browser: httpx.AsyncClient, changes: dict[str, Any]
) -> None:
    """Hazard: a code sent to a thief."""
    for answer in (
        await browser.get("/auth/authorize", params=FLOW.request(**changes)),
        await browser.post("/auth/authorize", data={**FLOW.request(**changes), "decision": "allow"}, headers=ORIGIN),
    ):
        assert answer.status_code in {400, 401}, answer.headers
        assert "location" not in answer.headers
        assert "evil" not in answer.text


async def test_an_address_that_is_sent_twice_is_refused(browser: httpx.AsyncClient) -> None:
    query = httpx.QueryParams(FLOW.request())
    answer = await browser.get(f"/auth/authorize?{query}&redirect_uri=https://evil.example/")
    assert (answer.status_code, "location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "=" * 43}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"state": "x" * 600}, "invalid_request"),
        ({"aud": None}, "invalid_request"),
        ({"aud": "https://evil.example/fhir"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "offline_access"}, "invalid_scope"),
        ({"scope": "system/Observation.rs"}, "invalid_scope"),
        ({"scope": "user/Condition.rs"}, "invalid_scope"),
        ({"scope": "patient/Observation.rs"}, "invalid_scope"),
        ({"request": "a.b.c"}, "request_not_supported"),
        ({"request_uri": "https://evil.example/"}, "request_not_supported"),
    ],
)
async def test_a_request_that_is_not_whole_is_told_to_the_app_and_gives_no_code(
    browser: httpx.AsyncClient, changes: dict[str, Any], error: str
) -> None:
    told = told_to_app(await browser.get("/auth/authorize", params=FLOW.request(**changes)))
    assert (told["error"], told["iss"]) == (error, BASE)
    posted = await browser.post(
        "/auth/authorize", data={**FLOW.request(**changes), "decision": "allow"}, headers=ORIGIN
    )
    assert not {"?code=", "&code="} & {posted.headers["location"][at : at + 6] for at in range(900)}


@pytest.mark.parametrize("headers", [{}, {"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
async def test_another_site_cannot_answer_for_who_is_signed_in(
    browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    """Hazard: cross-site request forgery."""
    form = {**FLOW.request(), "decision": "allow"}
    answer = await browser.post("/auth/authorize", data=form, headers=headers)
    assert (answer.status_code, "location" in answer.headers) == (403, False)


async def test_an_answer_to_a_question_that_was_not_put_is_no_answer(browser: httpx.AsyncClient) -> None:
    for session in ("", "session-0000000000000000"):
        form = {**FLOW.request(), "decision": "allow", "session": session}
        answer = await browser.post("/auth/authorize", data=form, headers=ORIGIN)
        assert answer.headers["location"].startswith("/auth/authorize?")
    head = await browser.head("/auth/authorize", params={**FLOW.request(), "decision": "allow"})
    assert "location" not in head.headers


async def test_hazard_the_page_cannot_be_framed_and_sends_its_form_nowhere_else(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/auth/authorize", params=FLOW.request())
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://app.example;" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert "<script>" not in page.text


async def test_what_an_app_sends_is_shown_as_text_alone(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/auth/authorize", params=FLOW.request(state='"><script>alert(1)</script>'))
    assert "<script>alert" not in page.text


async def test_what_was_allowed_and_what_was_not_is_in_the_log(browser: httpx.AsyncClient, dsn: str) -> None:
    code = await FLOW.code(browser)
    await FLOW.decide(browser, "deny")
    allowed, denied = [each for each in await entries(dsn) if each["subtype"] == "authorize"]
    assert (allowed["agent"]["user"], allowed["outcome"], allowed["subtype"]) == ("persona:gp", "0", "authorize")
    assert allowed["asked"] == "an-app: user/Observation.rs offline_access"
    assert (denied["outcome"], denied["rule"]) == ("4", "access_denied")
    assert code not in str([allowed, denied])
