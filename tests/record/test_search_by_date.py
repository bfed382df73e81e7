"""A date that orders its type stands in the row of the resource, another in rows of its own: a search of both types asks both."""

from datetime import UTC, datetime

import pytest
from tests.record.area import BASE, KEY, Area
from tests.record.made import allergy, number, observation, patient
from tests.record.restricted import Somebody

from lhcr.access.request import Interaction
from lhcr.fhir.search.catalogue import parameter
from lhcr.fhir.search.query_parser import parse_query
from lhcr.kernel.ids import RouteCipher
from lhcr.record.persons import Persons
from lhcr.record.search.found import SearchPage
from lhcr.record.search.record_search import RecordSearch
from lhcr.store.code_systems import CodeSystems

ADA = Somebody(3, "ada")


async def of_both(area: Area, text: str) -> SearchPage:
    person = await area.person_of(f"Patient/{ADA.plain_id}")
    decision = await area.doctor.decide(Interaction.SEARCH, "Observation", person)
    name, _, value = text.partition("=")
    pairs = [("_type", "Observation,AllergyIntolerance"), (name, value)]
    query = parse_query(None, pairs, now=datetime.now(UTC), bases=(BASE,))
    searching = RecordSearch(pool=area.pool, persons=Persons(RouteCipher(KEY)), systems=CodeSystems(area.side_pool))
    return await searching.search(query, visibility=decision.visibility, person=person)


def test_the_two_types_keep_their_dates_in_different_places() -> None:
    kept = {name: parameter(name, "date") for name in ("Observation", "AllergyIntolerance")}
    assert {name: found and found.clinical_date for name, found in kept.items()} == {
        "Observation": True,
        "AllergyIntolerance": False,
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("date=2020", ["allergy-2020", "result-2020"]),
        ("date=gt2020", ["allergy-2021", "result-2021"]),
        ("date=ge2021-03,2020-02", ["result-2020", "result-2021"]),
        ("date:missing=true", ["allergy-undated", "result-recorded", "result-undated"]),
        ("date:missing=false", ["allergy-2020", "allergy-2021", "result-2020", "result-2021"]),
        (
            "_sort=date",
            ["allergy-2020", "result-2020", "allergy-2021", "result-2021"],
        ),
        ("_sort=-date", ["result-2021", "allergy-2021", "result-2020", "allergy-2020"]),
    ],
)
async def test_several_types_are_searched_and_sorted_by_dates_of_both_kinds(
    area: Area, text: str, found: list[str]
) -> None:
    about = f"Patient/{ADA.plain_id}"
    await area.hospital.update(patient(number(3), id=ADA.plain_id))
    dated = {"result-2020": "2020-02", "result-2021": "2021-03-01T10:00:00Z", "result-undated": None}
    for name, date in dated.items():
        await area.hospital.update(observation(about, id=name, **({"effectiveDateTime": date} if date else {})))
    await area.hospital.update(observation(about, id="result-recorded", issued="2020-06-01T10:00:00Z"))
    for name, date in {"allergy-2020": "2020-01", "allergy-2021": "2021-02", "allergy-undated": None}.items():
        await area.hospital.update(allergy(about, id=name, **({"recordedDate": date} if date else {})))
    page = await of_both(area, text)
    ids = [match.id for match in page.matches]
    if "_sort" in text:
        assert [each for each in ids if each in found] == found
        assert len(ids) == 7
    else:
        assert sorted(ids) == found
