"""An area under test: one worker's gate and record over a real database, and people who ask it as an edge would."""

from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from tests.logged import logged_entry
from tests.record.tying import every_source_ties

from lhcr.access.classes import AccessClasses
from lhcr.access.decide import Gate
from lhcr.access.decision import AccessDecision
from lhcr.access.policy import baseline_policy
from lhcr.access.request import UNKNOWN, AskedPerson, Interaction, Request
from lhcr.audit.answer import Answer
from lhcr.audit.log import AuditLog
from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.query import SearchQuery
from lhcr.fhir.search.query_parser import parse_query
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.errors import LhcrError
from lhcr.kernel.json_types import JsonArray, JsonObject
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Role, activities_of
from lhcr.record.draft import Draft, Method
from lhcr.record.everything import Page, Range
from lhcr.record.history import HistoryPage, Slice
from lhcr.record.record import Record, RecordGround
from lhcr.record.stored import Stored
from lhcr.record.surviving_routes import SurvivingRoutes
from lhcr.record.written import Written
from lhcr.store.database import Pool, open_pool

BASE = "http://area.test/fhir"
KEY = b"a key of an area"
EVERY_VERSION = Slice(since=None, after=None, count=1000)
WHOLE = Range()
#: What an entry of the log is asked for.
_TOLD = {"outcome", "subtype", "items"}


def system_of(organisation: str) -> Principal:
    """The software of an organisation: sees and changes what the organisation contributed, nothing else."""
    return Principal(
        user_id=f"system-{organisation}",
        name=f"System of {organisation}",
        kind=PrincipalKind.SYSTEM,
        role_code="",
        role_display="",
        activities=frozenset(),
        organisation=organisation,
        organisation_name=organisation,
        person_nhs_number=None,
        purposes=(Purpose.TREATMENT,),
        purpose=Purpose.TREATMENT,
        scopes=(),
        token_id=f"token-system-{organisation}",
        expires=datetime.now(UTC) + timedelta(hours=1),
    )


def clinician_at(organisation: str) -> Principal:
    role = Role.CLINICAL_PRACTITIONER
    return replace(
        system_of(organisation),
        user_id=f"clinician-{organisation}",
        kind=PrincipalKind.PROFESSIONAL,
        role_code=role.code,
        role_display=role.display,
        activities=activities_of(role),
        token_id=f"token-clinician-{organisation}",
    )


def citizen_with(nhs_number: str) -> Principal:
    return replace(
        system_of(""),
        user_id=f"citizen-{nhs_number}",
        kind=PrincipalKind.CITIZEN,
        person_nhs_number=nhs_number,
        purposes=(Purpose.PATIENT_REQUEST,),
        purpose=Purpose.PATIENT_REQUEST,
        token_id=f"token-citizen-{nhs_number}",
    )


HOSPITAL = system_of("RRE")
PHARMACY = system_of("FA123")
SURGERY = system_of("A81001")
GP = clinician_at("A81001")
DOCTOR = clinician_at("RRE")


def post(
    resource: JsonObject, *, full_url: str | None = None, condition: str | None = None, source_key: str | None = None
) -> Draft:
    return _draft(
        Method.POST,
        resource["resourceType"],
        resource=resource,
        full_url=full_url,
        condition=condition,
        source_key=source_key,
    )


def put(
    resource: JsonObject,
    *,
    if_match: int | None = None,
    full_url: str | None = None,
    condition: str | None = None,
    source_key: str | None = None,
) -> Draft:
    return _draft(
        Method.PUT,
        resource["resourceType"],
        resource=resource,
        id=resource.get("id"),
        if_match=if_match,
        full_url=full_url,
        condition=condition,
        source_key=source_key,
    )


def delete(reference: str, *, if_match: int | None = None) -> Draft:
    """`reference` is `Type/id`, or `Type?condition`."""
    return _change(Method.DELETE, reference, if_match=if_match)


def patch(reference: str, operations: JsonArray, *, if_match: int | None = None) -> Draft:
    return _change(Method.PATCH, reference, if_match=if_match, patch=operations)


def sent(resource: JsonObject, *, key: str | None = None, full_url: str | None = None) -> Draft:
    """One entry of a feed, which keeps the id that its source gave it."""
    own_id = resource.get("id")
    if own_id is None:
        return post(resource, full_url=full_url, source_key=key or full_url)
    return put(resource, full_url=full_url, source_key=key or f"{resource['resourceType']}/{own_id}")


def _change(method: Method, reference: str, *, if_match: int | None, patch: JsonArray | None = None) -> Draft:
    resource_type, _, condition = reference.partition("?")
    resource_type, _, own_id = resource_type.partition("/")
    return _draft(method, resource_type, id=own_id or None, if_match=if_match, patch=patch, condition=condition or None)


