"""What kind of event an entry of the log is, in the codes of DICOM, HL7 and IHE's Basic Audit Log Patterns: the first line that fits."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from lhcr.audit.disposal_entry import DESTROY, LOG_USED
from lhcr.audit.entry import Entry
from lhcr.audit.export_entry import EXPORTED
from lhcr.audit.unsent import NOT_SENT
from lhcr.audit.writer_lost import APPLICATION, WRITER_LOST, says_lost
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.json_types import JsonObject

_EVENT_TYPE: Final = "http://terminology.hl7.org/CodeSystem/audit-event-type"
_INTERACTION: Final = "http://hl7.org/fhir/restful-interaction"
_LIFECYCLE: Final = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
_DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM"
#: What BALP calls events about what a Consent decides, and what a person did about their own choices.
_AUTHORIZATION: Final = "https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType"
_CHOICE: Final = "urn:lhcr:consent"
_LOG: Final = "urn:lhcr:log"
_ORDER: Final = "urn:lhcr:order"

_Coding: TypeAlias = tuple[str, str, str]
"""System, code, and display, "" where there is none."""
_Codings: TypeAlias = Callable[[Entry], tuple[_Coding, ...]]

_ALERT: Final = (_DICOM, "110113", "Security Alert")
_APPLICATION: Final = (_DICOM, APPLICATION, "Application Activity")
_CLAIMED: Final = (_DICOM, "110137", "User security Attributes Changed")
_EXPORT: Final = (_DICOM, "110106", "Export")
_NODE: Final = (_DICOM, "110126", "Node Authentication")
#: What is opened on the asker's own word, and what is tried by strangers, as DICOM's codes of security alerts name it.
_ALERTS: Final[Mapping[str, _Coding]] = MappingProxyType(
    {
        "claim": _CLAIMED,
        "claim-ended": _CLAIMED,
        "emergency": (_DICOM, "110127", "Emergency Override Started"),
        "emergency-ended": (_DICOM, "110138", "Emergency Override Stopped"),
        "tokens-slowed": _NODE,
        "sign-in-slowed": _NODE,
    }
)
#: DICOM's event of users and systems proving who they are, and what it says of what they did then.
_AUTHENTICATION: Final = "110114"
_ENDING: Final = frozenset({"revoke", "apps", "sign-out", "logout"})
#: Orders of the privacy office over entries, where the record life cycle (ISO 21089) has a word for them.
_LIFECYCLE_OF_ORDERS: Final[Mapping[str, str]] = MappingProxyType(
    {"removal": "destroy", "disposal": "destroy", "hold": "hold"}
)


def event_kind(entry: Entry) -> JsonObject:
    """Return `type` and `subtype` of the AuditEvent of an entry."""
    type_, codings = next((type_, codings) for fits, type_, codings in _LINES if fits(entry))
    return {
        "type": _coding(type_ or (_EVENT_TYPE, entry.kind, "")),
        "subtype": [_coding(each) for each in codings(entry)],
    }


def _coding(told: _Coding) -> JsonObject:
    return {name: each for name, each in zip(("system", "code", "display"), told, strict=True) if each}


def _always(*codings: _Coding) -> _Codings:
    return lambda _: codings


def _kind(name: str) -> Callable[[Entry], bool]:
    return lambda entry: entry.kind == name


def _authentication(entry: Entry) -> tuple[_Coding, ...]:
    """Return what was done: a system proved who it is, a user let an app in or signed in, or either ended what they had."""
    if entry.subtype in _ENDING:
        return ((_DICOM, "110123", "Logout"),)
    return (_NODE,) if entry.agent.kind == PrincipalKind.SYSTEM.value else ((_DICOM, "110122", "Login"),)


def _order(entry: Entry) -> tuple[_Coding, ...]:
    return tuple(_of_order(entry.subtype))


def _of_order(kind: str) -> Iterator[_Coding]:
    if kind in _LIFECYCLE_OF_ORDERS:
        yield _LIFECYCLE, _LIFECYCLE_OF_ORDERS[kind], ""
    yield _ORDER, kind, ""


#: Which entries are of which type (None for the entry's own kind) and subtypes. The order counts: what is about an answer comes first.
_LINES: Final[tuple[tuple[Callable[[Entry], bool], _Coding | None, _Codings], ...]] = (
    (
        lambda entry: entry.subtype == "disclosure",
        _EXPORT,
        _always((_LIFECYCLE, "disclose", "Disclose")),
    ),
    (_kind(EXPORTED), _EXPORT, _always((_LOG, EXPORTED, "The log taken out of the area"))),
    (lambda entry: entry.subtype == NOT_SENT, _APPLICATION, _always((_LOG, NOT_SENT, "Answer not sent"))),
    (
        says_lost,
        _APPLICATION,
        _always((_DICOM, "110121", "Application Stop"), (_LOG, WRITER_LOST, "Worker ended without closing its log")),
    ),
    (_kind("alert"), _ALERT, lambda entry: (_ALERTS[entry.subtype],)),
    (_kind(_AUTHENTICATION), (_DICOM, _AUTHENTICATION, "User Authentication"), _authentication),
    (
        _kind("consent"),
        _ALERT,
        lambda entry: ((_AUTHORIZATION, "AuthZ-Consent", ""), (_CHOICE, entry.subtype, "")),
    ),
    (_kind("policy"), _ALERT, _always((_DICOM, "110129", "Security Configuration"))),
    (
        lambda entry: (entry.kind, entry.subtype) == (LOG_USED, DESTROY),
        (_DICOM, LOG_USED, "Audit Log Used"),
        _always((_LIFECYCLE, DESTROY, "Destroy/Delete")),
    ),
    (_kind("order"), (_DICOM, "110110", "Patient Record"), _order),
    (lambda _: True, None, lambda entry: ((_INTERACTION, entry.subtype, ""),)),
)
