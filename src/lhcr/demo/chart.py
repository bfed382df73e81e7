"""The chart: what one source holds about one person, while it is being written."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from lhcr.demo.contribution import Contribution, contribute
from lhcr.demo.elements import before
from lhcr.demo.organisations import Source
from lhcr.demo.person import Person
from lhcr.fhir.contributor import source_uri
from lhcr.kernel.json_types import JsonObject

# Where a resource names the person it is about; everything else calls it the subject.
_PATIENT_ELEMENT: Final = frozenset(
    {
        "AllergyIntolerance",
        "Consent",
        "Device",
        "EpisodeOfCare",
        "FamilyMemberHistory",
        "Immunization",
        "RelatedPerson",
    }
)
_NAMES_NOBODY: Final = frozenset({"Patient", "Appointment"})


class Chart:
    """Collects the resources of one source about one person and gives each an id that says whose it is.

    Ids read `<ods>-<type>-<person>-<number>`, numbered in order of writing, so that the same record has the same ids.
    """

    def __init__(self, source: Source, *, person: Person, today: date) -> None:
        self.source = source
        self.person = person
        self.today = today
        self.patient = f"Patient/{source.slug}-patient-{person.index:04d}"
        self._resources: list[JsonObject] = []
        self._written: dict[str, int] = {}

    def add(self, resource_type: str, body: JsonObject, *, labels: Sequence[JsonObject] = ()) -> str:
        """Write a resource about the chart's person and return the reference to it."""
        number = self._written[resource_type] = self._written.get(resource_type, 0) + 1
        own_id = f"{self.source.slug}-{resource_type.lower()}-{self.person.index:04d}-{number:03d}"
        return self.put(resource_type, own_id, self._about(resource_type) | body, labels=labels)

    def put(self, resource_type: str, own_id: str, body: JsonObject, *, labels: Sequence[JsonObject] = ()) -> str:
        """Write a resource under an id of its own and return the reference to it."""
        meta: JsonObject = {"source": source_uri(self.source.ods)}
        if labels:
            meta["security"] = list(labels)
        self._resources.append({"resourceType": resource_type, "id": own_id, "meta": meta} | body)
        return f"{resource_type}/{own_id}"

    @property
    def size(self) -> int:
        """How many resources have been written."""
        return len(self._resources)

    def contribution(self) -> Contribution:
        return contribute(self.source.ods, self._resources)

    def ago(self, days: int = 0, *, years: int = 0) -> date:
        """The day so long ago, but never before the person was born."""
        return max(before(self.today, days=days, years=years), self.person.birth_date)

    def organisation(self) -> JsonObject:
        return {"reference": f"Organization/{self.source.slug}", "display": self.source.name}

    def staff(self, key: str) -> JsonObject:
        member = self.source.member(key)
        return {"reference": f"Practitioner/{self.source.slug}-{key}", "display": member.display}

    def site(self, key: str) -> JsonObject:
        return {"reference": f"Location/{self.source.slug}-{key}", "display": self.source.site(key).name}

    def _about(self, resource_type: str) -> JsonObject:
        if resource_type in _NAMES_NOBODY:
            return {}
        return {"patient" if resource_type in _PATIENT_ELEMENT else "subject": {"reference": self.patient}}