def _draft(method: Method, resource_type: str, *, condition: str | None = None, **members: Any) -> Draft:
    return Draft(
        method=method,
        type=resource_type,
        type_id=type_id(resource_type),
        resource=members.pop("resource", None),
        condition=None if condition is None else condition_of(resource_type, condition),
        **members,
    )


def condition_of(resource_type: str, text: str) -> SearchQuery:
    pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in text.split("&"))]
    return parse_query(resource_type, pairs, now=datetime.now(UTC), bases=(BASE,))


@dataclass(frozen=True)
class Area:
    """One worker. Several over one database are several workers of one area."""

    pool: Pool
    side_pool: Pool
    log: AuditLog
    classes: AccessClasses
    gate: Gate
    record: Record
    dsn: str

    def asks(self, principal: Principal) -> "Asker":
        return Asker(self, principal)

    @property
    def hospital(self) -> "Asker":
        return self.asks(HOSPITAL)

    @property
    def pharmacy(self) -> "Asker":
        return self.asks(PHARMACY)

    @property
    def surgery(self) -> "Asker":
        return self.asks(SURGERY)

    @property
    def gp(self) -> "Asker":
        return self.asks(GP)

    @property
    def doctor(self) -> "Asker":
        return self.asks(DOCTOR)

    async def person_of(self, reference: str) -> int | None:
        resource_type, _, own_id = reference.partition("/")
        return await self.record.whose(type=resource_type, id=own_id)

    async def rows(self, statement: str, *arguments: object) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.pool.fetch(statement, *arguments)]

    async def value(self, statement: str, *arguments: object) -> Any:
        return await self.pool.fetchval(statement, *arguments)

    async def entries(self) -> list[dict[str, Any]]:
        """Every entry of the log in the order of writing: person, outcome, subtype, and items where it names some."""
        rows = await self.rows("SELECT person_id, text FROM audit_entry ORDER BY recorded, writer_id, seq")
        told = [(row["person_id"], logged_entry(row["text"])) for row in rows]
        return [
            {"person_id": person_id, "items": None} | {name: facts[name] for name in _TOLD & facts.keys()}
            for person_id, facts in told
        ]


