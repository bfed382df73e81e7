"""The construction of the portal of one worker: each of its ports is made here, once, from the parts that `lhcr.parts` makes."""

from collections.abc import Mapping
from typing import Final

from starlette.applications import Starlette

from lhcr.audit.query_mask import QueryMask
from lhcr.audit.reader import LogReader
from lhcr.fhir_api.authentication import Authenticate
from lhcr.fhir_api.trace import TraceLimit
from lhcr.identity.area_settings import is_demonstration, setting_made_once
from lhcr.identity.claims import Claims
from lhcr.identity.own_sessions import OwnSessions
from lhcr.identity.sessions import Sessions
from lhcr.parts import Parts
from lhcr.portal.access_log import StoredAccessHistory
from lhcr.portal.alert_queue import StoredAlerts
from lhcr.portal.demonstration import organisation_names, person_cards, persona_cards
from lhcr.portal.disputing import StoredDisputing
from lhcr.portal.explanations import StoredExplanations
from lhcr.portal.make_privacy_office import make_privacy_office
from lhcr.portal.make_sign_ins import make_providers, make_sign_in_log
from lhcr.portal.openings import StoredOpenings
from lhcr.portal.own_records import OwnRecords
from lhcr.portal.pages.parts import Portal
from lhcr.portal.person_trace import PersonTrace
from lhcr.portal.persona_sign_in import PersonaSignIns
from lhcr.portal.portal import make_portal
from lhcr.portal.privacy_office import PrivacyOffice
from lhcr.portal.record_keys import RecordKeys
from lhcr.portal.rendering import Look, Renderer
from lhcr.portal.sharing_choices import StoredSharingChoices
from lhcr.portal.stored_records import StoredRecords
from lhcr.portal.traced_people import TracedPeople
from lhcr.views.sections.table import SectionTable, load_sections

#: The setting of the area with the key of the names of records in addresses.
RECORD_KEY: Final = "record-key"


async def make_pages(
    parts: Parts, *, mask: QueryMask, traces: TraceLimit, personas: Mapping[str, Claims], bearer: Authenticate
) -> Starlette:
    """Return the portal. Its personas and invented people are there only where the database is a demonstration."""
    keys = RecordKeys(await setting_made_once(parts.side_pool, RECORD_KEY, make=RecordKeys.new_key))
    demonstration = await is_demonstration(parts.side_pool)
    table, journal = load_sections(), make_sign_in_log(parts.settings, parts.log, parts.clock)
    return make_portal(
        Portal(
            renderer=Renderer(Look(area=parts.settings.area_name, demonstration=demonstration)),
            sign_ins=make_persona_sign_ins(parts, personas if demonstration else None),
            finder=_make_finder(parts, keys, mask=mask, traces=traces),
            citizens=_make_citizens(parts, keys),
            records=_make_records(parts, keys, table, names=organisation_names() if demonstration else {}),
            history=_make_history(parts, keys, mask=mask),
            alerts=_make_alerts(parts),
            openings=_make_openings(parts, keys),
            sections=table,
            clock=parts.clock,
            explanations=make_explanations(parts, bearer=bearer),
            office=_make_privacy_office(parts, keys),
            sharing=_make_sharing(parts, keys, names=organisation_names() if demonstration else {}),
            disputing=StoredDisputing(gate=parts.gate, record=parts.record, keys=keys, ids=parts.ids),
            secure=parts.settings.base_url.startswith("https:"),
            providers=await make_providers(parts.settings, parts.side_pool, journal=journal, clock=parts.clock),
            sign_in_log=journal,
            own_sessions=OwnSessions(parts.side_pool, clock=parts.clock),
        )
    )


def make_persona_sign_ins(parts: Parts, personas: Mapping[str, Claims] | None) -> PersonaSignIns:
    """`personas` is None where the database is no demonstration."""
    return PersonaSignIns(
        sessions=Sessions(parts.side_pool, clock=parts.clock),
        clock=parts.clock,
        personas=[] if personas is None else persona_cards(),
        people=[] if personas is None else person_cards(),
        claims=personas or {},
    )


def _make_finder(parts: Parts, keys: RecordKeys, *, mask: QueryMask, traces: TraceLimit) -> PersonTrace:
    return PersonTrace(
        gate=parts.gate,
        searching=parts.searching,
        mask=mask,
        traces=traces,
        keys=keys,
        clock=parts.clock,
        ids=parts.ids,
    )


def _make_citizens(parts: Parts, keys: RecordKeys) -> OwnRecords:
    return OwnRecords(
        gate=parts.gate,
        record=parts.record,
        searching=parts.searching,
        keys=keys,
        clock=parts.clock,
        ids=parts.ids,
    )


def _make_alerts(parts: Parts) -> StoredAlerts:
    return StoredAlerts(
        gate=parts.gate,
        log=parts.log,
        pool=parts.side_pool,
        record=parts.record,
        searching=parts.searching,
        clock=parts.clock,
        ids=parts.ids,
    )


def _make_records(parts: Parts, keys: RecordKeys, table: SectionTable, *, names: Mapping[str, str]) -> StoredRecords:
    return StoredRecords(
        gate=parts.gate,
        record=parts.record,
        policy=parts.policy,
        keys=keys,
        table=table,
        names=names,
        ids=parts.ids,
        own_word=parts.own_word,
    )


def _make_sharing(parts: Parts, keys: RecordKeys, *, names: Mapping[str, str]) -> StoredSharingChoices:
    return StoredSharingChoices(
        gate=parts.gate, record=parts.record, policy=parts.policy, keys=keys, names=names, ids=parts.ids
    )


def _make_history(parts: Parts, keys: RecordKeys, *, mask: QueryMask) -> StoredAccessHistory:
    return StoredAccessHistory(
        gate=parts.gate,
        record=parts.record,
        log=parts.log,
        reader=LogReader(parts.side_pool),
        mask=mask,
        keys=keys,
        people=_make_people(parts),
        clock=parts.clock,
        ids=parts.ids,
    )


def _make_openings(parts: Parts, keys: RecordKeys) -> StoredOpenings:
    return StoredOpenings(
        own_word=parts.own_word, record=parts.record, keys=keys, policy=parts.policy, people=_make_people(parts)
    )


def _make_people(parts: Parts) -> TracedPeople:
    return TracedPeople(
        gate=parts.gate, record=parts.record, searching=parts.searching, clock=parts.clock, ids=parts.ids
    )


def make_explanations(parts: Parts, *, bearer: Authenticate) -> StoredExplanations:
    return StoredExplanations(
        gate=parts.gate,
        log=parts.log,
        reader=LogReader(parts.side_pool),
        record=parts.record,
        what_ifs=parts.what_ifs,
        bearer=bearer,
        clock=parts.clock,
        ids=parts.ids,
    )


def _make_privacy_office(parts: Parts, keys: RecordKeys) -> PrivacyOffice:
    return make_privacy_office(
        pool=parts.side_pool,
        log=parts.log,
        gate=parts.gate,
        record=parts.record,
        searching=parts.searching,
        policy=parts.policy,
        keys=keys,
        clock=parts.clock,
        ids=parts.ids,
        site=parts.settings.area_name,
    )
