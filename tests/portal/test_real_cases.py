"""Cases of the privacy office over a real area: what is noticed, looked into, asked, escalated, closed and told back."""

import html
import itertools
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from tests.portal import test_real_area as real
from tests.portal.test_real_area import FOREVER, PEOPLE, found, number
from tests.portal.test_who_looked import own_record

from lhcr.app import App
from lhcr.audit.reader import LogReader
from lhcr.kernel.clock import FixedClock
from lhcr.nhs.roles import Role
from lhcr.office.case_log import CaseLog
from lhcr.office.checks import Checks
from lhcr.office.watch import WATCH_LOCK
from lhcr.store.database import Pool

area, browse, traces = real.area, real.browse, real.traces
Browse = Callable[[str], httpx.AsyncClient]
CLAIM = {"reason": "4", "words": "He came to the counter for his tablets"}
WHY = {"version": "2", "question": "Which tablets did they ask for?"}
CLOSE = {"outcome": "appropriate", "words": "The till receipt shows that they were there"}
HOSTILE = '<script>alert(1)</script> \u202eevil\u2066 \x00 & "quotes" \' %3Cb%3E'


@pytest.fixture(autouse=True)
async def offices(monkeypatch: pytest.MonkeyPatch, area: App) -> None:
    """The office of the stranger's organisation, and an area in which nothing was noticed yet."""
    officer = replace(PEOPLE["privacy-officer"], user_id="po", organisation="B82002", token_id="po")
    guardian = replace(officer, user_id="cg", role_code=Role.CALDICOTT_GUARDIAN.code, token_id="cg")
    second = replace(officer, user_id="po2", token_id="po2", expires=FOREVER)
    stranger = replace(PEOPLE["stranger"], organisation_name="Riverside Practice")
    # Who claimed, at the desk of the office.
    themself = replace(second, user_id=stranger.user_id, token_id="po3")
    people = (("stranger", stranger), ("po", officer), ("cg", guardian), ("po2", second), ("po3", themself))
    for token, who in people:
        monkeypatch.setitem(PEOPLE, token, who)
    pool = pool_of(area)
    await pool.execute("DELETE FROM fact_relationship WHERE kind IN ('claimed', 'emergency') OR rid = 77")
    await pool.execute("TRUNCATE alert, privacy_case, privacy_case_step, judged_opening")
    await pool.execute("UPDATE person SET epoch = epoch + 1")


@pytest.fixture(scope="module", autouse=True)
async def quiet(area: App) -> AsyncIterator[None]:
    """The area's own task waits while these tests say when it is time to check."""
    async with pool_of(area).acquire() as connection:
        await connection.fetchval("SELECT pg_advisory_lock($1)", WATCH_LOCK)
        yield
        await connection.fetchval("SELECT pg_advisory_unlock($1)", WATCH_LOCK)


def pool_of(area: App) -> Pool:
    assert area.parts is not None
    return area.parts.side_pool


async def check(area: App, *, days: float = 0) -> None:
    """What the area's own task does with what is noted, so many days later."""
    parts = area.parts
    assert parts is not None
    cases = CaseLog(pool=parts.side_pool, log=parts.log, site=parts.settings.area_name)
    clock, reader = FixedClock(parts.clock.now() + timedelta(days=days)), LogReader(parts.side_pool)
    await Checks(parts.side_pool, cases=cases, reader=reader, policy=parts.policy, clock=clock).run()


async def claimed_case(area: App, browse: Browse) -> str:
    """The address of the case of a claim that nothing explained within its window."""
    stranger = browse("stranger")
    address = await found(stranger, number("rich"))
    await stranger.post(f"{address}/claim", data=CLAIM)
    assert (await stranger.get(address)).status_code == 200
    await check(area, days=5)
    (address,) = links(await (browse("po")).get("/cases"))
    return address


def links(page: httpx.Response) -> list[str]:
    assert page.status_code == 200, page.text
    found_ = re.findall(r'href="(/cases/[a-z]+)"', page.text)
    return list(dict.fromkeys(found_))


def main(page: httpx.Response) -> str:
    return html.unescape(page.text).partition("<main")[2]


async def entries_about(area: App, case: str) -> list[dict[str, Any]]:
    rows = await pool_of(area).fetch("SELECT text FROM audit_entry WHERE text IS NOT NULL ORDER BY recorded")
    entries = [json.loads(row["text"]) for row in rows]
    return [each for each in entries if case.removeprefix("/cases/") in each.get("query", "")]


