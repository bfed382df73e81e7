"""A scope that is narrowed to a category: its search finds what is of that category alone, and no other way leads to the rest.

Hazard: a sensitive item exposed. Rows are classed more coarsely than codes, so that an app that was let see laboratory results would
see imaging, or other types of the same class.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest

SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
ODS: Final = "https://fhir.nhs.uk/Id/ods-organization-code"
LABORATORY: Final = f"user/Observation.rs?category={SYSTEM}|laboratory"
VITAL_SIGNS: Final = f"user/Observation.rs?category={SYSTEM}|vital-signs"


def observation(id_: str, *codes: str, system: str = SYSTEM, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "category": [{"coding": [{"system": system, "code": code}]} for code in codes],
        "code": {"coding": [{"system": "http://example.org/codes", "code": id_}]},
        "subject": {"reference": "Patient/p"},
        "encounter": {"reference": "Encounter/e"},
        **more,
    }


WORLD: Final[tuple[dict[str, Any], ...]] = (
    {"resourceType": "Patient", "id": "p"},
    {
        "resourceType": "EpisodeOfCare",
        "id": "tie",
        "status": "active",
        "patient": {"reference": "Patient/p"},
        "managingOrganization": {"identifier": {"system": ODS, "value": "A81001"}},
    },
    {
        "resourceType": "Encounter",
        "id": "e",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/p"},
    },
    observation("vital", "vital-signs"),
    observation("lab", "laboratory", hasMember=[{"reference": "Observation/vital"}]),
    observation("both", "exam", "laboratory"),
    observation("imaging", "imaging"),
    observation("other-system", "laboratory", system="http://example.org/categories"),
    observation("survey", "survey"),
    {
        "resourceType": "DiagnosticReport",
        "id": "report",
        "status": "final",
        "code": {"text": "Report"},
        "subject": {"reference": "Patient/p"},
        "result": [{"reference": "Observation/imaging"}, {"reference": "Observation/lab"}],
    },
)
LABORATORY_ONLY: Final = {"Observation/lab", "Observation/both"}


@pytest.fixture(scope="module", autouse=True)
async def world(area: Any) -> None:
    for each in WORLD:
        answer = await area.asker("practice-system").send("PUT", f"/{each['resourceType']}/{each['id']}", each)
        assert answer.status_code == 201, answer.text


@pytest.fixture
def scoped(area: Any, principals: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function to a GP whose token has some scopes."""

    def asker(*scopes: str, name: str = "gp") -> Any:
        token = " ".join((name, *scopes))
        monkeypatch.setitem(principals, token, replace(principals[name], scopes=scopes, token_id=token))
        return area.asker(token)

    return asker


def shown(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.text
    resources = [each["resource"] for each in answer.json().get("entry", [])]
    return {f"{each['resourceType']}/{each['id']}" for each in resources if each["resourceType"] != "OperationOutcome"}


@pytest.mark.parametrize(
    "path", ["/Observation?patient=p", "/Patient/p/Observation", "/Observation?patient=p&_sort=_id"]
)
async def test_a_search_finds_what_is_of_the_category_in_its_system_and_nothing_else(
    scoped: Callable[..., Any], path: str
) -> None:
    assert shown(await scoped(LABORATORY).get(path)) == LABORATORY_ONLY
    assert shown(await scoped(LABORATORY, VITAL_SIGNS).get(path)) == {*LABORATORY_ONLY, "Observation/vital"}
    assert shown(await scoped(LABORATORY, "user/Observation.r").get(path)) == LABORATORY_ONLY
    assert len(shown(await scoped(LABORATORY, "user/Observation.s").get(path))) == 6
    assert len(shown(await scoped(LABORATORY, "user/*.rs").get(path))) == 6


async def test_totals_and_pages_count_the_category_alone(scoped: Callable[..., Any]) -> None:
    app = scoped(LABORATORY)
    assert (await app.get("/Observation?patient=p&_total=accurate")).json()["total"] == 2
    assert (await app.get("/Observation?patient=p&_summary=count")).json()["total"] == 2
    first = await app.get("/Observation?patient=p&_count=1")
    (following,) = [link["url"] for link in first.json()["link"] if link["relation"] == "next"]
    assert shown(first) | shown(await app.get(following.partition("/fhir")[2])) == LABORATORY_ONLY


@pytest.mark.parametrize(
    "query",
    [
        "category=imaging",
        f"category={SYSTEM}|imaging",
        "category:not=laboratory",
        "category=laboratory&code=imaging",
        "_id=vital",
    ],
)
async def test_no_criterion_widens_it(scoped: Callable[..., Any], query: str) -> None:
    assert shown(await scoped(LABORATORY).get(f"/Observation?patient=p&{query}")) <= LABORATORY_ONLY
    assert "Observation/imaging" not in shown(await scoped(LABORATORY).get(f"/Observation?patient=p&{query}"))


@pytest.mark.parametrize(
    "path",
    [
        "/Observation/lab/_history",
        "/Observation/_history",
        "/DiagnosticReport?patient=p",
        "/Patient/p/$everything",
        "/Patient/p/*",
        "/Patient/p",
        "/Observation?patient=p&has-member.code=vital",
        "/Observation?patient=p&encounter:Encounter.status=finished",
        "/Observation?patient=p&_has:Observation:has-member:category=laboratory",
    ],
)
async def test_no_other_way_of_reading_is_granted(scoped: Callable[..., Any], path: str) -> None:
    """What nothing narrows is not granted; it is refused and not answered with nothing."""
    answer = await scoped(LABORATORY).get(path)
    assert answer.status_code == 403, answer.text
    assert "scope" in answer.text


@pytest.mark.parametrize("path", ["/Observation/{}", "/Observation/{}/_history/1"])
async def test_hazard_a_read_by_id_finds_what_is_of_the_category_and_of_nothing_else_tells_as_if_it_were_not(
    scoped: Callable[..., Any], path: str
) -> None:
    app, absent = scoped(LABORATORY), await scoped(LABORATORY).get(path.format("nothing"))
    for name in ("lab", "both"):
        assert (await app.get(path.format(name))).json()["id"] == name
    for name in ("imaging", "vital", "other-system", "survey"):
        answer = await app.get(path.format(name))
        assert (answer.status_code, answer.text) == (absent.status_code, absent.text), name
    assert absent.status_code == 404
    assert (await scoped(LABORATORY, "user/Observation.r").get(path.format("imaging"))).status_code == 200
    assert (await scoped(LABORATORY.replace(".rs", ".s")).get(path.format("lab"))).status_code == 403


async def test_a_version_is_read_as_what_it_was_and_what_is_deleted_is_of_no_category(
    area: Any, scoped: Callable[..., Any]
) -> None:
    system, app = area.asker("practice-system"), scoped(LABORATORY)
    for each in (observation("moved", "laboratory"), observation("moved", "imaging")):
        await system.send("PUT", "/Observation/moved", each)
    assert (await app.get("/Observation/moved")).status_code == 404
    assert (await app.get("/Observation/moved/_history/1")).status_code == 200
    assert (await app.get("/Observation/moved/_history/2")).status_code == 404
    assert (await system.send("DELETE", "/Observation/moved", None)).status_code == 204
    assert (await app.get("/Observation/moved")).status_code == 404


async def test_in_a_batch_a_read_is_narrowed_as_alone(scoped: Callable[..., Any]) -> None:
    entries = [{"request": {"method": "GET", "url": f"Observation/{name}"}} for name in ("lab", "imaging")]
    answer = await scoped(LABORATORY).send("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": entries})
    assert [each["response"]["status"][:3] for each in answer.json()["entry"]] == ["200", "404"]


