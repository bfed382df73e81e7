"""Journeys of the privacy office in a browser, over a whole running area, on a phone: by officer, user, guardian and citizen."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta

import asyncpg
import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page
from tests.portal import test_accessibility as accessible
from tests.portal.test_accessibility import WIDTHS, assert_fit

from lhcr.app import build_app
from lhcr.cli.demonstration_mark import mark_demonstration
from lhcr.demo.generate import generate
from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME
from lhcr.fhir.json_document import write_json
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import FixedClock, SystemClock
from lhcr.kernel.settings import Settings
from lhcr.office.watch import WATCH_LOCK, make_watch
from lhcr.parts import running_parts

pytestmark = accessible.pytestmark
browser = accessible.browser
WORDS = "Came in by ambulance with chest pain"


@dataclass
class Area:
    """A running area with one person, Mrs Hepworth, whom the emergency department opens on its own word."""

    address: str
    dsn: str

    def check(self, *, days: float, tie: str = "") -> None:
        """What the area's own task does, so many days later, after the hospital wrote down an encounter or not."""
        run_apart(self._check(days, tie))

    async def _check(self, days: float, tie: str) -> None:
        async with running_parts(Settings(area_name="Aldermere"), self.dsn, clock=SystemClock()) as parts:
            pool, clock = parts.side_pool, FixedClock(parts.clock.now() + timedelta(days=days))
            if tie:
                await pool.execute(
                    "INSERT INTO fact_relationship SELECT DISTINCT person_id, 'RRE', $1, 77, now(), now() + interval '9 days' FROM alert",
                    tie,
                )
            watch = make_watch(pool, log=parts.log, policy=parts.policy, clock=clock, ids=parts.ids, site="Aldermere")
            assert await watch.check_now() is not None


