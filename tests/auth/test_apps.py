"""A user's own apps: listed for whoever let them in, ended by them alone, and at sign-out where no more was allowed."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from tests.auth.apps import APP, ORIGIN, OTHER_APP, Flow, bearer
from tests.auth.clients import entries, register
from tests.auth.conftest import demonstration, running

FLOW = Flow()
PAGE = "/auth/apps"


@pytest.fixture
async def browser(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which a GP is signed in."""
    await demonstration(dsn)
    await register(dsn, APP, OTHER_APP)
    async with running(dsn) as client:
        assert (await FLOW.sign_in(client, "gp")).status_code == 303
        yield client


def grants_on(page: httpx.Response) -> list[str]:
    assert page.status_code == 200
    return re.findall(r'name="grant" value="([^"]+)"', page.text)


async def works(browser: httpx.AsyncClient, token: str) -> bool:
    return (await browser.get("/fhir/Observation?patient=1", headers=bearer(token))).status_code != 401


async def sign_out(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/sign-out", headers=ORIGIN)).status_code == 303


async def test_a_user_sees_which_apps_they_let_do_what(browser: httpx.AsyncClient) -> None:
    assert "No app can see records for you." in (await browser.get(PAGE)).text
    await FLOW.tokens(browser)
    page = await browser.get(PAGE)
    assert len(grants_on(page)) == 1
    for words in ("An App", "Read and search: Measurement or finding", "also when you sign out"):
        assert words in page.text
    assert page.headers["cache-control"] == "no-store"
    await FLOW.tokens(browser, scope="user/Observation.rs")
    assert "until you sign out" in (await browser.get(PAGE)).text


async def test_every_page_leads_to_a_users_apps(browser: httpx.AsyncClient) -> None:
    home = await browser.get("/home", follow_redirects=True)
    assert f'href="{PAGE}"' in home.text


@pytest.mark.parametrize("persona", ["privacy-officer", "caldicott", "operator"])
async def test_an_office_that_lets_no_app_act_is_not_led_to_apps(browser: httpx.AsyncClient, persona: str) -> None:
    assert (await FLOW.sign_in(browser, persona)).status_code == 303
    home = await browser.get("/home", follow_redirects=True)
    assert (home.status_code, f'href="{PAGE}"' in home.text) == (200, False)


async def test_what_a_user_removes_is_good_for_nothing_with_the_next_request(
    browser: httpx.AsyncClient, dsn: str
) -> None:
    told = await FLOW.tokens(browser)
    (grant,) = grants_on(await browser.get(PAGE))
    answer = await browser.post(PAGE, data={"grant": grant}, headers=ORIGIN)
    assert answer.headers["location"] == f"{PAGE}?removed"
    assert not await works(browser, told["access_token"])
    refused = await browser.post("/auth/token", data=FLOW.refresh(told["refresh_token"]))
    assert refused.json()["error"] == "invalid_grant"
    assert grants_on(await browser.get(PAGE)) == []
    (entry,) = [each for each in await entries(dsn) if each["subtype"] == "apps"]
    assert (entry["agent"]["user"], entry["asked"]) == ("persona:gp", "an-app: user/Observation.rs offline_access")


async def test_hazard_nobody_sees_or_ends_what_another_allowed(browser: httpx.AsyncClient) -> None:
    told = await FLOW.tokens(browser)
    (grant,) = grants_on(await browser.get(PAGE))
    await FLOW.sign_in(browser, "pharmacist")
    assert grants_on(await browser.get(PAGE)) == []
    answers = [await browser.post(PAGE, data={"grant": each}, headers=ORIGIN) for each in (grant, "x", "")]
    assert {answer.headers["location"] for answer in answers} == {f"{PAGE}?unknown"}
    assert await works(browser, told["access_token"])


async def test_an_app_that_there_is_not_is_not_said_to_be_removed(browser: httpx.AsyncClient) -> None:
    """Hazard: somebody believes that an app which goes on reading has been ended."""
    await FLOW.tokens(browser)
    for grant, said in (("unknown", "Nothing was removed"), (grants_on(await browser.get(PAGE))[0], "is removed. It")):
        answer = await browser.post(PAGE, data={"grant": grant}, headers=ORIGIN)
        page = (await browser.get(answer.headers["location"])).text
        assert [words for words in ("Nothing was removed", "is removed. It") if words in page] == [said]


@pytest.mark.parametrize("headers", [{}, {"origin": "https://evil.example"}])
async def test_another_site_ends_nothing(browser: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """Hazard: cross-site request forgery."""
    told = await FLOW.tokens(browser)
    (grant,) = grants_on(await browser.get(PAGE))
    assert (await browser.post(PAGE, data={"grant": grant}, headers=headers)).status_code == 403
    assert await works(browser, told["access_token"])


async def test_who_is_not_signed_in_is_led_to_sign_in(browser: httpx.AsyncClient) -> None:
    await sign_out(browser)
    for answer in (await browser.get(PAGE), await browser.post(PAGE, data={"grant": "x"}, headers=ORIGIN)):
        assert (answer.status_code, answer.headers["location"][:1]) == (303, "/")


async def test_hazard_signing_out_ends_what_was_allowed_for_the_session_in_every_worker(
    browser: httpx.AsyncClient, dsn: str
) -> None:
    """Hazard: access that outlives whoever left the screen."""
    for_session = await FLOW.tokens(browser, scope="user/Observation.rs")
    code = await FLOW.code(browser, scope="user/Observation.rs")
    for_longer = await FLOW.tokens(browser)
    assert await works(browser, for_session["access_token"])
    await sign_out(browser)
    async with running(dsn) as another_worker:
        assert not await works(another_worker, for_session["access_token"])
        assert await works(another_worker, for_longer["access_token"])
        answer = await another_worker.post("/auth/token", data=FLOW.exchange(code))
        assert answer.json()["error"] == "invalid_grant"
        again = await another_worker.post("/auth/token", data=FLOW.refresh(for_longer["refresh_token"]))
        assert again.status_code == 200


async def test_another_users_sign_out_ends_nothing(browser: httpx.AsyncClient, dsn: str) -> None:
    told = await FLOW.tokens(browser, scope="user/Observation.rs")
    async with running(dsn) as other:
        await FLOW.sign_in(other, "pharmacist")
        await sign_out(other)
    async with running(dsn) as another_worker:
        assert await works(another_worker, told["access_token"])
