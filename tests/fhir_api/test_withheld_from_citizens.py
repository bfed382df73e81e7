"""What a label withholds from the person themself, over HTTP.

Hazard: a sensitive item exposed, were the person told before whoever is in charge has spoken with them; and an allergy dropped,
were it hidden from those who treat them.
"""

import re
from typing import Any

import pytest

NHS = "https://fhir.nhs.uk/Id/nhs-number"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
NOT_TO_THE_PATIENT = {"meta": {"security": [{"system": ACT_CODE, "code": "NOPAT"}]}}
HIDDEN = ("AllergyIntolerance/hidden", "Provenance/hidden")
OTHER_SOURCE = "Patient/of-another-source"
#: Everything by which the person could learn of the entry: itself, lists, counts, orders, hops, past versions and the whole record.
ASKED = (
    *(f"/{each}" for each in HIDDEN),
    "/AllergyIntolerance/hidden/_history",
    "/AllergyIntolerance/hidden/_history/1",
    "/AllergyIntolerance?patient=p&_total=accurate",
    "/AllergyIntolerance?patient=p&_summary=count",
    "/AllergyIntolerance?patient=p&_sort=-_lastUpdated&_count=1",
    "/Patient?_id=p&_revinclude=AllergyIntolerance:patient&_revinclude=Provenance:target",
    "/Patient?_id=p&_has:AllergyIntolerance:patient:code=hidden",
    "/AllergyIntolerance?patient=p&_revinclude=Provenance:target",
    "/Patient/p/AllergyIntolerance",
    "/Patient/p/*?_count=1000",
    "/Patient/p/$everything?_count=1000",
    "/Patient/p",
    "/Patient/p/_history",
)


def allergy(own_id: str, **more: Any) -> dict[str, Any]:
    about: dict[str, Any] = {"resourceType": "AllergyIntolerance", "id": own_id, "patient": {"reference": "Patient/p"}}
    return about | {"code": {"text": own_id, "coding": [{"system": "urn:c", "code": own_id}]}, **more}


@pytest.fixture
async def answers(area: Any) -> Any:
    """Return a function to what somebody is told at every address; when and under which name an answer was made is left out."""

    async def ask(name: str) -> dict[str, tuple[int, str]]:
        told = {path: await area.asker(name, **{"x-request-id": "one"}).get(path) for path in ASKED}
        return {path: (each.status_code, re.sub(r"D-[0-9A-Z]{13}", "D", each.text)) for path, each in told.items()}

    return ask


async def test_hazard_sensitive_item_exposed_a_person_is_told_nothing_of_what_is_not_to_be_told_to_them(
    area: Any, build: Any, answers: Any
) -> None:
    patient = build.patient(id="p", identifier=[{"system": NHS, "value": "9990000085"}])
    assert (await area.supplier.send("PUT", "/Patient/p", patient)).status_code == 201
    await area.supplier.create(build.registration("p", "A81001"))
    assert (await area.supplier.send("PUT", "/AllergyIntolerance/open", allergy("open"))).status_code == 201
    before = await answers("citizen")
    assert [path for path, (status, _) in before.items() if status != 200] == list(ASKED[:4])
    hidden = allergy("hidden", **NOT_TO_THE_PATIENT)
    assert (await area.supplier.send("PUT", "/AllergyIntolerance/hidden", hidden)).status_code == 201
    note: dict[str, Any] = {"resourceType": "Provenance", "id": "hidden", "recorded": "2026-01-01T00:00:00Z"}
    note |= {"target": [{"reference": "AllergyIntolerance/hidden"}], "agent": [{"who": {"display": "x"}}]}
    assert (await area.supplier.send("PUT", "/Provenance/hidden", note)).status_code == 201
    other = patient | {"id": "of-another-source", "birthDate": "1950-01-01", **NOT_TO_THE_PATIENT}
    assert (await area.asker("other-supplier").send("PUT", f"/{OTHER_SOURCE}", other)).status_code == 201
    assert await answers("citizen") == before
    assert [(await area.gp.get(f"/{each}")).status_code for each in (*HIDDEN, OTHER_SOURCE)] == [200, 200, 200]
    assert '"1950-01-01"' in (await area.gp.get("/Patient/p")).text
