"""The pages of explanations in a browser, on a phone and at a desk: a journey from the log to a decision, and what-if."""

from playwright.sync_api import BrowserContext
from tests.portal import test_accessibility
from tests.portal.memory_explanations import PERMITTED, REFUSED
from tests.portal.test_accessibility import assert_fit, sign_in

pytestmark = test_accessibility.pytestmark
browser, context, served = test_accessibility.browser, test_accessibility.context, test_accessibility.served


def test_a_decision_is_fit_for_everyone(context: BrowserContext, served: str) -> None:
    page = sign_in(context, served, "privacy-officer")
    page.goto("/log")
    page.get_by_label("Reference").fill(REFUSED.lower())
    page.get_by_role("button", name="Read it").click()
    assert page.get_by_role("heading", name=REFUSED).is_visible()
    page.goto(f"/privacy/decisions/{PERMITTED}")
    assert page.get_by_text("Permitted", exact=True).is_visible()
    assert_fit(page, served)
    page.get_by_role("button", name="Show that day of this user in the log").click()
    assert page.get_by_role("heading", name="What was found").is_visible()


def test_what_if_is_fit_for_everyone(context: BrowserContext, served: str) -> None:
    page = sign_in(context, served, "privacy-officer")
    page.goto("/home")
    page.get_by_role("navigation", name="Privacy office").get_by_role("link", name="What if?").click()
    page.get_by_role("button", name="Ask").click()
    assert page.get_by_text("Would be refused").is_visible()
    page.get_by_label("Registration").select_option("In force")
    page.get_by_role("button", name="Ask").click()
    assert page.get_by_text("Would be permitted").is_visible()
    assert page.get_by_role("heading", name="What would be reached").is_visible()
    assert_fit(page, served)
    page.get_by_label("Type of entry").fill("Spell")
    page.get_by_role("button", name="Ask").click()
    assert page.get_by_role("heading", name="There is a problem").is_visible()
    assert_fit(page, served)