@dataclass(frozen=True)
class Asker:
    """Somebody who asks, as an edge asks for them: it decides first, about the person whom the request names."""

    area: Area
    principal: Principal

    # Writing.

    async def create(self, resource: JsonObject, *, condition: str | None = None) -> Written:
        return await self.write_about(Interaction.CREATE, post(resource, condition=condition))

    async def update(
        self, resource: JsonObject, *, if_match: int | None = None, condition: str | None = None
    ) -> Written:
        return await self.write_about(Interaction.UPDATE, put(resource, if_match=if_match, condition=condition))

    async def patch(self, reference: str, operations: JsonArray, *, if_match: int | None = None) -> Written:
        return await self.write_about(Interaction.PATCH, patch(reference, operations, if_match=if_match))

    async def delete(self, reference: str, *, if_match: int | None = None) -> Written:
        return await self.write_about(Interaction.DELETE, delete(reference, if_match=if_match))

    async def write_about(self, interaction: Interaction, draft: Draft) -> Written:
        person: AskedPerson = None
        if draft.resource is not None:
            person = (await self.area.record.subject_of(draft.resource)).person
        if person is None and draft.id is not None:
            person = await self.area.record.whose(type=draft.type, id=draft.id)
        decision = await self.decide(interaction, draft.type, person)
        (written,) = await self.write(decision, [draft])
        return written

    async def write_about_person(self, reference: str, *drafts: Draft) -> list[Written]:
        """Write a transaction about the one person of a Patient's id."""
        _, _, _, decision = await self._named(Interaction.UPDATE, reference)
        return await self.write(decision, drafts)

    async def transaction(self, *drafts: Draft, keep_unresolved: bool = False) -> list[Written]:
        decision = await self.decide(Interaction.CREATE, None, None)
        return await self.write(decision, drafts, keep_unresolved=keep_unresolved)

    async def load(self, *drafts: Draft, keep_unresolved: bool = False) -> list[Written]:
        decision = await self.decide(Interaction.CREATE, None, None)
        return await self.write(decision, drafts, feed=True, keep_unresolved=keep_unresolved)

    async def write(
        self,
        decision: AccessDecision,
        drafts: Sequence[Draft],
        *,
        feed: bool = False,
        keep_unresolved: bool = False,
        decided: Sequence[AccessDecision] = (),
    ) -> list[Written]:
        told: list[Written] = []

        def render(written: Sequence[Written]) -> Answer:
            told.extend(written)
            return Answer(status=200)

        await self.area.record.writing.write(
            decision, drafts, render=render, feed=feed, keep_unresolved=keep_unresolved, decided=decided
        )
        return told

    # Reading.

    async def read(self, reference: str) -> Stored:
        """Return the current version. Raises NotFound (404, 410) or Refused (403) as the record does."""
        return await self.vread(reference, None)

    async def vread(self, reference: str, version: int | None) -> Stored:
        told: list[Stored] = []

        def render(stored: Stored) -> Answer:
            told.append(stored)
            return Answer(status=200)

        resource_type, own_id, person_id, decision = await self._named(Interaction.READ, reference)
        reading, named = self.area.record.reading, {"type": resource_type, "id": own_id}
        if version is None:
            await reading.read(decision, person_id=person_id, render=render, **named)
        else:
            await reading.vread(decision, person_id=person_id, version=version, render=render, **named)
        return told[0]

    async def history(self, reference: str, part: Slice = EVERY_VERSION) -> HistoryPage:
        told: list[HistoryPage] = []
        resource_type, own_id, person_id, decision = await self._named(Interaction.HISTORY, reference)
        await self.area.record.history.instance(
            decision, type=resource_type, id=own_id, person_id=person_id, part=part, render=_told(told)
        )
        return told[0]

    async def history_of(self, *types: str, part: Slice = EVERY_VERSION) -> HistoryPage:
        """Return the history of some types, of all where none is named."""
        told: list[HistoryPage] = []
        decision = await self.decide(Interaction.HISTORY, types[0] if len(types) == 1 else None, None)
        await self.area.record.history.types(decision, types=types or None, part=part, render=_told(told))
        return told[0]

    async def everything(
        self, reference: str, *, asked: Range = WHOLE, after: tuple[str, str] | None = None, count: int = 1000
    ) -> "Gathered":
        told: list[Page] = []
        _, own_id, person_id, decision = await self._named(Interaction.EVERYTHING, reference, of_all_types=True)
        assert person_id is not None
        await self.area.record.everything.page(
            decision, id=own_id, person_id=person_id, asked=asked, after=after, count=count, render=_told(told)
        )
        return Gathered([Found(*each[:4]) for each in told[0].found], told[0].after)

    async def everything_in_pages(self, reference: str, *, count: int, asked: Range = WHOLE) -> "list[Found]":
        found: list[Found] = []
        page = await self.everything(reference, asked=asked, count=count)
        found.extend(page.found)
        while page.after is not None:
            page = await self.everything(reference, asked=asked, count=count, after=page.after)
            found.extend(page.found)
        return found

    async def decide(self, interaction: Interaction, type: str | None, person: AskedPerson) -> AccessDecision:
        return await self.area.gate.decide(self.principal, Request(interaction=interaction, type=type, person=person))

    async def _named(
        self, interaction: Interaction, reference: str, *, of_all_types: bool = False
    ) -> tuple[str, str, int | None, AccessDecision]:
        resource_type, _, own_id = reference.partition("/")
        person_id = await self.area.record.whose(type=resource_type, id=own_id)
        asked: AskedPerson = UNKNOWN if person_id is None else person_id
        decision = await self.decide(interaction, None if of_all_types else resource_type, asked)
        return resource_type, own_id, person_id, decision


class Found(NamedTuple):
    """A resource of a whole record."""

    type: str
    id: str
    version: int
    body: bytes


@dataclass(frozen=True)
class Gathered:
    found: list[Found]
    after: tuple[str, str] | None


async def refusal(attempt: Awaitable[object]) -> tuple[int, str]:
    """Return status and error code of what is expected to be refused."""
    with pytest.raises(LhcrError) as caught:
        await attempt
    return caught.value.status, caught.value.issues[0].error


def _told(told: list[Any]) -> Any:
    def render(page: Any) -> Answer:
        told.append(page)
        return Answer(status=200)

    return render


def places_of(versions: Sequence[Stored]) -> list[tuple[str, str, int]]:
    return [(each.type, each.id, each.version) for each in versions]


@asynccontextmanager
async def open_area(dsn: str, *, largest: int = 8) -> AsyncIterator[Area]:
    """Open one worker's area over a migrated database."""
    pool = await open_pool(dsn, smallest=1, largest=largest)
    side_pool = await open_pool(dsn, smallest=1, largest=largest)
    log, classes, clock = AuditLog(side_pool), AccessClasses(side_pool), SystemClock()
    # Most of these tests are about what follows from a tie: whose word makes one is tried in `test_sources.py`.
    policy = every_source_ties(baseline_policy())
    gate = Gate(pool=side_pool, log=log, classes=classes, policy=policy, clock=clock, site="Test Area")
    ground = RecordGround(
        pool=pool,
        side_pool=side_pool,
        gate=gate,
        log=log,
        classes=classes,
        policy=policy,
        clock=clock,
        routes=SurvivingRoutes(KEY, classes),
        base=BASE,
    )
    record = Record(ground)
    try:
        yield Area(pool, side_pool, log, classes, gate, record, dsn)
    finally:
        await record.close()
        await log.close()
        await pool.close()
        await side_pool.close()
