"""Every page state in a browser, on a phone and at a desk: axe finds nothing, nothing comes from elsewhere or overflows."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from starlette.applications import Starlette
from tests.portal.conftest import MEETS_A_DEFECT, MEETS_AN_OUTAGE, SEARCHES_TOO_OFTEN

CHROMIUM = Path("/usr/bin/chromium")
VENDOR = Path(__file__).parents[2] / "src/lhcr/portal/static/vendor/nhsuk-frontend.min.css"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WIDTHS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}
RECORD = "/record/rec0000"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
    pytest.mark.skipif(not VENDOR.exists(), reason="the front-end assets are not built: run make"),
]


@pytest.fixture(scope="module")
def served(served_portal: Starlette) -> Iterator[str]:
    """The portal on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(served_portal, port=port, log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(params=list(WIDTHS))
def context(request: pytest.FixtureRequest, browser: Browser, served: str) -> Iterator[BrowserContext]:
    width = WIDTHS[request.param]
    made = browser.new_context(viewport={"width": width["width"], "height": width["height"]}, base_url=served)
    yield made
    made.close()


def sign_in(context: BrowserContext, served: str, persona: str) -> Page:
    context.add_cookies([{"name": "lhcr-session", "value": f"token-{persona}", "url": served}])
    return context.new_page()


def assert_fit(page: Page, served: str) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    addresses = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert [address for address in addresses if not address.startswith(served)] == []


@pytest.mark.parametrize(
    "address",
    [
        "/find",
        RECORD,
        f"{RECORD}/medicines",
        f"{RECORD}/results",
        f"{RECORD}/timeline",
        f"{RECORD}/section/allergies",
        f"{RECORD}/section/appointments",
        f"{RECORD}/section/equipment",
        f"{RECORD}/section/demographics",
        f"{RECORD}/timeline?year=2020",
        "/record/rec0002",
        "/record/rec0004",
        "/record/rec0010",
        "/sessions",
        "/nowhere",
    ],
)
def test_a_page_is_fit_for_everyone(context: BrowserContext, served: str, address: str) -> None:
    page = sign_in(context, served, "pharmacist")
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(address)
    assert_fit(page, served)
    assert [problem for problem in problems if "404" not in problem] == []


def test_the_sign_in_page_is_fit_for_everyone(context: BrowserContext, served: str) -> None:
    page = context.new_page()
    page.goto("/")
    assert_fit(page, served)


@pytest.mark.parametrize("persona", ["carer", "caldicott", "operator"])
def test_a_first_page_is_fit_for_everyone(context: BrowserContext, served: str, persona: str) -> None:
    page = sign_in(context, served, persona)
    page.goto("/home")
    assert_fit(page, served)


def test_the_access_log_of_an_office_is_fit_for_everyone(context: BrowserContext, served: str) -> None:
    page = sign_in(context, served, "privacy-officer")
    page.goto("/home")
    page.get_by_role("navigation", name="Privacy office").get_by_role("link", name="Access log").click()
    assert_fit(page, served)
    page.get_by_label("NHS number of the person").fill("123")
    page.get_by_role("button", name="Search").click()
    assert_fit(page, served)
    page.get_by_label("NHS number of the person").fill("999 000 0018")
    page.get_by_role("button", name="Search").click()
    assert page.get_by_role("rowheader", name="Dr Amina Farouk").is_visible()
    assert_fit(page, served)


@pytest.mark.parametrize("persona", ["patient", "carer"])
def test_who_looked_is_fit_for_everyone(context: BrowserContext, served: str, persona: str) -> None:
    page = sign_in(context, served, persona)
    page.goto(RECORD)
    page.get_by_role("link", name="Who has looked").click()
    assert page.get_by_role("heading", name="Dr Amina Farouk").is_visible()
    assert_fit(page, served)


@pytest.mark.parametrize(
    ("persona", "words"),
    [
        (MEETS_AN_OUTAGE, "This says nothing about what the record holds."),
        (MEETS_A_DEFECT, "Nothing was changed."),
        ("receptionist", "Your role does not let you see allergies and adverse reactions."),
        ("patient", "High risk · Anaphylaxis, severe"),
    ],
)
def test_what_stands_in_place_of_a_record_or_of_a_part_of_it_is_fit_for_everyone(
    context: BrowserContext, served: str, persona: str, words: str
) -> None:
    page = sign_in(context, served, persona)
    page.goto(RECORD)
    assert page.get_by_text(words).first.is_visible()
    assert_fit(page, served)


def test_whoever_searches_too_often_reads_what_to_do(context: BrowserContext, served: str) -> None:
    page = sign_in(context, served, SEARCHES_TOO_OFTEN)
    page.goto("/find")
    page.get_by_label("NHS number").fill("999 000 0018")
    page.get_by_role("button", name="Find by number").click()
    assert page.get_by_role("heading", name="You have searched too often").is_visible()
    assert page.get_by_text("Wait a minute, then search again.").is_visible()
    assert_fit(page, served)
    page.get_by_role("main").get_by_role("link", name="Find a person").click()
    assert page.get_by_label("NHS number").is_visible()


def test_what_matters_first_is_seen_first(context: BrowserContext, served: str) -> None:
    """Hazard: an allergy's reaction, or why and how a medicine is taken, found only after many screens."""
    page = sign_in(context, served, "pharmacist")
    page.goto(RECORD)
    glance = page.get_by_role("region", name="Allergies and adverse reactions").first
    assert glance.get_by_text("High risk · Anaphylaxis, severe").is_visible()
    box = glance.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 844
    medicines = page.get_by_role("region", name="Current medicines")
    for words in (
        "Two to be taken once a day (5mg)",
        "Heart failure",
        "Oral",
        "Sources differ in dose and instructions",
    ):
        assert medicines.get_by_text(words).first.is_visible()


def test_a_refusal_is_fit_for_everyone(context: BrowserContext, served: str) -> None:
    page = sign_in(context, served, "neighbour")
    page.goto(RECORD)
    assert_fit(page, served)


def test_a_search_and_its_mistakes_are_fit_for_everyone(context: BrowserContext, served: str) -> None:
    page = sign_in(context, served, "gp")
    page.goto("/find")
    page.get_by_role("button", name="Find by name").click()
    assert_fit(page, served)
    page.get_by_label("NHS number").fill("999 000 0018")
    page.get_by_role("button", name="Find by number").click()
    assert_fit(page, served)
    page.get_by_role("link", name="HEPWORTH, Dorothy (Mrs)").click()
    assert page.url == f"{served}{RECORD}"


def test_a_chart_is_drawn_with_its_table_beside_it(context: BrowserContext, served: str) -> None:
    page = sign_in(context, served, "pharmacist")
    page.goto(f"{RECORD}/results")
    page.get_by_role("link", name="All 8 results of INR in platelet poor plasma by coagulation assay").click()
    page.wait_for_selector("canvas")
    assert page.get_by_role("table", name="Every result of INR").get_by_role("row").count() == 9
    assert_fit(page, served)


def test_an_entry_is_fit_for_everyone(context: BrowserContext, served: str) -> None:
    page = sign_in(context, served, "pharmacist")
    page.goto(f"{RECORD}/section/documents")
    page.get_by_role("link", name="Discharge summary, Ward 7").first.click()
    assert_fit(page, served)


def test_the_banner_stays_in_view_while_the_record_scrolls(context: BrowserContext, served: str) -> None:
    """Hazard: reading far down a page without knowing whose it is."""
    page = sign_in(context, served, "pharmacist")
    page.goto(RECORD)
    page.evaluate("window.scrollTo(0, 4000)")
    box = page.get_by_role("region", name="Whose record this is").bounding_box()
    assert box is not None
    assert box["y"] == 0
    assert box["height"] < 300


def test_everything_can_be_read_without_javascript(browser: Browser, served: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=served)
    page = sign_in(context, served, "pharmacist")
    page.goto(RECORD)
    assert page.get_by_text("Warfarin 1mg tablets").first.is_visible()
    page.get_by_text("Stopped and past medicines (2)").click()
    assert page.get_by_role("table", name="Stopped and past medicines").is_visible()
    context.close()
