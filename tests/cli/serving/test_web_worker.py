"""Where a request came from, as a worker tells the parts that count attempts by it."""

from typing import Any

import httpx
import pytest

from lhcr.cli.serving import web_worker
from lhcr.kernel.settings import Settings


async def _tell_client(scope: Any, _receive: Any, send: Any) -> None:
    body = f"{scope['scheme']} {scope['client'][0]}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def told(monkeypatch: pytest.MonkeyPatch, *, proxies: str, caller: str) -> str:
    monkeypatch.setattr(web_worker, "build_app", lambda _settings, _dsn: _tell_client)
    config = web_worker.worker_config(Settings(proxies=proxies), "")
    config.load()
    transport = httpx.ASGITransport(config.loaded_app, client=(caller, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://area") as client:
        headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
        return (await client.get("/", headers=headers)).text


@pytest.mark.parametrize("caller", ["127.0.0.1", "198.51.100.1"])
async def test_hazard_nobody_writes_where_they_come_from_themselves(
    monkeypatch: pytest.MonkeyPatch, caller: str
) -> None:
    assert await told(monkeypatch, proxies="", caller=caller) == f"http {caller}"
    assert await told(monkeypatch, proxies="10.0.0.0/24", caller=caller) == f"http {caller}"


async def test_a_proxy_that_the_operator_names_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await told(monkeypatch, proxies="10.0.0.5,10.1.0.0/16", caller="10.1.2.3") == "https 203.0.113.7"
