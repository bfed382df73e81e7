"""The demonstration area of a data folder: what its database was filled from, and forgetting it."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Self

from lhcr.cli.database import AREA, connect
from lhcr.cli.demonstration_mark import mark_demonstration
from lhcr.store.database import Connection

if TYPE_CHECKING:
    from lhcr.store.embedded import EmbeddedPostgres

#: What the area was filled from, written once everything is in: a start that was interrupted fills again.
_SEEDED: Final = "demonstration-seed"
_READ: Final = "SELECT value FROM area_setting WHERE name = $1"
_KEEP: Final = (
    "INSERT INTO area_setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """What a demonstration is generated from: the same seed gives the same people with the same records."""

    people: int
    seed: int
    today: date

    @classmethod
    def read(cls, text: bytes) -> Self:
        told: dict[str, Any] = json.loads(text)
        return cls(people=told["people"], seed=told["seed"], today=date.fromisoformat(told["today"]))

    @property
    def text(self) -> bytes:
        return json.dumps(asdict(self) | {"today": self.today.isoformat()}).encode()


async def seed_to_fill(connection: Connection, *, people: int, seed: int, today: date) -> Seed | None:
    """Return what is still to be filled in; None where everybody who is asked for is there.

    More people are added to the same day's demonstration, so that nobody changes.
    """
    stored = await connection.fetchval(_READ, _SEEDED)
    if stored is None:
        return Seed(people=people, seed=seed, today=today)
    filled = Seed.read(stored)
    return None if filled.people >= people else Seed(people=people, seed=filled.seed, today=filled.today)


async def remember_filled(connection: Connection, seed: Seed) -> None:
    await connection.execute(_KEEP, _SEEDED, seed.text)


async def forget_area(server: "EmbeddedPostgres") -> None:
    """Drop the area's database, if there is one. Raises Conflict where it holds people and is no demonstration."""
    maintenance = await connect(server.dsn())
    try:
        if await maintenance.fetchval("SELECT true FROM pg_database WHERE datname = $1", AREA):
            await _require_demonstration(server.dsn(AREA))
            await maintenance.execute(f'DROP DATABASE "{AREA}" WITH (FORCE)')
    finally:
        await maintenance.close()


async def _require_demonstration(dsn: str) -> None:
    area = await connect(dsn)
    try:
        if await area.fetchval("SELECT to_regclass('area_setting') IS NOT NULL AND to_regclass('person') IS NOT NULL"):
            await mark_demonstration(area)
    finally:
        await area.close()
