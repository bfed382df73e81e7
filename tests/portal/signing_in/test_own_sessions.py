"""Where somebody is signed in: listed for them alone, and ended by them once they have just proved who they are."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from tests.identity.openid.accounts import NURSE, staff
from tests.identity.openid_provider import OpenIdProvider
from tests.portal.signing_in.visitor import Area, sign_in

from lhcr.kernel.clock import FixedClock

PAGE = "/sessions"
_PHONE = {
    "user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Version/17.4 Mobile/15E148 Safari/604.1"
}


@pytest.fixture
async def phone(area: Area) -> AsyncIterator[httpx.AsyncClient]:
    async with area.browser() as client:
        client.headers.update(_PHONE)
        yield client


async def offered(browser: httpx.AsyncClient) -> list[str]:
    page = await browser.get(PAGE)
    assert page.status_code == 200
    return re.findall(r'name="session" value="([^"]+)"', page.text)


async def is_signed_in(browser: httpx.AsyncClient) -> bool:
    return (await browser.get("/find")).status_code == 200


async def test_somebody_sees_where_they_are_signed_in_and_ends_it_with_the_next_request(
    browser: httpx.AsyncClient, phone: httpx.AsyncClient, area: Area, cis2: OpenIdProvider
) -> None:
    await sign_in(phone, cis2, cis2.accounts["nurse"])
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    page = await browser.get(PAGE)
    assert "Safari on an iPhone" in page.text
    assert "Nurse, ALDERMERE SURGERY" in page.text
    assert page.text.count("(this one)") == 1
    assert f'href="{PAGE}"' in (await browser.get("/find")).text
    (name,) = await offered(browser)
    answer = await browser.post(PAGE, data={"session": name})
    assert answer.headers["location"] == f"{PAGE}?ended"
    assert not await is_signed_in(phone)
    assert await is_signed_in(browser)
    assert await offered(browser) == []
    entry = (await area.logged())[-1]
    assert (entry["subtype"], entry["asked"], entry["agent"]["user"]) == ("sessions-ended", "1", "555000000101")


async def test_everywhere_else_is_ended_at_once(area: Area, browser: httpx.AsyncClient, cis2: OpenIdProvider) -> None:
    async with area.browser() as one, area.browser() as two:
        for each in (one, two, browser):
            await sign_in(each, cis2, cis2.accounts["nurse"])
        assert "Sign out everywhere else" in (await browser.get(PAGE)).text
        await browser.post(PAGE, data={"all": "all"})
        assert [await is_signed_in(each) for each in (one, two, browser)] == [False, False, True]


async def test_hazard_nobody_sees_or_ends_anothers_session(
    browser: httpx.AsyncClient, phone: httpx.AsyncClient, area: Area, cis2: OpenIdProvider
) -> None:
    await sign_in(phone, cis2, staff(NURSE, sub="555000000999"))
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    assert "iPhone" not in (await browser.get(PAGE)).text
    rows = await area.pool.fetch("SELECT substr(encode(id_digest, 'hex'), 1, 16) AS name FROM session")
    for row in rows:
        answer = await browser.post(PAGE, data={"session": f"session-{row['name']}"})
        assert answer.headers["location"] == f"{PAGE}?unknown"
    await browser.post(PAGE, data={"all": "all"})
    assert await is_signed_in(phone)
    assert await is_signed_in(browser)


async def test_hazard_at_a_screen_that_was_left_signed_in_nobody_ends_what_is_elsewhere(
    browser: httpx.AsyncClient, phone: httpx.AsyncClient, cis2: OpenIdProvider, area_clock: FixedClock
) -> None:
    """Only whoever has just proved who they are does, and the page leads there."""
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    before = area_clock.instant
    try:
        area_clock.instant += timedelta(minutes=11)
        await sign_in(phone, cis2, cis2.accounts["nurse"])
        page = await browser.get(PAGE)
        assert await offered(browser) == []
        (prove,) = re.findall(r'href="(/sign-in/cis2[^"]+)"', page.text)
        assert (await browser.post(PAGE, data={"all": "all"})).status_code == 403
        assert await is_signed_in(phone)
        led = await browser.get(prove.replace("&amp;", "&"))
        assert "prompt=login" in led.headers["location"]
    finally:
        area_clock.instant = before


async def test_another_site_ends_no_session(
    browser: httpx.AsyncClient, phone: httpx.AsyncClient, cis2: OpenIdProvider
) -> None:
    await sign_in(phone, cis2, cis2.accounts["nurse"])
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    forged = await browser.post(PAGE, data={"all": "all"}, headers={"origin": "https://elsewhere.example"})
    assert forged.status_code == 403
    assert await is_signed_in(phone)


async def test_who_proved_long_ago_who_they_are_is_signed_in_for_what_is_left(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider, area_clock: FixedClock
) -> None:
    """Hazard: a session that lasts through the next day because it began at the provider's end of this one."""
    proved = int((area_clock.now() - timedelta(hours=11)).timestamp())
    cis2.bent.claims = lambda claims: claims | {"auth_time": proved}
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    (row,) = await area.pool.fetch("SELECT ends FROM session")
    assert row["ends"] == area_clock.now() + timedelta(hours=1)


@pytest.mark.parametrize("account", ["nurse", "three"])
async def test_who_proved_it_as_long_ago_as_a_session_lasts_is_asked_to_prove_it_again(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider, area_clock: FixedClock, account: str
) -> None:
    proved = int((area_clock.now() - timedelta(hours=12)).timestamp())
    cis2.bent.claims = lambda claims: claims | {"auth_time": proved}
    refused = await sign_in(browser, cis2, cis2.accounts[account])
    assert refused.status_code == 403
    assert "too long ago" in refused.text
    assert await area.pool.fetchval("SELECT count(*) FROM session") == 0
    assert await area.pool.fetchval("SELECT count(*) FROM role_choice") == 0


async def test_a_role_that_is_chosen_or_changed_lengthens_nothing(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider, area_clock: FixedClock
) -> None:
    proved = int((area_clock.now() - timedelta(hours=10)).timestamp())
    cis2.bent.claims = lambda claims: claims | {"auth_time": proved, "sid": "s-1"}
    await sign_in(browser, cis2, cis2.accounts["three"])
    await browser.post("/sign-in/role", data={"role": "0"})
    kept = "SELECT ends, proved, provider_session, service FROM session"
    (chosen,) = await area.pool.fetch(kept)
    assert (chosen["ends"], chosen["provider_session"]) == (area_clock.now() + timedelta(hours=2), "s-1")
    assert (await browser.post("/role", data={"role": "1"})).status_code == 303
    assert await area.pool.fetch(kept) == [chosen]
