"""Somebody who objects to sharing, in the portal over a real area: who opens his record, and what the others read."""

import html
import re
from collections.abc import Callable

import httpx
import pytest
from tests.portal import test_real_area as real
from tests.portal.test_real_area import found, number

from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME

area, browse, traces = real.area, real.browse, real.traces


def words(text: str) -> str:
    main = text[text.index("<main") : text.index("</main>")]
    return html.unescape(re.sub(r"<[^>]+>", " ", main))


async def opened(reader: httpx.AsyncClient) -> httpx.Response:
    return await reader.get(await found(reader, number("objection")))


async def test_the_practice_that_he_excepts_opens_his_record(browse: Callable[[str], httpx.AsyncClient]) -> None:
    page = await opened(browse("gp"))
    assert page.status_code == 200
    assert "Sertraline" in page.text
    assert "Aldermere Royal Infirmary" in page.text


async def test_others_read_why_not_and_what_next_in_few_words(
    browse: Callable[[str], httpx.AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hospital, which has entries of its own about him, and the pharmacy, which has none."""
    doctor = persona_claims(BY_NAME["ed-doctor"]).principal(token_id="ed-doctor", expires=real.FOREVER)
    monkeypatch.setitem(real.PEOPLE, "ed-doctor", doctor)
    for who in ("pharmacist", "ed-doctor"):
        page = await opened(browse(who))
        assert page.status_code == 403, who
        told = words(page.text)
        assert "objects to sharing" in told
        assert "Ask the person" in told
        assert len(told.split()) <= 120
        for hidden in ("Sertraline", "enicillin", "Depress"):
            assert hidden not in page.text
