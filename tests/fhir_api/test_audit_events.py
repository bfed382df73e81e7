"""The log as AuditEvents over HTTP: an office reads what its own organisation's users did, and nobody else reads any of it."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from lhcr.fhir.json_document import read_json
from lhcr.fhir.validation import validate
from lhcr.identity.principal import PrincipalKind
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Role, activities_of

NHS = "https://fhir.nhs.uk/Id/nhs-number"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
EVENTS = "/AuditEvent"


@pytest.fixture(autouse=True)
def offices(principals: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The privacy officer of the hospital, the Caldicott guardian of the practice, one of no organisation, one without the activity."""
    office = replace(
        principals["gp"],
        user_id="office",
        name="Margaret Ilesanmi",
        kind=PrincipalKind.OFFICE,
        role_code=Role.PRIVACY_OFFICER.code,
        activities=activities_of(Role.PRIVACY_OFFICER),
        organisation="RRE",
        organisation_name="The Hospital",
        purposes=(Purpose.OPERATIONS,),
        purpose=Purpose.OPERATIONS,
        token_id="token-office",
    )
    monkeypatch.setitem(principals, "office", office)
    guardian = replace(office, user_id="guardian", organisation="A81001", token_id="token-guardian")
    monkeypatch.setitem(principals, "guardian", guardian)
    monkeypatch.setitem(principals, "placeless", replace(office, organisation="", token_id="token-placeless"))
    monkeypatch.setitem(principals, "powerless", replace(office, activities=frozenset(), token_id="token-powerless"))


@pytest.fixture
async def person(area: Any, build: Any) -> str:
    """A person of the practice and hospital, whom the GP has read and a pharmacist was refused."""
    made = await area.supplier.create(build.patient(identifier=[{"system": NHS, "value": "9990000093"}]))
    await area.supplier.create(build.registration(made["id"], "A81001"))
    assert (await area.gp.get(f"/Patient/{made['id']}")).status_code == 200
    assert (await area.asker("pharmacist").get(f"/Patient/{made['id']}")).status_code == 403
    own_id: str = made["id"]
    return own_id


async def found(asker: Any, query: str = "") -> list[dict[str, Any]]:
    answer = await asker.get(f"{EVENTS}?{query}")
    assert answer.status_code == 200, answer.text
    return [entry["resource"] for entry in answer.json().get("entry", [])]


def users(events: list[dict[str, Any]]) -> set[str]:
    return {event["agent"][0]["who"]["identifier"]["value"] for event in events}


def organisations(events: list[dict[str, Any]]) -> set[str]:
    return {event["agent"][1]["who"]["identifier"]["value"] for event in events}


async def test_an_office_sees_what_its_own_organisations_users_did_and_of_others_nothing(
    area: Any, person: str
) -> None:
    await found(area.asker("guardian"), f"patient={person}")
    practice = await found(area.asker("guardian"), f"patient={person}")
    hospital = await found(area.asker("office"), f"patient={person}")
    assert organisations(practice) == {"A81001"}
    assert users(practice) == {"555000000101", "guardian"}
    assert organisations(hospital) == {"RRE"}
    assert users(hospital) == {"supplier"}
    assert f"Patient/{person}" in practice[-1]["entity"][0]["what"]["reference"]


async def test_an_events_own_address_answers_its_office_alone(area: Any, person: str) -> None:
    (event,) = await found(area.asker("guardian"), f"patient={person}&agent:identifier=555000000101&_count=1")
    path = f"{EVENTS}/{event['id']}"
    assert (await area.asker("guardian").get(path)).json() == event
    assert (await area.asker("office").get(path)).status_code == 404
    assert (await area.asker("office").get(f"{EVENTS}/1-99999999")).status_code == 404
    assert (await area.asker("office").get(f"{EVENTS}/anything")).text == (await area.asker("office").get(path)).text
    assert await found(area.asker("guardian"), f"_id={event['id']}") == [event]
    assert await found(area.asker("office"), f"_id={event['id']}") == []


