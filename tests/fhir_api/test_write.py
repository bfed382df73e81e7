"""Create, read, update, patch and delete over HTTP."""

import asyncio
from typing import Any

import pytest

PATCH = "application/json-patch+json"


async def test_a_created_resource_is_read_as_it_was_answered(supplier: Any, build: Any) -> None:
    response = await supplier.send("POST", "/Patient", build.patient())
    assert response.status_code == 201
    made = response.json()
    assert response.headers["location"] == f"http://area.test/fhir/Patient/{made['id']}/_history/1"
    assert response.headers["etag"] == 'W/"1"'
    read = await supplier.get(f"/Patient/{made['id']}")
    assert read.status_code == 200
    assert read.content == response.content
    assert read.headers["content-type"] == "application/fhir+json; charset=utf-8"
    assert read.headers["last-modified"] == response.headers["last-modified"]


async def test_a_decimal_comes_back_as_it_was_written(supplier: Any, build: Any) -> None:
    """Hazard: doses mangled."""
    patient = await supplier.create(build.patient())
    body = (
        '{"resourceType":"Observation","status":"final","code":{"text":"x"},'
        f'"subject":{{"reference":"Patient/{patient["id"]}"}},"valueQuantity":{{"value":1.10}}}}'
    )
    made = await supplier.ask("POST", "/Observation", content=body, headers={"content-type": "application/fhir+json"})
    assert '"value":1.10}' in made.text
    assert '"value":1.10}' in (await supplier.get(f"/Observation/{made.json()['id']}")).text


@pytest.mark.parametrize(("preferred", "has_body"), [("minimal", False), ("representation", True)])
async def test_a_caller_chooses_what_a_write_returns(
    supplier: Any, build: Any, preferred: str, *, has_body: bool
) -> None:
    response = await supplier.send("POST", "/Patient", build.patient(), prefer=f"return={preferred}")
    assert response.status_code == 201
    assert bool(response.content) is has_body


async def test_a_caller_may_ask_for_an_outcome(supplier: Any, build: Any) -> None:
    response = await supplier.send("POST", "/Patient", build.patient(), prefer="return=OperationOutcome")
    assert response.json()["resourceType"] == "OperationOutcome"


async def test_an_update_makes_the_next_version_and_a_first_one_creates(supplier: Any, build: Any) -> None:
    first = await supplier.send("PUT", "/Patient/chosen-1", build.patient(id="chosen-1"))
    assert first.status_code == 201
    second = await supplier.send("PUT", "/Patient/chosen-1", build.patient(id="chosen-1", gender="female"))
    assert (second.status_code, second.headers["etag"]) == (200, 'W/"2"')
    assert (await supplier.get("/Patient/chosen-1")).json()["gender"] == "female"
    past = await supplier.get("/Patient/chosen-1/_history/1")
    assert past.content == first.content


async def test_an_update_that_expects_any_version_replaces_what_stands_and_creates_nothing(
    supplier: Any, build: Any
) -> None:
    """RFC 9110 13.1.1: `*` holds where something stands, and not where nothing does or where it was deleted."""
    path, body = "/Patient/anything", build.patient(id="anything")
    for method, content in (("PUT", body), ("DELETE", None)):
        refused = await supplier.ask(method, path, json=content, headers={"if-match": "*"})
        assert refused.status_code == 412, (method, refused.text)
    assert (await supplier.get(path)).status_code == 404
    await supplier.send("PUT", path, body)
    for version in (2, 3):
        replaced = await supplier.send("PUT", path, body, if_match="*")
        assert (replaced.status_code, replaced.headers["etag"]) == (200, f'W/"{version}"')
    assert (await supplier.ask("DELETE", path, headers={"if-match": "*"})).status_code == 204
    assert (await supplier.send("PUT", path, body, if_match="*")).status_code == 412
    assert (await supplier.get(path)).status_code == 410


