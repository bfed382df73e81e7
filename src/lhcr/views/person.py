"""The person: the identity banner, and the facts of the demographics and practice sections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.identifier import compared
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.views.age import age_at_death_text, age_text
from lhcr.views.concept import codes_of
from lhcr.views.entry import Source
from lhcr.views.json_walk import extension_of, objects_of, text_of
from lhcr.views.person_name import PersonName, read_name
from lhcr.views.written_date import WrittenDate, read_date

_SEXES = {
    "male": "Male",
    "female": "Female",
    "other": "Other",
    "unknown": "Not known",
    "indeterminate": "Indeterminate",
}
_VERIFIED = frozenset({"01", "number-present-and-verified"})
_RESTRICTED = frozenset({"R", "V"})


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with its lines and the source that says so."""

    label: str
    lines: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """Who this is, as it stands at the top of every page of a record.

    `born` and `died` carry the age in words; `nhs_number` is 3-3-4 or says that there is none.
    """

    name: PersonName
    born: str
    died: str
    sex: str
    nhs_number: str
    restricted: bool


def read_banner(patients: Sequence[JsonObject], *, today: date) -> Banner:
    """The banner of the person whom a record is about. Hazard: the wrong person; nothing here is ever guessed."""
    patient: JsonObject = patients[0] if patients else {}
    birth, death = read_date(patient.get("birthDate")), read_date(patient.get("deceasedDateTime"))
    return Banner(
        name=read_name(patient.get("name")),
        born=_born(birth, today, dead=is_dead(patient)),
        died=_died(birth, death, patient),
        sex=sex_text(patient),
        nhs_number=nhs_number_text(patient),
        restricted=any(is_restricted(one) for one in patients),
    )


def nhs_number_text(patient: JsonObject) -> str:
    """`999 000 0018`, with the word unverified where its source says that it was not traced."""
    # Hazard: the wrong person. A number that was replaced is not shown while there is one that was not.
    identifiers = sorted(objects_of(patient.get("identifier")), key=lambda one: text_of(one.get("use")) == "old")
    for identifier in identifiers:
        system, value = compared(text_of(identifier.get("system")), text_of(identifier.get("value")))
        if system == NHS_NUMBER and value:
            status = codes_of(extension_of(identifier, "NHSNumberVerificationStatus"))
            shown = f"{value[:3]} {value[3:6]} {value[6:]}" if len(value) == 10 else value
            verified = not status or not status.isdisjoint(_VERIFIED)
            remarks = (
                "no longer in use" if text_of(identifier.get("use")) == "old" else "",
                "" if verified else "not verified",
            )
            said = ", ".join(filter(None, remarks))
            return f"{shown} ({said})" if said else shown
    return "Not recorded"


def sex_text(patient: JsonObject) -> str:
    """The gender as recorded; sex at birth beside it where it is recorded and differs."""
    gender = text_of(patient.get("gender"))
    shown = _SEXES.get(gender, gender.capitalize() or "Not recorded")
    birth_codes = codes_of(extension_of(patient, "BirthSex"))
    at_birth = next((_SEXES.get(code, code) for code in sorted(birth_codes)), "")
    return f"{shown} (sex at birth: {at_birth.lower()})" if at_birth and at_birth != shown else shown


def is_dead(patient: JsonObject) -> bool:
    """Hazard: a dead person shown as living, because the date of death is missing from its element or cannot be read."""
    dated = text_of(patient.get("deceasedDateTime")) or patient.get("_deceasedDateTime")
    return bool(dated) or patient.get("deceasedBoolean") is True


def is_restricted(patient: JsonObject) -> bool:
    """Whether the person's whereabouts must not be shown (PDS sensitive flag)."""
    meta = patient.get("meta")
    return not _RESTRICTED.isdisjoint(codes_of(meta.get("security") if isinstance(meta, dict) else None))


def _born(birth: WrittenDate | None, today: date, *, dead: bool) -> str:
    if birth is None:
        return "Not recorded"
    return birth.shown if dead else f"{birth.shown} ({age_text(birth, today)})"


def _died(birth: WrittenDate | None, death: WrittenDate | None, patient: JsonObject) -> str:
    if death:
        return f"{death.shown} ({age_at_death_text(birth, death)})" if birth else death.shown
    if not is_dead(patient):
        return ""
    return text_of(patient.get("deceasedDateTime")) or "Yes, date not recorded"
