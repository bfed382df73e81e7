"""A world: one area over a database of its own, with keys and times that a second world has too, asked without a socket."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg
import msgspec
from tests.two_worlds.cast import PRACTICE, authenticate
from tests.two_worlds.stopped_time import StoppedTime

from lhcr.access.policy import baseline_policy
from lhcr.app import CURSOR_KEY, App, build_app
from lhcr.identity.area_settings import ACCESS_POLICY, QUERY_MASK_KEY, setting_made_once
from lhcr.kernel.settings import Settings
from lhcr.pages import RECORD_KEY
from lhcr.parts import IDENTIFIER_KEY, Parts

#: Before any real time at which this runs: a time that is to come would be beyond the horizon of what is complete.
BEGINNING: Final = datetime(2025, 1, 6, 9, tzinfo=UTC)
_KEYS: Final = {IDENTIFIER_KEY: b"k" * 16, CURSOR_KEY: b"c" * 32, RECORD_KEY: b"r" * 32, QUERY_MASK_KEY: b"m" * 32}
_PERSONS_OF_A_STEP: Final = 50
_JSON: Final = {"content-type": "application/fhir+json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request: `target` is the path below the base, with its query."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was answered, nothing left out."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class World:
    app: App
    time: StoppedTime
    connection: "asyncpg.Connection[asyncpg.Record]"

    @property
    def parts(self) -> Parts:
        assert self.app.parts is not None
        return self.app.parts

    async def begin_step(self, step: int) -> None:
        """Let time and the numbers of persons be what they are at this step in every world."""
        await self.time.move(BEGINNING + timedelta(minutes=step))
        await self.connection.execute("SELECT setval('person_id_sequence', $1)", 1 + step * _PERSONS_OF_A_STEP)

    async def put(self, source: str, resource: dict[str, Any]) -> None:
        told = await self.ask(source, change("PUT", f"/{resource['resourceType']}/{resource['id']}", resource))
        assert told.status in {200, 201}, (resource, told)

    async def ask(self, token: str, question: Question) -> Told:
        path, _, query = question.target.partition("?")
        sent = {"authorization": f"Bearer {token}", "x-request-id": "one", **question.headers}
        if question.body:
            sent["content-length"] = str(len(question.body))
        scope = {
            "type": "http", "http_version": "1.1", "method": question.method, "scheme": "http", "server": ("area.test", 80),
            "path": f"/fhir{path}", "raw_path": f"/fhir{path}".encode(), "query_string": query.encode(), "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        }  # fmt: skip
        return await _exchange(self.app, scope, question.body)


async def _exchange(app: App, scope: dict[str, Any], body: bytes) -> Told:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    head, *rest = sent
    headers = tuple((name.decode(), value.decode("latin-1")) for name, value in head["headers"])
    return Told(status=head["status"], headers=headers, body=b"".join(each.get("body", b"") for each in rest))


def change(method: str, target: str, resource: Any, **headers: str) -> Question:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Question(method=method, target=target, headers=_JSON | named, body=json.dumps(resource).encode())


@asynccontextmanager
async def open_world(dsn: str) -> AsyncIterator[World]:
    """Open a world over a migrated database with nothing in it."""
    connection = await asyncpg.connect(dsn)
    time = StoppedTime(BEGINNING, connection)
    await time.stop()
    for name, key in _KEYS.items():
        await setting_made_once(connection, name, make=lambda key=key: key)  # type: ignore[misc]
    await setting_made_once(connection, ACCESS_POLICY, make=_policy)
    # A cursor is as long as the number of a row that it seals.
    await connection.execute("SELECT setval('rid_sequence', 1 << 20)")
    async with _running(dsn, time) as app:
        yield World(app, time, connection)
    await connection.close()


@asynccontextmanager
async def _running(dsn: str, time: StoppedTime) -> AsyncIterator[App]:
    settings = Settings(base_url="http://area.test", traces_a_minute=10**9)
    app = build_app(settings, dsn, authenticate=authenticate, clock=time)
    async with app.pages.router.lifespan_context(app.pages):
        yield app


def _policy() -> bytes:
    """The baseline, but that the practice's word on objections is taken, and everybody's on who cares for somebody."""
    baseline = baseline_policy().file
    relationships = msgspec.to_builtins(baseline.relationships)
    return msgspec.json.encode(
        {
            "consent": msgspec.to_builtins(baseline.consent) | {"sources": [PRACTICE]},
            "relationships": relationships | {"sources": dict.fromkeys(relationships["sources"], "any")},
        }
    )
