"""A small world of documents, made from a seed: few values of everything, so that any two things often meet."""

import random
from collections.abc import Iterator

from tests.record.search.loading import Document
from tests.record.search.numbers import READ, SPELLINGS

from lhcr.fhir.search.catalogue import type_id
from lhcr.kernel.json_types import JsonObject
from lhcr.store.shelf import shelf_bucket

PERSONS = (1, 2, 3, 4)
CLASSES = (1, 2, 3)
SYSTEMS = ("http://loinc.org", "http://snomed.info/sct")
CODES = ("8867-4", "8480-6", "38341003")
STATUSES = ("final", "amended", "finished", "active", "completed")
FAMILIES = ("Smith", "Smythe", "Ångström", "O'Neill", "de la Cruz")
GIVEN = ("Anna", "Ann", "Józef", "Lee")
DATES = (
    "2020",
    "2020-05",
    "2020-05-17",
    "2021-01-01T10:00:00Z",
    "2021-01-01T10:00:00.5Z",
    "2022-03-04T23:30:00+01:00",
    "1999-12-31",
)
NUMBERS = (5.4, 5.5, 100, -3, 0.001)
UNITS = (
    ("http://unitsofmeasure.org", "mg", "mg"),
    ("http://unitsofmeasure.org", "mmol/L", "mmol per litre"),
    ("", "", "mg"),
)
TAGS = ("red", "blue")
PROFILES = ("http://example.org/profile/a", "http://example.org/profile/b")
PLACES = ((53.8, -1.55), (53.81, -1.56), (51.5, -0.12), (-33.9, 179.99), (-33.9, -179.99))
NUMBER_OF = {
    "Practitioner": 4,
    "Organization": 4,
    "Location": 5,
    "PractitionerRole": 4,
    "Medication": 4,
    "Group": 2,
    "Device": 4,
}