async def test_an_officer_reads_a_case_and_closes_it_and_each_step_is_in_the_log(area: App, browse: Browse) -> None:
    address = await claimed_case(area, browse)
    office = browse("po")
    queue = await office.get("/cases")
    assert "HEPWORTH" not in queue.text
    page = main(await office.get(address))
    for words in (
        "HEPWORTH, Dorothy",
        "999 000 0018",
        CLAIM["words"],
        "Opened the whole record",
        "Relationship claimed",
    ):
        assert words in page
    assert "Nothing that is recorded explains it." in page
    answer = await office.post(f"{address}/close", data=CLOSE | {"version": "2"})
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    page = main(await office.get(address))
    assert CLOSE["words"] in page
    assert "Close the case" not in page
    assert "No case needs you now." in (await office.get("/cases")).text
    logged = sorted(each["asked"] for each in await entries_about(area, address))
    assert logged == ["Cases", "Cases", "case-closed", "case-opened"]


async def test_a_person_is_told_that_the_office_looked_and_nothing_of_what_is_checked_by_itself(
    area: App, browse: Browse
) -> None:
    """Hazard: a page that tells of a check, and so of what there was to check."""
    address = await claimed_case(area, browse)
    patient = browse("patient")
    page = f"{await own_record(patient)}/who-looked"
    before = main(await patient.get(page))
    assert "Automatic checks" not in before
    await browse("po").get(address)
    after = main(await patient.get(page))
    assert "Privacy officer, who checks that access is right" in after
    assert "Automatic checks" not in after


async def test_the_user_is_asked_on_their_first_page_and_the_answer_lands_in_the_case(
    area: App, browse: Browse
) -> None:
    address = await claimed_case(area, browse)
    office, user, colleague = browse("po"), browse("stranger"), browse("gp")
    assert (await office.post(f"{address}/ask", data=WHY)).status_code == 303
    first = await user.get("/find")
    assert "Your privacy officer asks you a question." in first.text
    assert "Your privacy officer asks" not in (await colleague.get("/find")).text
    waiting = await user.get("/questions")
    for page in (first, waiting):
        for secret in ("HEPWORTH", "Dorothy", "tablets"):
            assert secret not in page.text
    (question,) = re.findall(r'href="(/questions/[a-z]+)"', waiting.text)
    asked = main(await user.get(question))
    assert WHY["question"] in asked
    assert CLAIM["words"] in asked
    assert (await colleague.get(question)).status_code == 404
    assert (await colleague.post(question, data={"answer": "It was somebody else"})).status_code == 404
    assert (await user.post(question, data={"answer": "short"})).status_code == 422
    sent = await user.post(question, data={"answer": "His warfarin, which had run out"})
    assert sent.status_code == 303
    assert "Your answer was sent" in (await user.get(sent.headers["location"])).text
    assert "Your answer was sent" not in (await user.get("/questions")).text
    assert "Your privacy officer asks" not in (await user.get("/find")).text
    assert "His warfarin, which had run out" in main(await office.get(address))


async def test_an_escalated_case_is_the_guardians(area: App, browse: Browse) -> None:
    address = await claimed_case(area, browse)
    guardian = browse("cg")
    assert links(await guardian.get("/cases")) == []
    assert (await guardian.get(address)).status_code == 404
    await browse("po").post(f"{address}/escalate", data={"version": "2", "why": "This one is beyond me"})
    assert links(await guardian.get("/cases")) == [address]
    assert "This one is beyond me" in main(await guardian.get(address))
    assert (await guardian.post(f"{address}/close", data=CLOSE | {"version": "3"})).status_code == 303


async def test_of_two_officers_the_second_is_told_and_keeps_what_they_wrote(area: App, browse: Browse) -> None:
    address = await claimed_case(area, browse)
    await browse("po").post(f"{address}/ask", data=WHY)
    late = await browse("po2").post(f"{address}/close", data=CLOSE | {"version": "2"})
    assert late.status_code == 409
    page = main(late)
    assert "Somebody else has done something in this case" in page
    assert CLOSE["words"] in page
    assert WHY["question"] in page


async def test_to_anybody_else_a_case_is_byte_for_byte_a_page_that_is_not_there(area: App, browse: Browse) -> None:
    """Hazard: an office or user of another organisation who learns that a case exists, and somebody who reads what was said of themself."""
    address = await claimed_case(area, browse)
    others = ("privacy-officer", "gp", "receptionist", "patient", "operator", "stranger", "po3")
    asked = (("GET", ""), ("POST", "/close"), ("POST", "/ask"), ("POST", "/escalate"))
    for who, (verb, tail) in itertools.product(others, asked):
        client, other = browse(who), "/cases/" + "b" * 32
        data = CLOSE | WHY | {"why": "It needs somebody else"} if verb == "POST" else None
        here = await client.request(verb, address + tail, data=data)
        nowhere = await client.request(verb, other + tail, data=data)
        assert (here.status_code, here.content) == (404, nowhere.content)
        assert here.headers == nowhere.headers


