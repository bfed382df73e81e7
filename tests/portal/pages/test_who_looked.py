"""The page on which somebody reads who looked at their record."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.portal.memory_history import access

from lhcr.audit.entry import Agent
from lhcr.audit.reader import Position
from lhcr.portal import page_place

RECORD = "/record/rec0000"
PAGE = f"{RECORD}/who-looked"
ACTING = Agent(
    user="app", name="Pharmacy System", kind="system", organisation="YGM1", organisation_name="Cedar Software"
)
SignIn = Callable[[str], httpx.AsyncClient]


async def page_of(client: httpx.AsyncClient) -> str:
    page = await client.get(PAGE)
    assert page.status_code == 200
    return html.unescape(page.text)


async def test_it_says_who_looked_from_where_when_why_and_at_what(sign_in: SignIn) -> None:
    text = await page_of(sign_in("patient"))
    assert re.search(r"09:27.*Dr Amina Farouk.*Doctor or other clinician, Aldermere Surgery", text, re.DOTALL)
    for words in ("To care for you", "D-0C4K2V7Q3M5ZT", "15 March 2026", "14 March 2026"):
        assert words in text


async def test_the_readers_own_looking_is_one_sentence_a_day(sign_in: SignIn) -> None:
    text = await page_of(sign_in("patient"))
    assert "You looked at this record between 09:25 and 09:29." in text
    assert "Mrs Dorothy Hepworth" not in text.partition("<main")[2]


async def test_a_refused_attempt_is_shown_as_one_with_the_reason(sign_in: SignIn) -> None:
    text = await page_of(sign_in("patient"))
    told = text[text.index("Dr Siobhan Hale") :]
    assert "Refused" in told
    assert "Tried to look at the record and was not shown anything" in told
    assert "Nothing that is recorded here said that they were caring for you." in told


async def test_hazard_sensitive_item_exposed_what_a_person_chose_is_not_told_to_who_acts_for_them(
    sign_in: SignIn, parts: Any
) -> None:
    parts.history.entries = (access(1, parts.history.entries[1].agent, outcome="4", rule="consent"),)
    assert "A choice about sharing" in await page_of(sign_in("patient"))
    text = await page_of(sign_in("carer"))
    assert "The rules of this service did not allow it." in text
    assert "choice" not in text


async def test_a_system_that_acted_for_a_professional_is_told_beside_them(sign_in: SignIn, parts: Any) -> None:
    gp = parts.history.entries[1].agent
    parts.history.entries = (access(1, gp, actor=ACTING), access(2, gp))
    text = await page_of(sign_in("patient"))
    assert "Dr Amina Farouk, through Pharmacy System of Cedar Software" in text
    assert text.count("through Pharmacy System") == 1


async def test_hazard_sensitive_item_exposed_a_proxy_is_told_that_a_system_acted_and_not_which(
    sign_in: SignIn, parts: Any
) -> None:
    gp = parts.history.entries[1].agent
    parts.history.entries = (access(1, gp, actor=ACTING),)
    text = await page_of(sign_in("carer"))
    assert "Dr Amina Farouk, through a computer system" in text
    assert "Pharmacy System" not in text


APP = Agent(user="an-app", name="My Tablets", kind="app")


async def test_the_app_through_which_somebody_looked_is_named_in_plain_words(sign_in: SignIn, parts: Any) -> None:
    gp = parts.history.entries[1].agent
    parts.history.entries = (access(1, gp, actor=APP), access(2, gp))
    text = await page_of(sign_in("patient"))
    assert "Dr Amina Farouk, through the app My Tablets" in text
    assert text.count("through the app") == 1


async def test_hazard_what_the_readers_own_app_looked_at_is_not_told_as_their_own_looking(
    sign_in: SignIn, parts: Any
) -> None:
    """An app that somebody let in once looks also when they do not: they see when, and at what."""
    patient = next(each.agent for each in parts.history.entries if each.agent.kind == "citizen")
    parts.history.entries = (access(1, patient, actor=APP), access(2, patient))
    text = await page_of(sign_in("patient"))
    assert "You, through the app My Tablets" in text
    assert "You looked at this record at" in text


async def test_a_proxy_is_told_of_their_own_app_by_name_and_of_others_that_it_was_one(
    sign_in: SignIn, parts: Any
) -> None:
    gp = parts.history.entries[1].agent
    own = Agent(user="carer", name="Someone", kind="citizen")
    parts.history.entries = (
        access(1, gp, actor=msgspec.structs.replace(APP, name="Theirs")),
        access(2, own, actor=APP),
    )
    text = await page_of(sign_in("carer"))
    assert "Dr Amina Farouk, through an app" in text
    assert "You, through the app My Tablets" in text
    assert "Theirs" not in text


async def test_what_is_opened_on_somebodys_own_word_is_told_as_such(sign_in: SignIn, parts: Any) -> None:
    gp = parts.history.entries[1].agent
    for subtype, words in (("claim", "Said that they care for you"), ("emergency", "as an emergency")):
        parts.history.entries = (access(1, gp, kind="alert", subtype=subtype, action="E"),)
        assert words in await page_of(sign_in("patient"))


async def test_hazard_sensitive_item_exposed_a_hidden_entry_has_no_kind_and_its_change_is_only_a_look(
    sign_in: SignIn,
) -> None:
    text = await page_of(sign_in("patient"))
    told = text[text.index("Patient administration system") : text.index("Proof that nothing")]
    assert "Looked at the record" in told
    assert "changed" not in told
    assert "Kinds of information" not in told
    assert "kept-from-them" not in text


async def test_hazard_sensitive_item_exposed_a_proxy_is_told_of_no_organisation_of_which_they_see_nothing(
    sign_in: SignIn,
) -> None:
    text = await page_of(sign_in("carer"))
    assert "Dr Amina Farouk" in text
    assert "Dr Siobhan Hale" not in text
    assert "Dorothy Hepworth" not in text.partition("<main")[2]
    assert "You act for this person, so this page shows you less than it shows them." in text


async def test_it_is_linked_from_every_page_of_a_persons_own_record_and_from_nobody_elses(sign_in: SignIn) -> None:
    for path in ("", "/medicines", "/timeline"):
        assert f'href="{PAGE}"' in (await sign_in("patient").get(RECORD + path)).text
        assert PAGE not in (await sign_in("pharmacist").get(RECORD + path)).text


@pytest.mark.parametrize("persona", ["pharmacist", "receptionist", "privacy-officer", "operator"])
async def test_it_is_a_page_for_people_about_themselves(sign_in: SignIn, parts: Any, persona: str) -> None:
    assert (await sign_in(persona).get(PAGE)).status_code == 404
    assert parts.history.asked == []


async def test_a_page_leads_to_earlier_days_and_back(sign_in: SignIn, parts: Any) -> None:
    patient = sign_in("patient")
    (older,) = re.findall(r'href="([^"]+before=[^"]+)"', await page_of(patient))
    assert not re.search(r"\d{4}", older.partition("before=")[2])
    second = await patient.get(older)
    assert "Go to the newest" in second.text
    assert parts.history.asked[1].seq == 7
    assert (await patient.get(f"{PAGE}?before=garbage")).status_code == 200
    assert parts.history.asked[2] is None


async def test_each_episode_has_the_proof_of_its_last_entry(sign_in: SignIn) -> None:
    patient = sign_in("patient")
    text = await page_of(patient)
    proofs = re.findall(rf'href="({PAGE}/[a-z-]+/[a-z]+)"', text)
    assert len(proofs) == 3
    assert re.findall(rf'href="({PAGE}/[^"]+)/not-right"', text) == proofs
    answer = await patient.get(proofs[0])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert not re.search(r"\d", proofs[0].removeprefix(RECORD))
    assert (await patient.get(proofs[0][:-1])).status_code == 404
    assert (await sign_in("pharmacist").get(proofs[0])).status_code == 404


async def test_a_proof_that_is_not_ready_says_when_it_is(sign_in: SignIn) -> None:
    answer = await sign_in("patient").get(f"{PAGE}/{page_place.in_letters('1-1')}/x")
    assert answer.status_code == 503
    assert "Try again in a minute." in answer.text


async def test_an_empty_log_says_that_it_shows_nobody(sign_in: SignIn, parts: Any) -> None:
    parts.history.entries = ()
    assert "Nobody whom this page can show looked" in await page_of(sign_in("patient"))


INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
NUMBERS = st.integers(1, 2**63 - 1)


@given(INSTANTS, NUMBERS, NUMBERS)
def test_a_place_in_an_address_is_read_as_it_was_written(recorded: datetime, writer_id: int, seq: int) -> None:
    position = Position(recorded=recorded, writer_id=writer_id, seq=seq)
    assert page_place.read(page_place.written(position)) == position


@given(st.text(max_size=60) | st.text("bcdfghjklmnpqrst", min_size=48, max_size=48))
def test_any_other_text_is_the_first_page(place: str) -> None:
    found = page_place.read(place)
    assert found is None or page_place.written(found) == place