class World:
    """Makes documents; `documents` holds them in the order of their numbers."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._rid = 0
        self.documents: list[Document] = []
        for make in (self._directory, self._shelf, self._patients, self._entries):
            self.documents.extend(make())

    # Pieces.

    def _one(self, *choices: object) -> object:
        return self._random.choice(choices)

    def _maybe(self, probability: float = 0.6) -> bool:
        return self._random.random() < probability

    def _coding(self) -> JsonObject:
        coding: JsonObject = {"code": self._random.choice(CODES)}
        if self._maybe(0.8):
            coding["system"] = self._random.choice(SYSTEMS)
        return coding

    def _concept(self) -> JsonObject:
        return {"coding": [self._coding() for _ in range(self._random.choice((1, 1, 2)))], "text": "a text"}

    def _identifier(self) -> JsonObject:
        """Mostly a number of some system; sometimes an NHS number in one of its spellings, or one that only looks like it."""
        if self._maybe():
            return {"system": self._random.choice(SYSTEMS), "value": f"n{self._random.randrange(4)}"}
        number: JsonObject = {"value": self._random.choice([*READ])}
        system = self._random.choice(("", SYSTEMS[0], *SPELLINGS, *SPELLINGS))
        return number | {"system": system} if system else number

    def _date(self) -> str:
        return self._random.choice(DATES)

    def _period(self) -> JsonObject:
        ends = sorted(self._random.sample(DATES, 2))
        period = dict(zip(("start", "end"), ends, strict=True))
        if self._maybe(0.5):
            period.pop(self._random.choice(("start", "end")))
        return period

    def _quantity(self) -> JsonObject:
        system, code, unit = self._random.choice(UNITS)
        quantity: JsonObject = {"value": self._random.choice(NUMBERS), "unit": unit}
        if system:
            quantity |= {"system": system, "code": code}
        if self._maybe(0.2):
            quantity["comparator"] = self._random.choice(("<", "<=", ">", ">="))
        return quantity

    def _reference(self, target: str) -> JsonObject:
        """Mostly to something that exists; sometimes to nothing, elsewhere, or by identifier alone."""
        kind = self._random.random()
        if kind < 0.1:
            return {"identifier": self._identifier()}
        if kind < 0.15:
            return {"reference": f"http://elsewhere.example/fhir/{target}/x"}
        number = self._random.randrange(NUMBER_OF.get(target, 4) + 1)
        version = f"/_history/{self._random.randrange(1, 3)}" if self._maybe(0.1) else ""
        reference: JsonObject = {"reference": f"{target}/{target.lower()}-{number}{version}"}
        if self._maybe(0.1):
            reference["identifier"] = self._identifier()
        return reference

    def _document(
        self, resource: JsonObject, person_id: int, *, hidden: bool = True, members: tuple[int, ...] = ()
    ) -> Document:
        self._rid += self._random.randrange(1, 3)
        meta: JsonObject = {}
        if self._maybe(0.3):
            meta["tag"] = [{"system": "http://example.org/tags", "code": self._random.choice(TAGS)}]
        if self._maybe(0.3):
            meta["profile"] = [self._random.choice(PROFILES)]
        return Document(
            resource=resource | ({"meta": meta} if meta else {}),
            person_id=person_id,
            rid=self._rid,
            class_id=self._random.choice(CLASSES) if hidden else 1,
            members=members,
            deleted=self._maybe(0.07),
        )

    # Documents.

    def _directory(self) -> Iterator[Document]:
        for number in range(NUMBER_OF["Organization"]):
            organisation: JsonObject = {
                "resourceType": "Organization",
                "id": f"organization-{number}",
                "name": self._random.choice(FAMILIES),
                "identifier": [self._identifier()],
                "active": self._maybe(),
            }
            if number:
                organisation["partOf"] = {"reference": f"Organization/organization-{number - 1}"}
            yield self._document(organisation, 0)
        for number in range(NUMBER_OF["Practitioner"]):
            practitioner = {"resourceType": "Practitioner", "id": f"practitioner-{number}", "name": [self._name()]}
            yield self._document(practitioner, 0)
        for number in range(NUMBER_OF["PractitionerRole"]):
            role: JsonObject = {
                "resourceType": "PractitionerRole",
                "id": f"practitionerrole-{number}",
                "practitioner": self._reference("Practitioner"),
                "organization": self._reference("Organization"),
                "code": [self._concept()],
            }
            yield self._document(role, 0)
        for number, (latitude, longitude) in enumerate(PLACES):
            location: JsonObject = {
                "resourceType": "Location",
                "id": f"location-{number}",
                "name": self._random.choice(FAMILIES),
                "position": {"latitude": latitude, "longitude": longitude},
            }
            if self._maybe():
                location["managingOrganization"] = self._reference("Organization")
            yield self._document(location, 0)

    def _name(self) -> JsonObject:
        return {
            "family": self._random.choice(FAMILIES),
            "given": self._random.sample(GIVEN, self._random.choice((1, 2))),
        }

    def _shelf(self) -> Iterator[Document]:
        for number in range(NUMBER_OF["Medication"]):
            key = f"medication-{number}"
            medication: JsonObject = {
                "resourceType": "Medication",
                "id": key,
                "code": self._concept(),
                "status": "active",
            }
            if self._maybe():
                medication["manufacturer"] = self._reference("Organization")
            yield self._document(medication, shelf_bucket(type_id("Medication"), key))

    def _patients(self) -> Iterator[Document]:
        for person in PERSONS:
            for number in range(self._random.choice((1, 2, 3))):
                patient: JsonObject = {
                    "resourceType": "Patient",
                    "id": f"patient-{person}" if number == 0 else f"patient-{person}-{number}",
                    "name": [self._name()],
                    "identifier": [self._identifier()],
                }
                if self._maybe():
                    patient["birthDate"] = self._random.choice([date for date in DATES if len(date) <= 10])
                if self._maybe():
                    patient["gender"] = self._random.choice(("male", "female"))
                if self._maybe():
                    patient["generalPractitioner"] = [self._reference("Practitioner")]
                if self._maybe():
                    patient["managingOrganization"] = self._reference("Organization")
                members: tuple[int, ...] = ()
                if self._maybe(0.2):
                    other = self._random.choice([each for each in PERSONS if each != person])
                    patient["link"] = [{"other": {"reference": f"Patient/patient-{other}"}, "type": "seealso"}]
                    members = (other,)
                yield self._document(patient, person, members=members)

    def _entries(self) -> Iterator[Document]:
        for person in PERSONS:
            yield from self._devices_and_groups(person)
            for number in range(3):
                yield self._document(self._encounter(person, number), person)
            for number in range(self._random.randrange(6, 14)):
                yield self._document(self._observation(person, number), person)
            for number in range(3):
                yield self._document(self._prescription(person, number), person)
            for number in range(2):
                others = tuple(each for each in PERSONS if each != person and self._maybe(0.3))
                yield self._document(self._appointment(person, number, others), person, members=others)

    def _devices_and_groups(self, person: int) -> Iterator[Document]:
        device: JsonObject = {"resourceType": "Device", "id": f"device-{person - 1}", "type": self._concept()}
        if self._maybe():
            yield self._document(device | {"patient": self._patient(person)}, person)
        else:
            yield self._document(device, shelf_bucket(type_id("Device"), str(device["id"])))

    def _patient(self, person: int) -> JsonObject:
        return {"reference": f"Patient/patient-{person}"}

    def _encounter(self, person: int, number: int) -> JsonObject:
        encounter: JsonObject = {
            "resourceType": "Encounter",
            "id": f"encounter-{person}-{number}",
            "status": self._random.choice(STATUSES),
            "class": self._coding(),
            "subject": self._patient(person),
        }
        if self._maybe(0.8):
            encounter["period"] = self._period()
        if self._maybe():
            encounter["serviceProvider"] = self._reference("Organization")
        if self._maybe():
            encounter["participant"] = [{"individual": self._reference("Practitioner")}]
        if self._maybe():
            encounter["location"] = [{"location": self._reference("Location")}]
        return encounter

    def _observation(self, person: int, number: int) -> JsonObject:
        observation: JsonObject = {
            "resourceType": "Observation",
            "id": f"observation-{person}-{number}",
            "status": self._random.choice(STATUSES),
            "code": self._concept(),
            "subject": self._patient(person),
        }
        if self._maybe(0.15):
            observation["subject"] = {"reference": f"Device/device-{person - 1}"}
        observation |= self._when()
        if self._maybe(0.8):
            observation |= self._value()
        if self._maybe(0.3):
            observation["component"] = [{"code": self._concept()} | self._value() for _ in range(2)]
        if self._maybe():
            observation["encounter"] = {"reference": f"Encounter/encounter-{person}-{self._random.randrange(4)}"}
        if self._maybe(0.4):
            observation["performer"] = [self._reference("Practitioner"), self._patient(person)]
        if self._maybe(0.3):
            observation["device"] = self._reference("Device")
        if self._maybe(0.3):
            observation["hasMember"] = [{"reference": f"Observation/observation-{person}-{self._random.randrange(6)}"}]
        return observation

    def _when(self) -> JsonObject:
        kind = self._random.random()
        if kind < 0.5:
            return {"effectiveDateTime": self._date()}
        if kind < 0.7:
            return {"effectivePeriod": self._period()}
        return {"issued": "2021-06-01T00:00:00Z"} if kind < 0.85 else {}

    def _value(self) -> JsonObject:
        kind = self._random.randrange(4)
        if kind == 0:
            return {"valueQuantity": self._quantity()}
        if kind == 1:
            return {"valueCodeableConcept": self._concept()}
        return {"valueString": self._random.choice(GIVEN[:2])} if kind == 2 else {"valueDateTime": self._date()}

    def _prescription(self, person: int, number: int) -> JsonObject:
        prescription: JsonObject = {
            "resourceType": "MedicationRequest",
            "id": f"medicationrequest-{person}-{number}",
            "status": self._random.choice(STATUSES),
            "intent": "order",
            "subject": self._patient(person),
            "medicationReference": self._reference("Medication"),
        }
        if self._maybe(0.3):
            del prescription["medicationReference"]
            prescription["medicationCodeableConcept"] = self._concept()
        if self._maybe():
            prescription["authoredOn"] = self._date()
        if self._maybe():
            prescription["requester"] = self._reference("Practitioner")
        return prescription

    def _appointment(self, person: int, number: int, others: tuple[int, ...]) -> JsonObject:
        actors = [self._patient(each) for each in (person, *others)] + [self._reference("Practitioner")]
        return {
            "resourceType": "Appointment",
            "id": f"appointment-{person}-{number}",
            "status": "booked",
            "start": "2021-01-01T10:00:00Z",
            "participant": [{"actor": actor, "status": "accepted"} for actor in actors],
        }
