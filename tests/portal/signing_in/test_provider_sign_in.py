"""Signing in by NHS CIS2 and NHS login to a whole area, with a local provider of each over real sockets."""

import re
from datetime import timedelta

import httpx
import pytest
from starlette.responses import PlainTextResponse
from tests.identity.openid.accounts import NURSE, citizen, role, staff
from tests.identity.openid_provider import Account, OpenIdProvider
from tests.portal.signing_in.visitor import BASE, SESSION, Area, come_back, lead, sign_in

from lhcr.kernel.clock import FixedClock


async def test_the_first_page_offers_both_ways_and_no_persona(browser: httpx.AsyncClient) -> None:
    """Hazard: a persona that opens a real record."""
    page = await browser.get("/")
    assert "Sign in with NHS CIS2" in page.text
    assert "Sign in with NHS login" in page.text
    assert "persona" not in page.text
    assert "demonstration" not in page.text
    assert (await browser.post("/sign-in", data={"persona": "gp"})).status_code == 404


async def test_staff_with_one_role_work_in_it_at_once(browser: httpx.AsyncClient, cis2: OpenIdProvider) -> None:
    answer = await sign_in(browser, cis2, cis2.accounts["nurse"])
    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    page = await browser.get("/find")
    assert "Ada Fell" in page.text
    assert "Nurse, ALDERMERE SURGERY" in page.text


async def test_a_session_is_a_cookie_that_scripts_and_other_sites_do_not_get(
    browser: httpx.AsyncClient, cis2: OpenIdProvider
) -> None:
    answer = await sign_in(browser, cis2, cis2.accounts["nurse"])
    (cookie,) = (each for each in answer.headers.get_list("set-cookie") if each.startswith(f"{SESSION}="))
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=43200"} <= set(cookie.split("; "))
    assert "lhcr-sign-in" not in browser.cookies


async def test_staff_with_several_roles_choose_one_and_are_nobody_before(
    browser: httpx.AsyncClient, cis2: OpenIdProvider
) -> None:
    answer = await sign_in(browser, cis2, cis2.accounts["three"], next="/log")
    assert answer.headers["location"] == "/sign-in/role"
    assert SESSION not in browser.cookies
    assert (await browser.get("/find")).headers["location"].startswith("/?")
    page = await browser.get("/sign-in/role")
    assert re.findall(r'<label[^>]*for="role-\d">\s*([^<]+?)\s*<', page.text) == [
        "Nurse, ALDERMERE SURGERY",
        "Clinical Practitioner, THE TRUST",
        "Privacy Officer, THE TRUST",
    ]
    assert len(re.findall("<button", page.text)) == 1
    chosen = await browser.post("/sign-in/role", data={"role": "2"})
    assert chosen.headers["location"] == "/log"
    assert "Privacy Officer, THE TRUST" in (await browser.get("/log")).text


async def test_a_choice_is_made_once_by_the_browser_that_was_offered_it(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider
) -> None:
    await sign_in(browser, cis2, cis2.accounts["three"])
    offered = browser.cookies["lhcr-sign-in"]
    await browser.post("/sign-in/role", data={"role": "0"})
    async with area.browser() as other:
        other.cookies.set("lhcr-sign-in", offered)
        again = await other.post("/sign-in/role", data={"role": "1"})
        assert again.status_code == 403
        assert "You are not signed in" in again.text
        assert SESSION not in other.cookies


@pytest.mark.parametrize("chosen", ["3", "-1", "99999999", "two", "", "²"])
async def test_a_role_that_was_not_offered_signs_nobody_in(
    browser: httpx.AsyncClient, cis2: OpenIdProvider, chosen: str
) -> None:
    await sign_in(browser, cis2, cis2.accounts["three"])
    answer = await browser.post("/sign-in/role", data={"role": chosen})
    assert answer.status_code in {403, 422}
    assert SESSION not in browser.cookies


async def test_a_choice_lasts_five_minutes(
    browser: httpx.AsyncClient, cis2: OpenIdProvider, area_clock: FixedClock
) -> None:
    await sign_in(browser, cis2, cis2.accounts["three"])
    area_clock.instant += timedelta(minutes=5)
    assert (await browser.get("/sign-in/role")).headers["location"] == "/"
    assert (await browser.post("/sign-in/role", data={"role": "0"})).status_code == 403
    assert SESSION not in browser.cookies


