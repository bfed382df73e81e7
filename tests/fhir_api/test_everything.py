"""The operation Patient/$everything over HTTP: what it takes, the pages that it gives, and under which ids it gives them."""

from itertools import product
from typing import Any

import pytest

NHS = "https://fhir.nhs.uk/Id/nhs-number"
NUMBER: dict[str, str] = {"system": NHS, "value": "9990000093"}


@pytest.fixture(scope="module")
async def record(area: Any) -> dict[str, str]:
    """One person of two sources: entries of both, and a prescription of a medicine on the shelf."""
    hospital, practice = area.supplier, area.asker("practice-system")
    number: dict[str, Any] = {"identifier": [NUMBER]}
    first = await hospital.create({"resourceType": "Patient", "name": [{"family": "Golden"}]} | number)
    second = await practice.create({"resourceType": "Patient", "birthDate": "1950-01-01"} | number)
    of_second = {"reference": f"Patient/{second['id']}"}
    site = {"identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A81001"}}
    await practice.create(
        {"resourceType": "EpisodeOfCare", "status": "active", "patient": of_second, "managingOrganization": site}
    )
    drug = await hospital.create({"resourceType": "Medication", "code": {"text": "Paracetamol"}})
    about = {"subject": {"reference": f"Patient/{first['id']}"}}
    await hospital.create(
        {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "medicationReference": {"reference": f"Medication/{drug['id']}"},
            "authoredOn": "2026-01-02",
            **about,
        }
    )
    for day in range(1, 5):
        await hospital.create(
            {
                "resourceType": "Observation",
                "status": "final",
                "code": {"text": f"day {day}"},
                "effectiveDateTime": f"2026-01-0{day}",
                "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'},
                "note": [{"text": "a note"}],
                **about,
            }
        )
    return {"golden": first["id"], "contribution": second["id"], "drug": drug["id"]}


