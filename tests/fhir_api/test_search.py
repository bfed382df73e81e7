"""Searches, compartments, pages and their links over HTTP."""

from typing import Any

import pytest

NHS = "https://fhir.nhs.uk/Id/nhs-number"


@pytest.fixture(scope="module")
async def ward(area: Any) -> dict[str, Any]:
    """Two people with observations, one encounter."""
    supplier = area.supplier
    first = await supplier.create(
        {
            "resourceType": "Patient",
            "name": [{"family": "Aske"}],
            "identifier": [{"system": NHS, "value": "9990000026"}],
        }
    )
    second = await supplier.create({"resourceType": "Patient", "name": [{"family": "Byland"}]})
    encounter = await supplier.create(
        {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": {"reference": f"Patient/{first['id']}"},
        }
    )
    for number in range(5):
        await supplier.create(
            {
                "resourceType": "Observation",
                "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": f"code-{number}"}]},
                "subject": {"reference": f"Patient/{first['id']}"},
                "encounter": {"reference": f"Encounter/{encounter['id']}"},
                "effectiveDateTime": f"2026-01-0{number + 1}",
            }
        )
    await supplier.create(
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": "of the other"},
            "subject": {"reference": f"Patient/{second['id']}"},
        }
    )
    return {"first": first, "second": second, "encounter": encounter}


