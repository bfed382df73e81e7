"""Claiming, emergency access and alerts in a browser, on a phone and at a desk: fit for everyone, and without JavaScript too."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests.portal import test_accessibility as accessible
from tests.portal.test_accessibility import RECORD, WIDTHS, assert_fit, sign_in

pytestmark = accessible.pytestmark
served, browser, context = accessible.served, accessible.browser, accessible.context


def end(page: Page, title: str) -> None:
    page.goto(RECORD)
    page.get_by_role("button", name=title).click()


@pytest.mark.parametrize(
    ("way", "button", "reason", "shown", "ended"),
    [
        (
            "Claim a relationship",
            "Claim and open the record",
            "I am caring for this person and nothing has recorded it yet",
            "You claimed a relationship with this person.",
            "End my claim",
        ),
        (
            "Emergency access",
            "Begin emergency access",
            "The person needs emergency care",
            "Emergency access until",
            "End emergency access",
        ),
    ],
)
def test_a_refused_reader_opens_the_record_on_their_own_word(
    context: BrowserContext, served: str, way: str, button: str, reason: str, shown: str, ended: str
) -> None:
    page = sign_in(context, served, "neighbour")
    page.goto(RECORD)
    assert_fit(page, served)
    page.get_by_role("link", name=way).click()
    assert_fit(page, served)
    page.get_by_role("button", name=button).click()
    assert page.get_by_role("alert").get_by_text("Choose one of the reasons.").is_visible()
    assert_fit(page, served)
    page.get_by_label(reason).check()
    page.get_by_label("Say why in your own words").fill("Came to the counter, away from home")
    page.get_by_role("button", name=button).click()
    assert page.url == f"{served}{RECORD}"
    assert page.get_by_text(shown).is_visible()
    assert_fit(page, served)
    end(page, ended)
    assert page.url.startswith(f"{served}/find?")
    assert page.get_by_role("status").get_by_text("It no longer opens the record.").is_visible()


def test_alerts_are_fit_for_everyone(context: BrowserContext, served: str) -> None:
    page = sign_in(context, served, "privacy-officer")
    page.goto("/alerts")
    assert page.get_by_text("Dr Kwame Asante, Doctor").is_visible()
    assert_fit(page, served)


def test_an_emergency_begins_and_ends_without_javascript(browser: Browser, served: str) -> None:
    made = browser.new_context(java_script_enabled=False, base_url=served, viewport={"width": 390, "height": 844})
    assert WIDTHS["phone"]["width"] == 390
    page = sign_in(made, served, "social-worker")
    page.goto(RECORD)
    page.get_by_role("link", name="Emergency access").click()
    page.get_by_label("The person needs emergency care").check()
    page.get_by_label("Say why in your own words").fill("Collapsed at home, ambulance called")
    page.get_by_role("button", name="Begin emergency access").click()
    assert page.get_by_text("Emergency access until").is_visible()
    end(page, "End emergency access")
    page.goto(RECORD)
    assert page.get_by_role("heading", name="You cannot open this").is_visible()
    made.close()
