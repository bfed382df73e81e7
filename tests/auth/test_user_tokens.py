"""Codes and refresh tokens: each is good once, for whom it was given, and whoever shows it again ends what came of it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
from tests.auth.apps import APP, KEYED_APP, OTHER_APP, Flow, bearer
from tests.auth.clients import SYSTEM, Signer, entries, register
from tests.auth.conftest import demonstration, running

from lhcr.identity.grants import Grants

FLOW = Flow()


@pytest.fixture
async def browser(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which a GP is signed in; the app's own requests go the same way."""
    await demonstration(dsn)
    await register(dsn, APP, OTHER_APP, KEYED_APP, SYSTEM)
    async with running(dsn) as client:
        assert (await FLOW.sign_in(client, "gp")).status_code == 303
        yield client


async def error_of(browser: httpx.AsyncClient, form: dict[str, str]) -> tuple[int, str]:
    answer = await browser.post("/auth/token", data=form)
    assert answer.headers["cache-control"] == "no-store"
    assert "access_token" not in answer.text
    return answer.status_code, answer.json()["error"]


async def test_a_code_gives_a_token_of_the_user_within_what_was_granted(browser: httpx.AsyncClient) -> None:
    told = await FLOW.tokens(browser)
    assert told["scope"] == "user/Observation.rs offline_access"
    assert int(told["expires_in"]) == 600
    head = bearer(told["access_token"])
    assert (await browser.get("/fhir/Condition?patient=1", headers=head)).status_code == 403
    refused = await browser.get("/fhir/Observation?patient=1", headers=head)
    assert "scopes" not in refused.text


async def test_without_offline_access_there_is_no_refresh_token(browser: httpx.AsyncClient) -> None:
    assert "refresh_token" not in await FLOW.tokens(browser, scope="user/Observation.rs")


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": None},
        {"code_verifier": "x" * 43},
        {"code_verifier": "x"},
        {"code_verifier": "é" * 43},
        {"redirect_uri": None},
        {"redirect_uri": "https://app.example/back/"},
        {"redirect_uri": "http://127.0.0.1:9999/cb?x=1"},
        {"client_id": "another-app"},
    ],
)
async def test_hazard_a_stolen_code_is_good_for_nobody_and_then_for_nobody_at_all(
    browser: httpx.AsyncClient, changes: dict[str, Any]
) -> None:
    code = await FLOW.code(browser)
    assert await error_of(browser, FLOW.exchange(code, **changes)) == (400, "invalid_grant")
    assert await error_of(browser, FLOW.exchange(code)) == (400, "invalid_grant")


async def test_the_challenge_itself_is_no_verifier(browser: httpx.AsyncClient) -> None:
    code = await FLOW.code(browser)
    challenge = FLOW.request()["code_challenge"]
    assert await error_of(browser, FLOW.exchange(code, code_verifier=challenge)) == (400, "invalid_grant")


async def test_hazard_a_code_that_is_used_twice_ends_what_it_gave(browser: httpx.AsyncClient) -> None:
    code = await FLOW.code(browser)
    told = (await browser.post("/auth/token", data=FLOW.exchange(code))).json()
    assert await error_of(browser, FLOW.exchange(code)) == (400, "invalid_grant")
    refused = await browser.get("/fhir/Observation", headers=bearer(told["access_token"]))
    assert refused.status_code == 401
    assert await error_of(browser, FLOW.refresh(told["refresh_token"])) == (400, "invalid_grant")


async def test_of_many_who_show_one_code_at_once_at_most_one_gets_a_token(browser: httpx.AsyncClient) -> None:
    code = await FLOW.code(browser)
    answers = await asyncio.gather(*(browser.post("/auth/token", data=FLOW.exchange(code)) for _ in range(6)))
    assert [answer.status_code for answer in answers].count(200) <= 1


async def test_a_code_is_good_for_a_minute(browser: httpx.AsyncClient, dsn: str) -> None:
    code = await FLOW.code(browser)
    await execute(dsn, "UPDATE authorization_code SET ends = ends - interval '61 seconds'")
    assert await error_of(browser, FLOW.exchange(code)) == (400, "invalid_grant")


async def execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(statement)
    await connection.close()


async def test_an_app_with_keys_proves_itself_with_them(browser: httpx.AsyncClient) -> None:
    flow = Flow(client_id="keyed-app")
    signer = Signer(client_id="keyed-app")
    proof = {key: value for key, value in signer.form().items() if key.startswith("client_")}
    code = await flow.code(browser)
    assert await error_of(browser, flow.exchange(code)) == (401, "invalid_client")
    answer = await browser.post("/auth/token", data=flow.exchange(code, **proof))
    assert answer.status_code == 200, answer.text


async def test_clients_get_what_their_kind_may_get(browser: httpx.AsyncClient) -> None:
    assert await error_of(browser, Signer().form(grant_type="authorization_code", code="x")) == (
        400,
        "unauthorized_client",
    )
    assert await error_of(browser, Signer(client_id="keyed-app").form()) == (400, "unauthorized_client")
    assert await error_of(
        browser, {"grant_type": "client_credentials", "client_id": "an-app", "scope": "user/*.rs"}
    ) == (
        401,
        "invalid_client",
    )
    assert await error_of(browser, {"grant_type": "authorization_code", "client_id": "an-app"}) == (
        400,
        "invalid_request",
    )


