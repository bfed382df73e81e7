"""A national alert: the entry of somebody who opened a record on their own word, as the AuditEvent that the Summary Care Record asks for.

Three agents, none of them the requestor (the patient by NHS number, the organisation by ODS code, the user by SDS user id with a role),
one entity (the alert), the type (`SCR-AlertType`) and one reason (`SCR-AlertReason`). It is another telling of an entry that the log
holds and proves, under an id of its own, so that neither is taken for the other.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qs

from lhcr.access.alerts import DISALLOWED, AlertReason, AlertType
from lhcr.audit.entry import Agent, Entry, Outcome
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER, ODS_ORGANISATION, SDS_USER

PROFILE: Final = "https://fhir.nhs.uk/StructureDefinition/SCR-Alert-AuditEvent"
#: What the kind of the entry of an alert is, in the log.
KIND: Final = "alert"
_MESSAGE: Final = "https://fhir.nhs.uk/StructureDefinition/Extension-SCR-NotificationMessage"
#: Where the national profile has its two types of alert.
_TYPE: Final = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
_REASON: Final = "https://fhir.nhs.uk/CodeSystem/SCR-AlertReason"
_ROLE: Final = "https://fhir.nhs.uk/Id/sds-role-code"
_ALERT: Final = "urn:lhcr:alert"
_ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_PREFIX: Final = "alert-"
_TYPES: Final = MappingProxyType({str(each.code): each for each in AlertType})
_REASONS: Final = MappingProxyType({str(each.code): each for each in AlertReason})
#: What the entry of each type is called when it begins; what ends one raises no alert.
_BEGUN: Final = MappingProxyType({AlertType.RELATIONSHIP: "claim", AlertType.ACCESS: "emergency"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedAlert:
    """What the entry of an alert says of it: `words` are the user's own."""

    alert_id: str
    type: AlertType
    reason: AlertReason
    words: str


def raised_alert(entry: Entry) -> RaisedAlert | None:
    """Return the alert that an entry raised, None where it raised none that the national vocabulary allows."""
    if entry.kind != KIND or entry.outcome != Outcome.SUCCESS.value or entry.person is None:
        return None
    said = {name: values[0] for name, values in parse_qs(entry.query).items()}
    type_, reason = _TYPES.get(said.get("type", "")), _REASONS.get(said.get("reason", ""))
    if type_ is None or reason is None or (type_.code, reason.code) in DISALLOWED or _BEGUN[type_] != entry.subtype:
        return None
    return RaisedAlert(alert_id=said.get("alert", ""), type=type_, reason=reason, words=said.get("words", ""))


def alert_event_id(event_id: str) -> str:
    """Return the id of an alert by that of its entry."""
    return _PREFIX + event_id


def entry_of_alert(alert_id: str) -> str | None:
    """Return the id of the entry that an id of an alert names, None where it is none."""
    return alert_id.removeprefix(_PREFIX) if alert_id.startswith(_PREFIX) else None


def national_alert(entry: Entry, alert: RaisedAlert, *, event_id: str, number: str) -> JsonObject:
    """Return the AuditEvent of an alert. `event_id` is the entry's; `number` the NHS number, "" where the person has none.

    The message holds no person data: it is what a notification shows. The user's words stand where only who reads the alert finds them.
    """
    return {
        "resourceType": "AuditEvent",
        "id": alert_event_id(event_id),
        "meta": {"profile": [PROFILE]},
        "extension": [{"url": _MESSAGE, "valueString": f"{alert.type.display}: alert {alert.alert_id}"}],
        "type": {"system": _TYPE, "code": str(alert.type.code), "display": alert.type.display},
        "subtype": [{"system": _REASON, "code": str(alert.reason.code), "display": alert.reason.display}],
        "action": entry.action,
        "recorded": entry.recorded.isoformat(),
        "outcome": entry.outcome,
        "outcomeDesc": alert.words,
        "agent": [_patient(number), _organisation(entry.agent), _user(entry.agent)],
        "source": {"site": entry.source, "observer": {"display": entry.source}},
        "entity": [{"what": {"identifier": {"system": _ALERT, "value": alert.alert_id}}}],
    }


def _patient(number: str) -> JsonObject:
    """Hazard: wrong person. Who has no number is named by none, and not left out."""
    value: JsonObject = {"value": number}
    if not number:
        value = {"_value": {"extension": [{"url": _ABSENT, "valueCode": "unknown"}]}}
    return {"who": {"type": "Patient", "identifier": {"system": NHS_NUMBER, **value}}, "requestor": False}


def _organisation(agent: Agent) -> JsonObject:
    identifier = {"system": ODS_ORGANISATION, "value": agent.organisation}
    who = {"type": "Organization", "identifier": identifier, "display": agent.organisation_name or agent.organisation}
    return {"who": who, "requestor": False}


def _user(agent: Agent) -> JsonObject:
    who = {"type": "Practitioner", "identifier": {"system": SDS_USER, "value": agent.user}, "display": agent.name}
    role: JsonObject = {"text": agent.role_name or agent.role or agent.kind}
    if agent.role:
        role["coding"] = [{"system": _ROLE, "code": agent.role, "display": agent.role_name or agent.role}]
    return {"role": [role], "who": who, "requestor": False}
