"""Signing in with a browser to an area that is served over real sockets, with providers beside it: staff in three roles, and a citizen."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page
from tests.identity.openid.accounts import citizen, staff
from tests.identity.openid_provider import Bent, OpenIdProvider
from tests.portal import test_accessibility as accessible
from tests.portal.signing_in.conftest import THREE
from tests.portal.test_accessibility import assert_fit

from lhcr.app import build_app
from lhcr.demo.generate import generate
from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME
from lhcr.fhir.json_document import write_json
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.settings import Settings

pytestmark = accessible.pytestmark
browser = accessible.browser
PHONE, DESK = accessible.WIDTHS["phone"], accessible.WIDTHS["desk"]
NUMBER = "9990000018"


def system(token: str) -> Principal:
    """The system of the organisation whose code is the token."""
    gp = persona_claims(BY_NAME["gp"]).principal(token_id=token, expires=datetime(2100, 1, 1, tzinfo=UTC))
    return replace(gp, user_id=token, kind=PrincipalKind.SYSTEM, activities=frozenset(), organisation=token)


@pytest.fixture(scope="module")
def people(served_providers: tuple[OpenIdProvider, OpenIdProvider]) -> tuple[OpenIdProvider, OpenIdProvider]:
    """Providers at which two people sign in, by the clock on the wall."""
    cis2, nhs_login = served_providers
    for provider in served_providers:
        provider.bent, provider.now = Bent(), time.time
    cis2.accounts = {"three": staff(*THREE, sub="555000000303")}
    nhs_login.accounts = {"dorothy": citizen(NUMBER)}
    return served_providers


@pytest.fixture(scope="module")
def served(
    migrated_database_of_module: Callable[[], str],
    area_settings: Settings,
    people: tuple[OpenIdProvider, OpenIdProvider],
) -> Iterator[str]:
    """An area on a free port, in which one person's record is."""
    assert people
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    settings = area_settings.model_copy(update={"base_url": base})
    app = build_app(settings, migrated_database_of_module(), authenticate=system)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="on", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    _write(base)
    yield base
    server.should_exit = True
    thread.join()


def _write(base: str) -> None:
    for contribution in generate(1, seed=1, today=date(2026, 3, 15)):
        headers = {
            "authorization": f"Bearer {contribution.source_ods}",
            "content-type": "application/fhir+json",
        }
        answer = httpx.post(f"{base}/fhir", content=write_json(contribution.bundle), headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text[:400]


@pytest.fixture
def phone(browser: Browser, served: str) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=PHONE, base_url=served)  # type: ignore[arg-type]
    yield made
    made.close()


@pytest.fixture
def desk(browser: Browser, served: str) -> Iterator[BrowserContext]:
    """A desk whose browser runs no script: signing in needs none."""
    made = browser.new_context(viewport=DESK, base_url=served, java_script_enabled=False)  # type: ignore[arg-type]
    yield made
    made.close()


def sign_in(page: Page, service: str, account: str) -> None:
    page.goto("/")
    page.get_by_role("link", name=f"Sign in with {service}").click()
    page.get_by_role("link", name=account, exact=True).click()


def find(page: Page) -> None:
    page.get_by_label("NHS number").fill(NUMBER)
    page.get_by_role("button", name="Find").first.click()
    page.get_by_role("link", name="HEPWORTH").first.click()


def test_staff_choose_among_three_roles_open_a_record_change_role_and_sign_out(
    phone: BrowserContext, served: str
) -> None:
    page = phone.new_page()
    page.goto("/")
    assert_fit(page, served)
    sign_in(page, "NHS CIS2", "three")
    assert page.url == f"{served}/sign-in/role"
    page.get_by_role("button", name="Continue").click()
    assert page.get_by_role("alert").get_by_text("Choose the role that you are working in.").is_visible()
    assert_fit(page, served)
    page.get_by_label("Nurse, ALDERMERE SURGERY").check()
    page.get_by_role("button", name="Continue").click()
    assert page.url == f"{served}/find"
    find(page)
    assert page.get_by_text("HEPWORTH, Dorothy").first.is_visible()
    record = page.url
    page.get_by_role("link", name="Change role").click()
    assert page.get_by_label("Nurse, ALDERMERE SURGERY").is_checked()
    page.get_by_label("Privacy Officer, THE TRUST").check()
    page.get_by_role("button", name="Change role").click()
    assert "Privacy Officer, THE TRUST" in page.content()
    page.goto(record)
    assert page.get_by_role("heading", name="You cannot open this").is_visible()
    page.get_by_role("button", name="Sign out").click()
    assert page.url == f"{served}/"
    page.goto(record)
    assert page.url.startswith(f"{served}/?next=")


def test_a_citizen_signs_in_without_a_script_and_sees_their_own_record(desk: BrowserContext, served: str) -> None:
    page = desk.new_page()
    sign_in(page, "NHS login", "dorothy")
    assert page.url.startswith(f"{served}/record/")
    assert page.get_by_text("HEPWORTH, Dorothy").first.is_visible()
    assert "Change role" not in page.content()
    assert NUMBER not in page.url
