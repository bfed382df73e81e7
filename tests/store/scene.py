"""A scene: an area over partitioned tables with some records in it, and what is asked of one of them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.record import area as areas
from tests.record.area import Area, open_area, post, put, sent, system_of
from tests.store.partitions import partition, partition_of
from tests.store.watching import Watch, open_watched_pool

from lhcr.access.request import Interaction
from lhcr.demo.generate import generate
from lhcr.fhir.search.query_parser import parse_query
from lhcr.kernel.ids import RouteCipher
from lhcr.kernel.json_types import JsonObject
from lhcr.record.persons import Persons
from lhcr.record.search.found import SearchPage
from lhcr.record.search.record_search import RecordSearch
from lhcr.store.code_systems import CodeSystems
from lhcr.store.database import Pool

PATIENT = "a81001-patient-0000"
CODE = {"coding": [{"system": "http://snomed.info/sct", "code": "75367002"}]}


@dataclass(frozen=True, slots=True, repr=False)
class Scene:
    """`homes`: the partitions of the person, and of the one Medication on the shelf that the person is given."""

    area: Area
    watch: Watch
    homes: Mapping[str, int]
    person_id: int
    medication: str

    def __repr__(self) -> str:
        return "a scene"

    async def search(self, resource_type: str | None, text: str = "") -> SearchPage:
        """Search the person's record as a clinician of their surgery."""
        decision = await self.area.gp.decide(Interaction.SEARCH, resource_type, self.person_id)
        pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in text.split("&") if pair)]
        query = parse_query(resource_type, pairs, now=datetime.now(UTC), bases=(areas.BASE,))
        searching = RecordSearch(
            pool=self.area.pool,
            persons=Persons(RouteCipher(areas.KEY)),
            systems=CodeSystems(self.area.side_pool),
        )
        return await searching.search(query, visibility=decision.visibility, person=self.person_id)

    def observation(self, **more: Any) -> JsonObject:
        return {
            "resourceType": "Observation",
            "status": "final",
            "code": CODE,
            "subject": {"reference": f"Patient/{PATIENT}"},
            "effectiveDateTime": "2026-01-01",
            **more,
        }

    async def demographics(self) -> JsonObject:
        """What the surgery itself says of the person, with something changed."""
        for contribution in generate(1, seed=1, today=date(2026, 3, 2)):
            for entry in contribution.bundle["entry"]:
                if entry["resource"]["id"] == PATIENT:
                    return {**entry["resource"], "maritalStatus": {"text": "changed"}}
        raise AssertionError


@asynccontextmanager
async def open_scene(dsn: str, *, people: int) -> AsyncIterator[Scene]:
    """Partition a migrated database and load the demonstration's people into it, as their sources do."""
    await partition(dsn)
    watch = Watch()

    async def open_pool(dsn: str, **_: Any) -> Pool:
        return await open_watched_pool(dsn, watch)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(areas, "open_pool", open_pool)
        async with open_area(dsn) as area:
            for contribution in generate(people, seed=1, today=date(2026, 3, 2)):
                entries = (sent(entry["resource"]) for entry in contribution.bundle["entry"])
                await area.asks(system_of(contribution.source_ods)).load(*entries)
            yield await _made(area, watch)


async def _made(area: Area, watch: Watch) -> Scene:
    person_id = await area.person_of(f"Patient/{PATIENT}")
    assert person_id is not None
    home = await _partition(area, person_id)
    medication, shelf = await _medication_elsewhere(area, home)
    request = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationReference": {"reference": f"Medication/{medication}"},
        "subject": {"reference": f"Patient/{PATIENT}"},
    }
    await area.surgery.create(request)
    await area.pool.execute("ANALYZE")
    return Scene(area, watch, {"person": home, "shelf": shelf}, person_id, medication)


async def _medication_elsewhere(area: Area, home: int) -> tuple[str, int]:
    """Put Medications on the shelf until one lies apart from the person's partition."""
    while True:
        draft = (await area.surgery.create({"resourceType": "Medication", "code": CODE})).draft
        assert draft.id is not None
        assert draft.person_id is not None
        shelf = await _partition(area, draft.person_id)
        if shelf != home:
            return draft.id, shelf


async def _partition(area: Area, person_id: int) -> int:
    async with area.pool.acquire() as connection:
        return await partition_of(connection, person_id)


Operation = Callable[[Scene], Awaitable[object]]

PATIENT_REFERENCE = f"Patient/{PATIENT}"
ALLERGY = "AllergyIntolerance/a81001-allergyintolerance-0000-001"


