"""Explanations over a real area: decisions by reference for the office that answers for them alone, and what-if; page, JSON and command."""

import html
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.cli.processes import lhcr
from tests.conftest import MakeDatabase
from tests.portal import test_real_area as real
from tests.portal.test_real_area import PEOPLE, found, number

from lhcr.app import App

browse, traces = real.browse, real.traces
Browse = Callable[[str], httpx.AsyncClient]
UNKNOWN = "/privacy/decisions/D-0000000000000"
#: An office of the practice whose users the other people of these tests are.
OFFICE = replace(PEOPLE["privacy-officer"], organisation="A81001", token_id="practice-office")
PEOPLE.update({"practice-office": OFFICE, "desk-with-log": replace(OFFICE, kind=PEOPLE["gp"].kind, token_id="x")})


@pytest.fixture(scope="module")
def dsn(migrated_database_of_module: MakeDatabase) -> str:
    return migrated_database_of_module()


@pytest.fixture(scope="module")
async def area(dsn: str) -> AsyncIterator[App]:
    async with real._seeded(dsn) as app:
        yield app


@pytest.fixture
async def refused(browse: Browse) -> str:
    """The reference of a refusal of the practice's receptionist, who asked for somebody's record."""
    page = await browse("stranger-of-practice").get("/record/nobody")
    return reference(page)


PEOPLE["stranger-of-practice"] = replace(PEOPLE["gp"], user_id="new-doctor", token_id="new-doctor")


def reference(page: httpx.Response) -> str:
    (told,) = set(re.findall(r"D-[0-9A-Z]{13}", page.text))
    return str(told)


def bearer(client: httpx.AsyncClient, who: str) -> dict[str, str]:
    client.cookies.clear()
    return {"authorization": f"Bearer {who}"}


async def entries(area: App, count: int) -> list[dict[str, Any]]:
    assert area.parts is not None
    rows = await area.parts.side_pool.fetch("SELECT text FROM audit_entry ORDER BY recorded DESC LIMIT $1", count)
    return [json.loads(row["text"]) for row in rows]


async def test_an_office_reads_the_whole_trace_of_a_refusal_and_that_is_in_the_log(
    browse: Browse, area: App, refused: str
) -> None:
    page = await browse("practice-office").get(f"/privacy/decisions/{refused.lower()}")
    assert page.status_code == 200
    text = html.unescape(page.text)
    for words in (
        refused,
        "Refused by the rule: Relationship of care",
        "Dr Amina Farouk (new-doctor)",
        "Aldermere Surgery · A81001",
        "A made-up person of the demonstration",
        "Treatment",
        "Somebody who is not here",
        "Nothing in force ties the organisation to this person.",
        "None that concerns the asker",
        "of the same facts, every rule would say the same",
    ):
        assert words in text
    (entry,) = await entries(area, 1)
    assert (entry["asked"], entry["type"], entry["outcome"], entry["agent"]["user"]) == (
        refused,
        "AuditEvent",
        "0",
        OFFICE.user_id,
    )


async def test_a_permit_is_explained_with_what_it_led_to_and_its_person_can_see_that_somebody_looked(
    browse: Browse, area: App
) -> None:
    gp = browse("gp")
    await gp.get(await found(gp, number("rich")))
    opened = next(each for each in await entries(area, 5) if each["subtype"] == "operation")
    page = await browse("practice-office").get(f"/privacy/decisions/{opened['decision']}")
    text = html.unescape(page.text)
    assert "Permitted" in text
    assert "Registration" in text
    assert f"Patient/{opened['patient']}" in text
    assert "Reading a whole record" in text
    logged = await entries(area, 2)
    assert {each["subtype"] for each in logged} == {"search", "disclosure"}
    assert {each.get("person") for each in logged} == {None, opened["person"]}


