"""The construction of one worker: every part is made here, once, and handed what it needs."""

import asyncio
import gc
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final, TypeAlias

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from lhcr.access.classes import AccessClasses
from lhcr.access.decide import Gate
from lhcr.access.policy import Policy, area_policy
from lhcr.audit.log import AuditLog
from lhcr.audit.query_mask import QueryMask
from lhcr.audit.sequencer import Sequencer
from lhcr.demo.organisations import BY_ODS
from lhcr.demo.people import DEMO_PEOPLE, DemoPerson
from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import PERSONAS, Persona
from lhcr.fhir_api.api import FhirApi
from lhcr.fhir_api.authentication import Authenticate
from lhcr.fhir_api.capability import capability_statement
from lhcr.fhir_api.cursor import Cursors
from lhcr.fhir_api.failures import Failures
from lhcr.fhir_api.limits import Limits
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.trace import TraceLimit
from lhcr.identity.area_settings import (
    ACCESS_POLICY,
    QUERY_MASK_KEY,
    is_demonstration,
    read_setting,
    setting_made_once,
)
from lhcr.identity.claims import Claims
from lhcr.identity.sessions import Sessions
from lhcr.identity.tokens import Tokens
from lhcr.kernel.clock import Clock, SystemClock
from lhcr.kernel.ids import RandomIds, RouteCipher
from lhcr.kernel.settings import Settings
from lhcr.portal.own_records import OwnRecords
from lhcr.portal.pages.parts import Portal
from lhcr.portal.person_trace import PersonTrace
from lhcr.portal.persona_sign_in import PersonaSignIns
from lhcr.portal.portal import make_portal
from lhcr.portal.ports import DemoPersonCard, PersonaCard
from lhcr.portal.record_keys import RecordKeys
from lhcr.portal.rendering import Look, Renderer
from lhcr.portal.stored_records import StoredRecords
from lhcr.record.persons import Persons
from lhcr.record.record import Record
from lhcr.record.search.record_search import RecordSearch
from lhcr.record.search.searching import Searching
from lhcr.store.code_systems import CodeSystems
from lhcr.store.database import Pool, open_pool
from lhcr.store.outages import OUTAGES
from lhcr.views.sections.table import load_sections

AsgiApp: TypeAlias = Callable[..., Any]
#: Settings of the area: the key of the ids that it assigns, and that of the links between pages.
IDENTIFIER_KEY: Final = "identifier-key"
CURSOR_KEY: Final = "cursor-key"
#: That of the names of records in addresses.
RECORD_KEY: Final = "record-key"
#: Objects that are new and stay, after which the collector looks for cycles among them.
_LOOK_FOR_CYCLES_AFTER: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of a running worker, for those who put edges on it."""

    settings: Settings
    pool: Pool
    side_pool: Pool
    log: AuditLog
    classes: AccessClasses
    policy: Policy
    gate: Gate
    record: Record
    searching: Searching
    clock: Clock
    ids: RandomIds


@asynccontextmanager
async def running_parts(settings: Settings, dsn: str, *, clock: Clock) -> AsyncIterator[Parts]:
    """Open a worker's pools and make its parts; closes them, the log first, when the worker ends."""
    async with AsyncExitStack() as stack:
        pool = await open_pool(dsn, largest=settings.pool_size, generic_plans=True)
        stack.push_async_callback(pool.close)
        search_pool = await open_pool(dsn, largest=settings.pool_size)
        stack.push_async_callback(search_pool.close)
        side_pool = await open_pool(dsn, largest=settings.side_pool_size)
        stack.push_async_callback(side_pool.close)
        log = AuditLog(side_pool)
        stack.push_async_callback(log.close)
        policy = area_policy(await read_setting(side_pool, ACCESS_POLICY))
        classes = AccessClasses(side_pool)
        routes = RouteCipher(await setting_made_once(side_pool, IDENTIFIER_KEY, make=_new_id_key))
        gate = Gate(pool=side_pool, log=log, classes=classes, policy=policy, clock=clock, site=settings.area_name)
        record = Record(
            pool=pool,
            side_pool=side_pool,
            gate=gate,
            log=log,
            classes=classes,
            policy=policy,
            clock=clock,
            routes=routes,
            base=settings.fhir_base,
        )
        search = RecordSearch(pool=search_pool, persons=Persons(routes), systems=CodeSystems(side_pool))
        searching = Searching(search=search, gate=gate, log=log, clock=clock)
        yield Parts(
            settings=settings,
            pool=pool,
            side_pool=side_pool,
            log=log,
            classes=classes,
            policy=policy,
            gate=gate,
            record=record,
            searching=searching,
            clock=clock,
            ids=RandomIds(),
        )


