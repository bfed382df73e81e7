"""Whose records an app sees that a citizen lets in: their own, and those of people whom they act for where they said so.

Hazard guarded here: a child's record in an app that its parent let in for their own.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from tests.auth.apps import APP, Flow, bearer
from tests.auth.clients import SYSTEM, Signer, ask, entries, register
from tests.auth.conftest import demonstration, running

from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME
from lhcr.identity.area_settings import ACCESS_POLICY, setting_made_once
from lhcr.store.database import open_pool

FLOW = Flow(client_id="own-app")
OWN_APP = replace(APP, client_id="own-app", scopes=("patient/*.rs", "user/*.rs", "offline_access"))
WANTED = {"scope": "patient/*.rs offline_access"}
NHS = "https://fhir.nhs.uk/Id/nhs-number"
CARER = persona_claims(BY_NAME["carer"])


@pytest.fixture
async def area(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    await demonstration(dsn)
    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        await setting_made_once(pool, ACCESS_POLICY, make=lambda: b'{"proxy_sources": ["RRE"]}')
    await register(dsn, OWN_APP, replace(SYSTEM, scopes=("system/*.cruds",)))
    async with running(dsn) as client:
        await FLOW.sign_in(client, "carer")
        yield client


@pytest.fixture
async def people(area: httpx.AsyncClient) -> tuple[str, str]:
    """The Patients of the carer and of a child for whom they have parental responsibility."""
    head = bearer((await ask(area, Signer().form(scope="system/*.cruds"))).json()["access_token"])

    async def make(resource: dict[str, object]) -> str:
        made = await area.post(f"/fhir/{resource['resourceType']}", json=resource, headers=head)
        assert made.status_code == 201, made.text
        return made.headers["location"].split("/")[-3]

    carer = {"identifier": [{"system": NHS, "value": CARER.nhs_number}], "name": [{"family": "Malik"}]}
    own = await make({"resourceType": "Patient", **carer})
    child = await make({"resourceType": "Patient", "name": [{"family": "Malik"}], "birthDate": "2021-05-01"})
    guardian = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "GUARD"}]}
    of_child = {"patient": {"reference": f"Patient/{child}"}, "relationship": [guardian]}
    await make({"resourceType": "RelatedPerson", **carer, **of_child})
    return own, child


async def seen(area: httpx.AsyncClient, token: str, people: tuple[str, str]) -> list[int]:
    return [(await area.get(f"/fhir/Patient/{each}", headers=bearer(token))).status_code for each in people]


async def test_hazard_without_a_word_an_app_sees_the_own_record_alone(
    area: httpx.AsyncClient, people: tuple[str, str], dsn: str
) -> None:
    told = await FLOW.tokens(area, **WANTED)
    assert await seen(area, told["access_token"], people) == [200, 403]
    again = (await ask(area, FLOW.refresh(told["refresh_token"]))).json()
    assert await seen(area, again["access_token"], people) == [200, 403]
    assert "Only your own record" in (await area.get("/auth/apps")).text
    allowed = [each for each in await entries(dsn) if each["subtype"] == "authorize"]
    assert allowed[-1]["asked"] == "own-app: patient/*.rs offline_access (own record alone)"


async def test_who_says_so_lets_it_see_those_whom_they_act_for_too(
    area: httpx.AsyncClient, people: tuple[str, str]
) -> None:
    told = await FLOW.tokens(area, **WANTED, whose="all")
    assert await seen(area, told["access_token"], people) == [200, 200]
    again = (await ask(area, FLOW.refresh(told["refresh_token"]))).json()
    assert await seen(area, again["access_token"], people) == [200, 200]
    assert "those of people whose records you can see for them" in (await area.get("/auth/apps")).text


async def test_the_page_asks_citizens_alone_and_their_own_record_is_chosen_before(area: httpx.AsyncClient) -> None:
    page = await area.get("/auth/authorize", params=FLOW.request(**WANTED))
    assert "Whose records can it see?" in page.text
    assert page.text.count("checked") == 1
    assert 'value="own" checked' in page.text
    await FLOW.sign_in(area, "gp")
    page = await area.get("/auth/authorize", params=FLOW.request(scope="user/*.rs"))
    assert "Whose records" not in page.text