async def test_a_change_of_role_is_a_new_session_that_lasts_no_longer(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider, area_clock: FixedClock
) -> None:
    """Hazard: what was opened in one role stays open in another, and a shift that never ends."""
    await sign_in(browser, cis2, cis2.accounts["three"])
    await browser.post("/sign-in/role", data={"role": "0"})
    before, began = browser.cookies[SESSION], area_clock.instant
    assert "Change role" in (await browser.get("/find")).text
    assert "You are working in this role" in (await browser.get("/role")).text
    area_clock.instant += timedelta(minutes=10)
    assert (await browser.post("/role", data={"role": "1"})).headers["location"] == "/home"
    assert browser.cookies[SESSION] != before
    assert "Clinical Practitioner, THE TRUST" in (await browser.get("/find")).text
    async with area.browser() as old:
        old.cookies.set(SESSION, before)
        assert (await old.get("/find")).headers["location"].startswith("/?")
        assert (await old.post("/role", data={"role": "0"})).status_code == 303
        assert (await old.get("/find")).headers["location"].startswith("/?")
    (row,) = await area.pool.fetch("SELECT ends FROM session")
    assert row["ends"] == began + timedelta(hours=12)


async def test_signing_in_ends_the_session_before_whoever_planted_it(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider
) -> None:
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    planted = browser.cookies[SESSION]
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    assert browser.cookies[SESSION] != planted
    async with area.browser() as other:
        other.cookies.set(SESSION, planted)
        assert (await other.get("/find")).headers["location"].startswith("/?")


async def test_whoever_has_yet_to_choose_a_role_is_not_the_one_who_sat_there_before(
    browser: httpx.AsyncClient, cis2: OpenIdProvider
) -> None:
    """Hazard: what somebody does stands in the log under the name of a colleague who left the desk."""
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    left = browser.cookies[SESSION]
    await sign_in(browser, cis2, cis2.accounts["three"])
    assert SESSION not in browser.cookies
    browser.cookies.set(SESSION, left)
    assert (await browser.get("/find")).headers["location"].startswith("/?")
    assert (await browser.post("/sign-in/role", data={"role": "0"})).headers["location"] == "/home"


async def test_signing_out_ends_the_session_and_is_in_the_log(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider
) -> None:
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    token = browser.cookies[SESSION]
    await browser.post("/sign-out")
    assert SESSION not in browser.cookies
    browser.cookies.set(SESSION, token)
    assert (await browser.get("/find")).headers["location"].startswith("/?")
    signed_in, signed_out = (await area.logged())[-2:]
    assert [each["subtype"] for each in (signed_in, signed_out)] == ["sign-in", "sign-out"]
    assert signed_in["agent"]["token"] == signed_out["agent"]["token"]


@pytest.mark.parametrize(("level", "way"), [("3", "cis2-aal3"), ("2", "cis2-aal2"), (2, "cis2-aal2")])
async def test_the_log_says_who_signed_in_as_what_and_how_strongly(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider, level: object, way: str
) -> None:
    await sign_in(browser, cis2, staff(NURSE, level=level))
    entry = (await area.logged())[-1]
    assert (entry["kind"], entry["subtype"], entry["outcome"], entry["asked"]) == ("110114", "sign-in", "0", way)
    assert entry["agent"]["user"] == "555000000101"
    assert (entry["agent"]["role"], entry["agent"]["organisation"]) == ("R8001", "A81001")


