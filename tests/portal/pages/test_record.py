"""The pages of a record: what they say, whom they are shown to, and what never stands in an address."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

PAGES = ("", "/medicines", "/results", "/timeline", "/section/allergies", "/section/problems", "/section/documents")
RECORD = "/record/rec0000"


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_of_a_record_carries_the_identity_banner(pharmacist: httpx.AsyncClient, path: str) -> None:
    """Hazard: the wrong person's page read as this one's."""
    page = await pharmacist.get(RECORD + path)
    assert page.status_code == 200
    for words in (
        "HEPWORTH, Dorothy (Mrs)",
        "14 March 1946 (80y)",
        "Female",
        "999 000 0018",
        "Allergy to penicillin (high risk)",
    ):
        assert words in page.text


async def test_no_address_on_any_page_holds_an_nhs_number(pharmacist: httpx.AsyncClient) -> None:
    """Hazard: person data in browser histories and proxy logs."""
    seen, waiting = set[str](), [RECORD]
    while waiting and len(seen) < 60:
        address = waiting.pop()
        seen.add(address)
        page = await pharmacist.get(address)
        found = re.findall(r'(?:href|src|action)="(/[^"#]*)"', page.text)
        assert not [one for one in found if re.search(r"\d{9,}|hepworth|a81001|rre-", one, re.IGNORECASE)]
        waiting += [one for one in dict.fromkeys(found) if one.startswith(RECORD) and one not in seen]
    assert len(seen) == 60


async def test_every_row_of_the_record_page_has_a_source(pharmacist: httpx.AsyncClient) -> None:
    page = await pharmacist.get(RECORD)
    rows = re.findall(r"<tr role=\"row\".*?</tr>", page.text, re.DOTALL)
    bodies = [row for row in rows if 'role="rowheader"' in row]
    assert len(bodies) > 30
    assert all("app-table__source" in row and re.search(r"Aldermere|Market Place|Fellside", row) for row in bodies)


async def test_a_missing_source_is_said_in_the_banner_and_at_the_top(pharmacist: httpx.AsyncClient, parts: Any) -> None:
    """Hazard: a partial record shown as the whole one."""
    parts.records.gap = "RRE"
    page = await pharmacist.get(RECORD)
    assert "This record is incomplete: Aldermere Royal Infirmary could not be reached." in page.text
    assert "May be incomplete: Aldermere Royal Infirmary could not be reached." in page.text


async def test_a_closed_section_says_so_and_shows_nothing_of_it(pharmacist: httpx.AsyncClient, parts: Any) -> None:
    """Hazard: a section that a role may not see, told by its count or its banner line."""
    parts.records.closed = frozenset({"allergies", "medicines"})
    page = await pharmacist.get(RECORD)
    assert "Your role does not let you see allergies and adverse reactions." in page.text
    assert "enicillin" not in page.text
    assert "Warfarin 1mg" not in page.text


async def test_a_refusal_says_why_what_next_and_the_reference(sign_in: Callable[[str], httpx.AsyncClient]) -> None:
    page = await sign_in("neighbour").get(RECORD)
    assert page.status_code == 403
    assert "your organisation cares for this person now" in page.text
    assert "Ask a colleague who already cares for this person." in page.text
    assert "dec-7Q2F" in page.text
    assert "Hepworth" not in page.text


@pytest.mark.parametrize(
    "address",
    [
        "/record/none",
        f"{RECORD}/section/none",
        f"{RECORD}/results/none",
        f"{RECORD}/entry/bbbbbbbbbbbbbbbb",
        "/nowhere",
    ],
)
async def test_what_is_not_there_is_a_page_that_says_so(pharmacist: httpx.AsyncClient, address: str) -> None:
    page = await pharmacist.get(address)
    assert page.status_code == 404
    assert "There is nothing at this address that you may see." in page.text


async def test_an_entry_of_a_closed_section_reads_like_one_that_does_not_exist(
    pharmacist: httpx.AsyncClient, parts: Any
) -> None:
    allergies = await pharmacist.get(f"{RECORD}/section/allergies")
    entry = re.findall(rf'href="({RECORD}/entry/[a-z]+)"', allergies.text)[0]
    assert "Allergy to penicillin" in (await pharmacist.get(entry)).text
    parts.records.closed = frozenset({"allergies"})
    hidden = await pharmacist.get(entry)
    absent = await pharmacist.get(f"{RECORD}/entry/{'b' * 16}")
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content) == (404, absent.content)


async def test_a_record_that_cannot_be_read_says_that_this_tells_nothing(
    pharmacist: httpx.AsyncClient, parts: Any
) -> None:
    parts.records.down = True
    page = await pharmacist.get(RECORD)
    assert page.status_code == 503
    assert "This says nothing about what the record holds." in page.text


async def test_a_defect_is_told_without_its_trace(pharmacist: httpx.AsyncClient, parts: Any) -> None:
    parts.records.entries = None
    page = await pharmacist.get(RECORD)
    assert page.status_code == 500
    assert "there is a problem with this service" in page.text
    assert "Traceback" not in page.text
    assert "NoneType" not in page.text


async def test_somebody_of_whom_nothing_is_recorded_has_a_page_that_says_so(pharmacist: httpx.AsyncClient) -> None:
    page = await pharmacist.get("/record/rec0010")
    assert "Nothing is recorded under" in page.text
    assert "This does not mean that there is none." in page.text


async def test_pages_about_people_are_not_kept_and_run_nothing_inline(pharmacist: httpx.AsyncClient) -> None:
    page = await pharmacist.get(RECORD)
    assert page.headers["cache-control"] == "no-store"
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=\"", page.text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)


async def test_text_from_a_source_is_escaped(pharmacist: httpx.AsyncClient, parts: Any) -> None:
    resource = {"resourceType": "Flag", "id": "x", "status": "active", "code": {"text": "<img src=x onerror=alert(1)>"}}
    entry = parts.records.entries["rec0000"][0]
    parts.records.entries = {"rec0000": [*parts.records.entries["rec0000"], type(entry)(resource, entry.source)]}
    page = await pharmacist.get(RECORD)
    assert "<img src=x" not in page.text
    assert "&lt;img src=x" in page.text


async def test_a_coded_dose_goes_on_in_small_letters_behind_its_words(pharmacist: httpx.AsyncClient) -> None:
    record, timeline = await pharmacist.get(RECORD), await pharmacist.get(f"{RECORD}/timeline")
    assert '<span class="app-line">Coded: 2 tablets, 4 times a day</span>' in record.text
    assert "; Coded" not in record.text + timeline.text


async def test_hazard_wrong_dose_the_doubled_dose_is_not_shown_as_supplied(pharmacist: httpx.AsyncClient) -> None:
    """The hospital doubled bisoprolol; the pharmacy has supplied the old dose alone."""
    page = await pharmacist.get(f"{RECORD}/medicines")
    rows = re.findall(r'<tr role="row".*?</tr>', page.text.partition("How each medicine changed")[0], re.DOTALL)
    bisoprolol = [row for row in rows if "Bisoprolol" in row]
    assert len(bisoprolol) == 2
    for row in bisoprolol:
        assert ("Last supplied with this dose" in row) is ("Two to be taken" not in row)