async def test_every_event_is_a_valid_resource(area: Any, person: str) -> None:
    await area.asker("guardian").get(f"{EVENTS}?patient.identifier={NHS}|9990000093")
    events = await found(area.asker("guardian"), f"patient={person}") + await found(area.asker("office"))
    assert len(events) > 5
    for event in events:
        assert [each.diagnostics for each in validate(event)] == []


@pytest.mark.parametrize("name", ["gp", "receptionist", "supplier", "citizen"])
async def test_nobody_but_an_office_reads_the_log(area: Any, person: str, name: str) -> None:
    (event, *_) = await found(area.asker("guardian"), f"patient={person}")
    answer = await area.asker(name).get(f"{EVENTS}/{event['id']}")
    assert answer.status_code in {403, 404}
    listed = await area.asker(name).get(f"{EVENTS}?patient={person}")
    assert "555000000101" not in listed.text


@pytest.mark.parametrize("name", ["powerless", "placeless"])
async def test_an_office_without_the_activity_or_an_organisation_is_refused(area: Any, person: str, name: str) -> None:
    assert (await area.asker(name).get(f"{EVENTS}?patient={person}")).status_code == 403
    assert (await area.asker(name).get(f"{EVENTS}/1-1")).status_code == 403


async def test_a_posted_event_is_an_entry_of_the_record_and_not_of_the_log(area: Any, person: str) -> None:
    (event, *_) = await found(area.asker("guardian"), f"patient={person}")
    forged = {**event, "id": "1-1"}
    assert (await area.supplier.send("PUT", f"{EVENTS}/1-1", forged)).status_code == 201
    assert (await area.supplier.get(f"{EVENTS}/1-1")).json()["meta"]["versionId"] == "1"
    read = await area.asker("office").get(f"{EVENTS}/1-1")
    assert read.status_code == 404 or "meta" not in read.json()
    assert "meta" not in (await area.asker("office").get(f"{EVENTS}?patient={person}")).text.replace("metadata", "")


async def test_it_is_searched_by_user_organisation_date_item_action_and_outcome(
    area: Any, build: Any, person: str
) -> None:
    made = await area.supplier.create(build.observation(person))
    await area.supplier.get(f"/Observation/{made['id']}")
    office, now = area.asker("office"), datetime.now(UTC)
    item = await found(office, f"entity=Observation/{made['id']}")
    assert [event["subtype"][0]["code"] for event in item] == ["read", "create"]
    assert await found(office, f"entity=Condition/{made['id']}") == []
    assert users(await found(office, "agent:identifier=supplier")) == {"supplier"}
    assert users(await found(office, f"agent:identifier={ODS}|RRE")) == {"supplier", "office"}
    assert await found(office, f"agent:identifier={ODS}|A81001") == []
    assert await found(office, "agent:identifier=555000000101") == []
    assert {event["action"] for event in await found(office, "action=C")} == {"C"}
    refused = await found(area.asker("guardian"), "outcome=4")
    assert organisations(refused) <= {"A81001"}
    assert all(event["outcomeDesc"].startswith("Refused: ") for event in refused)
    day, hour = f"{now:%Y-%m-%d}", quote((now + timedelta(hours=1)).isoformat())
    assert await found(office, f"date={day}")
    assert await found(office, f"date=ge{day}&date=lt{hour}")
    assert await found(office, f"date=gt{hour}") == []
    assert await found(office, "date=le2020-06") == []


