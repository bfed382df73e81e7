"""A record that can be closed again: a person whom one entry of a hospital's is about, and whoever may read it in two workers now."""

import json
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any, Final

import httpx
import msgspec
from tests.auth.clients import Signer
from tests.faults.people_who_ask import GP, ODS, PRACTICE, PRACTICE_SYSTEM
from tests.fhir_api.objecting import objection
from tests.interoperability import canary
from tests.interoperability.bearers import BEARERS

from lhcr.app import App
from lhcr.identity.area_settings import setting_made_once
from lhcr.identity.claims import Claims
from lhcr.identity.grants import Grant, Grants
from lhcr.identity.principal import Principal
from lhcr.identity.sessions import Sessions
from lhcr.identity.tokens import Tokens
from lhcr.kernel.clock import FixedClock
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.pages import RECORD_KEY
from lhcr.parts import Parts
from lhcr.portal.record_keys import RecordKeys

#: Stands in the hospital's entry, so that whatever shows the entry holds it.
MARK: Final = "Zzrevoked"
BASE: Final = "http://area.test"
JSON: Final = {"content-type": "application/fhir+json"}
_LIFE: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWorkers:
    """Two workers of one area, whose clock the tests move.

    Whom the tests make is numbered in turn: of people who are drawn by lot, two in a module are often one, whose record was closed before.
    """

    dsn: str
    clock: FixedClock
    tokens: Tokens
    apps: tuple[App, App]
    clients: tuple[httpx.AsyncClient, httpx.AsyncClient]
    places: Iterator[int] = field(default_factory=lambda: count(500))

    @property
    def parts(self) -> Parts:
        parts = self.apps[0].parts
        assert parts is not None
        return parts

    def token(self, claims: Claims, **named: Any) -> str:
        return self.tokens.issue(claims, lifetime=_LIFE, **named)

    async def send(self, claims: Claims, method: str, path: str, resource: Mapping[str, Any]) -> dict[str, Any]:
        """Have the first worker change something, in somebody's name."""
        headers = {**JSON, "authorization": f"Bearer {self.token(claims)}"}
        answer = await self.clients[0].request(method, f"/fhir{path}", headers=headers, content=json.dumps(resource))
        assert answer.status_code in {200, 201}, answer.text
        made: dict[str, Any] = answer.json()
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """`tie` is the episode of care that ties the practice to them; `cursors` are the next pages that were offered to a reader."""

    patient: str
    condition: str
    person: int
    record: str
    tie: dict[str, Any]
    cursors: dict[str, str] = field(default_factory=dict)

    def consent(self, **more: Any) -> dict[str, Any]:
        told = objection({"type": "deny"}, patient={"reference": f"Patient/{self.patient}"}, **more)
        return {name: value for name, value in told.items() if name != "id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whoever reads: by a token, which was given under `grant` for a client, and in the portal's session of its own."""

    claims: Claims
    grant: Grant
    token: str
    session: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", **self.headers}

    @property
    def principal(self) -> Principal:
        return self.claims.principal(token_id="t", expires=self.grant.ends)


async def make_somebody(area: TwoWorkers, *, birth: str = "1970-01-01") -> Somebody:
    """The hospital has two entries about a person, and nothing but the practice's word ties the practice to them."""
    number = canary.nhs_number(next(area.places))
    patient = {
        "resourceType": "Patient",
        "birthDate": birth,
        "identifier": [{"system": NHS_NUMBER, "value": number}],
    }
    own = await area.send(PRACTICE_SYSTEM, "POST", "/Patient", patient)
    theirs = await area.send(BEARERS["hospital"], "POST", "/Patient", patient)
    made = [await area.send(BEARERS["hospital"], "POST", "/Condition", _problem(theirs["id"])) for _ in range(2)]
    rows = await area.parts.pool.fetch("SELECT person_id FROM resource WHERE id = $1", own["id"])
    key = await setting_made_once(area.parts.side_pool, RECORD_KEY, make=RecordKeys.new_key)
    tie = await area.send(PRACTICE_SYSTEM, "POST", "/EpisodeOfCare", _episode(own["id"]))
    return Somebody(
        patient=own["id"],
        condition=made[0]["id"],
        person=rows[0]["person_id"],
        record=f"/record/{RecordKeys(key).seal(own['id'])}",
        tie=tie,
    )


def _problem(patient: str) -> dict[str, Any]:
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "1001"}], "text": MARK}
    return {
        "resourceType": "Condition",
        "subject": {"reference": f"Patient/{patient}"},
        "code": code,
        "recordedDate": "2025-03-01",
    }


