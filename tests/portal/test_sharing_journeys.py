"""Choices about sharing over two running workers, on a phone: a citizen objects, a pharmacist is refused, and reads when it is taken back."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import asyncpg
import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page
from tests.portal import test_accessibility as accessible
from tests.portal.test_accessibility import WIDTHS, assert_fit
from tests.portal.test_office_journeys import run_apart, seed, system_of

from lhcr.app import build_app
from lhcr.cli.demonstration_mark import mark_demonstration
from lhcr.demo.access_policy import ACCESS_POLICY
from lhcr.demo.personas import BY_NAME
from lhcr.identity.area_settings import ACCESS_POLICY as POLICY_SETTING
from lhcr.identity.area_settings import setting_made_once
from lhcr.kernel.settings import Settings

pytestmark = accessible.pytestmark
browser = accessible.browser
NOBODY = "Nothing is to be shared"
ONE = "One organisation may not see what others wrote"
HIDDEN = "Some information is not shown to you."
HOSTILE = [
    "<script>alert(1)</script>",
    "\u202eFA123\x00",
    "FA123' OR '1'='1",
    "people-themselves",
    "ZZ999",
    "x" * 60_000,
]


@dataclass(frozen=True)
class Workers:
    """Two workers of one area, by their addresses."""

    first: str
    second: str
    dsn: str


@pytest.fixture(scope="module")
def running(migrated_database_of_module: Callable[[], str]) -> Iterator[Workers]:
    dsn = migrated_database_of_module()
    run_apart(_prepared(dsn))
    with served(dsn) as first, served(dsn) as second:
        seed(first)
        yield Workers(first, second, dsn)


@contextmanager
def served(dsn: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    app = build_app(Settings(base_url=address, area_name="Aldermere"), dsn, authenticate=system_of)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield address
    server.should_exit = True
    thread.join()


async def _prepared(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await mark_demonstration(connection)
    await setting_made_once(connection, POLICY_SETTING, make=lambda: ACCESS_POLICY)
    await connection.close()


async def _forgotten(dsn: str) -> None:
    """Each journey begins with nothing chosen."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("DELETE FROM fact_consent")
    await connection.execute(
        "DELETE FROM resource WHERE class IN (SELECT class_id FROM access_class JOIN source USING (source_id) WHERE ods = 'people-themselves')"
    )
    await connection.execute("UPDATE person SET epoch = epoch + 1")
    await connection.close()


@pytest.fixture
def nothing_chosen(running: Workers) -> None:
    run_apart(_forgotten(running.dsn))


@pytest.fixture
def context(browser: Browser, nothing_chosen: None) -> Iterator[BrowserContext]:  # noqa: ARG001
    made = browser.new_context(viewport={"width": WIDTHS["phone"]["width"], "height": WIDTHS["phone"]["height"]})
    yield made
    made.close()


def sign_in(context: BrowserContext, address: str, persona: str) -> Page:
    context.clear_cookies()
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(f"{address}/")
    page.get_by_role("button", name=BY_NAME[persona].display).click()
    return page


def opened_by_pharmacist(context: BrowserContext, address: str) -> Page:
    page = sign_in(context, address, "pharmacist")
    page.get_by_label("NHS number").fill("999 000 0018")
    page.get_by_role("button", name="Find by number").click()
    page.get_by_role("link", name="HEPWORTH, Dorothy").click()
    return page


def own_choices(context: BrowserContext, address: str) -> Page:
    page = sign_in(context, address, "patient")
    page.get_by_role("link", name="Sharing choices").click()
    return page


def choose(page: Page, title: str, named: str = "") -> None:
    part = page.locator("details", has_text=title)
    if part.get_attribute("open") is None:
        part.locator("summary").click()
    if named:
        part.locator("select").select_option(named)
    part.get_by_role("button").click()


def test_a_citizen_objects_the_pharmacist_is_refused_and_reads_when_it_is_taken_back(
    context: BrowserContext, running: Workers
) -> None:
    pharmacist = opened_by_pharmacist(context, running.second)
    assert pharmacist.get_by_text("Warfarin 1mg tablets").first.is_visible()
    assert pharmacist.get_by_text(HIDDEN).count() == 0

    person = own_choices(context, running.first)
    assert person.get_by_text("No choice is in force.").is_visible()
    assert person.get_by_role("heading", name="What a choice does not stop").is_visible()
    assert_fit(person, running.first)
    choose(person, ONE)
    assert person.get_by_role("alert").get_by_text("Choose an organisation.").is_visible()
    assert_fit(person, running.first)
    choose(person, NOBODY)
    assert person.get_by_text("In force since").is_visible()
    assert person.get_by_text("Nothing is shared now").is_visible()
    assert person.get_by_text("or emergency access").is_visible()
    assert_fit(person, running.first)

    pharmacist = opened_by_pharmacist(context, running.second)
    assert pharmacist.get_by_role("heading", name="You cannot open this").is_visible()
    assert pharmacist.get_by_text("The person objects to sharing their record").is_visible()
    assert pharmacist.get_by_text("Warfarin").count() == 0

    person = own_choices(context, running.first)
    person.goto(f"{running.first}{person.url.removeprefix(running.first).partition('/sharing')[0]}")
    assert person.get_by_text("Warfarin 1mg tablets").first.is_visible()
    person.get_by_role("link", name="Sharing choices").click()
    person.get_by_role("button", name="Take this back").click()
    assert person.get_by_role("heading", name="Taken back").is_visible()
    assert_fit(person, running.first)

    pharmacist = opened_by_pharmacist(context, running.second)
    assert pharmacist.get_by_text("Warfarin 1mg tablets").first.is_visible()


