"""What an app asks for its user stands in the log under both names: the user who asked, and the app that did it.

Hazard guarded here: an app reads on its own account what it was let into for its user, and the log says that the user did.
"""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from tests.auth.apps import APP, OTHER_APP, Flow, bearer
from tests.auth.clients import SYSTEM, Signer, register
from tests.auth.conftest import demonstration, running

FLOW = Flow()


@pytest.fixture
async def area(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    await demonstration(dsn)
    await register(dsn, APP, OTHER_APP, SYSTEM)
    async with running(dsn) as browser:
        assert (await FLOW.sign_in(browser, "gp")).status_code == 303
        yield browser


async def logged(dsn: str) -> list[dict[str, Any]]:
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch("SELECT text FROM audit_entry ORDER BY recorded, writer_id, seq")
    await connection.close()
    return [msgspec.json.decode(row["text"], type=dict[str, Any]) for row in rows]


async def test_every_entry_of_what_an_app_does_names_it_beside_its_user(area: httpx.AsyncClient, dsn: str) -> None:
    code = await FLOW.code(area)
    before = len(await logged(dsn))
    told = (await area.post("/auth/token", data=FLOW.exchange(code))).json()
    head = bearer(told["access_token"])
    for path in ("Observation?patient=1", "Observation/1", "Condition?patient=1", "Patient/1/$everything"):
        await area.get(f"/fhir/{path}", headers=head)
    await area.post("/fhir/Observation", json={"resourceType": "Observation"}, headers=head)
    refreshed = (await area.post("/auth/token", data=FLOW.refresh(told["refresh_token"]))).json()
    stolen = FLOW.refresh(refreshed["refresh_token"], client_id="another-app")
    assert (await area.post("/auth/token", data=stolen)).status_code == 400
    done = (await logged(dsn))[before:]
    assert {each["outcome"] for each in done} >= {"0", "4"}
    assert len(done) >= 7
    assert {each["agent"]["user"] for each in done} == {"persona:gp"}
    assert [(each["actor"]["user"], each["actor"]["name"], each["actor"]["kind"]) for each in done[:-1]] == [
        ("an-app", "An App", "app")
    ] * (len(done) - 1)
    assert done[-1]["actor"]["user"] == "another-app"


async def test_what_a_user_does_themself_names_no_app(area: httpx.AsyncClient, dsn: str) -> None:
    await FLOW.decide(area, "deny")
    assert all("actor" not in each for each in await logged(dsn))


async def test_a_system_that_asks_for_itself_is_the_asker_and_nothing_beside(area: httpx.AsyncClient, dsn: str) -> None:
    before = len(await logged(dsn))
    token = (await area.post("/auth/token", data=Signer().form())).json()["access_token"]
    await area.get("/fhir/Observation", headers=bearer(token))
    done = (await logged(dsn))[before:]
    assert {each["agent"]["user"] for each in done} == {"hospital-system"}
    assert all("actor" not in each for each in done)
