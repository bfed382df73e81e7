"""A portal over the demonstration's own people, held in memory: ports that answer without a database."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import httpx
import pytest
from starlette.applications import Starlette
from tests.portal.memory_alerts import MemoryAlerts
from tests.portal.memory_explanations import MemoryExplanations
from tests.portal.memory_history import NOW, MemoryHistory
from tests.portal.memory_office import MEMORY_OFFICE
from tests.portal.memory_openings import MemoryOpenings
from tests.portal.memory_sessions import MemorySessions

from lhcr.access.own_word import NOTHING_IN_FORCE
from lhcr.access.refusal import Refused
from lhcr.access.verdict import deny_unless_emergency
from lhcr.audit.released import SEAL, Released
from lhcr.demo.generate import generate
from lhcr.demo.organisations import BY_ODS
from lhcr.demo.people import DEMO_PEOPLE
from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME, PERSONAS, Persona
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.errors import Busy, Issue, NotFound, Unavailable
from lhcr.portal.handles import Handles
from lhcr.portal.pages.parts import Portal
from lhcr.portal.portal import make_portal
from lhcr.portal.ports import (
    Criteria,
    DemoPersonCard,
    Found,
    FoundPerson,
    OpenRecord,
    PersonaCard,
    ReadRecord,
    RenderFound,
    RenderOpen,
    RenderRecord,
    SignedIn,
)
from lhcr.portal.rendering import Look, Renderer
from lhcr.views.completeness import Completeness, SourceAnswer, Whereabouts
from lhcr.views.entry import Entry, Source
from lhcr.views.person import is_restricted, read_banner
from lhcr.views.sections.table import SectionTable, load_sections
from lhcr.views.words import address_text

CONTACT = "Telephone the record's help desk on 01632 960 999."
TODAY = date(2026, 3, 15)
#: Personas to whom something happens, so that a browser can see the page that says so.
SEARCHES_TOO_OFTEN, MEETS_AN_OUTAGE, MEETS_A_DEFECT = "paramedic", "ed-doctor", "ward-nurse"
CLOSED_TO_DESK = frozenset(
    section.key
    for section in load_sections().sections
    if section.key not in {"demographics", "gp-practice", "personal-contacts"}
)


def demonstration_entries() -> dict[str, list[Entry]]:
    """Every person's entries by an opaque key; the first source's Patient stands for the golden one."""
    found: dict[str, list[Entry]] = {}
    for contribution in generate(len(DEMO_PEOPLE), seed=1, today=TODAY):
        source = Source(contribution.source_ods, BY_ODS[contribution.source_ods].name)
        resources = [item["resource"] for item in contribution.bundle["entry"]]
        patients = [resource["id"] for resource in resources if resource["resourceType"] == "Patient"]
        if patients:
            entries = found.setdefault(f"rec{patients[0][-4:]}", [])
            known = bool(entries)
            kept = [one for one in resources if one["resourceType"] != "Patient" or not known]
            entries += [Entry(resource, source, NOW - timedelta(days=index)) for index, resource in enumerate(kept)]
    return found


@dataclass
class MemorySignIns:
    """Sessions whose token is the persona's name."""

    demonstration: bool = True
    ended: list[str] = field(default_factory=list)

    def personas(self) -> Sequence[PersonaCard]:
        return [_card(persona) for persona in PERSONAS if not persona.is_system] if self.demonstration else []

    def people(self) -> Sequence[DemoPersonCard]:
        if not self.demonstration:
            return []
        people = [(demo.person, demo.story) for demo in DEMO_PEOPLE]
        return [DemoPersonCard(one.name, one.nhs_number.display, one.birth_date, story) for one, story in people]

    async def begin(self, persona: str, *, device: str = "") -> SignedIn:  # noqa: ARG002
        if not self.demonstration or persona not in BY_NAME:
            raise NotFound([Issue(code="not-found", error="persona-unknown", diagnostics="No such persona.")])
        return SignedIn(f"token-{persona}", NOW + timedelta(hours=8))

    async def principal(self, token: str) -> Principal | None:
        name = token.removeprefix("token-")
        return _principal(BY_NAME[name]) if name in BY_NAME and token not in self.ended else None

    async def end(self, token: str) -> None:
        self.ended.append(token)


def _card(persona: Persona) -> PersonaCard:
    where = BY_ODS[persona.organisation].name if persona.organisation and persona.organisation in BY_ODS else ""
    return PersonaCard(persona.name, persona.display, where, persona.does)


def _principal(persona: Persona) -> Principal:
    claimed = persona_claims(persona).principal(token_id="t", expires=NOW + timedelta(hours=8))
    return replace(claimed, user_id=persona.name)


