"""The page of alerts: what the privacy office reads of its users, and who else does not."""

import html
import re
from collections.abc import Callable

import httpx
import pytest

SignIn = Callable[[str], httpx.AsyncClient]


async def test_the_privacy_office_reads_who_opened_whose_record_why_when_and_until_when(sign_in: SignIn) -> None:
    page = html.unescape((await sign_in("privacy-officer").get("/alerts")).text)
    for words in (
        "Emergency access",
        "Dr Kwame Asante, Doctor",
        "HEPWORTH, Dorothy · 999 000 0018 · born 14 March 1946",
        "The person needs emergency care (code 5)",
        "15 March 2026, 09:25",
        "15 March 2026, 10:25",
        "Relationship claimed",
        "Somebody whose details are not shown to you",
        "Ended",
    ):
        assert words in page, words
    assert page.index("Kwame") < page.index("Niamh")


async def test_what_a_user_wrote_is_shown_as_text(sign_in: SignIn) -> None:
    assert "&lt;b&gt;now&lt;/b&gt;" in (await sign_in("privacy-officer").get("/alerts")).text


async def test_older_alerts_are_a_page_further(sign_in: SignIn) -> None:
    office = sign_in("privacy-officer")
    (older,) = re.findall(r'href="(/alerts\?[^"]+)"', (await office.get("/alerts")).text)
    page = await office.get(html.unescape(older))
    assert "There are no older alerts." in page.text
    assert 'href="/alerts"' in page.text


@pytest.mark.parametrize(
    "query", ["at=now&id=1", "at=2026-03-15&id=1", "at=2026-03-15T09:00:00Z&id=%00", "id=a", "at=0001-01-01T00:00:00Z"]
)
async def test_an_address_that_is_none_of_ours_begins_with_the_newest(sign_in: SignIn, query: str) -> None:
    page = await sign_in("privacy-officer").get(f"/alerts?{query}")
    assert page.status_code == 200
    assert "Kwame" in page.text


@pytest.mark.parametrize("who", ["gp", "receptionist", "patient", "operator"])
async def test_nobody_else_reads_alerts(sign_in: SignIn, who: str) -> None:
    page = await sign_in(who).get("/alerts")
    assert page.status_code == 403
    assert "Kwame" not in page.text


async def test_the_office_is_led_to_alerts_from_where_it_begins(sign_in: SignIn) -> None:
    assert 'href="/alerts"' in (await sign_in("privacy-officer").get("/home")).text
    assert "/alerts" not in (await sign_in("operator").get("/home")).text