async def _updated_twice(scene: Scene) -> object:
    """An update and a deletion of the same entry."""
    written = await scene.area.surgery.create(scene.observation())
    await scene.area.surgery.update(scene.observation(id=written.draft.id, status="amended"))
    await scene.area.surgery.vread(f"Observation/{written.draft.id}", 1)
    return await scene.area.surgery.delete(f"Observation/{written.draft.id}")


async def _chosen(scene: Scene) -> object:
    """An entry under an id that its source chose, made or replaced, and patched."""
    await scene.area.surgery.update(scene.observation(id="chosen-1"))
    operations = [{"op": "replace", "path": "/status", "value": "amended"}]
    return await scene.area.surgery.patch("Observation/chosen-1", operations)


async def _transaction(scene: Scene) -> object:
    drafts = [post(scene.observation()) for _ in range(40)]
    return await scene.area.surgery.transaction(*drafts, put(scene.observation(id="chosen-2")))


async def _condition(scene: Scene) -> object:
    search = f"patient={PATIENT}&code=http://snomed.info/sct|75367002&date=2026-01-01"
    return await scene.area.surgery.create(
        scene.observation(identifier=[{"system": "http://x", "value": "1"}]),
        condition=f"{search}&identifier=http://x|1",
    )


async def _fed_again(scene: Scene) -> object:
    return await scene.area.surgery.load(sent(await scene.demographics()))


WRITES: Mapping[str, Operation] = {
    "create": lambda scene: scene.area.surgery.create(scene.observation()),
    "update, vread and delete": _updated_twice,
    "update as create, and patch": _chosen,
    "transaction": _transaction,
    "conditional create": _condition,
    "feed of a known Patient": _fed_again,
}
READS: Mapping[str, Operation] = {
    "read": lambda scene: scene.area.gp.read(ALLERGY),
    "read of a Patient": lambda scene: scene.area.gp.read(PATIENT_REFERENCE),
    "vread": lambda scene: scene.area.gp.vread(ALLERGY, 1),
    "history": lambda scene: scene.area.gp.history(ALLERGY),
    "history of a Patient": lambda scene: scene.area.gp.history(PATIENT_REFERENCE),
    "everything": lambda scene: scene.area.gp.everything(PATIENT_REFERENCE),
    "everything in pages": lambda scene: scene.area.gp.everything_in_pages(PATIENT_REFERENCE, count=40),
}
SEARCHES: tuple[tuple[str | None, str], ...] = (
    (None, ""),
    (None, "_type=Observation,Condition"),
    ("Observation", ""),
    ("Observation", "code=http://snomed.info/sct|75367002&date=gt2020&_sort=-date"),
    ("Observation", f"patient={PATIENT}&code=75367002&_sort=-date"),
    ("Observation", f"subject=Patient/{PATIENT}&date=ge2019"),
    ("Observation", "category:not=laboratory"),
    ("Observation", "encounter:missing=true"),
    ("Observation", "subject:identifier=1"),
    ("Observation", "value-quantity=gt5"),
    ("Observation", "code-value-quantity=75367002$gt5"),
    ("Observation", "_lastUpdated=gt2020"),
    ("Observation", "_sort=date"),
    ("Observation", "_sort=code,status"),
    ("Observation", "_sort=-_lastUpdated"),
    ("Observation", "_total=accurate"),
    ("Observation", "_summary=count"),
    ("Observation", "subject:Patient.name=a"),
    ("Observation", "subject:Patient.organization.name=a"),
    ("Observation", "encounter.status=finished"),
    ("Observation", "performer:Practitioner.family=a"),
    ("Encounter", "location.name=a"),
    ("Encounter", "_has:Observation:encounter:code=75367002"),
    ("Encounter", "_revinclude=Observation:encounter"),
    ("MedicationRequest", "medication.code=75367002"),
    ("MedicationRequest", "_include=MedicationRequest:medication"),
    ("Patient", ""),
    ("Patient", "name=a"),
    ("Patient", f"_id={PATIENT}"),
    ("Patient", "_has:Observation:patient:code=75367002"),
    ("Patient", "_include=Patient:general-practitioner"),
    ("Patient", "_revinclude=Observation:subject"),
    ("Patient", "_revinclude=Provenance:target"),
    ("Observation", "_include=Observation:subject"),
    ("Observation", "_include=Observation:encounter&_include=Observation:performer&_include:iterate=Encounter:subject"),
)


def _search(resource_type: str | None, text: str) -> Operation:
    return lambda scene: scene.search(resource_type, text)


OPERATIONS: Mapping[str, Operation] = {
    **READS,
    **{f"search {each[0] or ''}?{each[1]}": _search(*each) for each in SEARCHES},
    **WRITES,
}
"""What is asked about one person, the writes last."""
