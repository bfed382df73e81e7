"""Persons of whom a system knows nothing. Hazard: a sensitive item exposed, by a write that tells that somebody is here."""

from typing import Any


async def test_a_system_writes_about_a_person_of_another_source_as_about_nobody(area: Any, build: Any) -> None:
    other = area.asker("other-supplier")
    theirs = await other.create(build.patient())
    about_theirs = await area.supplier.send("POST", "/Observation", build.observation(theirs["id"]))
    about_nobody = await area.supplier.send("POST", "/Observation", build.observation("never-was"))
    assert about_theirs.status_code == about_nobody.status_code == 422
    assert about_theirs.json()["issue"] == about_nobody.json()["issue"]


async def test_a_system_writes_about_a_person_whom_it_has_registered_itself(area: Any, build: Any) -> None:
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000069"}
    await area.asker("other-supplier").create(build.patient(identifier=[number]))
    own = await area.supplier.create(build.patient(identifier=[number]))
    written = await area.supplier.send("POST", "/Observation", build.observation(own["id"]))
    assert written.status_code == 201
