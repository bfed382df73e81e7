"""The door to the search: decisions that still stand, and what the log says of each page."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.record.area import HOSPITAL, KEY, Area, open_area

from lhcr.access.decision import AccessDecision
from lhcr.access.request import AskedPerson, Interaction, Request
from lhcr.audit.answer import Answer
from lhcr.fhir.search.query_parser import parse_query
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.ids import RouteCipher
from lhcr.kernel.json_types import JsonObject
from lhcr.record.persons import Persons
from lhcr.record.search.found import SearchPage
from lhcr.record.search.record_search import RecordSearch
from lhcr.record.search.searching import Searching
from lhcr.store.code_systems import CodeSystems


@pytest.fixture
async def area(migrated_database: Callable[[], str]) -> AsyncIterator[Area]:
    async with open_area(migrated_database()) as opened:
        yield opened


def searching(area: Area) -> Searching:
    search = RecordSearch(pool=area.pool, persons=Persons(RouteCipher(KEY)), systems=CodeSystems(area.side_pool))
    return Searching(search=search, gate=area.gate, log=area.log, clock=SystemClock())


async def decision_of(area: Area, person: AskedPerson, type: str = "Observation") -> AccessDecision:
    return await area.gate.decide(
        HOSPITAL, Request(interaction=Interaction.SEARCH, type=type, person=person, query="q")
    )


async def found(area: Area, decision: AccessDecision, text: str) -> SearchPage:
    told: list[SearchPage] = []

    def render(page: SearchPage) -> Answer:
        told.append(page)
        return Answer(status=200)

    resource_type, _, rest = text.partition("?")
    pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in rest.split("&"))]
    query = parse_query(resource_type, pairs, now=datetime.now(UTC))
    await searching(area).page(decision, query, render=render)
    return told[0]


def patient(name: str) -> JsonObject:
    return {"resourceType": "Patient", "id": name}


def observation(name: str, subject: str) -> JsonObject:
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": {"text": "a result"},
        "subject": {"reference": f"Patient/{subject}"},
    }


@pytest.fixture
async def people(area: Area) -> dict[str, int]:
    """Two people of the hospital, with a result each."""
    persons = {}
    for name in ("one", "two"):
        await area.hospital.update(patient(name))
        await area.hospital.update(observation(f"of-{name}", name))
        person_id = await area.person_of(f"Patient/{name}")
        assert person_id is not None
        persons[name] = person_id
    return persons


async def logged(area: Area) -> list[dict[str, Any]]:
    return await area.rows(
        "SELECT person_id, convert_from(text, 'UTF8')::jsonb AS entry FROM audit_entry"
        " WHERE convert_from(text, 'UTF8')::jsonb ->> 'subtype' IN ('search', 'disclosure') ORDER BY recorded, seq"
    )


async def test_a_search_about_one_person_finds_that_persons_rows_alone(area: Area, people: dict[str, int]) -> None:
    """Hazard: wrong person. The decision's person bounds the search, whatever the query names."""
    decision = await decision_of(area, people["one"])
    assert [each.id for each in (await found(area, decision, "Observation?status=final")).matches] == ["of-one"]
    assert not (await found(area, decision, "Observation?patient=two")).matches


async def test_a_search_about_one_person_is_one_entry_of_the_log(area: Area, people: dict[str, int]) -> None:
    await found(area, await decision_of(area, people["one"]), "Observation?status=final")
    (entry,) = await logged(area)
    assert entry["person_id"] == people["one"]
    assert '"of-one"' in entry["entry"]
    assert '"query": "q"' in entry["entry"]


async def test_a_search_over_many_writes_one_entry_for_itself_and_one_for_each_person_it_shows(
    area: Area, people: dict[str, int]
) -> None:
    """Hazard: a person whose record was looked at is not told so."""
    await found(area, await decision_of(area, None), "Observation?status=final")
    query, *disclosures = await logged(area)
    assert query["person_id"] is None
    assert {entry["person_id"] for entry in disclosures} == set(people.values())
    assert "of-one" not in query["entry"]


async def test_an_answer_is_read_again_when_the_record_changed_after_the_decision(
    area: Area, people: dict[str, int]
) -> None:
    """Hazard: a worker answers from a decision that another worker's write has overtaken."""
    stale = await decision_of(area, people["one"])
    await area.hospital.update(observation("later", "one"))
    page = await found(area, stale, "Observation?status=final")
    assert page.person_epoch == await area.value("SELECT epoch FROM person WHERE person_id = $1", people["one"])
    assert sorted(each.id for each in page.matches) == ["later", "of-one"]