@pytest.mark.parametrize(
    ("account", "error", "said"),
    [
        (staff(NURSE, level="1", sub="5501"), "assurance-too-low", "not strong enough"),
        (staff(NURSE, level="", sub="5502"), "assurance-too-low", "not strong enough"),
        (staff(NURSE, level="3", acr="AAL1_USERPASS", sub="5503"), "assurance-too-low", "not strong enough"),
        (staff(sub="5504"), "role-missing", "no role of yours"),
        (staff(role("A81001", "S0010:G0020:R9999"), sub="5505"), "role-unknown", "R9999"),
        (staff(role("XYZ99", "S0010:G0020:R8000"), sub="5506"), "organisation-unknown", "XYZ99"),
    ],
)
async def test_staff_who_cannot_be_let_in_read_why_and_what_to_do(
    browser: httpx.AsyncClient, area: Area, cis2: OpenIdProvider, account: Account, error: str, said: str
) -> None:
    answer = await sign_in(browser, cis2, account)
    assert answer.status_code == 403
    assert said in answer.text
    assert "What you can do" in answer.text
    assert SESSION not in browser.cookies
    entry = (await area.logged())[-1]
    assert (entry["subtype"], entry["outcome"], entry["rule"]) == ("sign-in", "4", error)
    assert entry["agent"]["user"] == account.sub


async def test_a_citizen_signs_in_and_is_the_one_whose_number_nhs_login_tells(
    browser: httpx.AsyncClient, area: Area, nhs_login: OpenIdProvider
) -> None:
    asked = await lead(browser, "nhs-login")
    assert asked["vtr"] == '["P9.Cp.Cd", "P9.Cp.Ck", "P9.Cm"]'
    answer = await come_back(browser, nhs_login, asked, nhs_login.accounts["citizen"])
    assert answer.headers["location"] == "/home"
    (row,) = await area.pool.fetch("SELECT claims, idle, ends - began AS longest FROM session")
    assert b'"nhs_number":"9990000018"' in row["claims"]
    assert (row["idle"], row["longest"]) == (timedelta(minutes=10), timedelta(hours=2))
    entry = (await area.logged())[-1]
    assert (entry["asked"], entry["purpose"], entry["agent"]["kind"]) == ("nhs-login-p9", "PATRQT", "citizen")
    assert "9990000018" not in str(entry)
    assert "9990000018" not in str(answer.headers)


@pytest.mark.parametrize(
    ("account", "said"),
    [
        (citizen(proof="P5", vector="P5.Cp.Cd"), "proved who you are"),
        (citizen(proof="P0", vector="P0.Cp"), "proved who you are"),
        (citizen(proof="P9", vector="P5.Cp.Cd"), "proved who you are"),
        (citizen(proof="P5", vector="P9.Cp.Cd"), "proved who you are"),
        (citizen(proof="P9", vector="P9.Cp"), "proved who you are"),
        (citizen("9990000019"), "NHS number"),
        (citizen("999 000 0018"), "NHS number"),
        (citizen(9990000018), "NHS number"),
        (citizen(None), "NHS number"),
        (citizen(""), "NHS number"),
    ],
)
async def test_a_citizen_whose_proof_or_number_is_not_good_is_not_let_in(
    browser: httpx.AsyncClient, nhs_login: OpenIdProvider, account: Account, said: str
) -> None:
    """Hazard: wrong person."""
    answer = await sign_in(browser, nhs_login, account, service="nhs-login")
    assert answer.status_code == 403
    assert said in answer.text
    assert SESSION not in browser.cookies


async def test_a_number_that_is_told_in_two_ways_is_nobodys(
    browser: httpx.AsyncClient, nhs_login: OpenIdProvider
) -> None:
    """Hazard: wrong person."""
    nhs_login.bent.userinfo = lambda told: {**told, "nhs_number": "9990000026"}
    answer = await sign_in(browser, nhs_login, nhs_login.accounts["citizen"], service="nhs-login")
    assert answer.status_code == 403
    assert SESSION not in browser.cookies


async def test_whoever_asked_for_a_page_is_led_to_it(browser: httpx.AsyncClient, cis2: OpenIdProvider) -> None:
    asked_for = await browser.get("/record/abc/timeline?year=2020")
    page = await browser.get(asked_for.headers["location"])
    link = re.search(r'href="(/sign-in/cis2[^"]*)"', page.text)
    assert link
    led = await browser.get(link[1].replace("&amp;", "&"))
    asked = dict(httpx.URL(led.headers["location"]).params)
    answer = await come_back(browser, cis2, asked, cis2.accounts["nurse"])
    assert answer.headers["location"] == "/record/abc/timeline?year=2020"


