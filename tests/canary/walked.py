"""The order in which everything is walked: readers, commands, the privacy office, who is asked, errors, an outage."""

import base64
import contextlib
import hashlib
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit

import asyncpg
import httpx
from tests.canary import marks
from tests.canary.addresses import Atlas
from tests.canary.commands import Told, every_command, give
from tests.canary.fhir_requests import every_request
from tests.canary.journey import BEGINNINGS, Browser, Noted, Walk, filled
from tests.canary.page import Page
from tests.canary.person import write_files
from tests.cli.processes import lhcr
from tests.interoperability.live_area import LiveArea

from lhcr.demo.personas import PERSONAS
from lhcr.nhs.systems import NHS_NUMBER

_BACK: Final = "https://app.example/back"
_OFFICES: Final = ("privacy-officer", "caldicott")
#: Who opens records on their own word, so that the office has something to ask.
_CALLERS: Final = ("gp", "patient", "supplier", "privacy-officer")
_ASKED: Final = ("ed-doctor", "ward-nurse")
#: The demonstration's office is the hospital's: cases of whichever organisation are about one of its users here.
_GIVEN_TO_THE_OFFICE: Final = """
    UPDATE privacy_case SET organisation = 'RRE', user_id = 'persona:ed-doctor', state = 'open', opened = noted, due = noted + interval '3 days'
    WHERE state IN ('watched', 'open')"""


def walk_everywhere(area: LiveArea, atlas: Atlas, noted: Noted, told: list[Told], folder: Path, way: Path) -> None:
    base = area.base.removesuffix("/fhir")
    told.append(_load(folder))
    told.append(give("client", "register", *_app()))
    people = [each.name for each in PERSONAS if not each.is_system]
    readers = [name for name in people if name not in _OFFICES]
    _strangers(base, atlas, noted)
    for name in sorted(readers, key=lambda name: name != "gp"):
        _person(base, atlas, noted, name, often=2 if name == "patient" else 1)
    tokens = {name: give("token", "--persona", name).text.strip() for name in _CALLERS}
    ids = _ids(area, tokens["supplier"])
    _ask_api(area, atlas, noted, tokens, ids)
    told.append(give("office", "check"))
    _decide_cases(area, base, atlas, noted)
    for name in _ASKED:
        _person(base, atlas, noted, name, often=2)
    for name in _OFFICES:
        _person(base, atlas, noted, name, often=2)
    told += [give(*arguments) for arguments in every_command(folder, noted.references)]
    with _broken(area):
        _again(area, atlas, noted, tokens, ids)
    with _away(area, way):
        _again(area, atlas, noted, tokens, ids)


def _load(folder: Path) -> Told:
    """Load good and broken files of the person in real processes, as an operator does."""
    done = lhcr("load", str(write_files(folder / "files")), "--source", "RRE", "--processes", "1")
    assert isinstance(done, subprocess.CompletedProcess)
    return Told(("load",), done.returncode, done.stdout + done.stderr)


def _app() -> tuple[str, ...]:
    return "--name", "An app", "--kind", "app", "--redirect", _BACK, "--scope", "user/Patient.rs", "--id", "an-app"


def _app_begins(base: str) -> str:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 43).digest()).rstrip(b"=").decode()
    asked = {"response_type": "code", "client_id": "an-app", "redirect_uri": _BACK, "scope": "user/Patient.rs"}
    asked |= {"state": "s", "aud": f"{base}/fhir", "code_challenge": challenge, "code_challenge_method": "S256"}
    return f"/auth/authorize?{urlencode(asked)}"


def _strangers(base: str, atlas: Atlas, noted: Noted) -> None:
    """Nobody is signed in, or somebody sends what no page asked for."""
    with Browser(base, atlas, noted) as browser:
        for address in ("/", "/health/live", "/health/ready", "/auth/jwks", "/fhir/.well-known/smart-configuration"):
            answer = browser.ask("GET", address)
            assert answer.status_code == 200
        page = noted.page("/", browser.ask("GET", "/").text)
        for address in {urlsplit(each).path for each in page.addresses if each.startswith("/static")}:
            browser.ask("GET", address)
        for method, path in (
            ("GET", "/record/{}"),
            ("GET", "/privacy/decisions/{}"),
            ("POST", "/cases/{}/ask"),
            ("GET", "/{}"),
        ):
            browser.ask(method, path.format(f"{marks.NUMBER}{marks.FAMILY}"), typed=True)
        wrong = dict.fromkeys(("persona", "token", "code", "client_id", "assertion"), f"{marks.NUMBER} {marks.FAMILY}")
        for grant in ("authorization_code", "refresh_token", "client_credentials", marks.FAMILY):
            browser.ask("POST", "/auth/token", data=wrong | {"grant_type": grant, "client_assertion": marks.NUMBER})
        for address in (
            "/auth/introspect",
            "/auth/revoke",
            "/sign-in",
            "/sign-in/role",
            "/sign-in/cis2/signed-out",
            "/role",
            "/sessions",
            "/auth/apps",
            "/auth/authorize",
        ):
            browser.ask("POST", address, data=wrong)
        browser.ask("GET", "/auth/authorize", params=wrong, typed=True)


