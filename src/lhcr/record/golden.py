"""The golden Patient: one person's demographics, folded from the contributions that a reader may see, those alone.

Hazards: a restriction or a death that one source knows is lost behind another source's copy; a reader learns from a folded
value that a source they may not see exists. Hence security labels are joined, a recorded death outweighs its absence, and
nothing but the given contributions is looked at: identity, version and time of the fold follow from them too.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from lhcr.fhir.json_document import read_json
from lhcr.fhir.stored_body import with_meta
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.identifier import compared
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.contained import contained_in, with_own_ids
from lhcr.record.identifier_choice import chosen_identifiers

_JOINED_META = ("profile", "security", "tag")
_EXTENSIONS = ("extension", "modifierExtension")
_FOLDED_APART = frozenset({"resourceType", "id", "meta", "identifier", "link", "text", "contained", *_EXTENSIONS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One source's Patient as it stands; `body` is None where the source withdrew it, which still counts as a version.

    `superseded`: it came with a merge, of another person by another number, whose record goes on in this one. `disowned`: that
    number never was theirs.
    """

    id: str
    rid: int
    version: int
    last_updated: datetime
    source_id: int
    method: int
    body: bytes | None
    superseded: bool = False
    disowned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    id: str
    version: int
    last_updated: datetime
    method: int
    body: bytes


def fold(
    contributions: Sequence[Contribution], *, winners: Sequence[int] = (), as_id: str | None = None
) -> Golden | None:
    """Fold contributions to the golden Patient, or None where every one was withdrawn.

    It has the id of the first contribution that stands, counts one version for each event of any of them, and takes each
    element from the first source of `winners` (ids of sources, the policy of the area) that has it, then in order of arrival.
    `as_id` names a past state by the id that the golden Patient has now.
    """
    arrived = sorted(contributions, key=lambda contribution: (contribution.superseded, contribution.rid))
    standing = [contribution for contribution in arrived if contribution.body is not None]
    if not standing:
        return None
    version = sum(contribution.version for contribution in arrived)
    latest = max(arrived, key=lambda contribution: contribution.last_updated)
    moment, method = latest.last_updated, latest.method
    first = standing[0]
    golden_id = as_id or first.id
    if len(arrived) == 1 and first.body is not None and golden_id == first.id and not first.disowned:
        return Golden(id=golden_id, version=version, last_updated=moment, method=method, body=first.body)
    patients = _patients(_by_policy(standing, winners))
    several = len(patients) > 1
    folded = _fold([with_own_ids(patient, place) if several else patient for place, patient in enumerate(patients)])
    body = with_meta(folded, id=golden_id, version=version, last_updated=moment)
    return Golden(id=golden_id, version=version, last_updated=moment, method=method, body=body)


def refer_to_golden(contribution: Contribution, golden_id: str) -> bytes:
    """Return a contribution's own body with a link to the golden Patient, so that a reader of one finds the whole."""
    patient = read_json(contribution.body or b"{}")
    linked = patient | {"link": [*(patient.get("link") or ()), link_to(golden_id)]}
    return with_meta(linked, id=contribution.id, version=contribution.version, last_updated=contribution.last_updated)


def link_to(golden_id: str) -> JsonObject:
    """Return the link that says of a contribution where the whole is."""
    return {"other": {"reference": f"Patient/{golden_id}"}, "type": "refer"}


def _by_policy(standing: Sequence[Contribution], winners: Sequence[int]) -> list[Contribution]:
    rank = {source_id: place for place, source_id in enumerate(winners)}
    return sorted(standing, key=lambda each: (each.superseded, rank.get(each.source_id, len(rank))))


def _patients(standing: Sequence[Contribution]) -> list[JsonObject]:
    """Return what contributions say; of NHS numbers those of the person whose record goes on here are current.

    Hazard: wrong person, by whom somebody is called by a number that leads to another.
    """
    patients = [read_json(each.body or b"{}") for each in standing]
    current = {
        number
        for each, patient in zip(standing, patients, strict=True)
        if not each.superseded
        for number in _numbers(patient)
    }
    for each, patient in zip(standing, patients, strict=True):
        if each.disowned:
            _take_away(patient, current=current)
        elif each.superseded and current and "identifier" in patient:
            patient["identifier"] = [_dated(identifier, current=current) for identifier in patient["identifier"]]
    return patients