def entries(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    found = response.json().get("entry", ())
    return [each["resource"] for each in found if each["search"]["mode"] != "outcome"]


def types(response: Any) -> list[str]:
    return [each["resourceType"] for each in entries(response)]


def link(response: Any, relation: str) -> str | None:
    found = [each["url"] for each in response.json()["link"] if each["relation"] == relation]
    return found[0].removeprefix("http://area.test/fhir") if found else None


async def in_pages(asker: Any, path: str) -> list[list[dict[str, Any]]]:
    pages, following = [], path
    while following:
        response = await asker.get(following)
        pages.append(entries(response))
        following = link(response, "next") or ""
    return pages


async def test_a_contributions_own_id_leads_to_the_whole_record(gp: Any, record: dict[str, str]) -> None:
    """Hazard: one source's demographics taken for the person's."""
    whole = await gp.get(f"/Patient/{record['golden']}/$everything")
    by_other = await gp.get(f"/Patient/{record['contribution']}/$everything")
    assert entries(by_other) == entries(whole)
    patient = entries(by_other)[0]
    assert (patient["id"], patient["birthDate"]) == (record["golden"], "1950-01-01")
    assert (link(by_other, "self") or "").startswith(f"/Patient/{record['contribution']}/")
    assert whole.json()["total"] == len(entries(whole)) == 8


async def test_an_id_whose_contribution_is_hidden_or_absent_leads_nowhere(area: Any, record: dict[str, str]) -> None:
    theirs = f"/Patient/{record['contribution']}/$everything"
    assert (await area.supplier.get(theirs)).status_code == 404


@pytest.mark.parametrize("count", [1, 2, 3, 7])
async def test_pages_hold_what_was_asked_for_and_together_the_record(
    gp: Any, record: dict[str, str], count: int
) -> None:
    """Hazard: partial shown as complete."""
    path = f"/Patient/{record['golden']}/$everything"
    whole = entries(await gp.get(path))
    pages = await in_pages(gp, f"{path}?_count={count}")
    assert [each for page in pages for each in page] == whole
    assert [len(page) for page in pages[:-1]] == [count] * (len(pages) - 1)
    assert 1 <= len(pages[-1]) <= count
    assert "total" not in (await gp.get(f"{path}?_count={count}")).json()


async def test_every_page_says_where_it_is(gp: Any, record: dict[str, str]) -> None:
    first = await gp.get(f"/Patient/{record['golden']}/$everything?_count=3")
    second = await gp.get(link(first, "next") or "")
    assert entries(await gp.get(link(second, "self") or "")) == entries(second) != entries(first)
    assert entries(await gp.get(link(first, "self") or "")) == entries(first)


async def test_a_page_as_large_as_nobody_serves_is_told_as_it_is(gp: Any, record: dict[str, str]) -> None:
    response = await gp.get(f"/Patient/{record['golden']}/$everything?_count=100000")
    assert link(response, "self") == f"/Patient/{record['golden']}/$everything?_count=1000"


async def test_parts_of_entries_say_that_they_are_parts(gp: Any, record: dict[str, str]) -> None:
    path = f"/Patient/{record['golden']}/$everything"
    whole = {each["id"]: each for each in entries(await gp.get(path))}
    for asked, gone, kept in (
        ("_elements=code", "note", "code"),
        ("_summary=true", "note", "code"),
        ("_summary=text", "note", "text"),
        ("_summary=data", "text", "note"),
    ):
        found = entries(await gp.get(f"{path}?{asked}"))
        assert {each["id"] for each in found} == whole.keys()
        assert all(each["meta"]["tag"][-1]["code"] == "SUBSETTED" for each in found)
        observations = [each for each in found if each["resourceType"] == "Observation"]
        assert all(gone not in each and kept in each for each in observations), asked
    assert entries(await gp.get(f"{path}?_summary=false")) == entries(await gp.get(path))


async def test_what_narrows_and_what_cuts_go_together(gp: Any, record: dict[str, str]) -> None:
    path = f"/Patient/{record['golden']}/$everything"
    since = (await gp.get(f"/Patient/{record['golden']}")).json()["meta"]["lastUpdated"]
    narrowing = ("", "_since=2020-01-01", f"_since={since}", "start=2026-01-02&end=2026-01-03", "end=2025")
    for narrow, kinds in product(narrowing, ("", "_type=Observation", "_type=Patient,Observation", "_type=Medication")):
        asked = "&".join(each for each in (narrow, kinds) if each)
        plain = entries(await gp.get(f"{path}?{asked}"))
        pages = await in_pages(gp, f"{path}?{asked}&_count=2&_elements=status")
        assert [each["id"] for page in pages for each in page] == [each["id"] for each in plain], asked
        assert all(len(page) <= 2 for page in pages)
        assert all("code" in each for page in pages for each in page if each["resourceType"] == "Observation")
        assert all("note" not in each for page in pages for each in page)
    dated = entries(await gp.get(f"{path}?start=2026-01-02&end=2026-01-03&_type=Observation"))
    assert sorted(each["effectiveDateTime"] for each in dated) == ["2026-01-02", "2026-01-03"]


async def test_what_changed_since_brings_the_medicine_that_it_names_and_no_other(
    area: Any, gp: Any, record: dict[str, str]
) -> None:
    """Hazard: a prescription whose medicine is left out, because the medicine itself did not change."""
    path = f"/Patient/{record['golden']}/$everything"
    assert (await gp.get(f"{path}?_since=2100-01-01")).json()["total"] == 0
    (prescription,) = [each for each in entries(await gp.get(path)) if each["resourceType"] == "MedicationRequest"]
    since = (await area.supplier.send("PUT", f"/MedicationRequest/{prescription['id']}", prescription)).json()
    changed = await gp.get(f"{path}?_since={since['meta']['lastUpdated']}")
    assert types(changed) == ["MedicationRequest", "Medication"]
    drug = (await area.supplier.get(f"/Medication/{record['drug']}")).json()
    later = (await area.supplier.send("PUT", f"/Medication/{record['drug']}", drug | {"status": "active"})).json()
    assert types(await gp.get(f"{path}?_since={later['meta']['lastUpdated']}")) == ["Medication"]


async def test_types_may_be_named_together_or_one_by_one(gp: Any, record: dict[str, str]) -> None:
    path = f"/Patient/{record['golden']}/$everything"
    together = types(await gp.get(f"{path}?_type=Patient,EpisodeOfCare"))
    assert together == types(await gp.get(f"{path}?_type=Patient&_type=EpisodeOfCare"))
    named = [{"name": "_type", "valueCode": each} for each in ("Patient", "EpisodeOfCare")]
    sent = {"resourceType": "Parameters", "parameter": named}
    assert together == types(await gp.send("POST", path, sent)) == ["Patient", "EpisodeOfCare"]


@pytest.mark.parametrize(
    "asked",
    ["_summary=count", "_summary=x", "_elements=", "_summary=true&_elements=code", "_count=0", "_type=x", "x=1"],
)
async def test_what_cannot_be_answered_is_refused(gp: Any, record: dict[str, str], asked: str) -> None:
    assert (await gp.get(f"/Patient/{record['golden']}/$everything?{asked}")).status_code == 400