def _person(base: str, atlas: Atlas, noted: Noted, name: str, *, often: int) -> None:
    with Browser(base, atlas, noted) as browser:
        browser.sign_in(name)
        beginnings = [*BEGINNINGS, *list(noted.records)[:2]]
        beginnings += [f"/privacy/decisions/{each}" for each in sorted(noted.references)[:1]]
        beginnings += [_app_begins(base)] if name == "gp" else []
        Walk(browser, atlas, often=often).everywhere(beginnings)
        for path in ("/record/{}/section/{}", "/record/{}/entry/{}", "/cases/{}", "/questions/{}"):
            browser.ask("GET", path.format(f"{marks.NUMBER}", marks.FAMILY), typed=True)
        browser.sign_out()


def _decide_cases(area: LiveArea, base: str, atlas: Atlas, noted: Noted) -> None:
    """The office asks the user of one case, escalates another and closes a third, before everything is tried with the rest."""
    area.rows(_GIVEN_TO_THE_OFFICE)
    with Browser(base, atlas, noted) as browser:
        browser.sign_in(_OFFICES[0])
        cases = [each for each in Page(browser.ask("GET", "/cases").text).links if each.startswith("/cases/")]
        for step in ("ask", "escalate", "close"):
            for address in cases:
                forms = Page(browser.ask("GET", address).text).forms
                form = next((each for each in forms if each.action.endswith(f"/{step}")), None)
                if form and browser.ask("POST", form.action, data=filled(form, wrongly=False)).status_code == 303:
                    cases.remove(address)
                    break
        browser.sign_out()


def _ask_api(area: LiveArea, atlas: Atlas, noted: Noted, tokens: Mapping[str, str], ids: tuple[str, str]) -> None:
    patient, observation = ids
    for token in tokens.values():
        with Browser(area.base.removesuffix("/fhir"), atlas, noted, authorization=f"Bearer {token}") as browser:
            for sent in every_request(patient, observation):
                browser.ask(
                    sent.method,
                    f"/fhir{sent.path}",
                    typed=sent.typed,
                    content=sent.content or None,
                    headers=sent.headers,
                )
    with Browser(
        area.base.removesuffix("/fhir"), atlas, noted, authorization=f"Bearer {marks.NUMBER}{marks.FAMILY}"
    ) as browser:
        browser.ask("GET", f"/fhir/Patient/{patient}")


def _ids(area: LiveArea, token: str) -> tuple[str, str]:
    """Return ids of the hospital's Patient and of an Observation, as the API tells them to the hospital's system."""
    with httpx.Client(headers={"authorization": f"Bearer {token}"}) as client:
        number = {"identifier": f"{NHS_NUMBER}|{marks.NUMBER}"}
        (patient,) = client.post(f"{area.base}/Patient/_search", data=number).json()["entry"]
        found = client.get(
            f"{area.base}/Observation", params={"patient": patient["resource"]["id"], "_count": 1}
        ).json()
        return patient["resource"]["id"], found["entry"][0]["resource"]["id"]


@contextmanager
def _broken(area: LiveArea) -> Iterator[None]:
    """A defect: a table that every answer about a person needs has another name."""
    area.rows("ALTER TABLE resource RENAME TO resource_elsewhere")
    try:
        yield
    finally:
        area.rows("ALTER TABLE resource_elsewhere RENAME TO resource")


@contextmanager
def _away(area: LiveArea, way: Path) -> Iterator[None]:
    """An outage: there is no way to the database any more, and every connection that there was has ended."""
    there = way.readlink()
    way.unlink()
    with contextlib.suppress(asyncpg.PostgresError, OSError):
        area.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    try:
        yield
    finally:
        way.symlink_to(there)


def _again(area: LiveArea, atlas: Atlas, noted: Noted, tokens: Mapping[str, str], ids: tuple[str, str]) -> None:
    """What is asked while nothing can be answered well."""
    _ask_api(area, atlas, noted, {"supplier": tokens["supplier"]}, ids)
    base = area.base.removesuffix("/fhir")
    with Browser(base, atlas, noted) as browser:
        answer = browser.ask("POST", "/sign-in", data={"persona": "gp"})
        if answer.status_code == 303:
            for address in (*BEGINNINGS, *list(noted.records)[:1]):
                browser.ask("GET", address)
            browser.ask("POST", "/find", data={"by": "number", "nhs_number": marks.NUMBER})
        browser.ask("GET", "/health/ready")
