"""A search by the id of an entry, which names no person: what may not be seen and what is not there are found alike, not at all."""

from typing import Any

import pytest

_RESTRICTED = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}


@pytest.fixture(scope="module")
async def entries(area: Any) -> dict[str, str]:
    """Ids of an open and a hidden entry about somebody whom the practice knows, and of a stranger's."""
    supplier = area.supplier
    known, stranger = [
        (await supplier.create({"resourceType": "Patient", "name": [{"family": name}]}))["id"] for name in ("K", "S")
    ]
    site = {"identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A81001"}}
    about = {"patient": {"reference": f"Patient/{known}"}, "managingOrganization": site}
    await supplier.create({"resourceType": "EpisodeOfCare", "status": "active", **about})
    observation = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    of_known = observation | {"subject": {"reference": f"Patient/{known}"}}
    of_stranger = observation | {"subject": {"reference": f"Patient/{stranger}"}}
    return {
        "open": (await supplier.create(of_known))["id"],
        "hidden": (await supplier.create(of_known | {"meta": _RESTRICTED}))["id"],
        "stranger": (await supplier.create(of_stranger))["id"],
        "absent": "f" * 32,
        "chosen": "never-was",
    }


async def test_an_entry_of_somebody_known_is_found(gp: Any, entries: dict[str, str]) -> None:
    response = await gp.get(f"/Observation?_id={entries['open']}")
    assert [each["resource"]["id"] for each in response.json()["entry"]] == [entries["open"]]


@pytest.mark.parametrize(
    "more", ["", "&_total=accurate", "&_summary=count", "&_count=0", "&status=final", "&_sort=date"]
)
@pytest.mark.parametrize("asker", ["gp", "citizen", "pharmacist", "social-worker"])
async def test_what_is_hidden_a_strangers_and_absent_are_found_alike(
    area: Any, entries: dict[str, str], asker: str, more: str
) -> None:
    """Hazard: sensitive item exposed by the difference between what may not be seen and what is not there."""
    told = set()
    for name in ("hidden", "stranger", "absent", "chosen"):
        response = await area.asker(asker).get(f"/Observation?_id={entries[name]}{more}")
        assert response.status_code == 200, (name, response.text)
        told.add(response.text.replace(entries[name], "the-id"))
    assert len(told) == 1
    assert '"mode":"match"' not in told.pop()


async def test_the_same_by_post(gp: Any, entries: dict[str, str]) -> None:
    for name in ("hidden", "stranger", "absent"):
        response = await gp.ask("POST", "/Observation/_search", data={"_id": entries[name]})
        assert (response.status_code, "entry" in response.json()) == (200, False)


async def test_a_role_that_may_not_ask_is_told_so_whatever_the_id(area: Any, entries: dict[str, str]) -> None:
    for each in entries.values():
        response = await area.asker("receptionist").get(f"/Observation?_id={each}")
        assert response.json()["issue"][0]["details"]["coding"][0]["code"] == "role"


async def test_a_person_who_is_named_too_decides(gp: Any, entries: dict[str, str]) -> None:
    for each in entries.values():
        assert (await gp.get(f"/Observation?_id={each}&patient=never-was")).status_code == 403
