"""Entries without places: what is removed of an entry in the record of somebody who is restricted.

What says where care is given, and the words of documents, which may say where somebody lives.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from lhcr.fhir.whereabouts.anywhere import without_places_anywhere
from lhcr.fhir.whereabouts.givers import without_givers
from lhcr.fhir.whereabouts.people import PEOPLE, person_without_places
from lhcr.kernel.json_types import JsonObject

_REMOVED: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "Account": ("owner",),
        "AdverseEvent": ("location",),
        "Appointment": ("slot", "supportingInformation", "comment", "patientInstruction"),
        "AppointmentResponse": ("comment",),
        "AuditEvent": ("source.site", "agent.network"),
        "Binary": ("data",),
        "Bundle": ("entry",),
        "CareTeam": ("managingOrganization", "participant.onBehalfOf"),
        "ChargeItem": ("performingOrganization", "requestingOrganization"),
        "Claim": ("facility", "item.locationAddress", "item.locationReference"),
        "Communication": ("payload.contentAttachment.data", "payload.contentAttachment.url"),
        "Composition": ("custodian",),
        "Consent": ("organization", "sourceAttachment.data", "sourceAttachment.url"),
        "Device": ("location", "owner", "contact", "url"),
        "DiagnosticReport": ("presentedForm.data", "presentedForm.url"),
        "DocumentManifest": ("source",),
        "DocumentReference": (
            *("custodian", "content.attachment.data", "content.attachment.url"),
            *("context.facilityType", "context.practiceSetting", "context.sourcePatientInfo"),
        ),
        "Encounter": ("location", "serviceProvider", "hospitalization.origin", "hospitalization.destination"),
        "EpisodeOfCare": ("managingOrganization",),
        "ExplanationOfBenefit": ("facility", "item.locationAddress", "item.locationReference"),
        "ImagingStudy": ("location",),
        "Immunization": ("location",),
        "MedicationDispense": ("location", "destination", "performer"),
        "MedicationRequest": ("dispenseRequest.performer",),
        "Procedure": ("location",),
        "Provenance": ("location",),
        "ServiceRequest": ("locationCode", "locationReference", "performer", "patientInstruction"),
        "SupplyDelivery": ("destination",),
        "SupplyRequest": ("deliverFrom", "deliverTo"),
        "Task": ("location",),
    }
)
"""Elements of entries that tell where care is given, or hold a document's words; narrative is removed with them."""
_PEOPLE: Final = ("Patient/", "Practitioner/", "RelatedPerson/")


def entry_without_places(entry: JsonObject) -> JsonObject:
    """Return what is left of an entry about somebody, but for its meta."""
    removed = _REMOVED.get(entry["resourceType"], ())
    left: JsonObject = dict(entry)
    if removed or not _says_more(entry.get("text")):
        left = {name: value for name, value in entry.items() if name.removeprefix("_") != "text"}
    for path in removed:
        left = _removed(left, path.split("."))
    if entry["resourceType"] == "Composition":
        left = _without_words(left)
    if entry["resourceType"] in {"Appointment", "AppointmentResponse"}:
        left = _among_people(left)
    left = without_places_anywhere(without_givers(left))
    if "contained" in left:
        left["contained"] = [_contained(each) for each in left["contained"] if isinstance(each, dict)]
    return {name: value for name, value in left.items() if value not in ([], {})}


def _contained(part: JsonObject) -> JsonObject:
    """Return what is left of a contained resource: of people what tells them apart, of entries what an entry has left."""
    if "resourceType" not in part:
        return {}
    first = {name: part[name] for name in ("resourceType", "id", "meta") if name in part}
    left = person_without_places(part) if part["resourceType"] in PEOPLE else entry_without_places(part)
    return first | left


def _says_more(narrative: Any) -> bool:
    """Whether a narrative holds what no element does. Hazard: an allergy that stands in its words alone is dropped."""
    return isinstance(narrative, dict) and narrative.get("status") == "additional"


def _removed(node: Any, path: Sequence[str]) -> Any:
    if isinstance(node, list):
        return [left for each in node if (left := _removed(each, path)) != {}]
    if not isinstance(node, dict):
        return node
    first, rest = path[0], path[1:]
    if not rest:
        return {name: value for name, value in node.items() if name.removeprefix("_") != first}
    left = {name: _removed(value, rest) if name == first else value for name, value in node.items()}
    return {name: value for name, value in left.items() if value not in ([], {})}


def _without_words(node: JsonObject) -> JsonObject:
    """Return a document or a section of one without the words of its sections, however deep they lie in each other."""
    left = dict(node)
    if isinstance(node.get("section"), list):
        sections = [_without_words(each) for each in node["section"]]
        left["section"] = [{name: value for name, value in each.items() if name != "text"} for each in sections]
    return left


def _among_people(appointment: JsonObject) -> JsonObject:
    """Leave the people who come: what says where somebody is expected is the room, service or role that comes with them."""
    left = dict(appointment)
    if "participant" in left:
        left["participant"] = [each for each in left["participant"] if _is_person(each.get("actor"))]
    if not _is_person(left.get("actor")):
        left.pop("actor", None)
    return left


def _is_person(actor: Any) -> bool:
    if actor is None:
        return True
    literal = actor.get("reference")
    return isinstance(literal, str) and literal.startswith(_PEOPLE)
