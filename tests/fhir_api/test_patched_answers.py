"""The answer to a patch shows what a read shows: one that changes nothing is no way to what a read leaves out.

Hazards: the place of a restricted person exposed, and a sensitive item, by its words or by a category that was not granted.
"""

from typing import Any, Final

import pytest
from tests.fhir_api.test_scopes_of_a_category import LABORATORY, observation, scoped

__all__ = ["scoped"]
CONFIDENTIALITY: Final = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ODS: Final = "https://fhir.nhs.uk/Id/ods-organization-code"
PLACE: Final = "Refuge of the Seven Stars"
NOTHING: Final = b'[{"op":"replace","path":"/status","value":"final"}]'
TIE: Final[dict[str, Any]] = {
    "resourceType": "EpisodeOfCare",
    "id": "tie",
    "status": "active",
    "patient": {"reference": "Patient/p"},
    "managingOrganization": {"identifier": {"system": ODS, "value": "A81001"}},
}
PERSON: Final[dict[str, Any]] = {
    "resourceType": "Patient",
    "id": "p",
    "meta": {"security": [{"system": CONFIDENTIALITY, "code": "R"}]},
}
REPORT: Final[dict[str, Any]] = {
    "resourceType": "DiagnosticReport",
    "id": "report",
    "status": "final",
    "code": {"text": "Bloods"},
    "subject": {"reference": "Patient/p"},
    "result": [{"reference": "Observation/hidden", "display": "HIV test"}],
}


@pytest.fixture(scope="module", autouse=True)
async def world(area: Any) -> None:
    placed = observation("placed", "survey", performer=[{"display": PLACE}])
    del placed["encounter"]
    for each in (PERSON, TIE, placed, REPORT):
        answer = await area.asker("practice-system").send("PUT", f"/{each['resourceType']}/{each['id']}", each)
        assert answer.status_code == 201, answer.text


async def patched(asker: Any, path: str) -> str:
    answer = await asker.ask("PATCH", path, content=NOTHING, headers={"content-type": "application/json-patch+json"})
    assert answer.status_code == 200, answer.text
    return str(answer.text)


async def test_a_patch_that_changes_nothing_does_not_tell_the_place_of_a_restricted_person(area: Any) -> None:
    assert PLACE not in (await area.gp.get("/Observation/placed")).text
    told = await patched(area.gp, "/Observation/placed")
    assert '"id":"placed"' in told
    assert PLACE not in told
    assert PLACE in await patched(area.asker("practice-system"), "/Observation/placed")


async def test_a_patch_that_changes_nothing_does_not_tell_what_is_said_of_an_entry_that_is_not_seen(area: Any) -> None:
    assert "HIV" not in (await area.gp.get("/DiagnosticReport/report")).text
    assert "HIV" not in await patched(area.gp, "/DiagnosticReport/report")
    assert "HIV" in await patched(area.asker("practice-system"), "/DiagnosticReport/report")


async def test_a_patch_that_changes_nothing_does_not_show_what_is_of_another_category(scoped: Any) -> None:
    app = scoped(LABORATORY, "user/Observation.u")
    assert (await app.get("/Observation/placed")).status_code == 404
    assert await patched(app, "/Observation/placed") == ""


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "{left_out}", "value": "something else"},
        {"op": "copy", "from": "{left_out}", "path": "/language"},
        {"op": "move", "from": "{left_out}", "path": "/language"},
    ],
    ids=["test", "copy", "move"],
)
@pytest.mark.parametrize(
    ("path", "left_out"),
    [("/Observation/placed", "/performer/0/display"), ("/DiagnosticReport/report", "/result/0/display")],
    ids=["a place", "words"],
)
async def test_no_operation_tells_what_a_read_leaves_out(
    area: Any, path: str, left_out: str, operation: dict[str, str]
) -> None:
    """Hazard: what is copied would stand where everybody reads it."""
    sent = [{name: value.replace("{left_out}", left_out) for name, value in operation.items()}]
    before = (await area.asker("practice-system").get(path)).text
    answer = await area.gp.send("PATCH", path, sent, **{"content-type": "application/json-patch+json"})
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "subsetted"
    assert (await area.asker("practice-system").get(path)).text == before