@pytest.mark.parametrize("who", ["privacy-officer", "gp", "patient", "operator", "desk-with-log"])
async def test_hazard_whoever_may_not_read_of_it_is_answered_as_for_a_reference_that_never_was(
    browse: Browse, area: App, refused: str, who: str
) -> None:
    """An office of another organisation, and whoever is no office: byte for byte the same, on the page and in JSON."""
    somebody = browse(who)
    pages = [await somebody.get(each) for each in (f"/privacy/decisions/{refused}", UNKNOWN, "/privacy/decisions/x")]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1
    headers = bearer(somebody, who)
    told = [
        await somebody.get(each, headers=headers)
        for each in (f"/privacy/decisions/{refused}", UNKNOWN, "/privacy/decisions/x")
    ]
    assert {each.status_code for each in told} == {404}
    assert len({each.content for each in told}) == 1
    assert told[0].json()["issue"][0]["details"]["coding"][0]["code"] == "decision-unknown"
    # Who tries out references is seen.
    assert (await entries(area, 1))[0]["outcome"] in {"4", "8"}


async def test_the_command_and_the_api_tell_a_decision_and_a_what_if_in_the_same_bytes(
    browse: Browse, refused: str, dsn: str, tmp_path: Path
) -> None:
    office = browse("practice-office")
    headers = bearer(office, "practice-office")
    told = await office.get(f"/privacy/decisions/{refused}", headers=headers)
    assert (told.status_code, told.headers["content-type"]) == (200, "application/json")
    assert told.text == lhcr("explain", refused, "--json", "--database-url", dsn).stdout
    assert told.json()["rule"] == "relationship"
    case = what_if(type="MedicationRequest", facts={"relationships": [{"kind": "encounter"}]})
    file = tmp_path / "case.json"
    file.write_text(case)
    answer = await office.post("/privacy/what-if", content=case, headers=headers)
    done = lhcr("explain", "--what-if", str(file), "--json", "--database-url", dsn)
    assert (answer.status_code, answer.text) == (200, done.stdout)
    assert answer.json()["outcome"] == "permitted"
    words = lhcr("explain", "--what-if", str(file), "--database-url", dsn).stdout
    assert "It would be permitted. Nothing was opened." in words
    assert "The organisation has a relationship with the person: encounter." in words


def what_if(
    *, type: str = "Observation", facts: Any = None, also: Any = None, organisation: str = "A81001", **about: str
) -> str:
    asked = {
        "principal": {"kind": "professional", "role": "R8000", "occupation": "doctor", "organisation": organisation},
        "request": {"interaction": "read", "type": type, **about},
        "facts": facts or {},
        "also": also or {},
    }
    return json.dumps(asked)


