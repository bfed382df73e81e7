"""What stands before the API: browsers' questions from origins of registered apps, and tokens that are refused too often."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs
from tests.auth.apps import APP, Flow, bearer
from tests.auth.clients import SYSTEM, Signer, register
from tests.auth.conftest import BASE, demonstration

from lhcr.app import build_app
from lhcr.auth import exchange, front
from lhcr.auth.attempts import OF_A_CLIENT, OF_AN_ADDRESS
from lhcr.auth.origins import KEPT_SECONDS, Origins, origin_of
from lhcr.kernel.errors import Unavailable
from lhcr.kernel.settings import Settings
from lhcr.store.database import open_pool

APPS = "https://app.example"
ASKED = {"access-control-request-method": "GET", "access-control-request-headers": "authorization"}
STRANGERS = [
    "https://evil.example",
    "http://app.example",
    "https://app.example.evil.example",
    "https://app.example:8443",
    "https://APP.example",
    "null",
    "",
    "*",
    f"{APPS}/",
    f"{APPS},https://evil.example",
    "x" * 5_000,
]


@pytest.fixture
async def area(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    await demonstration(dsn)
    await register(dsn, APP, SYSTEM)
    app = build_app(Settings(base_url=BASE, area_name="Test Area", oversight_organisation="A81001"), dsn)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE)
    async with app.pages.router.lifespan_context(app.pages), client:
        yield client


def shared(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


@pytest.mark.parametrize(
    "path", ["/fhir/Observation", "/fhir/Patient/1", "/auth/token", "/fhir/.well-known/smart-configuration"]
)
async def test_what_a_browser_asks_before_it_asks_is_answered_without_a_token(
    area: httpx.AsyncClient, path: str
) -> None:
    answer = await area.options(path, headers={"origin": APPS, **ASKED})
    told = shared(answer)
    assert (answer.status_code, answer.content, told["access-control-allow-origin"]) == (204, b"", APPS)
    assert "authorization" in told["access-control-allow-headers"]
    assert "*" not in "".join(told.values())
    assert "access-control-allow-credentials" not in told
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", STRANGERS)
async def test_hazard_a_strangers_page_reads_nothing(area: httpx.AsyncClient, origin: str) -> None:
    before = await area.options("/fhir/Observation", headers={"origin": origin, **ASKED})
    assert (before.status_code, shared(before)) == (403, {})
    for answer in (
        await area.get("/fhir/metadata", headers={"origin": origin}),
        await area.post("/auth/token", data={}, headers={"origin": origin}),
    ):
        assert shared(answer) == {}


async def test_an_app_in_a_browser_gets_a_token_and_reads_with_it(area: httpx.AsyncClient) -> None:
    flow = Flow()
    await flow.sign_in(area, "gp")
    code = await flow.code(area)
    told = await area.post("/auth/token", data=flow.exchange(code), headers={"origin": APPS})
    assert shared(told)["access-control-allow-origin"] == APPS
    head = bearer(told.json()["access_token"]) | {"origin": APPS}
    answer = await area.get("/fhir/Observation?patient=1", headers=head)
    assert shared(answer)["access-control-allow-origin"] == APPS
    exposed = shared(answer)["access-control-expose-headers"]
    assert {"etag", "location", "content-location", "x-request-id"} <= set(exposed.split(", "))
    assert "access-control-allow-credentials" not in shared(answer)
    # Also where it is refused, so that the app can say why.
    refused = await area.get("/fhir/Observation", headers={"origin": APPS, "authorization": "Bearer x"})
    assert (refused.status_code, shared(refused)["access-control-allow-origin"]) == (401, APPS)


@pytest.mark.parametrize("path", ["/auth/authorize", "/auth/apps", "/home", "/"])
async def test_hazard_pages_for_users_are_no_other_origins(area: httpx.AsyncClient, path: str) -> None:
    answer = await area.get(path, headers={"origin": APPS})
    assert shared(answer) == {}
    assert shared(await area.options(path, headers={"origin": APPS, **ASKED})) == {}


async def test_origins_are_read_at_most_every_few_seconds_whoever_asks() -> None:
    now, reads = 100.0, 0

    async def read() -> list[str]:
        nonlocal reads
        reads += 1
        if reads == 2:
            raise Unavailable([])
        return ["https://app.example/back"] if reads == 1 else []

    origins = Origins(read, monotonic=lambda: now)
    asked = await asyncio.gather(*(origins.hold(each) for each in (APPS, *STRANGERS)))
    assert (asked, reads) == ([True] + [False] * len(STRANGERS), 1)
    now += KEPT_SECONDS
    assert await origins.hold(APPS), "what was known stands while the database is away"
    now += KEPT_SECONDS
    assert not await origins.hold(APPS)


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://App.Example/back?x=1", "https://app.example"),
        ("https://app.example:443/back", "https://app.example"),
        ("https://app.example:8443/back", "https://app.example:8443"),
        ("http://127.0.0.1:9999/cb", "http://127.0.0.1:9999"),
        ("http://[::1]:80/cb", "http://[::1]"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(uri: str, origin: str) -> None:
    assert origin_of(uri) == origin


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waits are counted, and not waited for."""
    counted: list[float] = []

    class Asyncio:
        @staticmethod
        async def sleep(seconds: float) -> None:
            counted.append(seconds)

    for module in (front, exchange):
        monkeypatch.setattr(module, "asyncio", Asyncio)
    return counted


