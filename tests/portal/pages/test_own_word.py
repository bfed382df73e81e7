"""Opening a record on one's own word: what a refusal offers, the form, what it opens, and ending it."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from lhcr.access.alerts import AlertReason, AlertType

SignIn = Callable[[str], httpx.AsyncClient]
RECORD = "/record/rec0000"
SAID = {
    "claim": {"reason": "4", "words": "She asks for her tablets at the counter"},
    "emergency": {"reason": "5", "words": "Found unconscious at the station"},
}


def words_of(page: str) -> list[str]:
    return re.sub(r"<[^>]*>", " ", page.split("<body>")[1]).split()


async def test_a_refused_reader_is_offered_what_their_role_has_and_whom_to_telephone(sign_in: SignIn) -> None:
    page = await sign_in("neighbour").get(RECORD)
    assert page.status_code == 403
    assert f'href="{RECORD}/claim"' in page.text
    assert f'href="{RECORD}/emergency"' in page.text
    assert "Telephone the record&#39;s help desk on 01632 960 999." in page.text
    assert len(words_of(page.text)) <= 120


@pytest.mark.parametrize("way", SAID)
async def test_the_form_asks_why_and_says_what_follows(sign_in: SignIn, way: str) -> None:
    page = await sign_in("neighbour").get(f"{RECORD}/{way}")
    assert page.status_code == 200
    assert f'action="{RECORD}/{way}"' in page.text
    assert "privacy officer is told" in page.text
    offered = re.findall(r'name="reason" type="radio" value="(\d)"', page.text)
    type_ = AlertType.RELATIONSHIP if way == "claim" else AlertType.ACCESS
    assert offered == [str(reason.code) for reason in type_.reasons]


@pytest.mark.parametrize("way", SAID)
async def test_what_is_said_opens_the_record_and_is_shown_above_it_until_it_is_ended(
    sign_in: SignIn, parts: Any, way: str
) -> None:
    client = sign_in("neighbour")
    answer = await client.post(f"{RECORD}/{way}", data=SAID[way])
    assert (answer.status_code, answer.headers["location"]) == (303, RECORD)
    word = parts.openings.given["neighbour", "rec0000"]
    assert (word.reason, word.words) == (
        AlertReason.SELF_CLAIM if way == "claim" else AlertReason.EMERGENCY,
        SAID[way]["words"],
    )
    for path in ("", "/medicines", "/timeline"):
        page = (await client.get(RECORD + path)).text
        assert ("Emergency access until" if way == "emergency" else "You claimed a relationship") in page
        assert f'action="{RECORD}/{way}/end"' in page
    ended = await client.post(f"{RECORD}/{way}/end")
    assert (ended.status_code, ended.headers["location"]) == (303, f"/find?ended={way}")
    assert (await client.get(RECORD)).status_code == 403


@pytest.mark.parametrize("way", SAID)
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": ""}, "Choose one of the reasons."),
        ({"reason": "7"}, "Choose one of the reasons."),
        ({"words": "short"}, "Say why in your own words, in at least 10 characters."),
        ({"words": "x" * 501}, "Say why in at most 500 characters."),
        ({"words": "\x00" * 30}, "Say why in your own words, in at least 10 characters."),
    ],
)
async def test_a_form_with_a_mistake_says_so_and_opens_nothing(
    sign_in: SignIn, parts: Any, way: str, changed: dict[str, str], words: str
) -> None:
    page = await sign_in("neighbour").post(f"{RECORD}/{way}", data=SAID[way] | changed)
    assert page.status_code == 422
    assert page.text.count(words) == 2
    assert "<title>Error: " in page.text
    assert parts.openings.given == {}


@pytest.mark.parametrize("way", SAID)
@pytest.mark.parametrize("who", ["receptionist", "patient", "privacy-officer", "operator"])
async def test_whose_role_has_no_such_way_is_shown_no_form(sign_in: SignIn, who: str, way: str) -> None:
    page = await sign_in(who).get(f"{RECORD}/{way}")
    assert page.status_code == 403
    assert "<textarea" not in page.text


@pytest.mark.parametrize("path", [f"{way}{end}" for way in SAID for end in ("", "/end")])
@pytest.mark.parametrize("headers", [{"origin": "http://evil.test"}, {"origin": "", "sec-fetch-site": "cross-site"}])
async def test_hazard_a_form_that_another_site_sent_opens_and_ends_nothing(
    sign_in: SignIn, parts: Any, path: str, headers: dict[str, str]
) -> None:
    client = sign_in("neighbour")
    answer = await client.post(f"{RECORD}/{path}", data=SAID[path.removesuffix("/end")], headers=headers)
    assert answer.status_code == 403
    assert parts.openings.given == {}


@pytest.mark.parametrize("way", SAID)
async def test_nobody_who_is_not_signed_in_opens_anything(visitor: httpx.AsyncClient, parts: Any, way: str) -> None:
    for answer in (await visitor.get(f"{RECORD}/{way}"), await visitor.post(f"{RECORD}/{way}", data=SAID[way])):
        assert answer.status_code == 303
        assert answer.headers["location"].partition("?")[0] == "/"
    assert parts.openings.given == {}


async def test_what_somebody_writes_is_shown_back_as_text(sign_in: SignIn) -> None:
    page = await sign_in("neighbour").post(f"{RECORD}/claim", data={"words": "</textarea><script>alert(1)</script>"})
    assert "<script>alert" not in page.text


async def test_signing_out_ends_emergency_sessions(sign_in: SignIn, parts: Any) -> None:
    """Hazard: access that outlives whoever left the screen."""
    await sign_in("neighbour").post("/sign-out")
    assert parts.openings.left == ["neighbour"]


async def test_signing_in_as_somebody_else_ends_the_emergency_sessions_of_who_was_there(
    sign_in: SignIn, parts: Any
) -> None:
    await sign_in("neighbour").post("/sign-in", data={"persona": "gp"})
    assert parts.openings.left == ["neighbour"]


async def test_the_form_is_the_same_for_every_record(sign_in: SignIn) -> None:
    """Hazard: a form that tells who has a record."""
    pages = {
        (await sign_in("neighbour").get(f"/record/{key}/claim")).text.replace(key, "")
        for key in ("rec0000", "rec0001", "nobodyhere")
    }
    assert len(pages) == 1
