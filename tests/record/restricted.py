"""Two people whom two sources know, of whom one source says that one must not be found; and what would tell where they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.record.area import BASE, KEY, Area, Asker, citizen_with
from tests.record.made import LOINC, encounter, identifier, labelled, number, observation, organisation, patient

from lhcr.access.request import Interaction
from lhcr.fhir.search.query_parser import parse_query
from lhcr.kernel.ids import RouteCipher
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER, ODS_ORGANISATION
from lhcr.record.persons import Persons
from lhcr.record.search.found import SearchPage
from lhcr.record.search.record_search import RecordSearch
from lhcr.store.code_systems import CodeSystems

#: Words that stand in nothing but places, each beginning so.
PLACE = "Hideaway"
UK_CORE = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-"
PRACTICE = "hideaway-practice"


def address(town: str) -> JsonObject:
    return {"line": [f"1 {PLACE} Street"], "city": f"{PLACE}{town}", "postalCode": f"{PLACE}-1AA", "use": "home"}


def reached_at(whom: str) -> list[JsonObject]:
    return [{"system": "phone", "value": f"{PLACE}-phone-{whom}"}, {"system": "email", "value": f"{PLACE}@{whom}.test"}]


def whereabouts(town: str) -> JsonObject:
    """Everything in which a Patient may say where they are."""
    return {
        "address": [address(town)],
        "telecom": reached_at(town),
        "contact": [
            {
                "name": {"family": "Next"},
                "telecom": reached_at("contact"),
                "address": address("contact"),
                "organization": {"display": f"{PLACE} school"},
            }
        ],
        "generalPractitioner": [
            {
                "reference": f"Organization/{PRACTICE}",
                "identifier": identifier("A81001", system=ODS_ORGANISATION),
                "display": f"{PLACE} Surgery",
            }
        ],
        "managingOrganization": {"reference": f"Organization/{PRACTICE}", "display": f"{PLACE} Trust"},
        "extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueAddress": address("birth")},
            {"url": f"{UK_CORE}NominatedPharmacy", "valueReference": {"display": f"{PLACE} Pharmacy"}},
            {"url": "https://else.example/anything", "valueString": f"{PLACE} anywhere"},
            {"url": f"{UK_CORE}EthnicCategory", "valueCodeableConcept": {"text": "Kept"}},
        ],
        "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{PLACE}</div>'},
        "contained": [{"resourceType": "Organization", "id": "c", "name": f"{PLACE} contained"}],
        "photo": [{"title": f"{PLACE} photo"}],
    }


@dataclass(frozen=True)
class Somebody:
    """`labelled_id` is the surgery's Patient, which is labelled where the person is restricted, `plain_id` the hospital's."""

    index: int
    name: str

    @property
    def number(self) -> str:
        return number(self.index)

    @property
    def labelled_id(self) -> str:
        return f"{self.name}-surgery"

    @property
    def plain_id(self) -> str:
        return f"{self.name}-hospital"

    def of_surgery(self, *, label: str | None = None) -> JsonObject:
        found = patient(
            self.number, self._local("s"), id=self.labelled_id, birthDate="1980-01-01", **whereabouts("One")
        )
        return found if label is None else labelled(found, label)

    def of_hospital(self) -> JsonObject:
        return patient(self.number, self._local("h"), id=self.plain_id, birthDate="1980-01-01", **whereabouts("Two"))

    def _local(self, letter: str) -> JsonObject:
        return identifier(f"{PLACE}-{letter}{self.index}", system=f"urn:{letter}:{PLACE}")


RESTRICTED = Somebody(1, "restricted")
CONTROL = Somebody(2, "control")


async def know(area: Area, who: Somebody, *, label: str | None, label_first: bool = True) -> None:
    """Let both sources contribute, the one that labels first or last, and something of everything that leads to a place."""
    if await area.person_of(f"Organization/{PRACTICE}") is None or who is RESTRICTED:
        await area.surgery.update(organisation("A81001", id=PRACTICE) | {"name": f"{PLACE} Surgery"})
        await area.surgery.update({"resourceType": "Location", "id": "hideaway-ward", "name": f"{PLACE} ward"})
    steps = [(area.surgery, who.of_surgery(label=label)), (area.hospital, who.of_hospital())]
    for source, contribution in steps if label_first else reversed(steps):
        await source.update(contribution)
    about = f"Patient/{who.plain_id}"
    for letter, street in (("z", "Zed"), ("a", "Abc")):
        related = {
            "resourceType": "RelatedPerson",
            "id": f"{who.name}-related-{letter}",
            "patient": {"reference": about},
        }
        places = {"address": [address(street) | {"text": f"{PLACE} {street}"}], "telecom": reached_at(street)}
        await area.hospital.update(related | {"name": [{"family": "Kin"}]} | places)
    ward = {"location": {"reference": "Location/hideaway-ward", "display": f"{PLACE} ward"}}
    seen = {"location": [ward], "serviceProvider": {"reference": f"Organization/{PRACTICE}", "display": PLACE}}
    await area.hospital.update(encounter(about, id=f"{who.name}-encounter", **seen))
    await area.hospital.update(observation(about, id=f"{who.name}-observation"))


async def search(
    asker: Asker, who: Somebody | None, resource_type: str, text: str = "", *, after: Sequence[Any] | None = None
) -> SearchPage:
    """Search as an edge does: about one person, or, where none is named, as a trace; `after`: where a page ended."""
    person = None if who is None else await asker.area.person_of(f"Patient/{who.plain_id}")
    decision = await asker.decide(Interaction.TRACE if who is None else Interaction.SEARCH, resource_type, person)
    pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in text.split("&") if pair)]
    query = parse_query(resource_type, pairs, now=datetime.now(UTC), bases=(BASE,))
    searching = RecordSearch(
        pool=asker.area.pool, persons=Persons(RouteCipher(KEY)), systems=CodeSystems(asker.area.side_pool)
    )
    return await searching.search(query, visibility=decision.visibility, person=person, after=after)


async def channels(asker: Asker, who: Somebody) -> Mapping[str, list[bytes]]:
    """What a reader is told of somebody's places on each channel by which a Patient, relative or encounter is served."""
    told: dict[str, list[bytes | None]] = {}
    for own_id in (who.labelled_id, who.plain_id):
        reference = f"Patient/{own_id}"
        stored = await asker.read(reference)
        told[f"read {own_id}"] = [stored.body]
        told[f"history {own_id}"] = [each.body for each in (await asker.history(reference)).versions]
        told[f"vread {own_id}"] = [
            (await asker.vread(reference, each.version)).body for each in (await asker.history(reference)).versions
        ]
        gathered = await asker.everything(reference)
        told[f"everything {own_id}"] = [each.body for each in gathered.found]
    for own_id in (f"RelatedPerson/{who.name}-related-z", f"Encounter/{who.name}-encounter"):
        told[f"read {own_id}"] = [(await asker.read(own_id)).body]
        told[f"history {own_id}"] = [each.body for each in (await asker.history(own_id)).versions]
    searches = {
        "Patient": ("", f"identifier={NHS_NUMBER}|{who.number}", "_revinclude=RelatedPerson:patient"),
        "Observation": ("_include=Observation:patient", f"code={LOINC}|8867-4&_include=Observation:subject"),
        "RelatedPerson": ("", "_include=RelatedPerson:patient"),
        "Encounter": ("", "_include=Encounter:location&_include=Encounter:service-provider"),
    }
    for resource_type, texts in searches.items():
        for text in texts:
            page = await search(asker, who, resource_type, text)
            assert page.matches
            told[f"search {resource_type}?{text}"] = [each.body for each in page.entries()]
    return {channel: [body for body in bodies if body is not None] for channel, bodies in told.items()}


def telling(channels: Mapping[str, list[bytes]]) -> set[str]:
    """Return the channels that tell a place."""
    return {channel for channel, bodies in channels.items() if any(PLACE.encode() in body for body in bodies)}


def themself(area: Area, who: Somebody) -> Asker:
    return area.asks(citizen_with(who.number))
