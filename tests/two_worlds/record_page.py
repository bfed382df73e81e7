"""The pages of records in the portal, as readers of both worlds are shown them."""

import re
from dataclasses import dataclass, replace
from typing import Any, Final

import httpx
import pytest
from tests.fhir_api.conftest import FOREVER
from tests.two_worlds.building import Worlds
from tests.two_worlds.cast import ASKERS
from tests.two_worlds.questions import HIDDEN_PATIENTS
from tests.two_worlds.world import World

from lhcr import pages
from lhcr.audit.query_mask import QueryMask
from lhcr.fhir_api.trace import TraceLimit
from lhcr.identity.principal import Principal
from lhcr.portal.portal import make_portal
from lhcr.portal.ports import DemoPersonCard, PersonaCard, SignedIn
from lhcr.portal.record_keys import RecordKeys

READERS: Final = {
    "gp": ASKERS["gp"],
    "pharmacist": ASKERS["pharmacist"],
    "citizen": ASKERS["citizen"],
}
_SEEN: Final = ("ann-practice", "ann-hospital", "bob-practice", "cat-practice")
#: Of whom an objection hides something, in the fuller world: whoever is told so is told so on every page.
_HIDING: Final = ("ann-practice", "ann-hospital", "bob-practice")
_OTHERS: Final = ("bob-objected", "dan-hospital", "eve-strange", "nobody")
_LINK: Final = re.compile(r'href="(/[^"#]*)"')
_REFERENCE: Final = re.compile(r"\bD-[0-9A-HJKMNP-TV-Z]{13}\b")
#: What says on a page that something is hidden: the only thing that may differ.
_INSET: Final = re.compile(r'<div class="nhsuk-inset-text app-notice">(?:(?!<div).)*?</div>\s*', re.DOTALL)
_MOST_PAGES: Final = 12


@dataclass
class Seats:
    """Sessions whose token is who it is."""

    def personas(self) -> tuple[PersonaCard, ...]:
        return ()

    def people(self) -> tuple[DemoPersonCard, ...]:
        return ()

    async def begin(self, persona: str, *, device: str = "") -> SignedIn:  # noqa: ARG002
        return SignedIn(persona, FOREVER)

    async def principal(self, token: str) -> Principal | None:
        return READERS.get(token)

    async def end(self, token: str) -> None:
        assert token in READERS


async def _browser(world: World, reader: str, patch: pytest.MonkeyPatch) -> httpx.AsyncClient:
    """Return a browser at the world's own portal, in which somebody sits already."""
    parts = world.parts
    with patch.context() as patched:
        patched.setattr(pages, "make_portal", lambda portal: portal)
        limit = TraceLimit(parts.clock, a_minute=10**6)
        portal: Any = await pages.make_pages(
            parts, mask=QueryMask(b"m" * 32), traces=limit, personas={}, bearer=lambda token: READERS[token]
        )
    app = make_portal(replace(portal, sign_ins=Seats()))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://area.test")
    client.cookies.set("lhcr-session", reader)
    return client


async def _shown(browser: httpx.AsyncClient, path: str) -> tuple[int, dict[str, str], str]:
    response = await browser.get(path)
    return response.status_code, dict(response.headers), _REFERENCE.sub("D-", response.text)


def _without_inset(shown: tuple[int, dict[str, str], str]) -> tuple[int, dict[str, str], str]:
    status, headers, text = shown
    rest = _INSET.sub("", text)
    length = int(headers.get("content-length", 0)) - len(text.encode()) + len(rest.encode())
    return status, headers | {"content-length": str(length)}, rest


def _parting(one: str, other: str) -> str:
    place = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return "".join(f"\n  {each[max(0, place - 400) : place + 500]}" for each in (one, other))


async def compare_pages(worlds: Worlds, reader: str, patch: pytest.MonkeyPatch) -> dict[int, int]:
    """Open records in both worlds and whatever of each they lead to; return how many pages there were by status. Raises AssertionError.

    Only what says that something is hidden may differ, and stands on every page of a record or on none.
    """
    browsers = [await _browser(world, reader, patch) for world in worlds]
    keys, statuses = RecordKeys(b"r" * 32), dict[int, int]()
    for patient in (*_SEEN, *_OTHERS, *HIDDEN_PATIENTS):
        beginning = f"/record/{keys.seal(patient)}"
        left, met = [beginning], {beginning}
        while left:
            path = left.pop(0)
            shown = [await _shown(browser, path) for browser in browsers]
            told = [_INSET.search(page[2]) is not None for page in shown]
            assert told == [reader != "citizen" and patient in _HIDING, False], f"{patient} {path} {told}"
            one, other = map(_without_inset, shown)
            assert one == other, f"{patient} {path} {_parting(one[2], other[2])}"
            statuses[one[0]] = statuses.get(one[0], 0) + 1
            further = dict.fromkeys(each for each in _LINK.findall(one[2]) if _is_of_record(each, beginning))
            new = [each for each in further if each not in met][: _MOST_PAGES - len(met)]
            met |= {*new}
            left += new
    return statuses


def _is_of_record(link: str, beginning: str) -> bool:
    """Who looked is of the log, which tells whatever was done; sharing choices name whatever organisations the area has."""
    return link.startswith(beginning) and not link.endswith(("/who-looked", "/sharing-choices"))
