"""What a person objects to by a Consent stops whom they named, on every channel and from the next request, in every worker."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tests.fhir_api.objecting import (
    AT_HOSPITAL,
    ODS,
    knowing,
    object_to,
    objection,
    problem,
    put,
    to_kind,
    to_organisation,
    to_source,
)

WHOLE = {"type": "deny"}
#: Every way of asking for a problem of the hospital's, each as a path.
CHANNELS = (
    "/Condition/secret",
    "/Condition/secret/_history",
    "/Condition/secret/_history/1",
    "/Condition?patient=somebody",
    "/Condition?patient=somebody&code=http://snomed.info/sct|35489007",
    "/Encounter?patient=somebody&_revinclude=Condition:encounter",
    "/Encounter?patient=somebody&_has:Condition:encounter:code=http://snomed.info/sct|35489007",
    "/Observation?patient=somebody&encounter.diagnosis:Condition.code=35489007",
    "/Patient?_id=somebody&_revinclude=Condition:patient",
    "/Patient/somebody/$everything",
    "/Patient/somebody/Condition",
    "/Patient/somebody/*",
)


@pytest.fixture
async def area(migrated_database: Callable[[], str], make_area: Any) -> AsyncIterator[Any]:
    async with knowing(make_area, migrated_database()) as area:
        await put(area, "supplier", problem("secret", encounter={"reference": "Encounter/an-encounter"}))
        seen = {"resourceType": "Encounter", "id": "an-encounter", "status": "finished", "class": {"code": "AMB"}}
        diagnosis = [{"condition": {"reference": "Condition/secret"}}]
        await put(area, "supplier", seen | {"subject": AT_HOSPITAL, "diagnosis": diagnosis})
        yield area


async def found(area: Any, who: str, path: str) -> int:
    """How many entries somebody is told of, none where they are refused or told that nothing is there."""
    response = await area.asker(who).get(path)
    if response.status_code in {403, 404}:
        return 0
    assert response.status_code == 200, response.text
    told = response.json()
    if told["resourceType"] != "Bundle":
        return 1
    return sum(each["resource"]["resourceType"] != "OperationOutcome" for each in told.get("entry", ()))


async def shown(area: Any, who: str) -> dict[str, int]:
    return {path: await found(area, who, path) for path in CHANNELS}


async def test_an_objection_reaches_every_channel_and_ends_on_all_of_them(area: Any) -> None:
    before = await shown(area, "pharmacist")
    assert all(before.values()), before
    for provision, stops in ((WHOLE, True), (to_organisation("FA123"), True), (to_organisation("ZZZ"), False)):
        await object_to(area, provision)
        assert await shown(area, "pharmacist") == (dict.fromkeys(CHANNELS, 0) if stops else before)
        await object_to(area, provision, status="inactive")
        assert await shown(area, "pharmacist") == before


@pytest.mark.parametrize("provision", [to_kind("problem"), to_source("RRE")])
async def test_an_objection_to_a_part_leaves_the_rest(area: Any, provision: dict[str, Any]) -> None:
    await object_to(area, provision)
    told = await area.asker("pharmacist").get("/Patient/somebody/$everything")
    kinds = {each["resource"]["resourceType"] for each in told.json()["entry"]}
    rest = {"AllergyIntolerance", "Encounter", "Observation"} if provision == to_kind("problem") else set()
    assert kinds - {"OperationOutcome"} == {"Patient", "EpisodeOfCare", *rest}
    for path in CHANNELS[:3]:
        assert (await area.asker("pharmacist").get(path)).status_code == 404
    # Its own source, the person and whoever contributed it are not stopped.
    assert await found(area, "supplier", "/Condition/secret") == 1


async def test_the_person_themself_sees_everything_and_what_they_object_to(area: Any) -> None:
    before = await shown(area, "citizen")
    assert all(before.values())
    await object_to(area, WHOLE)
    assert await found(area, "citizen", "/Consent/an-objection") == 1
    after = await shown(area, "citizen")
    assert [path for path in CHANNELS if after[path] < before[path]] == []


async def test_hazard_an_objection_is_itself_told_to_nobody_but_who_recorded_it_and_the_person(area: Any) -> None:
    await object_to(area, to_kind("problem"))
    for path in ("/Consent/an-objection", "/Consent/an-objection/_history", "/Consent?patient=somebody"):
        assert await found(area, "pharmacist", path) == 0
        assert await found(area, "gp", path) == 1


async def test_a_refusal_says_why_and_what_next_and_a_stranger_is_told_the_same_as_ever(area: Any) -> None:
    await object_to(area, WHOLE)
    (issue,) = (await area.asker("pharmacist").get("/Condition?patient=somebody")).json()["issue"]
    assert issue["details"]["coding"][0]["code"] == "consent"
    assert "objects" in issue["diagnostics"]
    assert len(issue["diagnostics"].split()) <= 120
    await put(area, "practice-system", ended_episode())
    (issue,) = (await area.asker("pharmacist").get("/Condition?patient=somebody")).json()["issue"]
    assert issue["details"]["coding"][0]["code"] == "relationship"
    assert "object" not in issue["diagnostics"]


def ended_episode() -> dict[str, Any]:
    """No episode that ties anybody."""
    about = {"reference": "Patient/somebody"}
    return {"resourceType": "EpisodeOfCare", "id": "at-fa123", "status": "entered-in-error", "patient": about}


async def test_only_an_author_whom_policy_names_is_believed(area: Any) -> None:
    before = await shown(area, "pharmacist")
    await put(area, "supplier", objection(WHOLE, id="of-the-hospital", patient=AT_HOSPITAL))
    assert await shown(area, "pharmacist") == before
    await object_to(area, WHOLE)
    assert await found(area, "pharmacist", "/Patient/somebody/$everything") == 0


async def test_a_deleted_consent_and_one_whose_period_has_ended_object_to_nothing(area: Any) -> None:
    before = await shown(area, "pharmacist")
    await object_to(area, WHOLE)
    assert not any((await shown(area, "pharmacist")).values())
    assert (await area.asker("practice-system").ask("DELETE", "/Consent/an-objection")).status_code == 204
    assert await shown(area, "pharmacist") == before
    await object_to(area, WHOLE | {"period": {"start": "2020-01-01", "end": "2020-12-31"}})
    assert await shown(area, "pharmacist") == before


async def test_every_worker_obeys_from_the_next_request(area: Any, make_area: Any) -> None:
    async with make_area(area.dsn) as second:
        for worker in (area, second):
            assert await found(worker, "pharmacist", "/Condition/secret") == 1
        for stated, count in (("active", 0), ("inactive", 1), ("active", 0)):
            await object_to(area, WHOLE, status=stated)
            for worker in (area, second):
                assert await shown(worker, "pharmacist") == await shown(area, "pharmacist")
                assert await found(worker, "pharmacist", "/Condition/secret") == count


async def test_a_page_that_was_begun_before_goes_on_with_nothing(area: Any) -> None:
    pharmacist = area.asker("pharmacist")
    first = (await pharmacist.get("/Patient/somebody/$everything?_count=2")).json()
    onward = next(each["url"] for each in first["link"] if each["relation"] == "next")
    await object_to(area, WHOLE)
    response = await pharmacist.get(onward.removeprefix("http://area.test/fhir"))
    assert response.status_code in {400, 403, 404, 410}, response.text
    assert "Condition" not in response.text


async def test_who_is_stopped_may_write_and_a_condition_finds_their_own_alone(area: Any) -> None:
    """Hazard: a conditional create that tells of what is kept from its writer."""
    await object_to(area, to_kind("problem"))
    pharmacist = area.asker("pharmacist")
    condition = "patient=somebody&code=http://snomed.info/sct|35489007"
    mine = {name: value for name, value in problem("x").items() if name != "id"}
    mine["subject"] = {"reference": "Patient/somebody"}
    first = await pharmacist.send("POST", "/Condition", mine, If_None_Exist=condition)
    again = await pharmacist.send("POST", "/Condition", mine, If_None_Exist=condition)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"] != "secret"


async def test_a_patch_of_a_consent_ends_it(area: Any) -> None:
    await object_to(area, WHOLE)
    assert await found(area, "pharmacist", "/Condition/secret") == 0
    operations = [{"op": "replace", "path": "/status", "value": "inactive"}]
    headers = {"content-type": "application/json-patch+json"}
    response = await area.asker("practice-system").ask(
        "PATCH", "/Consent/an-objection", content=json.dumps(operations), headers=headers
    )
    assert response.status_code == 200, response.text
    assert await found(area, "pharmacist", "/Condition/secret") == 1


async def test_an_organisation_is_known_by_reference_also_to_one_that_comes_along(area: Any) -> None:
    """In one transaction, and by a professional of the practice as by its system."""
    organisation = {"resourceType": "Organization", "identifier": [{"system": ODS, "value": "FA123"}]}
    provision = to_organisation("FA123")
    provision["actor"][0]["reference"] = {"reference": "urn:uuid:b2b0a1de-93a1-4c1c-9d9e-0a1b2c3d4e5f"}
    entries = [
        (organisation, provision["actor"][0]["reference"]["reference"], "Organization"),
        ({name: value for name, value in objection(provision).items() if name != "id"}, None, "Consent"),
    ]
    entry = [
        {"resource": resource, "request": {"method": "POST", "url": url}} | ({"fullUrl": full_url} if full_url else {})
        for resource, full_url, url in entries
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entry}
    assert (await area.gp.send("POST", "", bundle)).status_code == 200
    assert await found(area, "pharmacist", "/Condition/secret") == 0
    assert await found(area, "gp", "/Condition/secret") == 1
