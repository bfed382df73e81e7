"""Emergency treatment over the API: a purpose that works only inside a session of that user about that person, in every worker."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lhcr.access.alerts import AlertReason, AlertType
from lhcr.access.own_word import Word
from lhcr.identity.calling_app import CallingApp
from lhcr.identity.principal import Principal

URGENT = Word(type=AlertType.ACCESS, reason=AlertReason.EMERGENCY, words="Found unconscious at the station")
CLAIM = Word(type=AlertType.RELATIONSHIP, reason=AlertReason.SELF_CLAIM, words="Came for tablets at the counter")
ETREAT = {"x-lhcr-purpose": "ETREAT"}


@pytest.fixture
async def people(area: Any) -> list[dict[str, Any]]:
    """Two people whom the hospital alone knows, and an entry about each."""
    made = []
    for _ in range(2):
        patient = (await area.supplier.create({"resourceType": "Patient", "name": [{"family": "Known"}]}))["id"]
        subject = {"reference": f"Patient/{patient}"}
        entry = {"resourceType": "Condition", "code": {"text": "x"}, "subject": subject}
        condition = (await area.supplier.create(entry))["id"]
        (row,) = await area.rows("SELECT person_id FROM resource WHERE id = $1", patient)
        made.append({"patient": patient, "condition": condition, "person": row["person_id"]})
    return made


async def statuses(area: Any, person: dict[str, Any], token: str = "gp", **headers: str) -> set[int]:
    asker = area.asker(token, **headers)
    paths = (
        f"/Patient/{person['patient']}",
        f"/Condition/{person['condition']}",
        f"/Condition?patient={person['patient']}",
        f"/Patient/{person['patient']}/$everything",
        f"/Condition/{person['condition']}/_history",
    )
    return {(await asker.get(path)).status_code for path in paths}


async def test_the_purpose_works_only_inside_a_session_about_that_person(
    area: Any, people: list[dict[str, Any]], principals: dict[str, Principal]
) -> None:
    """Hazard: a session about one person that opens another, or that another user's request uses."""
    person, other = people
    assert await statuses(area, person, **ETREAT) == {403}
    await area.app.parts.own_word.give(principals["gp"], person["person"], URGENT)
    assert await statuses(area, person, **ETREAT) == {200}
    assert await statuses(area, person) == {403, 404}
    assert await statuses(area, other, **ETREAT) == {403}
    assert await statuses(area, person, "pharmacist", **ETREAT) == {403}
    assert await statuses(area, person, "receptionist", **ETREAT) == {403}
    assert await statuses(area, person, "student", **ETREAT) == {403}
    assert (await area.asker("gp", **ETREAT).get("/Condition")).status_code == 403
    rows = await area.rows("SELECT text FROM audit_entry WHERE person_id = $1 ORDER BY recorded", person["person"])
    read = [entry for row in rows if (entry := json.loads(row["text"]))["purpose"] == "ETREAT"]
    assert {entry["agent"]["user"] for entry in read if entry["outcome"] == "0"} == {principals["gp"].user_id}
    await area.app.parts.own_word.end(principals["gp"], person["person"], AlertType.ACCESS)
    assert await statuses(area, person, **ETREAT) == {403}


async def test_hazard_a_session_that_ended_by_itself_opens_nothing(
    area: Any, people: list[dict[str, Any]], principals: dict[str, Principal]
) -> None:
    person = people[0]
    await area.app.parts.own_word.give(principals["gp"], person["person"], URGENT)
    assert await statuses(area, person, **ETREAT) == {200}
    await area.rows(
        "UPDATE fact_relationship SET low = low - $1::interval, high = high - $1::interval WHERE kind = 'emergency'",
        timedelta(hours=2),
    )
    await area.rows("UPDATE person SET epoch = epoch + 1")
    assert await statuses(area, person, **ETREAT) == {403}


@pytest.mark.parametrize(("word", "headers"), [(CLAIM, {}), (URGENT, ETREAT)])
async def test_two_workers_obey_with_the_next_request(
    make_area: Callable[..., Any],
    migrated_database: Callable[[], str],
    principals: dict[str, Principal],
    word: Word,
    headers: dict[str, str],
) -> None:
    dsn, gp = migrated_database(), principals["gp"]
    async with make_area(dsn) as first, make_area(dsn) as second:
        patient = (await first.supplier.create({"resourceType": "Patient", "name": [{"family": "Known"}]}))["id"]
        (row,) = await first.rows("SELECT person_id FROM resource WHERE id = $1", patient)
        askers = [worker.asker("gp", **headers) for worker in (first, second)]
        for _ in range(3):
            assert [(await asker.get(f"/Patient/{patient}")).status_code for asker in askers] == [403, 403]
            await first.app.parts.own_word.give(gp, row["person_id"], word)
            assert [(await asker.get(f"/Patient/{patient}")).status_code for asker in askers] == [200, 200]
            await second.app.parts.own_word.end(gp, row["person_id"], word.type)


async def test_a_refusal_says_what_the_askers_role_lets_them_do_in_few_words(
    area: Any, people: list[dict[str, Any]]
) -> None:
    """Hazard: a refusal that tells who is here. What is said follows from the asker alone."""
    said = {}
    for token in ("pharmacist", "student"):
        answers = [
            await area.asker(token).get(f"/Patient/{id_}/$everything") for id_ in (people[0]["patient"], "nobody")
        ]
        told = {answer.json()["issue"][0]["diagnostics"].rpartition("Decision ")[0] for answer in answers}
        assert len(told) == 1
        said[token] = told.pop()
        assert len(said[token].split()) <= 120
    assert "In the portal you can claim a relationship and say why or begin emergency access." in said["pharmacist"]
    assert "begin emergency access" not in said["student"]


@pytest.mark.parametrize("path", ["/Condition/{condition}", "/Condition/{condition}/_history", "/Patient/{patient}"])
async def test_without_a_session_the_purpose_tells_nothing_of_what_is_here(
    area: Any, people: list[dict[str, Any]], path: str
) -> None:
    """Hazard: an id that is tried out for whether it is somebody's. Only the reference of the decision and the id differ."""
    asker = area.asker("gp", **ETREAT)
    told = set()
    for named in (
        people[0],
        people[1],
        {"condition": "0" * 32, "patient": "0" * 32},
        {"condition": "x", "patient": "x"},
    ):
        answer = await asker.get(path.format(**named))
        said = answer.text
        for value in named.values():
            said = said.replace(str(value), "")
        told.add((answer.status_code, said.partition("Decision ")[0]))
    assert len(told) == 1


async def test_hazard_an_app_does_not_ask_in_its_users_emergency_unless_it_was_registered_to(
    area: Any, people: list[dict[str, Any]], principals: dict[str, Principal], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazard: a whole record in an app that was let in for something else."""
    person = people[0]
    for name, emergency in (("app", False), ("urgent", True)):
        app = CallingApp(sub=name, name="An App", emergency=emergency)
        who = replace(principals["gp"], app=app, scopes=("user/*.rs",), token_id=f"token-{name}")
        monkeypatch.setitem(principals, name, who)
    await area.app.parts.own_word.give(principals["gp"], person["person"], URGENT)
    assert await statuses(area, person, "app", **ETREAT) == {403}
    told = await area.asker("app", **ETREAT).get(f"/Patient/{person['patient']}")
    (issue,) = told.json()["issue"]
    assert issue["details"]["coding"][0]["code"] == "acting"
    assert issue["diagnostics"].startswith("The app is not registered to ask inside an emergency.")
    assert await statuses(area, person, "urgent", **ETREAT) == {200}