def _episode(patient: str) -> dict[str, Any]:
    site = {"identifier": {"system": ODS, "value": PRACTICE}}
    named = {"resourceType": "EpisodeOfCare", "status": "active", "period": {"start": "2020-01-01"}}
    return named | {"patient": {"reference": f"Patient/{patient}"}, "managingOrganization": site}


async def make_reader(area: TwoWorkers, claims: Claims = GP, *, acting: bool = False, purpose: str = "") -> Reader:
    """Somebody with a session, and a token that they let an app have; `acting`: the hospital's system has one in their name besides."""
    claims = msgspec.structs.replace(claims, sub=f"user-{secrets.token_hex(6)}")
    sessions = Sessions(area.parts.side_pool, clock=area.clock)
    grant = Grant(grant_id=secrets.token_urlsafe(12), client_id="an-app", claims=claims, ends=area.clock.now() + _LIFE)
    grants = Grants(area.parts.side_pool, clock=area.clock)
    code = await grants.begin(grant, redirect_uri="https://app.example/back", challenge="x")
    assert code is not None
    await grants.redeem(code)
    headers = {"x-lhcr-purpose": purpose} if purpose else {}
    token = area.token(claims, client=grant.client_id, grant=grant.grant_id)
    reader = Reader(claims=claims, grant=grant, token=token, session=await sessions.begin(claims), headers=headers)
    return await _exchanged(area, reader) if acting else reader


async def _exchanged(area: TwoWorkers, reader: Reader) -> Reader:
    """The reader by the token that the hospital's system has in their name."""
    signer, kind = Signer(now=area.clock.now()), "urn:ietf:params:oauth:token-type:access_token"
    grant = "urn:ietf:params:oauth:grant-type:token-exchange"
    form = signer.form(grant_type=grant, scope=None, subject_token=reader.token, subject_token_type=kind)
    answer = await area.clients[0].post("/auth/token", data=form)
    assert answer.status_code == 200, answer.text
    return replace(reader, token=answer.json()["access_token"], session="")


Ask = Callable[[httpx.AsyncClient, Reader, Somebody], Awaitable[httpx.Response]]


def _get(path: str) -> Ask:
    async def ask(worker: httpx.AsyncClient, reader: Reader, of: Somebody) -> httpx.Response:
        where = path.format(patient=of.patient, condition=of.condition)
        return await worker.get(f"/fhir{where}", headers=reader.bearer)

    return ask


async def _next_page(worker: httpx.AsyncClient, reader: Reader, of: Somebody) -> httpx.Response:
    """Follow the cursor that was offered before."""
    key = f"{reader.token} {sorted(reader.headers.items())}"
    if key not in of.cursors:
        first = await worker.get(f"/fhir/Condition?patient={of.patient}&_count=1", headers=reader.bearer)
        links = {link["relation"]: link["url"] for link in first.json()["link"]}
        of.cursors[key] = links["next"]
    return await worker.get(of.cursors[key], headers=reader.bearer)


async def _batch(worker: httpx.AsyncClient, reader: Reader, of: Somebody) -> httpx.Response:
    entry = [{"request": {"method": "GET", "url": f"Condition/{of.condition}"}}]
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": entry}
    return await worker.post("/fhir", headers={**JSON, **reader.bearer}, content=json.dumps(bundle))


async def _posted(worker: httpx.AsyncClient, reader: Reader, of: Somebody) -> httpx.Response:
    return await worker.post("/fhir/Condition/_search", headers=reader.bearer, data={"patient": of.patient})


def _page(path: str) -> Ask:
    async def ask(worker: httpx.AsyncClient, reader: Reader, of: Somebody) -> httpx.Response:
        return await worker.get(f"{of.record}{path}", headers={"cookie": f"lhcr-session={reader.session}"})

    return ask


BY_TOKEN: Final[Mapping[str, Ask]] = {
    "read": _get("/Condition/{condition}"),
    "vread": _get("/Condition/{condition}/_history/1"),
    "history": _get("/Condition/{condition}/_history"),
    "search": _get("/Condition?patient={patient}"),
    "include": _get("/Patient?_id={patient}&_revinclude=Condition:patient"),
    "posted search": _posted,
    "next page": _next_page,
    "everything": _get("/Patient/{patient}/$everything"),
    "compartment": _get("/Patient/{patient}/Condition"),
    "batch": _batch,
}
BY_SESSION: Final[Mapping[str, Ask]] = {
    "record": _page(""),
    "part of an open page": _page("/section/problems"),
    "timeline": _page("/timeline"),
}
