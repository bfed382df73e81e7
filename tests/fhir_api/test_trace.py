"""The trace of a person over HTTP: what a role alone may find, and no more."""

from dataclasses import replace
from typing import Any

import pytest

from lhcr.fhir.json_document import read_json
from lhcr.fhir.validation import validate
from lhcr.fhir_api.trace import TraceLimit
from lhcr.identity.acting import ActingClient
from lhcr.identity.calling_app import CallingApp
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.errors import Busy
from lhcr.nhs.purposes import Purpose

NHS = "https://fhir.nhs.uk/Id/nhs-number"
NUMBER = "9990000034"


@pytest.fixture(scope="module", autouse=True)
async def register(area: Any) -> str:
    """One person with everything that a trace might show, and twelve of one name and birthday."""
    patient = await area.supplier.create(
        {
            "resourceType": "Patient",
            "identifier": [{"system": NHS, "value": NUMBER}, {"system": "urn:hospital", "value": "H1"}],
            "name": [{"family": "Traced", "given": ["Tam"]}],
            "telecom": [{"system": "phone", "value": "0113 496 0000"}],
            "gender": "female",
            "birthDate": "1970-01-02",
            "address": [{"line": ["1 High Street"], "postalCode": "LS1 1AA"}],
            "contact": [{"name": {"family": "Next"}}],
        }
    )
    for _ in range(12):
        await area.supplier.create({"resourceType": "Patient", "name": [{"family": "Many"}], "birthDate": "1980-01-01"})
    id_: str = patient["id"]
    return id_


def found(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    assert validate(read_json(response.content)) == []
    return [each["resource"] for each in response.json().get("entry", ()) if each["search"]["mode"] == "match"]


async def test_a_trace_by_number_shows_what_tells_people_apart_and_no_more(area: Any, register: str) -> None:
    for asker in (area.gp, area.asker("receptionist"), area.asker("pharmacist")):
        response = await asker.ask("POST", "/Patient/_search", data={"identifier": f"{NHS}|{NUMBER}"})
        (row,) = found(response)
        assert row["id"] == register
        assert row["identifier"] == [{"system": NHS, "value": NUMBER}]
        assert row["address"][0]["postalCode"] == "LS1 1AA"
        assert row.keys() == {"resourceType", "id", "meta", "identifier", "name", "gender", "birthDate", "address"}
        assert row["meta"].keys() == {"tag"}
        assert [each["code"] for each in row["meta"]["tag"]] == ["SUBSETTED"]
        assert NUMBER not in str(response.json()["link"])


async def test_a_trace_by_name_needs_the_birth_date(area: Any) -> None:
    pharmacist = area.asker("pharmacist")
    assert len(found(await pharmacist.get("/Patient?family=Traced&birthdate=1970-01-02"))) == 1
    for query in ("family=Traced", "birthdate=1970-01-02", "family=Traced&birthdate=1970", "family=Traced&birthdate=gt1970-01-01",
                  "identifier=urn:hospital|H1", "_lastUpdated=gt2020", "family=Traced&birthdate=1970-01-02&address=LS1",
                  "family=Traced&birthdate=1970-01-02&_revinclude=Observation:patient",
                  "family=Traced&birthdate=1970-01-02&_has:Observation:patient:code=x"):  # fmt: skip
        refused = await pharmacist.get(f"/Patient?{query}")
        assert refused.status_code == 403, query
        assert refused.json()["issue"][0]["details"]["coding"][0]["code"] == "person-not-named"


async def test_at_most_ten_people_are_shown_and_there_is_no_next_page(area: Any) -> None:
    for more in ("", "&_count=50"):
        response = await area.gp.get(f"/Patient?family=Many&birthdate=1980-01-01{more}")
        assert len(found(response)) == 10
        assert [each["relation"] for each in response.json()["link"]] == ["self"]
        (outcome,) = [each for each in response.json()["entry"] if each["search"]["mode"] == "outcome"]
        assert outcome["resource"]["issue"][0]["details"]["coding"][0]["code"] == "trace-too-wide"


async def test_a_trace_is_in_the_log_for_each_person_shown(area: Any) -> None:
    before = await area.rows("SELECT count(*) AS n FROM audit_entry WHERE person_id IS NOT NULL")
    await area.gp.get("/Patient?family=Many&birthdate=1980-01-01")
    after = await area.rows("SELECT count(*) AS n FROM audit_entry WHERE person_id IS NOT NULL")
    assert after[0]["n"] - before[0]["n"] == 10


async def test_a_system_or_app_that_traces_for_somebody_does_not_use_up_their_traces(
    principals: dict[str, Principal],
) -> None:
    """Each is counted by itself, so that nobody is told to wait at the desk for what a program did."""
    limit = TraceLimit(SystemClock(), a_minute=2)
    gp = principals["gp"]
    acting = ActingClient(
        client_id="a-system",
        name="A system",
        organisation="YGM99",
        organisation_name="A Supplier",
        acts_for="A81001",
        purposes=frozenset({Purpose.TREATMENT}),
    )
    askers = (gp, replace(gp, actor=acting), replace(gp, app=CallingApp(sub="an-app", name="An App")))
    for who in askers:
        for _ in range(2):
            limit.count(who)
    for who in askers:
        with pytest.raises(Busy):
            limit.count(who)


async def test_whoever_traces_too_often_is_told_to_wait(area: Any) -> None:
    """Hazard: the register of a whole area, copied row by row."""
    asker = area.asker("student")
    answers = [await asker.get("/Patient?family=Traced&birthdate=1970-01-02") for _ in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert answers[-1].headers["retry-after"]