@pytest.mark.usefixtures("person")
async def test_each_way_of_asking_is_told_by_its_own_code_and_action_permit_and_refusal_by_their_decision(
    area: Any, build: Any, person: str
) -> None:
    """As IHE's Basic Audit Log Patterns tell create, read, update, delete and query apart, and of each decision its reference."""
    made = await area.supplier.create(build.observation(person))
    path, patch = f"/Observation/{made['id']}", b'[{"op":"add","path":"/language","value":"cy"}]'
    await area.supplier.get(path)
    await area.supplier.get(f"{path}/_history/1")
    await area.supplier.get(f"{path}/_history")
    await area.supplier.get("/Observation?code=x")
    await area.supplier.get(f"/Patient/{person}/$everything")
    assert (await area.supplier.send("PUT", path, made | {"language": "en"})).status_code == 200
    sent = {"content": patch, "headers": {"content-type": "application/json-patch+json"}}
    assert (await area.supplier.ask("PATCH", path, **sent)).status_code == 200
    assert (await area.supplier.ask("DELETE", path)).status_code in {200, 204}
    events = await found(area.asker("office"), "agent:identifier=supplier&_count=100")
    told = {(each["type"]["code"], each["subtype"][0]["code"], each["action"]) for each in events}
    assert told >= {
        ("rest", "create", "C"),
        ("rest", "read", "R"),
        ("rest", "vread", "R"),
        ("rest", "history", "R"),
        ("rest", "search", "E"),
        ("rest", "operation", "E"),
        ("rest", "update", "U"),
        ("rest", "patch", "U"),
        ("rest", "delete", "D"),
    }
    assert (await area.asker("receptionist").get(path)).status_code == 403
    (refused, *_) = await found(area.asker("guardian"), "outcome=4")
    assert refused["outcomeDesc"] == "Refused: role"
    assert all("urn:lhcr:decision" in str(event["entity"]) for event in (*events, refused))


async def test_pages_show_every_event_once(area: Any) -> None:
    office = area.asker("office")
    whole = {event["id"] for event in await found(office, "_count=200")}
    answer, seen = (await office.get(f"{EVENTS}?_count=3")).json(), []
    while True:
        seen += [entry["resource"]["id"] for entry in answer.get("entry", [])]
        following = [link["url"] for link in answer["link"] if link["relation"] == "next"]
        if not following:
            break
        answer = (await office.get(following[0].removeprefix("http://area.test/fhir"))).json()
        assert len(answer["entry"]) <= 3
    assert len(seen) == len(set(seen))
    assert whole <= set(seen)


async def test_what_the_log_cannot_answer_is_refused_in_words(area: Any) -> None:
    office = area.asker("office")
    for query in (
        "subject=1",
        "agent-name=x",
        "date=ap2026",
        "date=x",
        "entity=Nothing",
        "entity=Condition/a/_history/1",
        "_sort=date",
        "_total=accurate",
        "patient=a,b",
        "patient=%00",
        "patient=a%20b",
        "patient.identifier=urn:x|1",
        "action=X",
        "_count=0",
        "agent:identifier=",
        f"patient=1&patient.identifier={NHS}|9990000093",
    ):
        answer = await office.get(f"{EVENTS}?{query}")
        assert answer.status_code == 400, query
        assert answer.json()["issue"][0]["diagnostics"]


@pytest.mark.usefixtures("person")
async def test_nobody_who_is_here_and_nobody_who_is_not_are_answered_alike(area: Any) -> None:
    assert await found(area.asker("office"), "patient=nobody") == []
    assert await found(area.asker("office"), f"patient.identifier={NHS}|9990009988") == []


async def test_the_look_of_an_office_is_in_the_log_of_everybody_whom_it_showed(area: Any, person: str) -> None:
    rows = "SELECT count(*) FROM audit_entry WHERE text LIKE '%\"AuditEvent\"%' AND person_id IS NOT NULL"
    count = rows.replace("text LIKE", "convert_from(text, 'UTF8') LIKE")
    before = (await area.rows(count))[0]["count"]
    shown = await found(area.asker("guardian"), "_count=200")
    assert shown
    after = (await area.rows(count))[0]["count"]
    assert after > before
    again = await found(area.asker("guardian"), f"patient={person}&agent:identifier=guardian")
    assert {event["subtype"][0]["code"] for event in again} >= {"disclose"}


async def test_a_number_that_is_searched_by_stands_in_no_link_and_not_in_the_log(area: Any, person: str) -> None:
    answer = await area.asker("guardian").ask(
        "POST",
        f"{EVENTS}/_search",
        content=f"patient.identifier={quote(NHS)}%7C9990000093",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 200
    body = read_json(answer.content)
    assert body["entry"]
    assert "9990000093" not in answer.text
    queries = [
        base64.b64decode(entity["query"]).decode()
        for event in await found(area.asker("guardian"), f"patient={person}")
        for entity in event["entity"]
        if "query" in entity
    ]
    assert queries
    assert not [query for query in queries if "9990000093" in query]