async def _end(task: "asyncio.Task[None]") -> None:
    """Cancel until it has ended: a task whose connection broke meanwhile takes one cancellation for one more broken connection."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.1)


async def open_tokens(parts: Parts) -> Tokens:
    """Return the area's own bearer tokens, for its FHIR API alone."""
    base = parts.settings.fhir_base
    issuer = base.removesuffix("/fhir")
    return await Tokens.open(parts.side_pool, issuer=issuer, audience=base, clock=parts.clock)


async def open_mask(parts: Parts) -> QueryMask:
    return QueryMask(await setting_made_once(parts.side_pool, QUERY_MASK_KEY, make=_new_key))


async def make_fhir_api(parts: Parts, *, authenticate: Authenticate, mask: QueryMask, traces: TraceLimit) -> FhirApi:
    settings = parts.settings
    cursors = Cursors(await setting_made_once(parts.side_pool, CURSOR_KEY, make=_new_key), parts.clock)
    services = Services(
        record=parts.record,
        searching=parts.searching,
        gate=parts.gate,
        mask=mask,
        clock=parts.clock,
        cursors=cursors,
        failures=Failures(OUTAGES),
        traces=traces,
        base=settings.fhir_base,
    )
    statement = capability_statement(
        base=settings.fhir_base, area=settings.area_name, version=version("lhcr"), now=parts.clock.now()
    )
    return FhirApi(
        services,
        authenticate=authenticate,
        ids=parts.ids,
        statement=statement,
        limits=Limits(
            body=settings.largest_body,
            bodies=settings.bodies_in_memory,
            values=settings.most_values,
            resource_values=settings.most_resource_values,
            entries=settings.most_entries,
        ),
        log_requests=settings.log_requests,
    )


async def make_pages(parts: Parts, *, mask: QueryMask, traces: TraceLimit, personas: Mapping[str, Claims]) -> Starlette:
    """Return the portal. Its personas and invented people are there only where the database is a demonstration."""
    keys = RecordKeys(await setting_made_once(parts.side_pool, RECORD_KEY, make=RecordKeys.new_key))
    demonstration = await is_demonstration(parts.side_pool)
    table, clock = load_sections(), parts.clock
    sign_ins = PersonaSignIns(
        sessions=Sessions(parts.side_pool, clock=clock),
        clock=clock,
        personas=[_persona_card(each) for each in PERSONAS if demonstration and not each.is_system],
        people=[_person_card(each) for each in DEMO_PEOPLE if demonstration],
        claims=personas if demonstration else {},
    )
    return make_portal(
        Portal(
            renderer=Renderer(Look(area=parts.settings.area_name, demonstration=demonstration)),
            sign_ins=sign_ins,
            finder=PersonTrace(
                gate=parts.gate,
                searching=parts.searching,
                mask=mask,
                traces=traces,
                keys=keys,
                clock=clock,
                ids=parts.ids,
            ),
            citizens=OwnRecords(
                gate=parts.gate,
                record=parts.record,
                searching=parts.searching,
                facts=parts.side_pool,
                keys=keys,
                clock=clock,
                ids=parts.ids,
            ),
            records=StoredRecords(
                gate=parts.gate,
                record=parts.record,
                policy=parts.policy,
                keys=keys,
                table=table,
                names={ods: each.name for ods, each in BY_ODS.items()} if demonstration else {},
                ids=parts.ids,
            ),
            sections=table,
            clock=clock,
            secure=parts.settings.base_url.startswith("https:"),
        )
    )


