"""Somebody who goes everywhere: follows every link, sends every form rightly and wrongly, and notes what a browser or a proxy would keep."""

import re
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx
from tests.canary import marks
from tests.canary.addresses import Asked, Atlas
from tests.canary.page import Field, Form, Page

BEGINNINGS: Final = (
    "/home",
    "/find",
    "/alerts",
    "/log",
    "/cases",
    "/questions",
    "/privacy/what-if",
    "/privacy/decisions",
    "/role",
    "/sign-in/role",
    "/sign-in/cis2",
    "/sign-in/cis2/back",
    "/auth/apps",
    "/sessions",
)
#: What a form is filled in with rightly, by the name of its field; other texts get plain words.
_RIGHT: Final = {
    "nhs_number": marks.NUMBER,
    "family": marks.FAMILY,
    "given": marks.GIVEN,
    "born_day": str(marks.BORN.day),
    "born_month": str(marks.BORN.month),
    "born_year": str(marks.BORN.year),
    "person": marks.NUMBER,
    "role": "R8000",
    "age": "",
}
_WORDS: Final = "They came to the desk and asked for help"
_SIGN_OUT: Final = "/sign-out"
#: Answers that are pages about something; what is not there, or has failed, is the same page for everybody.
_PAGES: Final = frozenset({200, 403, 409, 422})
_REFERENCE: Final = re.compile(r"\bD-[0-9A-Z]{13}\b")
_KEPT_HEADERS: Final = (
    "location",
    "content-location",
    "link",
    "refresh",
    "set-cookie",
    "content-disposition",
    "etag",
    "warning",
)


@dataclass(slots=True)
class Noted:
    """What was met on the way, each with where it was met."""

    walked: Counter[Asked] = field(default_factory=Counter)
    answers: Counter[tuple[Asked, int]] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    titles: set[str] = field(default_factory=set)
    addresses: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    without_way_out: set[str] = field(default_factory=set)
    tracebacks: list[str] = field(default_factory=list)
    records: dict[str, None] = field(default_factory=dict)
    references: set[str] = field(default_factory=set)

    def page(self, where: str, text: str) -> Page:
        page = Page(text)
        self.titles.add(page.title)
        self.addresses.update(dict.fromkeys(page.addresses, where))
        self.addresses.update({form.action: where for form in page.forms})
        return page


class Browser:
    """One browser: whatever is asked with it is noted."""

    def __init__(self, base: str, atlas: Atlas, noted: Noted, **headers: str) -> None:
        self._client = httpx.Client(base_url=base, headers={"origin": base, **headers}, timeout=60, verify=False)
        self._atlas = atlas
        self.noted = noted
        self._signed_in = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, method: str, address: str, *, typed: bool = False, **sent: Any) -> httpx.Response:
        """`typed` says that somebody put marks into the address themself: it and where it leads are theirs, not the program's."""
        try:
            answer = self._client.request(method, address, **sent)
        except httpx.TransportError:
            # A worker that lost its database may close a connection that it kept: browsers try again.
            answer = self._client.request(method, address, **sent)
        asked = self._atlas.asked(method, address)
        if asked:
            self.noted.walked[asked] += 1
            self.noted.answers[asked, answer.status_code] += 1
        self.noted.statuses[answer.status_code] += 1
        where = f"{method} {asked[1] if asked else '?'} {answer.status_code}"
        if not typed:
            self.noted.addresses[address] = "visited"
            self.noted.headers.update(
                {f"{name}: {answer.headers[name]}": where for name in _KEPT_HEADERS if name in answer.headers}
            )
        if self._signed_in and answer.status_code in _PAGES and _is_page(answer) and not _leads_out(answer):
            self.noted.without_way_out.add(where)
        self.noted.references.update(_REFERENCE.findall(answer.text))
        if "Traceback (most recent call last)" in answer.text:
            self.noted.tracebacks.append(where)
        return answer

    def sign_in(self, persona: str) -> None:
        assert self.ask("POST", "/sign-in", data={"persona": persona}).status_code == 303
        self._signed_in = True

    def sign_out(self) -> None:
        self._signed_in = False
        self.ask("POST", _SIGN_OUT)


@dataclass(slots=True)
class Walk:
    """Goes through all that one person can reach, at most `often` times to each kind of address."""

    browser: Browser
    atlas: Atlas
    often: int = 1
    _seen: set[str] = field(default_factory=set)
    _times: Counter[Asked | None] = field(default_factory=Counter)
    _sent: set[tuple[str, tuple[str, str]]] = field(default_factory=set)
    _waiting: deque[str] = field(default_factory=deque)

    def everywhere(self, beginnings: Iterable[str] = BEGINNINGS) -> None:
        self._waiting.extend(beginnings)
        while self._waiting:
            self._open(self._waiting.popleft())

    def _open(self, address: str) -> None:
        asked = self.atlas.asked("GET", address)
        if address in self._seen or (asked and self._times[asked] >= self.often):
            return
        self._seen.add(address)
        self._times[asked] += 1
        self._read(address, self.browser.ask("GET", address))

    def _read(self, address: str, answer: httpx.Response) -> None:
        if "location" in answer.headers:
            if answer.request.method == "POST":
                # What a form has changed is seen where it leads, however often that was opened before.
                self._seen.discard(answer.headers["location"].partition("#")[0])
                self._times[self.atlas.asked("GET", answer.headers["location"])] -= 1
            self._follow([answer.headers["location"]])
        if not _is_page(answer):
            return
        page = self.browser.noted.page(address, answer.text)
        self._follow(page.links)
        for form in page.forms:
            self._send(address, form)

    def _follow(self, links: Iterable[str]) -> None:
        for link in links:
            parts = urlsplit(link)
            if not parts.scheme and parts.path.startswith("/") and not parts.path.startswith("/static"):
                address = parts._replace(fragment="").geturl()
                if address not in self._seen:
                    self._waiting.append(address)
                if self.atlas.asked("GET", parts.path) == ("GET", "/record/{key}"):
                    self.browser.noted.records[parts.path] = None

    def _send(self, where: str, form: Form) -> None:
        action = form.action or where
        template = self.atlas.asked(form.method, action)
        key = str(template), form.key if template is None else (template[1], form.key[1])
        if urlsplit(action).path == _SIGN_OUT or key in self._sent:
            return
        self._sent.add(key)
        for wrongly in (True, False):
            told = filled(form, wrongly=wrongly)
            if form.method == "GET":
                self.browser.ask("GET", action, params=dict.fromkeys(told, "x"), typed=True)
            else:
                answer = self.browser.ask("POST", action, data=told)
                self._read(where, answer) if not wrongly else self.browser.noted.page(action, answer.text)


def _is_page(answer: httpx.Response) -> bool:
    return str(answer.headers.get("content-type", "")).startswith("text/html")


def _leads_out(answer: httpx.Response) -> bool:
    return f'action="{_SIGN_OUT}"' in answer.text


def filled(form: Form, *, wrongly: bool) -> dict[str, str]:
    """Return what is sent with a form; wrongly, marks stand in every field that somebody can fill in."""
    return {each.name: _filled(each, wrongly=wrongly) for each in form.fields.values()}


def _filled(asked: Field, *, wrongly: bool) -> str:
    if asked.kind == "hidden":
        return asked.value
    if asked.options:
        return marks.FAMILY if wrongly else next((each for each in asked.options if each), "")
    if wrongly:
        return marks.FAMILY[:8] if asked.kind == "textarea" else f"{marks.NUMBER}{marks.FAMILY}"
    return _WORDS if asked.kind == "textarea" else _RIGHT.get(asked.name, "")
