"""The construction of one worker: every edge is made here, once, and put on the parts that `lhcr.parts` makes."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import Final, TypeAlias

from starlette.applications import Starlette

from lhcr.audit.lost_writers import LostWriters
from lhcr.audit.query_mask import QueryMask
from lhcr.audit.reader import LogReader
from lhcr.audit.sequencer import Sequencer
from lhcr.audit.witness_folder import WitnessFolders, folders_of
from lhcr.auth.addresses import oauth_addresses
from lhcr.auth.fronts import make_fronts
from lhcr.auth.journal import Journal
from lhcr.auth.own_patient import OwnPatients
from lhcr.auth.server import make_auth
from lhcr.auth.services import make_services
from lhcr.auth.standing_tokens import StandingTokens
from lhcr.auth.users import make_users
from lhcr.fhir_api.api import FhirApi
from lhcr.fhir_api.authentication import Authenticate, Standing
from lhcr.fhir_api.capability import capability_statement
from lhcr.fhir_api.cursor import Cursors
from lhcr.fhir_api.failures import Failures
from lhcr.fhir_api.limits import Limits
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.trace import TraceLimit
from lhcr.identity.area_settings import QUERY_MASK_KEY, is_demonstration, setting_made_once
from lhcr.identity.claims import Claims
from lhcr.identity.token_state import TokenWatch
from lhcr.identity.tokens import Tokens
from lhcr.kernel.clock import Clock, SystemClock
from lhcr.kernel.settings import Settings
from lhcr.nhs.ods import OdsCode
from lhcr.office.watch import OfficeWatch, make_watch
from lhcr.pages import make_pages, make_persona_sign_ins
from lhcr.parts import Parts, running_parts
from lhcr.portal.demonstration import persona_claims_by_name
from lhcr.portal.make_sign_ins import make_upkeep
from lhcr.portal.rendering import Look
from lhcr.store.outages import OUTAGES
from lhcr.worker import Edges, Worker

#: The setting of the area with the key of the links between pages.
CURSOR_KEY: Final = "cursor-key"


App: TypeAlias = Worker[Parts]


async def open_tokens(parts: Parts) -> Tokens:
    """Return the area's own bearer tokens, for its FHIR API alone."""
    base = parts.settings.fhir_base
    issuer = base.removesuffix("/fhir")
    return await Tokens.open(parts.side_pool, issuer=issuer, audience=base, clock=parts.clock)


async def open_mask(parts: Parts) -> QueryMask:
    return QueryMask(await setting_made_once(parts.side_pool, QUERY_MASK_KEY, make=_new_key))


async def make_fhir_api(
    parts: Parts, *, authenticate: Authenticate, standing: Standing | None, mask: QueryMask, traces: TraceLimit
) -> FhirApi:
    settings = parts.settings
    statement = capability_statement(
        base=settings.fhir_base,
        area=settings.area_name,
        version=version("lhcr"),
        now=parts.clock.now(),
        oauth=oauth_addresses(settings.fhir_base.removesuffix("/fhir")),
    )
    return FhirApi(
        await _make_services(parts, mask=mask, traces=traces),
        authenticate=authenticate,
        ids=parts.ids,
        statement=statement,
        limits=_limits(settings),
        site=settings.area_name,
        standing=standing,
        log_requests=settings.log_requests,
    )


async def _make_services(parts: Parts, *, mask: QueryMask, traces: TraceLimit) -> Services:
    return Services(
        record=parts.record,
        searching=parts.searching,
        gate=parts.gate,
        log=parts.log,
        reader=LogReader(parts.side_pool),
        mask=mask,
        clock=parts.clock,
        cursors=Cursors(
            await setting_made_once(parts.side_pool, CURSOR_KEY, make=_new_key),
            parts.clock,
            merges=lambda: parts.classes.table.merges_named,
        ),
        failures=Failures(OUTAGES),
        traces=traces,
        base=parts.settings.fhir_base,
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        body=settings.largest_body,
        bodies=settings.bodies_in_memory,
        values=settings.most_values,
        resource_values=settings.most_resource_values,
        entries=settings.most_entries,
    )


