"""A citizen's app is told in whose record it is launched: the citizen's own, and nobody else's."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from tests.auth.apps import APP, Flow, bearer
from tests.auth.clients import SYSTEM, Signer, ask, register
from tests.auth.conftest import demonstration, running

from lhcr.demo.people import DEMO_PEOPLE
from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME

FLOW = Flow(client_id="own-app")
OWN_APP = replace(APP, client_id="own-app", scopes=("patient/*.rs", "user/*.rs", "launch/patient", "offline_access"))
WANTED = "launch/patient patient/*.rs offline_access"
NUMBER = persona_claims(BY_NAME["patient"]).nhs_number
ANOTHERS = next(each.person.nhs_number.value for each in DEMO_PEOPLE if each.person.nhs_number.value != NUMBER)


@pytest.fixture
async def area(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    await demonstration(dsn)
    await register(dsn, OWN_APP, replace(SYSTEM, scopes=("system/*.cruds",)))
    async with running(dsn) as client:
        yield client


async def contribute(area: httpx.AsyncClient, number: str | None) -> str:
    token = (await ask(area, Signer().form(scope="system/*.cruds"))).json()["access_token"]
    identifier = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": number}
    patient = {"resourceType": "Patient", "identifier": [identifier], "name": [{"family": "Hepworth"}]}
    made = await area.post("/fhir/Patient", json=patient, headers=bearer(token))
    assert made.status_code == 201, made.text
    return made.headers["location"].split("/Patient/")[1].split("/")[0]


async def test_the_app_of_a_citizen_is_told_their_patient_and_can_read_it(area: httpx.AsyncClient) -> None:
    own, _ = await contribute(area, NUMBER), await contribute(area, ANOTHERS)
    await FLOW.sign_in(area, "patient")
    told = await FLOW.tokens(area, scope=WANTED)
    assert (told["patient"], told["scope"]) == (own, "patient/*.rs launch/patient offline_access")
    head = bearer(told["access_token"])
    assert (await area.get(f"/fhir/Patient/{own}", headers=head)).status_code == 200
    following = (await ask(area, FLOW.refresh(told["refresh_token"]))).json()
    assert following["patient"] == own


async def test_hazard_wrong_person_who_is_not_here_is_launched_in_nobodys_record(area: httpx.AsyncClient) -> None:
    await contribute(area, ANOTHERS)
    await FLOW.sign_in(area, "patient")
    told = await FLOW.tokens(area, scope=WANTED)
    assert "patient" not in told
    assert told["scope"] == "patient/*.rs offline_access"


async def test_a_professionals_app_is_launched_in_nobodys_record(area: httpx.AsyncClient) -> None:
    await FLOW.sign_in(area, "gp")
    told = await FLOW.tokens(area, scope="launch/patient user/*.rs")
    assert "patient" not in told
    assert told["scope"] == "user/*.rs"
