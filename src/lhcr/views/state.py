"""Where an entry stands: current, past, negated, planned, unknown or removed, with the plain words for its status."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import read_concept
from lhcr.views.json_walk import object_of, text_of
from lhcr.views.status_code import foreign_words, status_codes
from lhcr.views.written_date import WrittenDate, read_date


class State(Enum):
    """In the order in which rows are shown."""

    CURRENT = "current"
    PLANNED = "planned"
    UNKNOWN = "unknown"
    NEGATED = "negated"
    PAST = "past"
    REMOVED = "removed"


STATE_ORDER = {state: rank for rank, state in enumerate(State)}


@dataclass(frozen=True, slots=True)
class Status:
    """A state with the words that a row shows; empty words where the state is the ordinary one of its section."""

    state: State
    words: str


_REMOVED = Status(State.REMOVED, "Entered in error")
_WORDS: dict[str, Status] = {
    "active": Status(State.CURRENT, "Active"),
    "recurrence": Status(State.CURRENT, "Active: recurrence"),
    "relapse": Status(State.CURRENT, "Active: relapse"),
    "inactive": Status(State.PAST, "Inactive"),
    "remission": Status(State.PAST, "In remission"),
    "resolved": Status(State.PAST, "Resolved"),
    "completed": Status(State.PAST, "Completed"),
    "stopped": Status(State.PAST, "Stopped"),
    "on-hold": Status(State.CURRENT, "On hold"),
    "suspended": Status(State.CURRENT, "Suspended"),
    "intended": Status(State.PLANNED, "Planned"),
    "draft": Status(State.PLANNED, "Draft"),
    "proposed": Status(State.PLANNED, "Proposed"),
    "planned": Status(State.PLANNED, "Planned"),
    "pending": Status(State.PLANNED, "Pending"),
    "booked": Status(State.PLANNED, "Booked"),
    "arrived": Status(State.CURRENT, "Arrived"),
    "triaged": Status(State.CURRENT, "Triaged"),
    "onleave": Status(State.CURRENT, "On leave"),
    "in-progress": Status(State.CURRENT, "In progress"),
    "preparation": Status(State.PLANNED, "Being prepared"),
    "finished": Status(State.PAST, ""),
    "fulfilled": Status(State.PAST, "Attended"),
    "noshow": Status(State.NEGATED, "Did not attend"),
    "cancelled": Status(State.NEGATED, "Cancelled"),
    "declined": Status(State.NEGATED, "Declined"),
    "rejected": Status(State.NEGATED, "Rejected"),
    "revoked": Status(State.PAST, "Ended"),
    "abandoned": Status(State.PAST, "Abandoned"),
    "not-done": Status(State.NEGATED, "Not done"),
    "not-taken": Status(State.NEGATED, "Not taking"),
    "superseded": Status(State.PAST, "Replaced by a newer version"),
    "retired": Status(State.PAST, "Retired"),
    "final": Status(State.CURRENT, ""),
    "current": Status(State.CURRENT, ""),
    "available": Status(State.CURRENT, ""),
    "amended": Status(State.CURRENT, "Amended"),
    "corrected": Status(State.CURRENT, "Corrected"),
    "appended": Status(State.CURRENT, "Added to"),
    "preliminary": Status(State.CURRENT, "Preliminary"),
    "partial": Status(State.CURRENT, "Partial"),
    "registered": Status(State.PLANNED, "Result awaited"),
    "unknown": Status(State.UNKNOWN, "Status unknown"),
}
_OWN_WORDS: dict[tuple[str, str], Status] = {
    ("Immunization", "completed"): Status(State.CURRENT, ""),
    ("Immunization", "not-done"): Status(State.NEGATED, "Not given"),
    ("Procedure", "completed"): Status(State.CURRENT, ""),
    ("Procedure", "in-progress"): Status(State.CURRENT, "In progress"),
    ("QuestionnaireResponse", "completed"): Status(State.CURRENT, ""),
    ("ClinicalImpression", "completed"): Status(State.CURRENT, ""),
    ("FamilyMemberHistory", "completed"): Status(State.CURRENT, ""),
    ("SupplyDelivery", "completed"): Status(State.CURRENT, ""),
    ("MedicationDispense", "completed"): Status(State.PAST, "Supplied"),
    ("MedicationAdministration", "completed"): Status(State.PAST, "Given"),
    ("MedicationAdministration", "not-done"): Status(State.NEGATED, "Not given"),
    ("MedicationRequest", "cancelled"): Status(State.PAST, "Cancelled"),
    ("MedicationDispense", "declined"): Status(State.NEGATED, "Not supplied"),
    ("MedicationDispense", "cancelled"): Status(State.NEGATED, "Not supplied"),
    ("Flag", "active"): Status(State.CURRENT, ""),
    ("Consent", "active"): Status(State.CURRENT, "In force"),
    ("Consent", "inactive"): Status(State.PAST, "No longer in force"),
}
_ONLY_PROPOSED = frozenset({"proposal", "option"})
_VERIFICATION: dict[str, Status] = {
    "refuted": Status(State.NEGATED, "Ruled out"),
    "unconfirmed": Status(State.CURRENT, "Unconfirmed"),
    "provisional": Status(State.CURRENT, "Provisional"),
    "differential": Status(State.CURRENT, "Possible: differential"),
}


def read_status(resource: JsonObject) -> Status:
    """The status of an entry.

    Hazards: an entry made in error shown as fact; a refuted condition, or a vaccine not given, shown as had. Those codes
    win over every other status of the entry.
    """
    kind = text_of(resource.get("resourceType"))
    verification = status_codes(resource.get("verificationStatus"))
    stated = text_of(resource.get("status")) or text_of(resource.get("lifecycleStatus"))
    if "entered-in-error" in {stated, text_of(resource.get("docStatus"))} | verification:
        return _REMOVED
    if "refuted" in verification:
        return _VERIFICATION["refuted"]
    plain = _plain(resource, kind, stated)
    if resource.get("doNotPerform") is True:
        return _prohibited("Do not give" if kind.startswith("Medication") else "Do not perform", plain)
    foreign = foreign_words(resource.get("verificationStatus"))
    return _qualified(_limited(plain, resource), verification, foreign=foreign)


def _prohibited(words: str, plain: Status) -> Status:
    """Hazard: a prohibition that was lifted shown as one that holds, or one that is only a draft."""
    if plain.state in {State.PAST, State.NEGATED}:
        return Status(State.PAST, f"No longer in force: {words.lower()}")
    return Status(State.NEGATED, f"{words}, {plain.words.lower()}" if plain.state is State.PLANNED else words)


def _limited(status: Status, resource: JsonObject) -> Status:
    """Hazards: what somebody only proposed shown as ordered; a vaccine that may not protect shown as given like any other."""
    if status.state is State.CURRENT and text_of(resource.get("intent")) in _ONLY_PROPOSED:
        return Status(State.PLANNED, "Proposed, not ordered")
    if resource.get("isSubpotent") is True and status.state is State.CURRENT:
        return Status(State.CURRENT, "Subpotent: may not count as a dose")
    return status


def lapsed(status: Status, resource: JsonObject, when: WrittenDate | None, today: date) -> Status:
    """The status of an appointment whose day has passed while nobody said what became of it: past, and that is said."""
    waits = status.state in {State.PLANNED, State.CURRENT, State.UNKNOWN}
    if resource.get("resourceType") != "Appointment" or not waits or when is None or when.as_day >= today:
        return status
    return Status(State.PAST, f"{status.words}, date has passed" if status.words else "Date has passed")


def _plain(resource: JsonObject, kind: str, stated: str) -> Status:
    clinical = sorted(status_codes(resource.get("clinicalStatus")))
    code = clinical[0] if clinical else stated
    if not code and (foreign := foreign_words(resource.get("clinicalStatus"))):
        return Status(State.UNKNOWN, foreign.capitalize())
    if not code:
        return _without_status(resource, kind)
    own = _OWN_WORDS.get((kind, code)) or _WORDS.get(code)
    if own:
        return own
    words = read_concept(resource.get("clinicalStatus")).title if clinical else code.replace("-", " ")
    return Status(State.UNKNOWN, words.capitalize())


def _without_status(resource: JsonObject, kind: str) -> Status:
    """A condition or allergy without a clinical status is not shown as active, nor as past: its end date may say."""
    if kind not in {"Condition", "AllergyIntolerance"}:
        return Status(State.CURRENT, "")
    if read_date(resource.get("abatementDateTime")) or object_of(resource.get("abatementPeriod")):
        return Status(State.PAST, "Ended")
    return Status(State.UNKNOWN, "Status not stated")


def _qualified(status: Status, verification: frozenset[str], *, foreign: str) -> Status:
    known = (_VERIFICATION[code].words for code in sorted(verification) if code in _VERIFICATION)
    words = next(known, foreign)
    if not words:
        return status
    return Status(status.state, f"{status.words}, {words.lower()}" if status.words else words)