def _persona_card(persona: Persona) -> PersonaCard:
    where = BY_ODS.get(persona.organisation or "")
    work = ", ".join(part for part in (persona.job.display if persona.job else "", where.name if where else "") if part)
    return PersonaCard(persona.name, persona.display, work, persona.does)


def _demo_claims() -> Mapping[str, Claims]:
    return {each.name: persona_claims(each) for each in PERSONAS if not each.is_system}


def _person_card(known: DemoPerson) -> DemoPersonCard:
    one = known.person
    return DemoPersonCard(one.name, one.nhs_number.display, one.birth_date, known.story)


class App:
    """The whole worker as one ASGI application.

    The FHIR API is asked first and directly: what is read a thousand times a second passes through nothing else.
    """

    def __init__(
        self,
        settings: Settings,
        dsn: str,
        *,
        authenticate: Authenticate | None,
        personas: Mapping[str, Claims],
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._dsn = dsn
        self._authenticate = authenticate
        self._personas = personas
        self._clock = clock
        self.fhir_api: FhirApi | None = None
        self.portal: Starlette | None = None
        self.parts: Parts | None = None
        self.pages = Starlette(
            routes=[Route("/health/live", self._live), Route("/health/ready", self._ready)],
            lifespan=self._lifespan,
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or self.fhir_api is None or self.portal is None:
            await self.pages(scope, receive, send)
        elif _is_below("/fhir", scope["path"]):
            await self.fhir_api(scope, receive, send)
        elif _is_below("/health", scope["path"]):
            await self.pages(scope, receive, send)
        else:
            await self.portal(scope, receive, send)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        async with running_parts(self._settings, self._dsn, clock=self._clock) as parts:
            self.parts = parts
            authenticate = self._authenticate or (await open_tokens(parts)).verify
            mask = await open_mask(parts)
            # One limit for both ways of searching: whoever has used it up in one is told to wait in the other.
            traces = TraceLimit(parts.clock, a_minute=self._settings.traces_a_minute)
            self.portal = await make_pages(parts, mask=mask, traces=traces, personas=self._personas)
            self.fhir_api = await make_fhir_api(parts, authenticate=authenticate, mask=mask, traces=traces)
            sequencing = asyncio.create_task(Sequencer(parts.side_pool, clock=self._clock).run())
            spare_the_collector()
            try:
                yield
            finally:
                self.fhir_api = None
                await _end(sequencing)

    async def _live(self, _: Request) -> JSONResponse:
        return JSONResponse({"status": "live"})

    async def _ready(self, _: Request) -> JSONResponse:
        """Say whether the record can be read and the log be written now."""
        try:
            if self.parts is None:
                raise OSError
            await self.parts.side_pool.fetchval("SELECT epoch FROM policy", timeout=2)
        except OUTAGES:
            return JSONResponse({"status": "unavailable"}, status_code=503)
        return JSONResponse({"status": "ready"})


def spare_the_collector() -> None:
    """Keep the garbage collector from walking through what lives as long as the worker: definitions, parameters, code.

    It looks for cycles seldom, too: a Bundle of a thousand resources is half a million objects in which there are none, and looking
    through them every 700 objects took a seventh of the time of writing them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_LOOK_FOR_CYCLES_AFTER, 10, 10)


def _new_id_key() -> bytes:
    return secrets.token_bytes(16)


def _new_key() -> bytes:
    return secrets.token_bytes(32)


def _is_below(prefix: str, path: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")


def build_app(
    settings: Settings,
    dsn: str,
    *,
    authenticate: Authenticate | None = None,
    personas: Mapping[str, Claims] | None = None,
    clock: Clock | None = None,
) -> App:
    """Return the worker. Nothing is opened before its lifespan begins.

    Without `authenticate` the area's own tokens name who asks. `personas` are the claims of those who may sign in to a
    demonstration, by name, and without it the demonstration's own; anywhere else they are not known.
    """
    return App(
        settings,
        dsn,
        authenticate=authenticate,
        personas=_demo_claims() if personas is None else personas,
        clock=clock or SystemClock(),
    )