async def alarms(dsn: str) -> list[dict[str, Any]]:
    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        rows = await pool.fetch("SELECT text FROM audit_entry")
    told = [msgspec.json.decode(row["text"], type=dict[str, Any]) for row in rows]
    return [each for each in told if each["subtype"] == "tokens-slowed"]


async def test_refused_tokens_are_slowed_and_told_once_in_a_minute(
    area: httpx.AsyncClient, dsn: str, waits: list[float]
) -> None:
    """Hazards: tokens found by trying, an attack of which nobody learns, and a log that a stranger fills."""
    for number in range(OF_AN_ADDRESS):
        answer = await area.get("/fhir/Observation", headers=bearer(f"guess.{number}.x"))
        assert answer.status_code == 401
    assert (waits, await alarms(dsn)) == ([], [])
    for number in range(20):
        assert (await area.get("/fhir/Observation", headers=bearer(f"more.{number}.x"))).status_code == 401
    assert len(waits) == 20
    # A minute may end meanwhile.
    told = await alarms(dsn)
    assert 1 <= len(told) <= 2
    assert (told[0]["kind"], told[0]["outcome"], told[0]["agent"]["organisation"]) == ("alert", "4", "A81001")
    assert "guess" not in str(told)


async def test_a_single_forged_token_is_a_line_of_the_output_without_the_token(area: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        assert (await area.get("/fhir/Observation", headers=bearer("Zzcanary.9990000018.x"))).status_code == 401
    assert [line["event"] for line in lines] == ["token-refused"]
    assert "Zzcanary" not in str(lines)


async def test_whoever_has_a_good_token_is_not_slowed_by_who_has_none(
    area: httpx.AsyncClient, waits: list[float]
) -> None:
    token = (await area.post("/auth/token", data=Signer().form())).json()["access_token"]
    for number in range(OF_AN_ADDRESS + 2):
        await area.get("/fhir/Observation", headers=bearer(f"guess.{number}.x"))
    before = len(waits)
    assert (await area.get("/fhir/Observation", headers=bearer(token))).status_code == 200
    assert len(waits) == before


async def test_refused_clients_are_slowed_and_told_too(area: httpx.AsyncClient, dsn: str, waits: list[float]) -> None:
    for _ in range(OF_A_CLIENT):
        assert (await area.post("/auth/token", data=Signer().form(client_assertion="x"))).status_code == 401
    assert await alarms(dsn) == []
    form = Signer().form(client_assertion="x", client_id="hospital-system")
    answers = [await area.post("/auth/token", data=form) for _ in range(OF_A_CLIENT + 2)]
    assert {each.status_code for each in answers} >= {429}
    assert len(waits) >= 1
    assert 1 <= len(await alarms(dsn)) <= 2