@dataclass
class MemoryRecords:
    """Reads what is held in memory. `gap` leaves a source unreached; `down` stops answering; `closed` are closed sections."""

    entries: dict[str, list[Entry]]
    gap: str = ""
    down: bool = False
    closed: frozenset[str] = frozenset()
    openings: MemoryOpenings = field(default_factory=MemoryOpenings)

    async def open_record(self, principal: Principal, key: str, *, render: RenderRecord) -> Released:
        return Released(seal=SEAL, answer=render(self._read(principal, key)))

    def _read(self, principal: Principal, key: str) -> ReadRecord:
        if self.down:
            raise Unavailable([Issue(code="transient", error="database-down", diagnostics="No answer.")])
        if principal.user_id == MEETS_AN_OUTAGE:
            raise Unavailable([Issue(code="transient", error="database-down", diagnostics="No answer.")])
        if principal.user_id == MEETS_A_DEFECT:
            raise RuntimeError
        in_force = self.openings.in_force(principal, key)
        if principal.user_id in {"neighbour", "social-worker"} and in_force == NOTHING_IN_FORCE:
            verdict = deny_unless_emergency("relationship", "No relationship of yours with this person is recorded.")
            raise Refused(verdict, reference="dec-7Q2F", ways=self.openings.ways(principal), contact=CONTACT)
        if key not in self.entries:
            raise NotFound([Issue(code="not-found", error="not-found", diagnostics="No such record.")])
        entries = [entry for entry in self.entries[key] if entry.source.ods != self.gap]
        closed = CLOSED_TO_DESK if principal.user_id == "receptionist" else self.closed
        own = principal.user_id == "patient"
        told = replace(
            self._completeness(key), closed=closed, whereabouts=Whereabouts.OWN if own else Whereabouts.WITHHELD
        )
        return ReadRecord(entries=entries, completeness=told, handles=Handles(b"secret"), in_force=in_force)

    def _completeness(self, key: str) -> Completeness:
        sources = dict.fromkeys(entry.source for entry in self.entries[key])
        answers = [
            SourceAnswer(source=source, reached=source.ods != self.gap, fresh=NOW - timedelta(minutes=7 * index))
            for index, source in enumerate(sources)
        ]
        return Completeness(sources=tuple(answers), closed=self.closed)


@dataclass
class MemoryFinder:
    entries: dict[str, list[Entry]]

    async def find(self, principal: Principal, criteria: Criteria, *, render: RenderFound) -> Released:
        if principal.user_id == SEARCHES_TOO_OFTEN:
            raise Busy([Issue(code="throttled", error="trace-limit", diagnostics="At most 30 traces a minute.")])
        people = (self._person(key, entries) for key, entries in self.entries.items())
        found = Found(people=tuple(one for one in people if _matches(one, criteria))[:10])
        return Released(seal=SEAL, answer=render(found))

    def _person(self, key: str, entries: list[Entry]) -> FoundPerson:
        patient = next(entry.resource for entry in entries if entry.kind == "Patient")
        banner, restricted = read_banner([patient], today=TODAY), is_restricted(patient)
        return FoundPerson(
            key=key,
            family=banner.name.family,
            given=banner.name.given,
            title=banner.name.title,
            born=banner.born,
            died=banner.died,
            sex=banner.sex,
            nhs_number=banner.nhs_number,
            address="" if restricted else address_text(patient.get("address", [{}])[0]),
            restricted=restricted,
        )


def _matches(person: FoundPerson, criteria: Criteria) -> bool:
    if criteria.nhs_number:
        return person.nhs_number.replace(" ", "") == criteria.nhs_number
    return person.family.casefold() == criteria.family.casefold()


OWN = OpenRecord(key="rec0000", own=True, given="Dorothy", family="Hepworth", gender="female")
CARED_FOR = OpenRecord(key="rec0009", own=False, given="Yusuf", family="Malik", gender="male")


class MemoryCitizens:
    """The patient may open one record, every other citizen two."""

    async def find(self, principal: Principal, *, render: RenderOpen) -> Released:
        found = (OWN,) if principal.user_id == "patient" else (replace(OWN, key="rec0010"), CARED_FOR)
        return Released(seal=SEAL, answer=render(found))


@dataclass
class Parts:
    """The fakes behind a portal, for a test to bend."""

    sign_ins: MemorySignIns
    records: MemoryRecords
    finder: MemoryFinder
    history: MemoryHistory = field(default_factory=MemoryHistory)
    alerts: MemoryAlerts = field(default_factory=MemoryAlerts)

    @property
    def openings(self) -> MemoryOpenings:
        return self.records.openings


@pytest.fixture(scope="session")
def demonstration() -> dict[str, list[Entry]]:
    return demonstration_entries()


@pytest.fixture(scope="session")
def table() -> SectionTable:
    return load_sections()


@pytest.fixture
def parts(demonstration: dict[str, list[Entry]]) -> Parts:
    return Parts(MemorySignIns(), MemoryRecords(demonstration), MemoryFinder(demonstration))


@pytest.fixture
def portal_app(parts: Parts, table: SectionTable) -> Starlette:
    return application(parts, table)


def application(parts: Parts, table: SectionTable) -> Starlette:
    portal = Portal(
        renderer=Renderer(Look(area="Aldermere Care Record", demonstration=True)),
        sign_ins=parts.sign_ins,
        finder=parts.finder,
        citizens=MemoryCitizens(),
        records=parts.records,
        history=parts.history,
        openings=parts.openings,
        alerts=parts.alerts,
        office=MEMORY_OFFICE,
        explanations=MemoryExplanations(),
        sections=table,
        clock=FixedClock(NOW),
        secure=False,
        own_sessions=MemorySessions(),
    )
    return make_portal(portal)


@pytest.fixture
async def visitor(portal_app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is not signed in."""
    transport = httpx.ASGITransport(app=portal_app, raise_app_exceptions=False)
    headers = {"origin": "http://portal.test"}
    async with httpx.AsyncClient(transport=transport, base_url="http://portal.test", headers=headers) as client:
        yield client


@pytest.fixture
def sign_in(visitor: httpx.AsyncClient) -> Callable[[str], httpx.AsyncClient]:
    """Signs the visitor in as a persona."""

    def as_persona(name: str) -> httpx.AsyncClient:
        visitor.cookies.set("lhcr-session", f"token-{name}")
        return visitor

    return as_persona


@pytest.fixture
def pharmacist(sign_in: Callable[[str], httpx.AsyncClient]) -> httpx.AsyncClient:
    return sign_in("pharmacist")


@pytest.fixture(scope="module")
def served_portal(demonstration: dict[str, list[Entry]], table: SectionTable) -> Starlette:
    """A portal for a browser, whose parts no test bends."""
    return application(Parts(MemorySignIns(), MemoryRecords(demonstration), MemoryFinder(demonstration)), table)