async def test_nothing_is_reached_from_it_and_nothing_hops_to_it(scoped: Callable[..., Any]) -> None:
    members = await scoped(LABORATORY).get("/Observation?patient=p&_include=Observation:has-member")
    assert shown(members) == LABORATORY_ONLY
    assert "scope-narrowed" in members.text
    reports = scoped(LABORATORY, "user/DiagnosticReport.rs")
    results = await reports.get("/DiagnosticReport?patient=p&_include=DiagnosticReport:result")
    assert shown(results) == {"DiagnosticReport/report"}
    assert "scope-narrowed" in results.text
    assert (await reports.get("/DiagnosticReport?patient=p&result.code=imaging")).status_code == 403
    assert (await reports.get("/Patient?_id=p&_has:Observation:patient:code=imaging")).status_code == 403
    including = await scoped(LABORATORY, "user/Encounter.rs").get(
        "/Encounter?patient=p&_revinclude=Observation:encounter"
    )
    assert shown(including) == {"Encounter/e"}


async def test_what_is_named_as_a_whole_beside_it_may_be_included_and_asked(scoped: Callable[..., Any]) -> None:
    app = scoped(LABORATORY, "user/Encounter.rs", "user/DiagnosticReport.rs")
    assert shown(await app.get("/Observation?patient=p&_include=Observation:encounter")) == {
        *LABORATORY_ONLY,
        "Encounter/e",
    }
    assert shown(await app.get("/Observation?patient=p&encounter:Encounter.status=finished")) == LABORATORY_ONLY
    reported = await app.get("/Observation?patient=p&_revinclude=DiagnosticReport:result")
    assert shown(reported) == {*LABORATORY_ONLY, "DiagnosticReport/report"}


async def test_hazard_a_condition_of_a_write_looks_at_nothing_that_is_narrowed(scoped: Callable[..., Any]) -> None:
    app = scoped(LABORATORY, "user/Observation.c")
    body = observation("x", "laboratory")
    del body["id"]
    refused = await app.send("POST", "/Observation", body, **{"if-none-exist": "patient=p&category=imaging"})
    assert refused.status_code == 403, refused.text


async def test_a_system_is_narrowed_as_anybody(scoped: Callable[..., Any]) -> None:
    narrow = scoped(LABORATORY.replace("user/", "system/"), name="practice-system")
    assert shown(await narrow.get("/Observation?patient=p")) == LABORATORY_ONLY


@pytest.mark.parametrize(
    "scope",
    [
        "user/Observation.rs?category=laboratory",
        f"user/Observation.rs?category={SYSTEM}|laboratory,{SYSTEM}|imaging",
        f"user/Observation.rs?category={SYSTEM}|laboratory&code=x",
        f"user/Observation.rs?code={SYSTEM}|laboratory",
        f"user/Observation.cud?category={SYSTEM}|laboratory",
        f"user/*.rs?category={SYSTEM}|laboratory",
        f"patient/Observation.rs?category={SYSTEM}|laboratory",
    ],
)
async def test_what_cannot_be_held_exactly_grants_nothing(scoped: Callable[..., Any], scope: str) -> None:
    assert (await scoped(scope).get("/Observation?patient=p")).status_code == 403
