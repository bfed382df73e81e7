"""A person says on their own page that an entry is wrong; everybody who reads it sees that, and the source's answer."""

import re
from collections.abc import Callable

import httpx
from tests.portal import test_real_area as real
from tests.portal.test_real_area import found, number

area, browse, traces = real.area, real.browse, real.traces
Browse = Callable[[str], httpx.AsyncClient]
WORDS = "I have never been told this and I do not have it."


async def first_entry(person: httpx.AsyncClient) -> str:
    """The address of the first entry of the person's own record, and so of every visitor's."""
    home = await person.get("/home")
    page = await person.get(home.headers["location"])
    address = re.search(r'href="(/record/[a-z]+/entry/[^"]+)"', page.text)
    assert address
    return address[1]


async def test_a_person_disputes_an_entry_and_everybody_who_reads_it_sees_so(browse: Browse) -> None:
    patient = browse("patient")
    entry = await first_entry(patient)
    assert f'href="{entry}/wrong"' in (await patient.get(entry)).text
    form = await patient.get(f"{entry}/wrong")
    assert "Ask them to put it right" in form.text
    wrong = await patient.post(f"{entry}/wrong", data={"words": "no"})
    assert (wrong.status_code, "There is a problem" in wrong.text) == (422, True)
    sent = await patient.post(f"{entry}/wrong", data={"words": WORDS})
    assert (sent.status_code, sent.headers["location"]) == (303, entry)
    page = (await patient.get(entry)).text
    assert WORDS in page
    assert "Its source has been asked" in page
    seen = (await browse("gp").get(entry)).text
    assert WORDS in seen
    assert "Said to be wrong on" in (await browse("gp").get(entry.partition("/entry/")[0])).text
    assert "/wrong" not in seen


async def test_hazard_wrong_person_nobody_else_disputes_and_to_them_there_is_no_such_page(browse: Browse) -> None:
    entry = await first_entry(browse("patient"))
    for who in ("gp", "pharmacist", "privacy-officer"):
        assert (await browse(who).get(f"{entry}/wrong")).status_code == 404
        assert (await browse(who).post(f"{entry}/wrong", data={"words": WORDS})).status_code == 404
    for who in ("carer", "nobody"):
        assert (await browse(who).post(f"{entry}/wrong", data={"words": WORDS})).status_code == 403
    other = (await found(browse("gp"), number("child"))) + "/entry/none/wrong"
    assert (await browse("carer").get(other)).status_code == 404
