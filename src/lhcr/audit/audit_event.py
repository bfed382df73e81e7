"""An entry of the log as a FHIR R4 AuditEvent, shaped as IHE's Basic Audit Log Patterns ask and as the national citizen audit
(PARS) exchanges it: who asked (person or system, and organisation), for what purpose, about whom, and what was touched.

Of the agents only the asker is the requestor: R4 allows one initiator. The organisation is an agent beside them, and so is the system
that asked in their name, as the application that it is.
"""

import base64
from collections.abc import Iterator
from typing import Final

from lhcr.audit.disposal_entry import DESTROY, LOG_USED
from lhcr.audit.entry import Agent, Entry, Item, Outcome
from lhcr.audit.unsent import NOT_SENT
from lhcr.audit.writer_lost import APPLICATION, WRITER_LOST, says_lost
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.systems import ODS_ORGANISATION, SDS_USER

_EVENT_TYPE: Final = "http://terminology.hl7.org/CodeSystem/audit-event-type"
_INTERACTION: Final = "http://hl7.org/fhir/restful-interaction"
_LIFECYCLE: Final = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
_DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM"
_ENTITY_TYPE: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_OBJECT_ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
_BASIC_ENTITY: Final = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType"
#: What BALP calls events about what a Consent decides, and what a person did about their own choices.
_AUTHORIZATION: Final = "https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType"
_CHOICE: Final = "urn:lhcr:consent"
_PARTICIPATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_SOURCE_TYPE: Final = "http://terminology.hl7.org/CodeSystem/security-source-type"
_ROLE: Final = "https://fhir.nhs.uk/Id/sds-role-code"
_DECISION: Final = "urn:lhcr:decision"
_WHO: Final = {PrincipalKind.CITIZEN.value: "Patient", PrincipalKind.SYSTEM.value: "Device"}
#: What is opened on the asker's own word, and what is tried by strangers, as DICOM's codes of security alerts name it.
_ALERTS: Final = {
    "claim": ("110137", "User security Attributes Changed"),
    "claim-ended": ("110137", "User security Attributes Changed"),
    "emergency": ("110127", "Emergency Override Started"),
    "emergency-ended": ("110138", "Emergency Override Stopped"),
    "tokens-slowed": ("110126", "Node Authentication"),
    "sign-in-slowed": ("110126", "Node Authentication"),
}
#: DICOM's event of users and systems proving who they are, and what it says of what they did then.
_AUTHENTICATION: Final = "110114"
_LOGIN: Final = ("110122", "Login")
_LOGOUT: Final = ("110123", "Logout")
_NODE: Final = ("110126", "Node Authentication")
_ENDING: Final = frozenset({"revoke", "apps", "sign-out", "logout"})
#: Orders of the privacy office over entries, where the record life cycle (ISO 21089) has a word for them.
_LIFECYCLE_OF_ORDERS: Final = {"removal": "destroy", "disposal": "destroy", "hold": "hold"}
_SAID: Final = {Outcome.REFUSED.value: "Refused", Outcome.FAILED.value: "Failed"}


def audit_event(entry: Entry, *, event_id: str, patient: str = "") -> JsonObject:
    """Return the AuditEvent of one entry. `event_id` is its id; `patient` the id of the golden Patient of today, where the
    entry does not name one itself.
    """
    event: JsonObject = {"resourceType": "AuditEvent", "id": event_id, **_kind(entry)}
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


def _kind(entry: Entry) -> JsonObject:
    if entry.subtype == "disclosure":
        return {
            "type": {"system": _DICOM, "code": "110106", "display": "Export"},
            "subtype": [{"system": _LIFECYCLE, "code": "disclose", "display": "Disclose"}],
        }
    if entry.subtype == NOT_SENT:
        return {
            "type": {"system": _DICOM, "code": APPLICATION, "display": "Application Activity"},
            "subtype": [{"system": "urn:lhcr:log", "code": NOT_SENT, "display": "Answer not sent"}],
        }
    if says_lost(entry):
        return {
            "type": {"system": _DICOM, "code": APPLICATION, "display": "Application Activity"},
            "subtype": [
                {"system": _DICOM, "code": "110121", "display": "Application Stop"},
                {"system": "urn:lhcr:log", "code": WRITER_LOST, "display": "Worker ended without closing its log"},
            ],
        }
    if entry.kind == "alert":
        code, display = _ALERTS[entry.subtype]
        return {
            "type": {"system": _DICOM, "code": "110113", "display": "Security Alert"},
            "subtype": [{"system": _DICOM, "code": code, "display": display}],
        }
    if entry.kind == _AUTHENTICATION:
        code, display = _authentication(entry)
        return {
            "type": {"system": _DICOM, "code": _AUTHENTICATION, "display": "User Authentication"},
            "subtype": [{"system": _DICOM, "code": code, "display": display}],
        }
    if entry.kind == "consent":
        return {
            "type": {"system": _DICOM, "code": "110113", "display": "Security Alert"},
            "subtype": [
                {"system": _AUTHORIZATION, "code": "AuthZ-Consent"},
                {"system": _CHOICE, "code": entry.subtype},
            ],
        }
    if entry.kind == "policy":
        return {
            "type": {"system": _DICOM, "code": "110113", "display": "Security Alert"},
            "subtype": [{"system": _DICOM, "code": "110129", "display": "Security Configuration"}],
        }
    if (entry.kind, entry.subtype) == (LOG_USED, DESTROY):
        return {
            "type": {"system": _DICOM, "code": LOG_USED, "display": "Audit Log Used"},
            "subtype": [{"system": _LIFECYCLE, "code": DESTROY, "display": "Destroy/Delete"}],
        }
    if entry.kind == "order":
        lifecycle = _LIFECYCLE_OF_ORDERS.get(entry.subtype)
        of_lifecycle = [{"system": _LIFECYCLE, "code": lifecycle}] if lifecycle else []
        return {
            "type": {"system": _DICOM, "code": "110110", "display": "Patient Record"},
            "subtype": [*of_lifecycle, {"system": "urn:lhcr:order", "code": entry.subtype}],
        }
    return {
        "type": {"system": _EVENT_TYPE, "code": entry.kind},
        "subtype": [{"system": _INTERACTION, "code": entry.subtype}],
    }


def _authentication(entry: Entry) -> tuple[str, str]:
    """Return what was done: a system proved who it is, a user let an app in or signed in, or either ended what they had."""
    if entry.subtype in _ENDING:
        return _LOGOUT
    return _NODE if entry.agent.kind == PrincipalKind.SYSTEM.value else _LOGIN


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
    """Return the system that asked in somebody's name, as BALP names the client of an access token."""
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