async def test_whoever_asked_to_let_an_app_act_is_led_back_to_it(
    browser: httpx.AsyncClient, cis2: OpenIdProvider
) -> None:
    path = "/auth/authorize?response_type=code&client_id=an-app&redirect_uri=https%3A%2F%2Fapp.example%2Fback&state=x"
    answer = await sign_in(browser, cis2, cis2.accounts["nurse"], next=path)
    assert answer.headers["location"] == path


@pytest.mark.parametrize(
    "path", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "/sign-out"]
)
async def test_nobody_is_led_elsewhere(browser: httpx.AsyncClient, cis2: OpenIdProvider, path: str) -> None:
    answer = await sign_in(browser, cis2, cis2.accounts["nurse"], next=path)
    assert answer.headers["location"] == "/home"


async def test_a_provider_that_is_down_is_a_page_that_says_so(browser: httpx.AsyncClient, cis2: OpenIdProvider) -> None:
    cis2.bent.response = lambda name: PlainTextResponse("", status_code=500) if name == "token" else None
    answer = await sign_in(browser, cis2, cis2.accounts["nurse"])
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert "NHS CIS2 does not answer" in answer.text
    assert "Try again in a few minutes." in answer.text


async def test_whoever_does_not_agree_is_told_that_they_are_not_signed_in(
    browser: httpx.AsyncClient, nhs_login: OpenIdProvider
) -> None:
    nhs_login.bent.answer = lambda told: {"state": told["state"], "iss": told["iss"], "error": "access_denied"}
    answer = await sign_in(browser, nhs_login, nhs_login.accounts["citizen"], service="nhs-login")
    assert answer.status_code == 403
    assert "did not agree" in answer.text


async def test_a_parameter_that_comes_twice_makes_an_answer_none(
    browser: httpx.AsyncClient, cis2: OpenIdProvider
) -> None:
    asked = await lead(browser)
    answered = cis2.answered(asked, cis2.accounts["nurse"]).removeprefix(BASE)
    for doubled in (f"{answered}&code=x", f"{answered}&state=x", f"{answered}&iss=x"):
        assert (await browser.get(doubled)).status_code == 403
    assert SESSION not in browser.cookies


async def test_another_site_begins_no_sign_in(browser: httpx.AsyncClient) -> None:
    for site in ("cross-site", "same-site"):
        answer = await browser.get("/sign-in/cis2", headers={"sec-fetch-site": site})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("headers", [{"origin": "https://evil.test"}, {"origin": "null"}])
async def test_another_site_chooses_no_role(
    browser: httpx.AsyncClient, cis2: OpenIdProvider, headers: dict[str, str]
) -> None:
    await sign_in(browser, cis2, cis2.accounts["three"])
    assert (await browser.post("/sign-in/role", data={"role": "0"}, headers=headers)).status_code == 403
    await browser.post("/sign-in/role", data={"role": "0"})
    assert (await browser.post("/role", data={"role": "1"}, headers=headers)).status_code == 403


@pytest.mark.parametrize("address", ["/sign-in/elsewhere", "/sign-in/elsewhere/back", "/sign-in/cis2/else"])
async def test_a_service_that_nobody_signs_in_with_is_not_there(browser: httpx.AsyncClient, address: str) -> None:
    assert (await browser.get(address)).status_code == 404


async def test_a_session_of_staff_ends_after_fifteen_minutes_without_use(
    browser: httpx.AsyncClient, cis2: OpenIdProvider, area_clock: FixedClock
) -> None:
    await sign_in(browser, cis2, cis2.accounts["nurse"])
    area_clock.instant += timedelta(minutes=14, seconds=59)
    assert (await browser.get("/find")).status_code == 200
    area_clock.instant += timedelta(minutes=15)
    assert (await browser.get("/find")).headers["location"].startswith("/?")


async def test_a_session_of_a_citizen_ends_after_ten_minutes_without_use(
    browser: httpx.AsyncClient, nhs_login: OpenIdProvider, area_clock: FixedClock
) -> None:
    await sign_in(browser, nhs_login, nhs_login.accounts["citizen"], service="nhs-login")
    area_clock.instant += timedelta(minutes=10)
    assert (await browser.get("/home")).headers["location"] == "/"