async def test_a_refresh_gives_a_new_token_and_a_new_refresh_token(browser: httpx.AsyncClient) -> None:
    first = await FLOW.tokens(browser)
    second = (await browser.post("/auth/token", data=FLOW.refresh(first["refresh_token"]))).json()
    third = (await browser.post("/auth/token", data=FLOW.refresh(second["refresh_token"]))).json()
    assert len({each["refresh_token"] for each in (first, second, third)}) == 3
    assert third["scope"] == first["scope"]


async def test_hazard_a_refresh_token_that_is_used_twice_ends_the_whole_family(browser: httpx.AsyncClient) -> None:
    """Whoever stole it, or was robbed of it, is the second: neither goes on."""
    first = await FLOW.tokens(browser)
    second = (await browser.post("/auth/token", data=FLOW.refresh(first["refresh_token"]))).json()
    assert await error_of(browser, FLOW.refresh(first["refresh_token"])) == (400, "invalid_grant")
    assert await error_of(browser, FLOW.refresh(second["refresh_token"])) == (400, "invalid_grant")
    for told in (first, second):
        answer = await browser.get("/fhir/Observation", headers=bearer(told["access_token"]))
        assert answer.status_code == 401


async def test_of_many_refreshes_at_once_at_most_one_succeeds(browser: httpx.AsyncClient) -> None:
    first = await FLOW.tokens(browser)
    form = FLOW.refresh(first["refresh_token"])
    answers = await asyncio.gather(*(browser.post("/auth/token", data=form) for _ in range(6)))
    assert [answer.status_code for answer in answers].count(200) <= 1


async def test_hazard_another_apps_refresh_token_is_stolen(browser: httpx.AsyncClient) -> None:
    first = await FLOW.tokens(browser)
    assert await error_of(browser, Flow(client_id="another-app").refresh(first["refresh_token"])) == (
        400,
        "invalid_grant",
    )
    assert await error_of(browser, FLOW.refresh(first["refresh_token"])) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "asked",
    [
        "user/*.rs",
        "user/Observation.cruds",
        "user/Observation.rs user/Patient.rs",
        "user/Patient.rs",
        "system/*.rs",
        "x",
    ],
)
async def test_scopes_are_never_widened_by_a_refresh(browser: httpx.AsyncClient, asked: str) -> None:
    """Hazard: a sensitive item exposed by what nobody allowed, although it was registered. The refresh token is not used up."""
    first = await FLOW.tokens(browser)
    assert await error_of(browser, FLOW.refresh(first["refresh_token"], scope=asked)) == (400, "invalid_scope")
    assert (await browser.post("/auth/token", data=FLOW.refresh(first["refresh_token"]))).status_code == 200


async def test_scopes_may_be_narrowed_by_a_refresh_and_come_back(browser: httpx.AsyncClient) -> None:
    first = await FLOW.tokens(browser)
    narrow = (
        await browser.post("/auth/token", data=FLOW.refresh(first["refresh_token"], scope="user/Observation.r"))
    ).json()
    assert narrow["scope"] == "user/Observation.r"
    wide = (await browser.post("/auth/token", data=FLOW.refresh(narrow["refresh_token"]))).json()
    assert wide["scope"] == first["scope"]


async def test_a_refresh_token_ends_with_the_session_that_gave_it(browser: httpx.AsyncClient, dsn: str) -> None:
    first = await FLOW.tokens(browser)
    await execute(dsn, "UPDATE refresh_token SET ends = ends - interval '13 hours'")
    assert await error_of(browser, FLOW.refresh(first["refresh_token"])) == (400, "invalid_grant")


async def test_the_database_holds_no_code_and_no_refresh_token(browser: httpx.AsyncClient, dsn: str) -> None:
    code = await FLOW.code(browser)
    told = (await browser.post("/auth/token", data=FLOW.exchange(code))).json()
    connection = await asyncpg.connect(dsn)
    for table in ("authorization_code", "refresh_token", "token_grant", "audit_entry"):
        held = b"".join(str(dict(row)).encode() for row in await connection.fetch(f"SELECT * FROM {table}"))
        for secret in (code, told["refresh_token"], told["access_token"], FLOW.verifier):
            assert secret.encode() not in held
    await connection.close()


async def test_grants_and_refusals_are_in_the_log_under_the_users_name(browser: httpx.AsyncClient, dsn: str) -> None:
    first = await FLOW.tokens(browser)
    await browser.post("/auth/token", data=FLOW.refresh(first["refresh_token"], scope="user/*.rs"))
    _, granted, refused = await entries(dsn)
    assert (granted["agent"]["user"], granted["subtype"], granted["outcome"]) == ("persona:gp", "token", "0")
    assert (refused["agent"]["user"], refused["rule"]) == ("persona:gp", "invalid_scope")


async def test_hazard_nothing_that_signs_anybody_in_is_written_anywhere_also_where_something_fails(
    browser: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = await FLOW.code(browser)
    told = (await browser.post("/auth/token", data=FLOW.exchange(code))).json()
    await browser.post("/auth/token", data=FLOW.exchange(code))

    async def fail(_: Grants, secret: str, **__: str) -> None:
        raise RuntimeError(secret)

    monkeypatch.setattr(Grants, "refresh", fail)
    answer = await browser.post("/auth/token", data=FLOW.refresh(told["refresh_token"]))
    assert (answer.status_code, answer.json()["error"]) == (500, "server_error")
    written = caplog.text + "".join(capsys.readouterr())
    assert "request-failed" in written
    for secret in (code, told["access_token"], told["refresh_token"], FLOW.verifier):
        assert secret not in written + answer.text