def _take_away(patient: JsonObject, *, current: Collection[str]) -> None:
    """Leave out NHS numbers that never were the person's: what their source said stands in the contribution itself."""
    kept = [each for each in patient.pop("identifier", ()) if _is_theirs(each, current=current)]
    if kept:
        patient["identifier"] = kept


def _is_theirs(identifier: JsonObject, *, current: Collection[str]) -> bool:
    system, value = compared(identifier.get("system", ""), identifier.get("value", ""))
    return system != NHS_NUMBER or value in current


def _numbers(patient: JsonObject) -> Iterator[str]:
    named = (compared(each.get("system", ""), each.get("value", "")) for each in patient.get("identifier") or ())
    return (value for system, value in named if system == NHS_NUMBER and value)


def _dated(identifier: JsonObject, *, current: Collection[str]) -> JsonObject:
    """Return an identifier of a superseded contribution: an NHS number that is not one of the current is an old one."""
    system, value = compared(identifier.get("system", ""), identifier.get("value", ""))
    return identifier | {"use": "old"} if system == NHS_NUMBER and value not in current else identifier


def _fold(patients: Sequence[JsonObject]) -> JsonObject:
    folded: JsonObject = {"resourceType": "Patient", "meta": _joined_meta(patients)}
    if identifiers := chosen_identifiers(each for patient in patients for each in patient.get("identifier") or ()):
        folded["identifier"] = identifiers
    if links := list(_distinct(link for patient in patients for link in patient.get("link") or ())):
        folded["link"] = links
    taken: set[str] = set()
    for patient in _with_the_death_first(patients):
        groups = {_group(name) for name in patient} - taken - _FOLDED_APART
        folded |= {name: value for name, value in patient.items() if _group(name) in groups}
        taken |= groups
    for name in _EXTENSIONS:
        if extensions := list(_extensions(patients, name)):
            folded[name] = extensions
    if contained := contained_in(folded, patients):
        folded["contained"] = contained
    return folded


def _with_the_death_first(patients: Sequence[JsonObject]) -> Iterator[JsonObject]:
    """Yield the patients so that a death that anybody recorded is the one that counts."""
    death = next((patient for patient in patients if _is_dead(patient)), None)
    if death is not None:
        yield {name: value for name, value in death.items() if _group(name) == "deceased"}
    yield from patients


def _is_dead(patient: JsonObject) -> bool:
    # A date that is known to be missing is that of a death all the same.
    return any(patient.get(name) for name in ("deceasedBoolean", "deceasedDateTime", "_deceasedDateTime"))


def _group(name: str) -> str:
    """The element that a JSON name belongs to: `_birthDate` to birthDate, `deceasedBoolean` to deceased."""
    plain = name.removeprefix("_")
    return next((choice for choice in ("deceased", "multipleBirth") if plain.startswith(choice)), plain)


def _joined_meta(patients: Sequence[JsonObject]) -> JsonObject:
    meta: JsonObject = {}
    for name in _JOINED_META:
        if values := list(
            _distinct(value for patient in patients for value in patient.get("meta", {}).get(name) or ())
        ):
            meta[name] = values
    return meta | _common_source(patients)


def _common_source(patients: Sequence[JsonObject]) -> JsonObject:
    """Say who contributed where it was one source alone: what several say is nobody's own contribution."""
    sources = {patient.get("meta", {}).get("source") for patient in patients}
    return {"source": sources.pop()} if len(sources) == 1 and None not in sources else {}


def _extensions(patients: Sequence[JsonObject], name: str) -> Iterator[JsonObject]:
    """Yield the extensions of each kind from the first that has any: what one source knows of another matter is not lost."""
    taken: set[str] = set()
    for patient in patients:
        kinds = {extension["url"] for extension in patient.get(name) or ()} - taken
        yield from (extension for extension in patient.get(name) or () if extension["url"] in kinds)
        taken |= kinds


def _distinct(values: Iterator[JsonObject | str]) -> Iterator[JsonObject | str]:
    seen: list[JsonObject | str] = []
    for value in values:
        if value not in seen:
            seen.append(value)
            yield value
