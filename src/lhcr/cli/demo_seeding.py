"""Seeding: the invented area goes through the same ingest as any other, each source's contribution under its own name."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from lhcr.cli.database import connect
from lhcr.cli.demo_area import Seed, remember_filled, seed_to_fill
from lhcr.cli.demonstration_mark import mark_demonstration
from lhcr.cli.loading import make_loader
from lhcr.demo import access_policy as demo_policy
from lhcr.demo.contribution import Contribution
from lhcr.demo.generate import generate
from lhcr.demo.organisations import SOURCES
from lhcr.fhir.json_document import write_json
from lhcr.identity.area_settings import ACCESS_POLICY, setting_made_once
from lhcr.ingest.loader import Loader
from lhcr.ingest.rejection import Rejection
from lhcr.ingest.source_entry import Form, Origin, SourceEntry
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.errors import Fault, Issue
from lhcr.kernel.settings import Settings
from lhcr.nhs.ods import OdsCode
from lhcr.parts import Parts, running_parts

_SEED: Final = 1
_ENTRIES_IN_A_BATCH: Final = 500

OnSeeding: TypeAlias = Callable[[int], None]
"""Called now and then with how many entries are in."""


async def seed_area(settings: Settings, dsn: str, *, people: int, on_seeding: OnSeeding) -> int:
    """Mark the database as a demonstration and fill it, unless it is filled; return how many entries were looked at.

    Raises Conflict where the database holds people and is no demonstration.
    """
    clock = SystemClock()
    await _mark(dsn)
    async with running_parts(settings, dsn, clock=clock) as parts:
        async with parts.side_pool.acquire() as connection:
            seed = await seed_to_fill(connection, people=people, seed=_SEED, today=clock.now().date())
        if seed is None:
            return 0
        filled = await _fill(await _loaders(parts), seed, on_seeding)
        async with parts.side_pool.acquire() as connection:
            await remember_filled(connection, seed)
        return filled


async def _mark(dsn: str) -> None:
    """Mark the demonstration and set its policy before anything reads it: who may act for whom is told as entries are written."""
    connection = await connect(dsn)
    try:
        await mark_demonstration(connection)
        await setting_made_once(connection, ACCESS_POLICY, make=lambda: demo_policy.ACCESS_POLICY)
    finally:
        await connection.close()


async def _loaders(parts: Parts) -> Mapping[str, Loader]:
    return {
        source.ods: await make_loader(parts, source=OdsCode(source.ods), source_name=source.name) for source in SOURCES
    }


async def _fill(loaders: Mapping[str, Loader], seed: Seed, on_seeding: OnSeeding) -> int:
    """Load every contribution in batches of one source each, which keep the order in which a source contributes."""
    waiting: dict[str, list[SourceEntry]] = {ods: [] for ods in loaders}
    done = 0
    for contribution in generate(seed.people, seed=seed.seed, today=seed.today):
        batch = waiting[contribution.source_ods]
        batch += _entries(contribution)
        if len(batch) >= _ENTRIES_IN_A_BATCH:
            done += await _load(loaders[contribution.source_ods], batch)
            on_seeding(done)
    for ods, batch in waiting.items():
        done += await _load(loaders[ods], batch)
        on_seeding(done)
    return done


async def _load(loader: Loader, batch: list[SourceEntry]) -> int:
    if not batch:
        return 0
    outcome = await loader.load(batch, defer=False)
    if outcome.rejections:
        raise _rejected(outcome.rejections[0])
    count = len(batch)
    batch.clear()
    return count


def _entries(contribution: Contribution) -> Iterator[SourceEntry]:
    for entry in contribution.bundle["entry"]:
        yield SourceEntry(
            origin=Origin(file=f"demonstration of {contribution.source_ods}", place=entry["request"]["url"]),
            form=Form.JSON_BUNDLE_ENTRY,
            content=write_json(entry),
            carries_request=True,
        )


def _rejected(rejection: Rejection) -> Fault:
    diagnostics = f"The demonstration's own data does not go in: {rejection.origin}: {rejection.reason}"
    return Fault([Issue(code="exception", error="demonstration-refused", diagnostics=diagnostics)])