async def _make_auth(parts: Parts, tokens: Tokens, watch: TokenWatch, *, personas: Mapping[str, Claims]) -> Starlette:
    settings, demonstration = parts.settings, await is_demonstration(parts.side_pool)
    users = make_users(
        make_persona_sign_ins(parts, personas if demonstration else None),
        Look(area=settings.area_name, demonstration=demonstration),
        secure=settings.base_url.startswith("https:"),
    )
    journal = _make_auth_journal(parts)
    own = OwnPatients(gate=parts.gate, record=parts.record, searching=parts.searching, clock=parts.clock)
    return make_auth(
        make_services(
            parts.side_pool,
            tokens=tokens,
            watch=watch,
            journal=journal,
            users=users,
            own_patients=own,
            audience=settings.fhir_base,
        )
    )


def _make_auth_journal(parts: Parts) -> Journal:
    return Journal(log=parts.log, clock=parts.clock, site=parts.settings.area_name, overseer=_overseer(parts.settings))


def _overseer(settings: Settings) -> str:
    overseer = settings.oversight_organisation
    return OdsCode(overseer).value if overseer else ""


def _make_sequencer(parts: Parts) -> Sequencer:
    """Return the task that signs heads of the log and hands them to those who hold the area to them."""
    witnesses = WitnessFolders(folders_of(parts.settings.witnesses))
    lost = LostWriters(clock=parts.clock, site=parts.settings.area_name, overseer=_overseer(parts.settings))
    return Sequencer(parts.side_pool, clock=parts.clock, hand_on=witnesses.hand_on, lost=lost)


def make_office_watch(parts: Parts) -> OfficeWatch:
    """Return the task that checks what looks unusual against what is recorded."""
    return make_watch(
        parts.side_pool,
        log=parts.log,
        policy=parts.policy,
        clock=parts.clock,
        ids=parts.ids,
        site=parts.settings.area_name,
        overseer=_overseer(parts.settings),
    )


def _new_key() -> bytes:
    return secrets.token_bytes(32)


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
    who = persona_claims_by_name() if personas is None else personas

    @asynccontextmanager
    async def open_edges() -> AsyncIterator[Edges[Parts]]:
        async with running_parts(settings, dsn, clock=clock or SystemClock()) as parts:
            tokens = await open_tokens(parts)
            watch = TokenWatch(parts.side_pool, clock=parts.clock, renew=tokens.renew)
            edges = await _make_edges(parts, tokens, watch, authenticate=authenticate, personas=who)
            upkeep = make_upkeep(parts.side_pool, clock=parts.clock)
            async with (
                watch.running(),
                _make_sequencer(parts).running(),
                upkeep.running(),
                make_office_watch(parts).running(),
            ):
                yield edges

    return Worker(open_edges)


async def _make_edges(
    parts: Parts,
    tokens: Tokens,
    watch: TokenWatch,
    *,
    authenticate: Authenticate | None,
    personas: Mapping[str, Claims],
) -> Edges[Parts]:
    mask = await open_mask(parts)
    # One limit for both ways of searching: whoever has used it up in one is told to wait in the other.
    traces = TraceLimit(parts.clock, a_minute=parts.settings.traces_a_minute)
    known = authenticate or tokens.verify
    standing = None if authenticate else StandingTokens(tokens=tokens, watch=watch, log=parts.log)
    fronts = make_fronts(parts.side_pool, journal=_make_auth_journal(parts))
    return Edges(
        parts=parts,
        fhir_api=fronts.of_fhir(
            await make_fhir_api(parts, authenticate=known, standing=standing, mask=mask, traces=traces)
        ),
        portal=await make_pages(parts, mask=mask, traces=traces, personas=personas, bearer=known),
        auth=fronts.of_auth(await _make_auth(parts, tokens, watch, personas=personas)),
        check=partial(parts.side_pool.fetchval, "SELECT epoch FROM policy", timeout=2),
    )
