"""Where somebody begins: each kind of asker is led to what they can do, and to nothing that refuses them."""

import re
from collections.abc import Callable

import httpx
import pytest

from lhcr.demo.personas import PERSONAS

SignIn = Callable[[str], httpx.AsyncClient]
OFFICE = ("lhcr explain REFERENCE", "lhcr audit verify", "lhcr audit head")


async def test_whoever_cares_for_people_is_led_to_the_finder(sign_in: SignIn) -> None:
    assert (await sign_in("gp").get("/home")).headers["location"] == "/find"


async def test_a_citizen_with_one_record_is_led_to_it(sign_in: SignIn) -> None:
    answer = await sign_in("patient").get("/home")
    assert (answer.status_code, answer.headers["location"]) == (303, "/record/rec0000")


async def test_records_are_offered_in_plain_words_with_the_name_below(sign_in: SignIn) -> None:
    """Hazard: the wrong person's record opened from a list that tells nobody apart."""
    page = await sign_in("carer").get("/home")
    assert "Your record</a>" in page.text
    assert "Yusuf&#39;s record, because you act for him</a>" in page.text
    assert "MALIK, Yusuf" in page.text


@pytest.mark.parametrize("persona", ["patient", "carer", "privacy-officer", "caldicott", "operator"])
async def test_nobody_is_offered_a_finder_that_would_refuse_them(sign_in: SignIn, persona: str) -> None:
    visitor = sign_in(persona)
    assert (await visitor.get("/find")).headers["location"] == "/home"
    home = await visitor.get("/home", follow_redirects=True)
    assert home.status_code == 200
    assert "/find" not in home.text


@pytest.mark.parametrize("persona", ["privacy-officer", "caldicott"])
async def test_an_office_is_told_what_it_can_do_today(sign_in: SignIn, persona: str) -> None:
    page = await sign_in(persona).get("/home")
    assert all(command in page.text for command in OFFICE)


@pytest.mark.parametrize("address", ["/home", "/cases", "/alerts", "/log", "/privacy/what-if"])
async def test_an_office_gets_from_each_of_its_pages_to_every_other(sign_in: SignIn, address: str) -> None:
    page = await sign_in("privacy-officer").get(address)
    for other in ("/home", "/cases", "/alerts", "/log", "/privacy/what-if"):
        assert f'href="{other}"' in page.text, other


async def test_an_operator_is_told_what_they_can_do_today(sign_in: SignIn) -> None:
    page = await sign_in("operator").get("/home")
    assert "lhcr load PATH --source ODS" in page.text
    assert "lhcr explain" not in page.text


@pytest.mark.parametrize("persona", ["privacy-officer", "caldicott", "operator"])
async def test_whoever_works_with_commands_is_told_where_they_are(sign_in: SignIn, persona: str) -> None:
    """What is installed for the demonstration is not on the PATH."""
    page = await sign_in(persona).get("/home")
    assert "type .venv/bin/lhcr instead" in page.text


@pytest.mark.parametrize("persona", [each.name for each in PERSONAS if not each.is_system])
async def test_every_link_of_a_first_page_leads_somewhere(sign_in: SignIn, persona: str) -> None:
    visitor = sign_in(persona)
    page = await visitor.get("/home", follow_redirects=True)
    # Pages of the authorization server are beside the portal, and tried where both are: tests/auth/test_apps.py.
    for address in set(re.findall(r'<a [^>]*href="(/(?!auth/)[^"#]*)"', page.text)):
        assert (await visitor.get(address, follow_redirects=True)).status_code == 200, address