async def test_an_update_that_expects_another_version_changes_nothing(supplier: Any, build: Any) -> None:
    await supplier.send("PUT", "/Patient/matched", build.patient(id="matched"))
    refused = await supplier.send(
        "PUT", "/Patient/matched", build.patient(id="matched", gender="male"), if_match='W/"7"'
    )
    assert refused.status_code == 412
    assert refused.json()["issue"][0]["details"]["coding"][0]["code"] == "version-conflict"
    assert "gender" not in (await supplier.get("/Patient/matched")).json()
    done = await supplier.send("PUT", "/Patient/matched", build.patient(id="matched"), if_match='W/"1"')
    assert done.status_code == 200


async def test_an_update_must_say_the_id_and_type_of_its_address(supplier: Any, build: Any) -> None:
    for resource in (build.patient(), build.patient(id="other"), {"resourceType": "Basic", "code": {"text": "x"}}):
        response = await supplier.send("PUT", "/Patient/mine", resource)
        assert response.status_code == 400, response.text


async def test_a_patch_changes_what_it_names(supplier: Any, build: Any) -> None:
    made = await supplier.create(build.patient(gender="male"))
    path = f"/Patient/{made['id']}"
    operations = b'[{"op":"replace","path":"/gender","value":"female"}]'
    response = await supplier.ask("PATCH", path, content=operations, headers={"content-type": PATCH})
    assert (response.status_code, response.json()["gender"]) == (200, "female")
    again = await supplier.ask("PATCH", path, content=operations, headers={"content-type": PATCH, "if-match": 'W/"1"'})
    assert again.status_code == 412


async def test_a_patch_that_breaks_the_resource_is_refused_whole(supplier: Any, build: Any) -> None:
    made = await supplier.create(build.patient(gender="male"))
    for operations in (
        b'[{"op":"replace","path":"/gender","value":7}]',
        b'[{"op":"test","path":"/gender","value":"x"}]',
    ):
        response = await supplier.ask(
            "PATCH", f"/Patient/{made['id']}", content=operations, headers={"content-type": PATCH}
        )
        assert response.status_code in {400, 422}
    assert (await supplier.get(f"/Patient/{made['id']}")).json() == made


async def test_a_deleted_resource_is_gone_and_can_be_deleted_again(supplier: Any, build: Any) -> None:
    patient = await supplier.create(build.patient())
    made = await supplier.create(build.observation(patient["id"]))
    path = f"/Observation/{made['id']}"
    for _ in range(2):
        deleted = await supplier.ask("DELETE", path)
        assert (deleted.status_code, deleted.content) == (204, b"")
    assert (await supplier.get(path)).status_code == 410
    assert (await supplier.ask("DELETE", "/Observation/never-was")).status_code == 204
    assert (await supplier.get(f"{path}/_history/1")).json() == made


async def test_a_resource_may_be_sent_as_xml(supplier: Any) -> None:
    body = '<Patient xmlns="http://hl7.org/fhir"><gender value="female"/></Patient>'
    response = await supplier.ask("POST", "/Patient", content=body, headers={"content-type": "application/fhir+xml"})
    assert response.status_code == 201
    assert response.json()["gender"] == "female"


async def test_fifty_equal_conditional_creates_at_once_give_one(supplier: Any) -> None:
    identifier = {"system": "urn:test", "value": "only-one"}
    organisation = {"resourceType": "Organization", "name": "One", "identifier": [identifier]}
    condition = "identifier=urn:test|only-one"
    answers = await asyncio.gather(
        *(supplier.send("POST", "/Organization", organisation, if_none_exist=condition) for _ in range(50))
    )
    assert sorted({answer.status_code for answer in answers}) == [200, 201]
    assert [answer.status_code for answer in answers].count(201) == 1
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len({answer.content for answer in answers}) == 1