def test_one_organisation_is_chosen_by_name_and_one_kind_by_plain_words_without_javascript(
    browser: Browser,
    nothing_chosen: None,  # noqa: ARG001
    running: Workers,
) -> None:
    made = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    person = own_choices(made, running.first)
    choose(person, "One kind of information is not to be shared", "Medicines")
    assert person.get_by_role("heading", name="Medicines: not shared with anybody but who wrote it").is_visible()
    pharmacist = opened_by_pharmacist(made, running.second)
    assert pharmacist.get_by_text("Warfarin 1mg tablets").count() == 0
    assert pharmacist.get_by_text("Allergy to penicillin").first.is_visible()
    # Hazard: a record without medicines, read as that of somebody who takes none.
    assert pharmacist.get_by_text(HIDDEN).is_visible()
    pharmacist.get_by_role("link", name="begin emergency access").click()
    assert pharmacist.get_by_role("heading", name="Emergency access").is_visible()
    person = own_choices(made, running.first)
    assert person.get_by_text(HIDDEN).count() == 0
    assert person.get_by_text("That something is kept back").is_visible()
    choose(person, "What one organisation wrote is not to be shared", "Aldermere Surgery (A81001)")
    assert person.get_by_role("heading", name="What Aldermere Surgery wrote is not shared with others").is_visible()
    made.close()


@contextmanager
def signed_in(address: str, persona: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, headers={"origin": address}, timeout=60) as client:
        assert client.post("/sign-in", data={"persona": persona}).status_code == 303
        yield client


def sharing_of(client: httpx.Client) -> str:
    home = client.get("/home", follow_redirects=True)
    return f"{home.url.path}/sharing-choices"


def test_a_form_that_another_site_sends_changes_nothing(nothing_chosen: None, running: Workers) -> None:  # noqa: ARG001
    with signed_in(running.first, "patient") as client:
        address = sharing_of(client)
        for headers in ({"origin": "http://evil.test"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
            assert client.post(address, data={"kind": "whole"}, headers=headers).status_code == 403
        assert "No choice is in force." in client.get(address).text
        client.post(address, data={"kind": "whole"})
        (withdraw,) = re.findall(r'action="([^"]+/withdraw)"', client.get(address).text)
        assert client.post(withdraw, headers={"origin": "http://evil.test"}).status_code == 403
        assert "In force since" in client.get(address).text
        assert client.get(withdraw).status_code == 404


def test_hostile_words_choose_nothing_and_are_not_repeated(nothing_chosen: None, running: Workers) -> None:  # noqa: ARG001
    with signed_in(running.first, "patient") as client:
        address = sharing_of(client)
        for words in HOSTILE:
            for form in (
                {"kind": words},
                *({"kind": each, each: words} for each in ("organisation", "source", "category")),
            ):
                answer = client.post(address, data=form)
                assert answer.status_code in {413, 422}
                assert words not in answer.text
        assert client.post(f"{address}/{'b' * 16}/withdraw").status_code == 404
        assert "No choice is in force." in client.get(address).text


def test_sent_twice_it_is_chosen_once_and_taken_back_once(nothing_chosen: None, running: Workers) -> None:  # noqa: ARG001
    with signed_in(running.first, "patient") as client:
        address = sharing_of(client)
        for _ in range(2):
            answer = client.post(address, data={"kind": "category", "category": "allergy"})
            assert (answer.status_code, answer.headers["location"]) == (303, f"{address}#choices")
        (withdraw,) = re.findall(r'action="([^"]+/withdraw)"', client.get(address).text)
        for _ in range(2):
            assert client.post(withdraw).status_code == 303
        assert client.get(address).text.count("Allergies and bad reactions: not shared") == 1


@pytest.mark.parametrize("persona", ["pharmacist", "gp", "privacy-officer"])
def test_to_anybody_else_there_is_no_such_page(persona: str, running: Workers) -> None:
    """Hazard: wrong person."""
    with signed_in(running.first, "patient") as client:
        address = sharing_of(client)
    with signed_in(running.first, persona) as client:
        assert client.get(address).status_code == 404
        assert client.post(address, data={"kind": "whole"}).status_code == 404
        assert client.post(f"{address}/{'b' * 16}/withdraw").status_code == 404


def test_another_citizen_is_refused_as_a_stranger_is(running: Workers) -> None:
    with signed_in(running.first, "patient") as client:
        address = sharing_of(client)
    with signed_in(running.first, "carer") as client:
        assert client.get(address).status_code == 403
        assert client.post(address, data={"kind": "whole"}).status_code == 403


def test_who_changes_their_choices_all_day_is_told_to_wait(nothing_chosen: None, running: Workers) -> None:  # noqa: ARG001
    with signed_in(running.first, "patient") as client:
        address = sharing_of(client)
        kinds = re.findall(r'<option value="([a-z-]+)"', client.get(address).text)
        found = [client.post(address, data={"kind": "category", "category": each}) for each in kinds]
        found.append(client.post(address, data={"kind": "whole"}))
        while found[-1].status_code == 303:
            stand = re.findall(r'action="([^"]+/withdraw)"', client.get(address).text)
            found.extend(client.post(withdraw) for withdraw in stand)
        assert (found[-1].status_code, found[-1].headers["retry-after"]) == (429, "86400")
        assert "very often today" in found[-1].text
