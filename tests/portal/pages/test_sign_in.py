"""Signing in as a persona, on a demonstration alone, and signing out."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from lhcr.demo.personas import PERSONAS

ME = {"origin": "http://portal.test"}


async def test_the_first_page_offers_every_persona_who_is_a_person(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/")
    for persona in PERSONAS:
        assert (f'value="{persona.name}"' in page.text) is not persona.is_system


async def test_outside_a_demonstration_nobody_is_offered_and_nobody_gets_in(
    visitor: httpx.AsyncClient, parts: Any
) -> None:
    """Hazard: a persona that opens a real record."""
    parts.sign_ins.demonstration = False
    page = await visitor.get("/")
    assert 'name="persona"' not in page.text
    answer = await visitor.post("/sign-in", data={"persona": "gp"})
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


async def test_signing_in_sets_a_cookie_that_scripts_cannot_read_and_leads_to_finding(
    visitor: httpx.AsyncClient,
) -> None:
    answer = await visitor.post("/sign-in", data={"persona": "pharmacist"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/home"
    visitor.cookies.set("lhcr-session", "token-pharmacist")
    assert (await visitor.get("/home")).headers["location"] == "/find"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"origin": "http://portal.test", "sec-fetch-site": "cross-site"},
        {"origin": "", "sec-fetch-site": ""},
    ],
)
async def test_a_form_from_another_site_is_refused(visitor: httpx.AsyncClient, headers: dict[str, str]) -> None:
    visitor.cookies.set("lhcr-session", "token-gp")
    for address in ("/sign-in", "/sign-out", "/find"):
        answer = await visitor.post(address, data={"persona": "gp"}, headers=headers)
        assert answer.status_code == 403
        assert "another site" in answer.text


async def test_signing_out_ends_the_session_and_forgets_the_cookie(pharmacist: httpx.AsyncClient) -> None:
    answer = await pharmacist.post("/sign-out")
    assert answer.headers["location"] == "/"
    pharmacist.cookies.set("lhcr-session", "token-pharmacist")
    assert (await pharmacist.get("/find")).headers["location"] == "/?next=%2Ffind"


async def test_a_page_without_a_session_leads_to_the_sign_in_page_and_from_there_back(
    visitor: httpx.AsyncClient,
) -> None:
    for address in ("/find", "/record/rec0000", "/record/rec0000/timeline?year=2020"):
        visitor.cookies.clear()
        led = (await visitor.get(address)).headers["location"]
        assert led.startswith("/?next=%2F")
        assert f'value="{address}"' in (await visitor.get(led)).text
        answer = await visitor.post("/sign-in", data={"persona": "gp", "next": address})
        assert answer.headers["location"] == address


async def test_a_form_that_was_sent_without_a_session_is_not_sent_again(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.post("/find")).headers["location"] == "/"


@pytest.mark.parametrize("path", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"])
async def test_signing_in_leads_nobody_elsewhere(visitor: httpx.AsyncClient, path: str) -> None:
    answer = await visitor.post("/sign-in", data={"persona": "gp", "next": path})
    assert answer.headers["location"] == "/home"
    assert "evil" not in (await visitor.get("/", params={"next": path})).text


async def test_whoever_is_signed_in_is_named_on_the_page(sign_in: Callable[[str], httpx.AsyncClient]) -> None:
    page = await sign_in("gp").get("/find")
    assert "Dr Amina Farouk" in page.text
    assert "Aldermere Surgery" in page.text
