"""A client's ledger: what arrived whole at those who asked in every way, held against the log afterwards."""

import random
import string
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import msgspec
from tests.faults.people_who_ask import GP, PeopleWhoAsk, begin_session
from tests.interoperability.live_area import FHIR_JSON, LiveArea

from lhcr.identity.claims import Claims

CALLERS: Final = 5
_OUTCOMES: Final = {403: "4", 404: "8"}
Ask = Callable[["Asking", str], httpx.Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One answer that arrived whole: who asked what, and the resources that it showed, as (type, id)."""

    request: str
    kind: str
    user: str
    status: int
    shown: frozenset[tuple[str, str]]


@dataclass
class ClientLedger:
    """`asked` counts requests, `lost` those whose answer broke off, `away` those that were told to come again."""

    area: LiveArea
    people: PeopleWhoAsk
    seed: int
    received: list[Received] = field(default_factory=list)
    pages: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    lost: int = 0
    away: int = 0
    wrong: list[str] = field(default_factory=list)
    stopping: bool = False

    def run(self, number: int) -> None:
        """Ask until told to stop; a connection that breaks is opened again, as clients do."""
        asking = Asking(self, number)
        while not self.stopping:
            try:
                with httpx.Client(base_url=self.area.base.removesuffix("/fhir"), timeout=15) as asking.client:
                    while not self.stopping:
                        asking.step()
            except httpx.TransportError:
                self.lost += 1
                time.sleep(0.02)
            except Exception as error:  # noqa: BLE001 - told by the test, not by a thread that ends.
                self.wrong.append(repr(error))
                return


class Asking:
    """One caller, who asks in turn in all ways, drawn by the seed."""

    client: httpx.Client

    def __init__(self, ledger: ClientLedger, number: int) -> None:
        self.ledger, self.people, self.area = ledger, ledger.people, ledger.area
        self.chance = random.Random(f"{ledger.seed}.{number}")
        self.name = "".join(self.chance.choices(string.ascii_lowercase, k=6))
        self.user = f"desk-{number}"
        self.session = begin_session(self.area, _at_the_desk(self.user))
        self.steps = 0
        self.pulses: list[str] = []

    def step(self) -> None:
        kind = self.chance.choice(list(WAYS))
        self.steps += 1
        request = f"{self.name}.{self.steps}"
        self.ledger.asked += 1
        user, ask = WAYS[kind]
        if kind == "page":
            self.ledger.tried[self.user] += 1
        answer = ask(self, request)
        self._write_down(kind, user or self.user, request, answer)

    def _write_down(self, kind: str, user: str, request: str, answer: httpx.Response) -> None:
        if answer.status_code == 503:
            self.ledger.away += 1
            if b'"Patient"' in answer.content or b'"Observation"' in answer.content:
                self.ledger.wrong.append(f"{kind}: a refusal that shows something")
            time.sleep(0.1)
        elif answer.status_code not in {200, 201, *_OUTCOMES}:
            self.ledger.wrong.append(f"{kind}: {answer.status_code} {answer.text[:300]}")
        elif kind == "page":
            self.ledger.pages[user] += 1
        else:
            shown = frozenset(_shown(answer)) if answer.status_code in {200, 201} else frozenset()
            self.ledger.received.append(
                Received(request=request, kind=kind, user=user, status=answer.status_code, shown=shown)
            )
            if kind == "create" and answer.status_code == 201:
                self.pulses.append(answer.json()["id"])

    def fhir(self, bearer: str, method: str, path: str, request: str, **sent: Any) -> httpx.Response:
        token = {"office": self.people.office, "practice": self.people.practice, **self.area.tokens}[bearer]
        headers = {**FHIR_JSON, "authorization": f"Bearer {token}", "x-request-id": request}
        return self.client.request(method, f"/fhir{path}", headers=headers, **sent)

    def pulse(self) -> dict[str, Any]:
        about = {"reference": f"Patient/{self.people.patient}"}
        return {"resourceType": "Observation", "status": "final", "code": {"text": "Pulse"}, "subject": about}

    def create(self, request: str) -> httpx.Response:
        return self.fhir("practice", "POST", "/Observation", request, json=self.pulse())

    def update(self, request: str) -> httpx.Response:
        if not self.pulses:
            return self.absent(request)
        id_ = self.chance.choice(self.pulses)
        return self.fhir("practice", "PUT", f"/Observation/{id_}", request, json={**self.pulse(), "id": id_})

    def absent(self, request: str) -> httpx.Response:
        return self.fhir("practice", "GET", "/Observation/never-was", request)

    def transaction(self, request: str) -> httpx.Response:
        entry = {"resource": self.pulse(), "request": {"method": "POST", "url": "Observation"}}
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
        return self.fhir("practice", "POST", "/", request, json=bundle)

    def exchange(self, request: str) -> httpx.Response:
        form = self.people.exchange(self.area.tokens["gp"])
        return self.client.post("/auth/token", data=form, headers={"x-request-id": request})

    def page(self, _: str) -> httpx.Response:
        return self.client.get(self.people.record, headers={"cookie": f"lhcr-session={self.session}"})


def _get(bearer: str, path: str) -> tuple[str, Ask]:
    user = {"hospital": "hospital-system", "gp": GP.sub, "receptionist": "555000000102", "pharmacy": "pharmacy-system"}

    def ask(asking: Asking, request: str) -> httpx.Response:
        where = path.format(patient=asking.people.patient, stranger=asking.people.stranger)
        return asking.fhir(bearer, "GET", where, request)

    return {"office": "555000000109", "citizen": "citizen-1", **user}[bearer], ask


#: Every way of asking, with the user whom the log names; "" for the caller's own.
WAYS: Final[Mapping[str, tuple[str, Ask]]] = {
    "read": _get("gp", "/Patient/{patient}"),
    "own": _get("citizen", "/Patient/{patient}"),
    "search": _get("gp", "/Observation?patient={patient}&_count=5"),
    "everything": _get("gp", "/Patient/{patient}/$everything?_count=10"),
    "history": _get("gp", "/Patient/{patient}/_history"),
    "compartment": _get("gp", "/Patient/{patient}/Observation?_count=3"),
    "refused": _get("gp", "/Patient/{stranger}"),
    "role": _get("receptionist", "/Observation?patient={patient}"),
    "hidden": _get("pharmacy", "/Patient/{patient}"),
    "log": _get("office", "/AuditEvent?_count=3"),
    "absent": ("practice-system", Asking.absent),
    "create": ("practice-system", Asking.create),
    "update": ("practice-system", Asking.update),
    "transaction": ("practice-system", Asking.transaction),
    "exchange": (GP.sub, Asking.exchange),
    "page": ("", Asking.page),
}


def _at_the_desk(user: str) -> Claims:
    return msgspec.structs.replace(GP, sub=user)


def _shown(answer: httpx.Response) -> Iterator[tuple[str, str]]:
    """Yield what an answer shows: the resource, or those of a Bundle, and what a transaction says it wrote."""
    body = answer.json()
    if body.get("resourceType") != "Bundle":
        if "id" in body and "resourceType" in body:
            yield body["resourceType"], body["id"]
        return
    for entry in body.get("entry", []):
        if resource := entry.get("resource"):
            yield resource["resourceType"], resource["id"]
        elif location := entry.get("response", {}).get("location"):
            type_, id_ = location.split("/_history")[0].split("/")[-2:]
            yield type_, id_


@contextmanager
def asking(area: LiveArea, people: PeopleWhoAsk, *, seed: int) -> Iterator[ClientLedger]:
    """Have people ask while the block runs."""
    ledger = ClientLedger(area, people, seed)
    threads = [threading.Thread(target=ledger.run, args=(number,)) for number in range(CALLERS)]
    for thread in threads:
        thread.start()
    try:
        yield ledger
    finally:
        ledger.stopping = True
        for thread in threads:
            thread.join()


def unaccounted(ledger: ClientLedger, entries: list[dict[str, Any]]) -> list[str]:
    """Return what arrived without its entry: by its request, its user, its outcome, its person and all that it showed."""
    by_request: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        by_request.setdefault(entry.get("request", ""), []).append(entry)
    found = [
        f"{each.kind} {each.request}: {defect}"
        for each in ledger.received
        for defect in _defects(each, by_request.get(each.request, []), ledger.people)
    ]
    return found + list(_uncounted_pages(ledger, entries))


def _defects(received: Received, entries: list[dict[str, Any]], people: PeopleWhoAsk) -> Iterator[str]:
    outcome = _OUTCOMES.get(received.status, "0")
    own = [each for each in entries if each["outcome"] == outcome and each["agent"]["user"] == received.user]
    if received.kind == "log":
        # Beside the entry of the look itself each person on the page is told of it in theirs.
        own = [each for each in own if each["subtype"] == "search" and "person" not in each]
    if len(own) != 1:
        yield f"{len(own)} entries of {received.user} with outcome {outcome}, not one, of {len(entries)}"
        return
    logged = {(item[0], item[1]) for item in own[0].get("items", [])}
    if received.kind != "log" and not received.shown <= logged:
        yield f"shows {sorted(received.shown - logged)} that the entry does not name"
    about = received.kind in {"read", "own", "search", "everything", "create"} and outcome == "0"
    if about and own[0].get("person") != people.person:
        yield f"is about {own[0].get('person')}"


def _uncounted_pages(ledger: ClientLedger, entries: list[dict[str, Any]]) -> Iterator[str]:
    """The portal gives its requests names of its own: each desk's pages are counted, between what came and what was asked."""
    logged = Counter(
        each["agent"]["user"]
        for each in entries
        if each["outcome"] == "0" and each.get("person") == ledger.people.person
    )
    for user in ledger.tried:
        if not ledger.pages[user] <= logged[user] <= ledger.tried[user]:
            yield f"{user}: {ledger.pages[user]} pages came, {logged[user]} are logged, {ledger.tried[user]} were asked for"
