"""An entry of the log as a FHIR R4 AuditEvent, shaped as IHE's Basic Audit Log Patterns ask and as the national citizen audit
(PARS) exchanges it: who asked (person or system, and organisation), for what purpose, about whom, and what was touched.

Of the agents only the asker is the requestor: R4 allows one initiator. The organisation is an agent beside them, and so is the system
that asked in their name, or the app through which they asked, as the application that it is.
"""

import base64
from collections.abc import Iterator
from typing import Final

from lhcr.audit.entry import Agent, Entry, Item, Outcome
from lhcr.audit.event_kind import event_kind
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.systems import ODS_ORGANISATION, SDS_USER

_DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM"
_ENTITY_TYPE: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_OBJECT_ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
_BASIC_ENTITY: Final = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType"
_PARTICIPATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_SOURCE_TYPE: Final = "http://terminology.hl7.org/CodeSystem/security-source-type"
_ROLE: Final = "https://fhir.nhs.uk/Id/sds-role-code"
_DECISION: Final = "urn:lhcr:decision"
_WHO: Final = {PrincipalKind.CITIZEN.value: "Patient", PrincipalKind.SYSTEM.value: "Device"}
_SAID: Final = {Outcome.REFUSED.value: "Refused", Outcome.FAILED.value: "Failed"}


def audit_event(entry: Entry, *, event_id: str, patient: str = "") -> JsonObject:
    """Return the AuditEvent of one entry. `event_id` is its id; `patient` the id of the golden Patient of today, where the
    entry does not name one itself.
    """
    event: JsonObject = {"resourceType": "AuditEvent", "id": event_id, **event_kind(entry)}
    event |= {"action": entry.action, "recorded": entry.recorded.isoformat(), "outcome": entry.outcome}
    if entry.outcome in _SAID:
        event["outcomeDesc"] = f"{_SAID[entry.outcome]}: {entry.rule}" if entry.rule else _SAID[entry.outcome]
    event["agent"] = list(_agents(entry))
    event["source"] = {
        "site": entry.source,
        "observer": {"display": entry.source},
        "type": [{"system": _SOURCE_TYPE, "code": "4", "display": "Application Server"}],
    }
    event["entity"] = list(_entities(entry, patient or entry.patient))
    return event


def _agents(entry: Entry) -> Iterator[JsonObject]:
    yield _asker(entry.agent, entry.purpose)
    if entry.agent.organisation:
        yield {
            "type": {"coding": [{"system": _PARTICIPATION, "code": "CST", "display": "custodian"}]},
            "who": {
                "type": "Organization",
                "identifier": {"system": ODS_ORGANISATION, "value": entry.agent.organisation},
                "display": entry.agent.organisation_name,
            },
            "requestor": False,
        }
    if entry.actor is not None:
        yield _application(entry.actor)


def _application(actor: Agent) -> JsonObject:
    """Return the system or app through which somebody asked, as BALP names the client of an access token."""
    return {
        "type": {"coding": [{"system": _DICOM, "code": "110150", "display": "Application"}]},
        "who": {"type": "Device", "identifier": {"value": actor.user}, "display": actor.name},
        "requestor": False,
    }


def _asker(agent: Agent, purpose: str) -> JsonObject:
    identifier = {"value": agent.user}
    if agent.kind not in _WHO:
        identifier = {"system": SDS_USER, "value": agent.user}
    asker: JsonObject = {
        "type": {"coding": [{"system": _PARTICIPATION, "code": "IRCP", "display": "information recipient"}]},
        "who": {"type": _WHO.get(agent.kind, "Practitioner"), "identifier": identifier, "display": agent.name},
        "requestor": True,
        "policy": [f"urn:lhcr:token:{agent.token}"],
        "purposeOfUse": [{"coding": [Purpose.parse(purpose).coding]}],
    }
    if agent.role:
        asker["role"] = [{"coding": [{"system": _ROLE, "code": agent.role, "display": agent.role_name}]}]
    return asker


def _entities(entry: Entry, patient: str) -> Iterator[JsonObject]:
    if patient:
        yield _entity({"reference": f"Patient/{patient}"}, code="1", type_="Person", role=("1", "Patient"))
    if entry.many:
        many = _entity(None, code="2", type_="System Object", role=("4", "Domain Resource"))
        many["detail"] = [
            {"type": "count", "valueString": str(entry.many.count)},
            {"type": "sha-256", "valueString": entry.many.digest},
        ]
        yield many
    elif entry.items:
        yield from (_item(item) for item in entry.named_items)
    elif entry.asked:
        yield {**_entity(None, code="2", type_="System Object", role=("4", "Domain Resource")), "name": entry.asked}
    if entry.query:
        query = _entity(None, code="2", type_="System Object", role=("24", "Query"))
        yield {**query, "query": base64.b64encode(entry.query.encode()).decode()}
    if entry.request:
        yield {
            "what": {"identifier": {"value": entry.request}},
            "type": {"system": _BASIC_ENTITY, "code": "XrequestId"},
        }
    if entry.decision:
        yield _decision(entry)


def _item(item: Item) -> JsonObject:
    reference = f"{item.type}/{item.id}/_history/{item.version}"
    return _entity({"reference": reference}, code="2", type_="System Object", role=("4", "Domain Resource"))


def _decision(entry: Entry) -> JsonObject:
    what = {"identifier": {"system": _DECISION, "value": entry.decision}}
    decision = _entity(what, code="2", type_="System Object", role=("13", "Security Resource"))
    return {**decision, "detail": [{"type": "trace", "valueString": entry.trace}]} if entry.trace else decision


def _entity(what: JsonObject | None, *, code: str, type_: str, role: tuple[str, str]) -> JsonObject:
    entity: JsonObject = {"what": what} if what else {}
    return entity | {
        "type": {"system": _ENTITY_TYPE, "code": code, "display": type_},
        "role": {"system": _OBJECT_ROLE, "code": role[0], "display": role[1]},
    }