def matches(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    assert response.json()["type"] == "searchset"
    return [each["resource"] for each in response.json().get("entry", ()) if each["search"]["mode"] == "match"]


def link(response: Any, relation: str) -> str | None:
    found = [each["url"] for each in response.json()["link"] if each["relation"] == relation]
    return found[0].removeprefix("http://area.test/fhir") if found else None


async def test_a_search_finds_what_fulfils_every_criterion(supplier: Any, ward: Any) -> None:
    found = matches(await supplier.get(f"/Observation?patient={ward['first']['id']}&code=code-3"))
    assert [each["code"]["coding"][0]["code"] for each in found] == ["code-3"]


async def test_the_same_search_by_post_finds_the_same(supplier: Any, ward: Any) -> None:
    by_get = matches(await supplier.get("/Patient?family=aske"))
    by_post = matches(await supplier.ask("POST", "/Patient/_search", data={"family": "aske"}))
    assert by_get == by_post
    assert by_get[0]["id"] == ward["first"]["id"]


async def test_pages_follow_each_other_and_miss_nothing(supplier: Any, ward: Any) -> None:
    path: str | None = f"/Observation?patient={ward['first']['id']}&_count=2&_sort=date"
    found: list[str] = []
    while path is not None:
        response = await supplier.get(path)
        found += [each["code"]["coding"][0]["code"] for each in matches(response)]
        path = link(response, "next")
    assert found == [f"code-{number}" for number in range(5)]


@pytest.mark.usefixtures("ward")
async def test_what_was_searched_for_in_a_body_stands_in_no_link(supplier: Any) -> None:
    """Hazard: NHS numbers in the logs of whatever stands between."""
    response = await supplier.ask(
        "POST", "/Observation/_search", data={"patient.identifier": f"{NHS}|9990000026", "_count": "2"}
    )
    assert len(matches(response)) == 2
    assert "9990000026" not in str(response.json()["link"])
    seen = await supplier.get(link(response, "next"))
    assert len(matches(seen)) == 2
    assert matches(await supplier.get(link(response, "self"))) == matches(response)


async def test_a_cursor_is_its_askers_own_and_cannot_be_changed(area: Any, supplier: Any, ward: Any) -> None:
    first = await supplier.get(f"/Observation?patient={ward['first']['id']}&_count=2")
    following = link(first, "next")
    assert following is not None
    for asker, path in (
        (area.asker("other-supplier"), following),
        (supplier, following[:-2]),
        (supplier, following + "!!!!"),
        (supplier, following.replace("/Observation", "/Encounter")),
        (supplier, f"{following}&_count=9"),
        (supplier, "/Observation?_cursor=%00"),
        (supplier, "/Observation?_cursor=" + "A" * 60_000),
    ):
        assert (await asker.get(path)).status_code == 400


async def test_the_self_link_says_what_was_understood(supplier: Any, ward: Any) -> None:
    response = await supplier.get(f"/Observation?subject=Patient/{ward['first']['id']}&date=ge2026-01-03&_format=json")
    assert link(response, "self") == f"/Observation?subject=Patient/{ward['first']['id']}&date=ge2026-01-03"


@pytest.mark.parametrize(
    "query",
    [
        "nonsense=1",
        "_summary=true&_elements=code",
        "code:nonsense=1",
        "_page=2",
        "date=rubbish",
        "_sort=nonsense",
        "_include=x",
        "_count=-1",
    ],
)
async def test_what_is_not_understood_is_refused_even_leniently(supplier: Any, query: str) -> None:
    response = await supplier.get(f"/Observation?{query}", headers={"prefer": "handling=lenient"})
    assert response.status_code == 400
    assert response.json()["resourceType"] == "OperationOutcome"


async def test_a_patients_compartment_is_that_persons_record(supplier: Any, ward: Any) -> None:
    first = ward["first"]["id"]
    assert len(matches(await supplier.get(f"/Patient/{first}/Observation"))) == 5
    assert len(matches(await supplier.get(f"/Patient/{first}/Observation?code=code-1"))) == 1
    every = matches(await supplier.get(f"/Patient/{first}/*"))
    assert {each["resourceType"] for each in every} == {"Patient", "Encounter", "Observation"}
    of_types = matches(await supplier.get(f"/Patient/{first}/*?_type=Encounter"))
    assert [each["resourceType"] for each in of_types] == ["Encounter"]


async def test_other_compartments_follow_the_parameters_of_fhir(supplier: Any, ward: Any) -> None:
    encounter = ward["encounter"]["id"]
    assert len(matches(await supplier.get(f"/Encounter/{encounter}/Observation"))) == 5
    assert len(matches(await supplier.get(f"/Encounter/{encounter}/Observation?code=code-1"))) == 1
    assert (await supplier.get(f"/Encounter/{encounter}/Organization")).status_code == 400
    every = matches(await supplier.get(f"/Encounter/{encounter}/*"))
    assert {each["resourceType"] for each in every} >= {"Observation"}


async def test_pages_of_a_compartment_stay_in_it(supplier: Any, ward: Any) -> None:
    response = await supplier.get(f"/Patient/{ward['first']['id']}/Observation?_count=3")
    following = await supplier.get(link(response, "next"))
    assert (len(matches(response)), len(matches(following))) == (3, 2)


@pytest.mark.usefixtures("ward")
async def test_several_types_are_searched_together(supplier: Any) -> None:
    found = matches(await supplier.get("/?_type=Encounter,Observation&_count=100"))
    assert {each["resourceType"] for each in found} == {"Encounter", "Observation"}
    posted = matches(await supplier.ask("POST", "/_search", data={"_type": "Encounter"}))
    assert {each["resourceType"] for each in posted} == {"Encounter"}


async def test_included_resources_are_marked(supplier: Any, ward: Any) -> None:
    response = await supplier.get(f"/Encounter?_id={ward['encounter']['id']}&_include=Encounter:patient")
    modes = {each["resource"]["resourceType"]: each["search"]["mode"] for each in response.json()["entry"]}
    assert modes == {"Encounter": "match", "Patient": "include"}


async def test_a_total_is_told_when_asked(supplier: Any, ward: Any) -> None:
    path = f"/Observation?patient={ward['first']['id']}"
    assert "total" not in (await supplier.get(path)).json()
    assert (await supplier.get(f"{path}&_total=accurate&_count=1")).json()["total"] == 5
    counted = (await supplier.get(f"{path}&_summary=count")).json()
    assert (counted["total"], "entry" in counted) == (5, False)


async def test_a_part_of_a_resource_says_that_it_is_one(supplier: Any, ward: Any) -> None:
    """Hazard: partial shown as complete."""
    path = f"/Observation?patient={ward['first']['id']}&_count=1"
    for asked in ("_elements=code", "_summary=true"):
        (found,) = matches(await supplier.get(f"{path}&{asked}"))
        assert found["meta"]["tag"][-1]["code"] == "SUBSETTED"
        assert found["status"] == "final"
    (read,) = [await supplier.get(f"/Patient/{ward['first']['id']}?_elements=identifier")]
    assert "name" not in read.json()
    assert read.json()["meta"]["tag"][0]["code"] == "SUBSETTED"