@pytest.fixture(scope="module")
def running(migrated_database_of_module: Callable[[], str]) -> Iterator[Area]:
    dsn = migrated_database_of_module()
    run_apart(_marked(dsn))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    app = build_app(Settings(base_url=address, area_name="Aldermere"), dsn, authenticate=system_of)
    server = uvicorn.Server(uvicorn.Config(app, port=int(address.rpartition(":")[2]), log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    seed(address)
    yield Area(address, dsn)
    server.should_exit = True
    thread.join()


def run_apart(work: Coroutine[object, object, None]) -> None:
    """Run something in a loop of its own: this test's thread has one that is the browser's."""
    with ThreadPoolExecutor(max_workers=1) as apart:
        apart.submit(asyncio.run, work).result()


async def _marked(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await mark_demonstration(connection)
    await connection.close()


def system_of(token: str) -> Principal:
    """The demonstration's supplier, who speaks for whichever organisation the token names."""
    claimed = persona_claims(BY_NAME["supplier"]).principal(
        token_id=token, expires=SystemClock().now() + timedelta(days=1)
    )
    return replace(claimed, user_id=token, organisation=token)


def seed(address: str) -> None:
    """Write what the GP practice knows of the first person: nothing ties the hospital to her."""
    for contribution in generate(1, seed=1, today=date(2026, 3, 15)):
        if contribution.source_ods == "A81001":
            headers = {"authorization": "Bearer A81001", "content-type": "application/fhir+json"}
            answer = httpx.post(f"{address}/fhir", content=write_json(contribution.bundle), headers=headers, timeout=60)
            assert answer.status_code == 200, json.dumps(answer.json())[:400]


@pytest.fixture
def context(browser: Browser, running: Area) -> Iterator[BrowserContext]:
    width = WIDTHS["phone"]
    run_apart(_forgotten(running.dsn))
    made = browser.new_context(viewport={"width": width["width"], "height": width["height"]}, base_url=running.address)
    yield made
    made.close()


async def _forgotten(dsn: str) -> None:
    """Each journey begins with nothing noticed."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("SELECT pg_advisory_lock($1)", WATCH_LOCK)
    await connection.execute("TRUNCATE alert, privacy_case, privacy_case_step, judged_opening")
    await connection.execute("DELETE FROM fact_relationship WHERE kind IN ('claimed', 'emergency') OR rid = 77")
    await connection.execute(
        "UPDATE log_scan SET next_leaf = (SELECT coalesce(max(leaf_index) + 1, 0) FROM audit_leaf)"
    )
    await connection.execute("UPDATE person SET epoch = epoch + 1")
    await connection.close()


def sign_in(context: BrowserContext, persona: str) -> Page:
    context.clear_cookies()
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name=BY_NAME[persona].display).click()
    return page


def open_in_emergency(context: BrowserContext) -> None:
    page = sign_in(context, "ed-doctor")
    page.get_by_label("NHS number").fill("999 000 0018")
    page.get_by_role("button", name="Find by number").click()
    page.get_by_role("link", name="HEPWORTH, Dorothy").click()
    page.get_by_role("link", name="Emergency access").click()
    page.get_by_label("The person needs emergency care").check()
    page.get_by_label("Say why in your own words").fill(WORDS)
    page.get_by_role("button", name="Begin emergency access").click()
    assert page.get_by_text("Emergency access until").is_visible()


def open_cases(page: Page) -> None:
    page.goto("/home")
    page.get_by_role("navigation", name="Privacy office").get_by_role("link", name="Cases").click()


def test_an_officer_asks_the_user_reads_the_answer_and_closes_the_case(context: BrowserContext, running: Area) -> None:
    open_in_emergency(context)
    running.check(days=5)
    officer = sign_in(context, "privacy-officer")
    open_cases(officer)
    officer.get_by_role("link", name="Emergency access").click()
    assert officer.get_by_text("HEPWORTH, Dorothy").is_visible()
    assert officer.get_by_text(WORDS).is_visible()
    # By keyboard alone: the folded form opens, takes words and is sent.
    officer.locator("summary", has_text="Ask the user").focus()
    officer.keyboard.press("Enter")
    officer.get_by_label("Your question to Dr Kwame Asante").focus()
    officer.keyboard.type("Why is she not in your department's list?")
    officer.keyboard.press("Tab")
    officer.keyboard.press("Enter")
    officer.get_by_text("Waiting for the user").wait_for()

    user = sign_in(context, "ed-doctor")
    assert user.get_by_text("Your privacy officer asks you a question.").is_visible()
    assert user.get_by_text("HEPWORTH").count() == 0
    user.get_by_role("link", name="Read and answer").click()
    user.get_by_role("link", name="About a record that you opened").click()
    assert_fit(user, running.address)
    user.get_by_label("Your answer").fill("She left before she was booked in")
    user.get_by_role("button", name="Send the answer").click()
    assert user.get_by_text("Your answer was sent").is_visible()

    officer = sign_in(context, "privacy-officer")
    open_cases(officer)
    officer.get_by_role("link", name="Emergency access").click()
    assert officer.get_by_text("She left before she was booked in").is_visible()
    officer.get_by_role("button", name="Close the case").click()
    assert officer.get_by_role("alert").get_by_text("Choose one of the reasons.").is_visible()
    assert_fit(officer, running.address)
    officer.get_by_label("The access was right").check()
    officer.get_by_label("What you found").fill("The ambulance's sheet names her")
    officer.get_by_role("button", name="Close the case").click()
    assert officer.get_by_text("The ambulance's sheet names her").is_visible()
    officer.get_by_role("navigation", name="Privacy office").get_by_role("link", name="Cases").click()
    assert officer.get_by_text("No case needs you now.").is_visible()


def test_an_alert_that_is_explained_has_closed_itself(context: BrowserContext, running: Area) -> None:
    open_in_emergency(context)
    running.check(days=0, tie="encounter")
    officer = sign_in(context, "privacy-officer")
    open_cases(officer)
    assert officer.get_by_text("No case needs you now.").is_visible()
    officer.get_by_text("Closed by itself (1)").click()
    assert officer.get_by_text("An encounter at the organisation began on").is_visible()
    assert_fit(officer, running.address)


def test_a_citizen_asks_and_reads_what_was_found_and_the_guardian_is_called(
    context: BrowserContext, running: Area
) -> None:
    open_in_emergency(context)
    citizen = sign_in(context, "patient")
    citizen.get_by_role("link", name="Who has looked").click()
    citizen.get_by_role("link", name="This does not look right").first.click()
    citizen.get_by_role("button", name="Ask them to look into it").click()
    assert citizen.get_by_role("alert").get_by_text("Choose what seems wrong.").is_visible()
    assert_fit(citizen, running.address)
    citizen.get_by_label("I was not having any care or contact with them").check()
    citizen.get_by_label("Anything else that helps (optional)").fill("I was at my daughter's")
    citizen.get_by_role("button", name="Ask them to look into it").click()
    assert citizen.get_by_text("is looking into it. It aims to finish by").is_visible()
    assert_fit(citizen, running.address)

    officer = sign_in(context, "privacy-officer")
    open_cases(officer)
    officer.get_by_role("link", name="A person asked about an access").click()
    officer.get_by_text("Escalate to the Caldicott guardian", exact=True).click()
    officer.get_by_label("Why the Caldicott guardian should decide").fill("The doctor is a neighbour of mine")
    officer.get_by_role("button", name="Escalate").click()

    guardian = sign_in(context, "caldicott")
    open_cases(guardian)
    guardian.get_by_role("link", name="A person asked about an access").click()
    assert_fit(guardian, running.address)
    guardian.get_by_label("An honest mistake").check()
    guardian.get_by_label("What you found").fill("Two people of that name were waiting")
    guardian.get_by_label("What to tell the person who asked").fill("We have changed how names are checked.")
    guardian.get_by_role("button", name="Close the case").click()

    citizen = sign_in(context, "patient")
    citizen.get_by_role("link", name="Who has looked").click()
    assert citizen.get_by_text("somebody opened the record by mistake").is_visible()
    assert citizen.get_by_text("We have changed how names are checked.").is_visible()
    assert citizen.get_by_text("Two people of that name were waiting").count() == 0