async def test_a_real_persons_facts_count_and_they_can_see_that_it_was_asked(browse: Browse, area: App) -> None:
    office = browse("practice-office")
    headers, about = bearer(office, "practice-office"), {"nhs_number": number("rich")}

    async def told(text: str) -> Any:
        answer = await office.post("/privacy/what-if", content=text, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def outcome(text: str) -> str:
        return str((await told(text))["outcome"])

    assert await outcome(what_if(**about)) == "permitted"
    (entry,) = await entries(area, 1)
    assert (entry["asked"], entry["outcome"]) == ("what-if", "0")
    assert entry["person"] > 0
    assert number("rich").replace(" ", "") not in json.dumps(entry)
    assert await outcome(what_if(facts={"relationships": []}, **about)) == "refused"
    # The practice contributed, and goes on seeing that.
    assert (await told(what_if(also={"objections": [{"denied": [{}]}]}, **about)))["reach"]["own_only"]
    assert await outcome(what_if(nhs_number="9990009988")) == "refused"


async def test_hazard_an_office_that_learns_who_cares_for_somebody_elsewhere(browse: Browse) -> None:
    office = browse("practice-office")
    headers = bearer(office, "practice-office")
    for text in (
        what_if(organisation="RRE", nhs_number=number("rich")),
        what_if(organisation="", nhs_number=number("rich")),
    ):
        answer = await office.post("/privacy/what-if", content=text, headers=headers)
        assert answer.status_code == 422
        assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "what-if-invalid"
    assert (
        await office.post("/privacy/what-if", content=what_if(organisation="RRE"), headers=headers)
    ).status_code == 200


async def test_hazard_an_office_that_learns_who_is_whose_proxy_or_parent(browse: Browse) -> None:
    """Hazard: two numbers are asked about together, and the answer tells that one person acts for the other."""
    office = browse("practice-office")
    for own in (number("rich"), "9990009988"):
        asked = json.loads(what_if(nhs_number=number("rich")))
        asked["principal"] = {"kind": "citizen", "organisation": "A81001", "nhs_number": own}
        answer = await office.post(
            "/privacy/what-if", content=json.dumps(asked), headers=bearer(office, "practice-office")
        )
        assert answer.status_code == 422
        assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "what-if-invalid"


async def test_hazard_an_office_that_learns_what_is_known_of_a_stranger(browse: Browse, area: App) -> None:
    """Hazard: that somebody is here, must not be found, or objects to what one clinic shares, told to an office of strangers."""
    office = browse("practice-office")
    headers = bearer(office, "practice-office")
    await office.post("/privacy/what-if", content=what_if(nhs_number=number("restricted-address")), headers=headers)
    (entry,) = await entries(area, 1)
    assert area.parts is not None
    forgotten = "DELETE FROM fact_relationship WHERE party = 'A81001' AND person_id = $1"
    await area.parts.side_pool.execute(forgotten, entry["person"])
    told = [
        (await office.post("/privacy/what-if", content=what_if(nhs_number=each), headers=headers)).content
        for each in (number("restricted-address"), "9990009988")
    ]
    assert told[0] == told[1]
    # They can see in their log that it was asked.
    assert [each.get("person") for each in await entries(area, 2)] == [None, entry["person"]]


async def test_what_is_wrong_with_a_token_or_a_case_is_told_as_an_operation_outcome(browse: Browse) -> None:
    office = browse("practice-office")
    office.cookies.clear()
    for headers, status in (
        ({"authorization": "Bearer no-such"}, 401),
        ({"authorization": "Basic x"}, 401),
        ({"authorization": "Bearer practice-office"}, 422),
    ):
        answer = await office.post("/privacy/what-if", content=b"{}", headers=headers)
        assert answer.status_code == status
        assert answer.json()["resourceType"] == "OperationOutcome"
    too_long = await office.post(
        "/privacy/what-if", content=b" " * 70_000, headers={"authorization": "Bearer practice-office"}
    )
    assert too_long.status_code == 422
    assert (await office.post("/privacy/what-if", data={})).status_code == 303


async def test_the_form_asks_about_somebody_hypothetical_and_about_a_real_person(browse: Browse) -> None:
    office = browse("practice-office")
    assert (await office.get("/privacy/what-if")).status_code == 200
    page = await office.post("/privacy/what-if", data={"organisation": "A81001", "tie_referral": "now"})
    text = html.unescape(page.text)
    assert page.status_code == 200, text
    assert "Would be permitted" in text
    assert "Rows of: the person asked for" in text
    refused = await office.post("/privacy/what-if", data={"organisation": "A81001", "tie_referral": "ended"})
    assert "The asker would read" in refused.text
    assert "Would be refused" in refused.text
    known = await office.post("/privacy/what-if", data={"organisation": "A81001", "nhs_number": number("rich")})
    assert "Would be permitted" in known.text
    forgotten = {"organisation": "A81001", "nhs_number": number("rich"), "instead": "yes"}
    assert "Would be refused" in (await office.post("/privacy/what-if", data=forgotten)).text
    wrong = await office.post("/privacy/what-if", data={"type": "Spell"})
    assert (wrong.status_code, "There is a problem" in wrong.text) == (422, True)


@pytest.mark.parametrize("who", ["gp", "patient", "operator"])
async def test_what_if_is_for_offices_alone(browse: Browse, who: str) -> None:
    somebody = browse(who)
    assert (await somebody.get("/privacy/what-if")).status_code == 404
    assert (await somebody.post("/privacy/what-if", data={})).status_code == 404
    answer = await somebody.post("/privacy/what-if", content=what_if(), headers=bearer(somebody, who))
    assert answer.status_code == 404


async def test_a_form_from_another_site_asks_nothing(browse: Browse) -> None:
    answer = await browse("practice-office").post(
        "/privacy/what-if", data={}, headers={"origin": "http://elsewhere.test"}
    )
    assert answer.status_code == 403


async def test_the_log_alerts_and_an_offices_own_refusal_lead_to_the_decision(browse: Browse, refused: str) -> None:
    office = browse("practice-office")
    log = await office.post("/log", data={"user": "new-doctor"})
    assert f'href="/privacy/decisions/{refused}"' in log.text
    doctor = browse("stranger-of-practice")
    address = await found(doctor, number("sensitive"))
    words = {"reason": "5", "words": "Found unconscious at the station"}
    assert (await doctor.post(f"{address}/emergency", data=words)).status_code == 303
    (alert,) = set(re.findall(r'href="(/privacy/decisions/D-[0-9A-Z]{13})"', (await office.get("/alerts")).text))
    page = await office.get(str(alert))
    assert page.status_code == 200
    assert "Beginning an emergency access" in page.text
    own = await office.get("/record/nobody")
    assert own.status_code == 403
    (led,) = re.findall(r'href="(/privacy/decisions/D-[0-9A-Z]{13})"', own.text)
    assert (await office.get(led)).status_code == 200
    # Nobody else is led where nothing is for them.
    assert "/privacy/" not in (await doctor.get("/record/nobody")).text


async def test_a_form_of_what_if_says_what_is_wrong_in_its_own_words(browse: Browse) -> None:
    asked = {"organisation": "A81001", "nhs_number": "123"}
    page = await browse("practice-office").post("/privacy/what-if", data=asked)
    assert page.status_code == 422
    assert "This is not a valid NHS number" in page.text
    assert "request.nhs_number" not in page.text


async def test_hazard_a_permit_kept_to_what_the_own_organisation_wrote_is_not_told_as_one_for_the_record(
    browse: Browse,
) -> None:
    asked = {"organisation": "A81001", "tie_contribution": "now", "tie_registration": "now"}
    office = browse("practice-office")
    whole = await office.post("/privacy/what-if", data=asked)
    own = await office.post("/privacy/what-if", data=asked | {"objection": "everybody"})
    said = "Would be permitted only what the asker"
    assert (said in own.text, said in whole.text) == (True, False)


async def test_hazard_a_change_is_told_as_a_permit_for_the_whole_record(browse: Browse) -> None:
    asked = {"organisation": "A81001", "tie_registration": "now", "interaction": "update", "type": "Observation"}
    page = await browse("practice-office").post("/privacy/what-if", data=asked)
    assert "Nobody changes or removes what another organisation contributed." in html.unescape(page.text)


async def test_a_reference_that_was_read_out_is_typed_and_found(browse: Browse, refused: str) -> None:
    office = browse("practice-office")
    typed = refused.lower().removeprefix("d-").replace("0", "o")
    led = await office.get("/privacy/decisions", params={"reference": f" {typed} "})
    assert (led.status_code, led.headers["location"]) == (303, f"/privacy/decisions/{refused}")
    nowhere = await office.get("/privacy/decisions", params={"reference": "//elsewhere.test"})
    told = await office.get(nowhere.headers["location"])
    assert told.status_code == 404
    assert "No decision with this reference" in told.text
    assert 'href="/log"' in told.text
