"""Alerts in the national form, held against each constraint that the Summary Care Record puts on them, and who may have them."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest

from lhcr.access.alerts import DISALLOWED, AlertReason, AlertType
from lhcr.access.own_word import Word
from lhcr.audit.entry import Agent, Entry
from lhcr.fhir.validation import validate
from lhcr.fhir_api import alert_people
from lhcr.fhir_api.national_alert import PROFILE, national_alert, raised_alert
from lhcr.identity.principal import PrincipalKind
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Role, activities_of

NUMBER = "9990000093"
ALERTS = f"/AuditEvent?_profile={PROFILE}"
URGENT = Word(type=AlertType.ACCESS, reason=AlertReason.EMERGENCY, words="Found unconscious at the station")
CLAIM = Word(type=AlertType.RELATIONSHIP, reason=AlertReason.SELF_CLAIM, words="Came for tablets at the counter")
NATIONAL = {
    "https://fhir.nhs.uk/Id/nhs-number": "patient",
    "https://fhir.nhs.uk/Id/ods-organization-code": "organisation",
    "https://fhir.nhs.uk/Id/sds-user-id": "user",
}


def broken(event: dict[str, Any]) -> list[str]:
    """The constraints of the national form that an alert breaks, written from its description alone."""
    agents = {NATIONAL.get(each["who"]["identifier"]["system"], "?"): each for each in event["agent"]}
    pair = (event["type"]["code"], event["subtype"][0]["code"])
    message = [each for each in event["extension"] if each["url"].endswith("Extension-SCR-NotificationMessage")]
    held = {
        "an id and a time": event.get("id") and event.get("recorded"),
        "three agents": len(event["agent"]) == 3 and agents.keys() == {"patient", "organisation", "user"},
        "none of them the requestor": all(each["requestor"] is False for each in event["agent"]),
        "a value of each": all(each["who"]["identifier"].get("value") for each in event["agent"]),
        "a role of the user": any(each.get("text") or each.get("coding") for each in agents["user"].get("role", [])),
        "exactly one entity, which is the alert": [bool(e["what"]["identifier"]["value"]) for e in event["entity"]]
        == [True],
        "a type": event["type"]["code"] in {"1", "2"} and event["type"]["display"],
        "one reason": len(event["subtype"]) == 1 and event["subtype"][0]["code"] in {"1", "2", "3", "4", "5", "6"},
        "that says what it is": event["subtype"][0]["display"]
        and event["subtype"][0]["system"] == "https://fhir.nhs.uk/CodeSystem/SCR-AlertReason",
        "a pair that is allowed": pair not in {("1", "5"), ("2", "4"), ("2", "6")},
        "one message": len(message) == 1 and bool(message[0]["valueString"]),
    }
    return [name for name, holds in held.items() if not holds]


def entry(type_: int, reason: int, **changes: Any) -> Entry:
    said = {"alert": "a1", "type": type_, "reason": reason, "until": "2026-03-02T10:00:00+00:00", "words": "Said so"}
    told: dict[str, Any] = {
        "recorded": datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "kind": "alert",
        "subtype": {1: "claim", 2: "emergency"}[type_],
        "action": "E",
        "outcome": "0",
        "agent": Agent(
            user="555000000101",
            name="Dr Ada Fell",
            kind="professional",
            role="R8000",
            role_name="Clinical Practitioner",
            organisation="A81001",
            organisation_name="The Surgery",
        ),
        "purpose": "TREAT",
        "source": "Test Area",
        "person": 7,
        "query": urlencode(said),
    }
    return Entry(**(told | changes))


@pytest.mark.parametrize(("type_", "reason"), list(product((1, 2), range(1, 7))))
def test_each_pair_of_type_and_reason_is_told_in_the_national_form_or_is_none(type_: int, reason: int) -> None:
    alert = raised_alert(entry(type_, reason))
    assert (alert is None) is ((type_, reason) in DISALLOWED)
    if alert is not None:
        event = national_alert(entry(type_, reason), alert, event_id="1-17", number=NUMBER)
        assert broken(event) == []
        assert [each.diagnostics for each in validate(event)] == []
        assert (event["type"]["code"], event["subtype"][0]["code"]) == (str(type_), str(reason))


def test_hazard_wrong_person_who_has_no_number_is_named_by_none_and_not_left_out() -> None:
    alert = raised_alert(entry(1, 4))
    assert alert is not None
    event = national_alert(entry(1, 4), alert, event_id="1-17", number="")
    assert broken(event) == ["a value of each"]
    assert [each.diagnostics for each in validate(event)] == []


def test_a_message_tells_nothing_of_anybody() -> None:
    """It is what a notification shows, also where anybody sees it."""
    alert = raised_alert(entry(2, 5))
    assert alert is not None
    event = national_alert(entry(2, 5), alert, event_id="1-17", number=NUMBER)
    message = event["extension"][0]["valueString"]
    for secret in (NUMBER, "Ada", "555000000101", "A81001", "Said so"):
        assert secret not in message


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "rest"},
        {"subtype": "claim-ended"},
        {"subtype": "emergency"},
        {"outcome": "4"},
        {"outcome": "8"},
        {"person": None},
        {"query": ""},
        {"query": "type=1"},
        {"query": "type=9&reason=4"},
    ],
)
def test_what_raised_no_alert_is_told_as_none(changes: dict[str, Any]) -> None:
    assert raised_alert(entry(1, 4, **changes)) is None


@pytest.fixture(autouse=True)
def offices(principals: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    guardian = replace(
        principals["gp"],
        user_id="guardian",
        name="Margaret Ilesanmi",
        kind=PrincipalKind.OFFICE,
        role_code=Role.PRIVACY_OFFICER.code,
        activities=activities_of(Role.PRIVACY_OFFICER),
        purposes=(Purpose.OPERATIONS,),
        purpose=Purpose.OPERATIONS,
        token_id="token-guardian",
    )
    monkeypatch.setitem(principals, "guardian", guardian)
    monkeypatch.setitem(principals, "other", replace(guardian, organisation="RRE", token_id="token-other"))
    monkeypatch.setitem(
        principals, "narrow", replace(guardian, scopes=("user/AuditEvent.rs",), token_id="token-narrow")
    )


@pytest.fixture
async def raised(area: Any, build: Any, principals: dict[str, Any]) -> str:
    """The GP's claim and emergency about a person with a number; returns the id of their Patient."""
    made = await area.supplier.create(
        build.patient(identifier=[{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": NUMBER}])
    )
    (row,) = await area.rows("SELECT person_id FROM resource WHERE id = $1", made["id"])
    for word in (CLAIM, URGENT):
        await area.app.parts.own_word.give(principals["gp"], row["person_id"], word)
    await area.app.parts.own_word.end(principals["gp"], row["person_id"], AlertType.ACCESS)
    own_id: str = made["id"]
    return own_id


async def alerts(asker: Any, more: str = "") -> list[dict[str, Any]]:
    answer = await asker.get(f"{ALERTS}{more}")
    assert answer.status_code == 200, answer.text
    return [each["resource"] for each in answer.json().get("entry", [])]


async def test_an_office_finds_the_alerts_of_its_own_users_in_the_national_form(area: Any, raised: str) -> None:
    office = area.asker("guardian")
    found = await alerts(office)
    assert [(each["type"]["code"], each["subtype"][0]["code"]) for each in found] == [("2", "5"), ("1", "4")]
    assert [broken(each) for each in found] == [[], []]
    assert {each["agent"][0]["who"]["identifier"]["value"] for each in found} == {NUMBER}
    assert found[0]["outcomeDesc"] == "Found unconscious at the station"
    assert await alerts(office, f"&patient={raised}") == found
    assert await alerts(area.asker("other")) == []


@pytest.mark.usefixtures("raised")
async def test_an_alert_has_an_address_of_its_own_beside_its_entrys(area: Any) -> None:
    office = area.asker("guardian")
    alert = (await alerts(office))[0]
    assert (await office.get(f"/AuditEvent/{alert['id']}")).json() == alert
    assert await alerts(office, f"&_id={alert['id']}") == [alert]
    entry_id = alert["id"].removeprefix("alert-")
    event = (await office.get(f"/AuditEvent/{entry_id}")).json()
    assert (event["agent"][0]["requestor"], event["type"]["code"]) == (True, "110113")
    assert await alerts(office, f"&_id={entry_id}") == []
    assert (await area.asker("other").get(f"/AuditEvent/{alert['id']}")).status_code == 404


@pytest.mark.usefixtures("raised")
async def test_what_raised_none_is_no_alert_by_any_address(area: Any) -> None:
    office = area.asker("guardian")
    answer = await office.get("/AuditEvent?action=E")
    others = {each["resource"]["id"] for each in answer.json()["entry"]}
    others -= {each["id"].removeprefix("alert-") for each in await alerts(office)}
    assert others
    for each in others:
        assert (await office.get(f"/AuditEvent/alert-{each}")).status_code == 404


async def test_whom_it_is_about_is_told_that_the_office_looked(area: Any, raised: str) -> None:
    (row,) = await area.rows("SELECT person_id FROM resource WHERE id = $1", raised)
    count = "SELECT count(*) AS n FROM audit_entry WHERE person_id = $1 AND text LIKE '%\"guardian\"%'"
    before = (await area.rows(count, row["person_id"]))[0]["n"]
    await alerts(area.asker("guardian"))
    assert (await area.rows(count, row["person_id"]))[0]["n"] > before


@pytest.mark.usefixtures("raised")
async def test_nobody_but_an_office_and_no_token_without_leave_to_trace_is_given_alerts(area: Any) -> None:
    assert (await area.asker("narrow").get(ALERTS)).status_code == 403
    for name in ("gp", "supplier", "citizen"):
        answer = await area.asker(name).get(ALERTS)
        assert "unconscious" not in answer.text


async def test_whoever_many_alerts_are_about_each_is_told_with_their_number(
    area: Any, build: Any, principals: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazard: wrong person, or none, where not everybody is traced at once."""
    monkeypatch.setattr(alert_people, "_AT_ONCE", 2)
    numbers = ["9990001014", "9990001022", "9990001030", "9990001049", "9990001057"]
    for number in numbers:
        made = await area.supplier.create(
            build.patient(identifier=[{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": number}])
        )
        (row,) = await area.rows("SELECT person_id FROM resource WHERE id = $1", made["id"])
        await area.app.parts.own_word.give(principals["gp"], row["person_id"], URGENT)
    found = await alerts(area.asker("guardian"), "&_count=5")
    assert [each["agent"][0]["who"]["identifier"].get("value") for each in found] == numbers[::-1]


async def test_another_profile_is_refused_and_not_passed_over(area: Any) -> None:
    answer = await area.asker("guardian").get("/AuditEvent?_profile=https://elsewhere.example/x")
    assert answer.status_code == 400