async def test_an_alert_that_a_fact_explains_is_folded_away_with_its_evidence(area: App, browse: Browse) -> None:
    stranger, office = browse("stranger"), browse("po")
    address = await found(stranger, number("rich"))
    await stranger.post(f"{address}/claim", data=CLAIM)
    await stranger.get(address)
    await pool_of(area).execute(
        "INSERT INTO fact_relationship SELECT person_id, 'B82002', 'encounter', 77, now(), now() + interval '9 days' FROM alert"
    )
    await check(area)
    page = main(await office.get("/cases"))
    assert "No case needs you now." in page
    assert re.search(
        r"Closed by itself \(1\).*Explained by what is recorded\. An encounter at the organisation began on",
        page,
        re.DOTALL,
    )


async def not_right(patient: httpx.AsyncClient, name: str) -> str:
    """The address under which a person asks about what somebody did."""
    page = await patient.get(f"{await own_record(patient)}/who-looked")
    lines = re.findall(r"<li>.*?</li>", page.text, re.DOTALL)
    (line,) = [each for each in lines if name in each and "not-right" in each][:1]
    addresses: list[str] = re.findall(r'href="(/record/[^"]+/not-right)"', line)
    return addresses[0]


async def test_a_person_asks_about_an_access_and_reads_what_became_of_it(browse: Browse) -> None:
    patient, office = browse("patient"), browse("po")
    stranger = browse("stranger")
    await stranger.get(await found(stranger, number("rich")))
    address = await not_right(patient, "Riverside Practice")
    form = main(await patient.get(address))
    assert "This does not look right" in form
    assert (await patient.post(address, data={"doubt": "", "words": ""})).status_code == 422
    answer = await patient.post(address, data={"doubt": "no-care", "words": "I was on holiday"})
    assert answer.status_code == 303
    assert (await patient.post(address, data={"doubt": "other", "words": ""})).status_code == 303
    told = main(await patient.get(answer.headers["location"].partition("#")[0]))
    assert told.count("is looking into it. It aims to finish by") == 1
    (case,) = links(await office.get("/cases"))
    page = main(await office.get(case))
    assert "I was not having any care or contact with them; I was on holiday" in page
    close = CLOSE | {
        "outcome": "mistake",
        "version": "1",
        "tells": "yes",
        "told": "They took the wrong name from a list.",
    }
    assert (await office.post(f"{case}/close", data=close)).status_code == 303
    told = main(await patient.get(answer.headers["location"].partition("#")[0]))
    assert "somebody opened the record by mistake" in told
    assert "They took the wrong name from a list." in told
    assert CLOSE["words"] not in told


async def test_hazard_an_address_that_the_page_did_not_make_asks_about_nothing(area: App, browse: Browse) -> None:
    """Hazard: a person who learns that an entry is there that their page does not show."""
    patient, stranger = browse("patient"), browse("stranger")
    await stranger.get(await found(stranger, number("rich")))
    address = await not_right(patient, "Riverside Practice")
    parts = address.split("/")
    forged = [
        "/".join([*parts[:5], "b" * len(parts[5]), parts[6]]),
        "/".join([*parts[:4], parts[4][:-1] + "z", *parts[5:]]),
    ]
    pages = [await patient.get(each) for each in forged]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1
    child = browse("child")
    assert (await child.get(address)).status_code in {403, 404}
    for who in ("gp", "privacy-officer"):
        assert (await browse(who).get(address)).status_code == 404
        assert (await browse(who).post(address, data={"doubt": "other"})).status_code == 404
    assert await pool_of(area).fetchval("SELECT count(*) FROM privacy_case WHERE kind = 'person'") == 0


async def test_hostile_words_stay_words_everywhere(area: App, browse: Browse) -> None:
    address = await claimed_case(area, browse)
    office, user = browse("po"), browse("stranger")
    await office.post(f"{address}/ask", data={"version": "2", "question": HOSTILE})
    (question,) = re.findall(r'href="(/questions/[a-z]+)"', (await user.get("/questions")).text)
    await user.post(question, data={"answer": HOSTILE})
    for page in (await office.get(address), await office.get("/cases")):
        for sign in ("<script>alert", "\u202e", "\u2066", "\x00"):
            assert sign not in page.text
    assert main(await office.get(address)).count('<script>alert(1)</script> evil & "quotes" \' %3Cb%3E') == 2


async def test_ten_megabytes_are_refused_before_they_are_read(area: App, browse: Browse) -> None:
    address = await claimed_case(area, browse)
    page = await browse("po").post(f"{address}/close", content=b"version=2&words=" + b"x" * 10_000_000)
    assert page.status_code == 413
    assert "x" * 100 not in page.text


async def test_a_form_of_another_site_does_nothing(area: App, browse: Browse) -> None:
    address = await claimed_case(area, browse)
    office = browse("po")
    headers = {"origin": "http://evil.test"}
    page = await office.post(f"{address}/close", data=CLOSE | {"version": "2"}, headers=headers)
    assert page.status_code == 403
    assert links(await office.get("/cases")) == [address]
