"""The page to which somebody is led after signing in: an own one, spelt in one way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.portal.return_path import read_return_path, sign_in_address

OWN = (
    "/find",
    "/home",
    "/record/abc/section/allergies",
    "/record/abc/timeline?year=2020&kind=a%20b",
    "/auth/apps",
    "/auth/authorize?client_id=x&redirect_uri=https%3A%2F%2Fapp.example%2Fback&scope=patient/*.rs",
)
NOT_OWN = (
    "",
    "/",
    "find",
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "/%5cevil.test",
    "/%2f%2fevil.test",
    "/a//evil.test",
    "/./evil",
    "/../evil",
    "/record/../auth/token",
    "/record/%2e%2e/auth",
    "https://evil.test/",
    "javascript:alert(1)",
    "/\tevil",
    "/find\r\nset-cookie: x=1",
    "/find\n",
    "/find#part",
    "/find ?x",
    "/ｆind",
    "/sign-in/cis2/back?code=x",
    "/sign-in/role",
    "/sign-out",
    "/role",
    "/auth/token",
    "/auth/authorize/x",
    "/auth",
    "/fhir/Patient",
    "/static/portal.js",
    "/health/live",
    "/" + "x" * 5_000,
)


@pytest.mark.parametrize("path", OWN)
def test_an_own_page_is_led_to(path: str) -> None:
    assert read_return_path(path) == path
    if path != "/home":
        assert sign_in_address(path).startswith("/?next=%2F")


@pytest.mark.parametrize("path", NOT_OWN)
def test_anything_else_leads_to_the_first_page(path: str) -> None:
    """Hazard: a link to this area's own sign-in that leads to a page elsewhere that looks like it."""
    assert read_return_path(path) == ""
    assert sign_in_address(path) == "/"


@pytest.mark.parametrize("told", [None, 7, b"/find", ["/find"]])
def test_what_is_no_text_leads_to_the_first_page(told: object) -> None:
    assert read_return_path(told) == ""


@given(st.text(alphabet="/\\.:%@?#ae2f5c \t\r\n", max_size=12))
def test_nothing_leads_to_another_host(told: str) -> None:
    known = read_return_path(told)
    assert not known or (known.startswith("/") and known[1:2] not in {"/", "\\"} and not set(known) & set("\\\t\r\n #"))