async def test_fifty_patients_with_one_nhs_number_at_once_are_one_person(area: Any, supplier: Any, build: Any) -> None:
    """Hazard: one person's record split in two."""
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}
    answers = await asyncio.gather(
        *(supplier.send("POST", "/Patient", build.patient(identifier=[number])) for _ in range(50))
    )
    assert {answer.status_code for answer in answers} == {201}
    rows = await area.rows("SELECT DISTINCT person_id FROM person_identifier WHERE value = '9990000018'")
    assert len(rows) == 1
    ids = [answer.json()["id"] for answer in answers]
    assert len(await area.rows("SELECT DISTINCT person_id FROM resource WHERE id = ANY ($1::text[])", ids)) == 1


async def test_a_conditional_update_updates_its_one_match_and_creates_without_one(supplier: Any) -> None:
    identifier = {"system": "urn:test", "value": "conditional-update"}
    path = "/Organization?identifier=urn:test|conditional-update"
    organisation = {"resourceType": "Organization", "name": "One", "identifier": [identifier]}
    first = await supplier.send("PUT", path, organisation)
    assert first.status_code == 201
    second = await supplier.send("PUT", path, {**organisation, "name": "Two"})
    assert (second.status_code, second.headers["etag"]) == (200, 'W/"2"')
    assert second.json()["id"] == first.json()["id"]


async def test_a_conditional_interaction_that_matches_several_changes_nothing(supplier: Any) -> None:
    for _ in range(2):
        await supplier.create(
            {"resourceType": "Organization", "name": "X", "identifier": [{"system": "urn:test", "value": "twice"}]}
        )
    path = "/Organization?identifier=urn:test|twice"
    assert (await supplier.ask("DELETE", path)).status_code == 412
    refused = await supplier.send("PUT", path, {"resourceType": "Organization", "name": "Y"})
    assert refused.status_code == 412


async def test_a_condition_that_says_nothing_is_refused(supplier: Any) -> None:
    """Hazard: a delete of everything."""
    for path in ("/Organization", "/Organization?_format=json"):
        assert (await supplier.ask("DELETE", path)).status_code == 412
    assert (await supplier.ask("DELETE", "/Organization?name=x&_count=1")).status_code == 400


async def test_a_conditional_delete_and_patch_find_what_they_name(supplier: Any) -> None:
    made = await supplier.create(
        {"resourceType": "Organization", "name": "X", "identifier": [{"system": "urn:test", "value": "found"}]}
    )
    path = "/Organization?identifier=urn:test|found"
    operations = b'[{"op":"replace","path":"/name","value":"Z"}]'
    patched = await supplier.ask("PATCH", path, content=operations, headers={"content-type": PATCH})
    assert (patched.status_code, patched.json()["name"]) == (200, "Z")
    assert (await supplier.ask("DELETE", path)).status_code == 204
    assert (await supplier.get(f"/Organization/{made['id']}")).status_code == 410


async def test_a_reader_who_has_the_version_is_told_so(supplier: Any, build: Any) -> None:
    made = await supplier.send("POST", "/Patient", build.patient())
    path = f"/Patient/{made.json()['id']}"
    for headers in (
        {"if-none-match": 'W/"1"'},
        {"if-none-match": '"7", W/"1"'},
        {"if-modified-since": made.headers["last-modified"]},
    ):
        unchanged = await supplier.get(path, headers=headers)
        assert (unchanged.status_code, unchanged.content) == (304, b"")
    for headers in (
        {"if-none-match": 'W/"2"'},
        {"if-modified-since": "Sat, 01 Jan 2000 00:00:00 GMT"},
        {"if-modified-since": "rubbish"},
    ):
        assert (await supplier.get(path, headers=headers)).status_code == 200


async def test_head_answers_like_get_without_the_body(supplier: Any, build: Any) -> None:
    made = await supplier.create(build.patient())
    get = await supplier.get(f"/Patient/{made['id']}")
    head = await supplier.ask("HEAD", f"/Patient/{made['id']}")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert head.headers["etag"] == get.headers["etag"]


async def test_a_bundle_sent_to_its_type_is_stored(supplier: Any) -> None:
    made = await supplier.create({"resourceType": "Bundle", "type": "collection"})
    assert (await supplier.get(f"/Bundle/{made['id']}")).json() == made
