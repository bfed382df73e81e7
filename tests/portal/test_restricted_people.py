"""Restricted and sensitive people in the portal over a real area: what no page of theirs tells, whoever opens it."""

import html
import re
from collections.abc import Callable

import httpx
import pytest
from tests.portal import test_real_area as real
from tests.portal.test_real_area import found, number

from lhcr.demo.organisations import SOURCES
from lhcr.demo.people import BY_KEY
from lhcr.demo.stories.restricted_address import FRIENDS_PHONE, REFUGE

area, browse, traces = real.area, real.browse, real.traces


def _whereabouts() -> tuple[str, ...]:
    """Words that stand in nothing but her addresses and telephone numbers, old and new."""
    person = BY_KEY["restricted-address"].person
    homes = [word for home in (person.home, REFUGE) for word in (home.line, home.postcode)]
    return (*homes, person.landline, person.mobile, FRIENDS_PHONE)


async def _every_page(client: httpx.AsyncClient, first: str) -> dict[str, str]:
    """Follow every link of a record from its first page."""
    seen: dict[str, str] = {}
    ahead = [first]
    while ahead:
        address = ahead.pop()
        if address not in seen:
            page = await client.get(address)
            seen[address] = page.text if page.status_code == 200 else ""
            ahead += [html.unescape(link) for link in re.findall(r'href="(/record/[^"#]+)', page.text)]
    return {address: text for address, text in seen.items() if text}


@pytest.mark.parametrize(("who", "fewest"), [("gp", 20), ("receptionist", 3), ("pharmacist", 15)])
async def test_no_page_of_a_restricted_person_tells_where_they_are(
    browse: Callable[[str], httpx.AsyncClient], who: str, fewest: int
) -> None:
    """Hazard: the address of a restricted person is exposed, by a source that does not know, a friend, a letter or a number."""
    reader = browse(who)
    pages = await _every_page(reader, await found(reader, number("restricted-address")))
    assert len(pages) >= fewest
    told = {(address, word) for address, text in pages.items() for word in _whereabouts() if word in text}
    assert told == set()
    text = " ".join(pages.values())
    assert "FAIRCLOUGH, Lucy" in text
    assert "Withheld: this person" in text
    assert not re.search(r"(?:FA123|ZCC|RRE|A81001)-\d{6}", text)
    assert "Market Place Pharmacy, 4 Market Place" not in text


def _contributors() -> tuple[str, ...]:
    """Names, codes and people of the organisations, each of which is one step from where she is."""
    staff = (member.display for source in SOURCES for member in source.staff)
    return (*(source.name for source in SOURCES), *(f"({source.ods})" for source in SOURCES), *staff)


def _below_the_header(page: str) -> str:
    """A page without its header, where the reader's own name and organisation stand."""
    return page.partition("</header>")[2]


@pytest.mark.parametrize("who", ["gp", "receptionist", "pharmacist"])
async def test_no_page_of_a_restricted_person_names_an_organisation_that_contributed(
    browse: Callable[[str], httpx.AsyncClient], who: str
) -> None:
    """Hazard: the address of a restricted person. Whoever knows their practice or pharmacy knows the town."""
    reader = browse(who)
    pages = await _every_page(reader, await found(reader, number("restricted-address")))
    told = {word for text in pages.values() for word in _contributors() if word in _below_the_header(text)}
    assert told == set()


async def test_the_sources_of_a_restricted_person_are_told_by_their_kind(
    browse: Callable[[str], httpx.AsyncClient],
) -> None:
    """A pharmacist still has to weigh who says what, and from how many sources it comes."""
    gp = browse("gp")
    pages = await _every_page(gp, await found(gp, number("restricted-address")))
    record = next(iter(pages.values()))
    assert "Everything that 4 sources wrote and you may see is here." in record
    assert "named by their kind alone, because this person's whereabouts are restricted" in html.unescape(record)
    for kind in ("GP practice", "NHS trust", "Community pharmacy", "Care organisation"):
        assert f'<span class="app-line">{kind}</span>' in record or f"<dt>{kind}</dt>" in record, kind


async def test_a_restricted_person_reads_their_own_address_and_who_wrote_what(
    browse: Callable[[str], httpx.AsyncClient],
) -> None:
    """What is withheld from others is no secret from whom it is about."""
    home = BY_KEY["restricted-address"].person.home
    own = browse("restricted")
    first = await own.get("/home")
    pages = await _every_page(own, first.headers["location"])
    record = html.unescape(pages[first.headers["location"]])
    assert home.line in record
    assert "Aldermere Surgery" in _below_the_header(record)
    assert "Withheld" not in "".join(pages.values())
    assert "do not disclose" not in record
    assert "Restricted: where you live is shown here because this is your own record." in re.sub(
        r"</?strong>", "", record
    )


async def test_a_person_who_is_not_restricted_is_shown_with_their_address(
    browse: Callable[[str], httpx.AsyncClient],
) -> None:
    """So that the test above can fail."""
    gp = browse("gp")
    pages = await _every_page(gp, await found(gp, number("rich")))
    home = BY_KEY["rich"].person.home
    assert any(home.postcode in text and home.line in text for text in pages.values())


@pytest.mark.parametrize("who", ["gp", "receptionist", "pharmacist", "stranger"])
async def test_a_restricted_person_is_found_without_address(
    browse: Callable[[str], httpx.AsyncClient], who: str
) -> None:
    person = BY_KEY["restricted-address"].person
    by_name = {"by": "name", "family": person.family, "born_day": str(person.birth_date.day)}
    by_name |= {"born_month": str(person.birth_date.month), "born_year": str(person.birth_date.year)}
    for asked in ({"by": "number", "nhs_number": number("restricted-address")}, by_name):
        page = await browse(who).post("/find", data=asked)
        assert "FAIRCLOUGH" in page.text, asked
        assert "the address is not shown" in page.text
        assert not [word for word in _whereabouts() if word in page.text]


async def test_a_sensitive_service_leaves_no_number_on_any_page(browse: Callable[[str], httpx.AsyncClient]) -> None:
    """Hazard: a sensitive item exposed, here that a clinic which shows nothing knows somebody."""
    gp = browse("gp")
    pages = await _every_page(gp, await found(gp, number("sensitive")))
    text = " ".join(pages.values())
    assert "A81001-000001" in text
    assert "ZCT" not in text
    assert "Community Health Trust" not in text
