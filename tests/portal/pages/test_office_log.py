"""The page on which an office searches the log."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from tests.portal.memory_history import OLDER, access

from lhcr.audit.entry import Agent
from lhcr.portal.traced_people import TracedPerson

SignIn = Callable[[str], httpx.AsyncClient]


async def search(client: httpx.AsyncClient, **form: str) -> str:
    answer = await client.post("/log", data=form)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


async def test_an_office_is_led_to_the_log_from_its_first_page(sign_in: SignIn) -> None:
    office = sign_in("privacy-officer")
    assert 'href="/log"' in (await office.get("/home")).text
    page = await office.get("/log")
    assert page.status_code == 200
    assert "Aldermere Royal Infirmary" in page.text
    assert 'href="/log"' not in (await sign_in("operator").get("/home")).text


async def test_an_entry_says_who_did_what_when_and_why(sign_in: SignIn, parts: Any) -> None:
    text = await search(sign_in("caldicott"))
    for words in (
        "Dr Amina Farouk",
        "15 March 2026",
        "09:27",
        "Reading an entry",
        "1 Condition, 1 Patient",
        "Treatment",
    ):
        assert words in text
    assert "Rule: relationship" in text
    gp = parts.history.entries[1].agent
    parts.history.entries = (access(1, gp, type="AuditEvent", subtype="search"),)
    assert "Reading the log" in await search(sign_in("caldicott"))


@pytest.mark.parametrize(
    ("subtype", "words"),
    [
        ("merge", "Making one person's record of two"),
        ("merge-considered", "Looking what making one record of two would change"),
        ("unmerge", "Undoing that two records were made one"),
        ("dispute", "Asking a source to correct an entry"),
    ],
)
async def test_what_is_ordered_or_disputed_is_told_in_plain_words(
    sign_in: SignIn, parts: Any, subtype: str, words: str
) -> None:
    office = parts.history.entries[1].agent
    parts.history.entries = (access(1, office, kind="order", subtype=subtype),)
    assert words in await search(sign_in("caldicott"))


async def test_a_worker_that_was_killed_is_told_in_plain_words(sign_in: SignIn, parts: Any) -> None:
    """Hazard: somebody is asked why they looked at what never reached them."""
    system = Agent(user="writer-lost", name="The audit log", kind="system", organisation="RRE")
    parts.history.entries = (access(1, system, kind="110100", subtype="writer-lost", person=None),)
    text = await search(sign_in("privacy-officer"))
    assert "The audit log" in text
    assert "A worker ended without closing its log; its last answers may not have left" in text


async def test_a_system_that_acted_for_a_user_is_told_beside_them(sign_in: SignIn, parts: Any) -> None:
    gp = parts.history.entries[1].agent
    acting = Agent(user="app", name="Pharmacy System", kind="system", organisation="YGM1")
    parts.history.entries = (access(1, gp, actor=acting),)
    assert "Dr Amina Farouk, through Pharmacy System of YGM1" in await search(sign_in("caldicott"))


async def test_the_app_through_which_a_user_asked_is_told_beside_them(sign_in: SignIn, parts: Any) -> None:
    gp = parts.history.entries[1].agent
    parts.history.entries = (access(1, gp, actor=Agent(user="an-app", name="My Tablets", kind="app")),)
    assert "Dr Amina Farouk, through the app My Tablets" in await search(sign_in("caldicott"))


async def test_what_is_asked_is_read_from_the_form(sign_in: SignIn, parts: Any) -> None:
    await search(
        sign_in("privacy-officer"),
        nhs_number="999\u2009000 0018",
        user=" gp ",
        from_day="29",
        from_month="3",
        from_year="2026",
        to_day="29",
        to_month="3",
        to_year="2026",
        item=" Condition/c-1/_history/2 ",
        refused="yes",
    )
    (question,) = parts.history.questions
    assert (question.nhs_number, question.user, question.refused) == ("9990000018", "gp", True)
    assert question.item == ("Condition", "c-1")
    assert ("entity", "Condition/c-1") in question.pairs
    # The day on which the clocks go forward has 23 hours.
    assert question.since == datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    assert question.until == datetime(2026, 3, 29, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"nhs_number": "9990000019"}, "This is not a valid NHS number"),
        ({"from_day": "31", "from_month": "2", "from_year": "2026"}, "Enter a real date"),
        ({"to_day": "1"}, "Enter a real date"),
        ({"item": "Condition"}, "Enter an entry as its type and its id"),
        ({"item": "Nonsense/1"}, "Enter an entry as its type and its id"),
        ({"item": "Condition/1/2"}, "Enter an entry as its type and its id"),
        (
            {
                "from_day": "2",
                "from_month": "1",
                "from_year": "2026",
                "to_day": "1",
                "to_month": "1",
                "to_year": "2026",
            },
            "The last day must be the first day or later",
        ),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_searched(
    sign_in: SignIn, parts: Any, form: dict[str, str], words: str
) -> None:
    answer = await sign_in("privacy-officer").post("/log", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert parts.history.questions == []


async def test_the_next_page_is_asked_for_in_a_body(sign_in: SignIn, parts: Any) -> None:
    """Hazard: person data in browser histories and proxy logs."""
    office = sign_in("privacy-officer")
    text = await search(office, nhs_number="9990000018")
    assert "9990000018" not in "".join(re.findall(r'(?:href|action)="([^"]*)"', text))
    (older,) = re.findall(r'name="before" value="([a-z]+)"', text)
    await search(office, nhs_number="9990000018", before=older)
    assert parts.history.asked == [None, OLDER]


@pytest.mark.parametrize("persona", ["pharmacist", "patient", "operator"])
async def test_it_is_a_page_for_offices_alone(sign_in: SignIn, parts: Any, persona: str) -> None:
    somebody = sign_in(persona)
    assert (await somebody.get("/log")).status_code == 404
    assert (await somebody.post("/log", data={})).status_code == 404
    assert parts.history.questions == []


async def test_a_form_from_another_site_searches_nothing(sign_in: SignIn, parts: Any) -> None:
    answer = await sign_in("privacy-officer").post("/log", data={}, headers={"origin": "http://elsewhere.test"})
    assert answer.status_code == 403
    assert parts.history.questions == []


async def test_an_entry_names_whom_it_is_about_as_far_as_a_trace_shows_them(sign_in: SignIn, parts: Any) -> None:
    gp = parts.history.entries[1].agent
    parts.history.people = {7: TracedPerson(name="HEPWORTH, Dorothy", nhs_number="999 000 0018", born="")}
    parts.history.entries = (access(1, gp, person=7), access(2, gp, person=8), access(3, gp))
    text = await search(sign_in("privacy-officer"))
    assert text.count("HEPWORTH, Dorothy") == text.count("999 000 0018</span>") == 1
    assert text.count("Somebody whose details are not shown to you") == 1


async def test_an_entry_of_many_types_is_told_by_its_sum_with_the_types_folded_away(
    sign_in: SignIn, parts: Any
) -> None:
    gp = parts.history.entries[1].agent
    items = {"Condition": "a b", "Flag": "c", "Observation": "d", "Patient": "e"}
    parts.history.entries = (access(1, gp, items=items),)
    text = await search(sign_in("privacy-officer"))
    assert "<summary>5 entries of 4 types</summary>2 Condition, 1 Flag, 1 Observation, 1 Patient" in text
