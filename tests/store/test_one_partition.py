"""One person, one partition: the statements about one person, over the schema under native hash partitioning.

What needs several partitions here needs several nodes of a cluster.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from tests.conftest import MakeDatabase
from tests.store.partitions import PARTS
from tests.store.scene import OPERATIONS, Scene, open_scene
from tests.store.watching import Plans, Watched

from lhcr.record.search.sql import STATEMENTS as INCLUDED
from lhcr.record.sql import STATEMENTS as LOCKED
from lhcr.record.write_statement import fragment

BOTH = tuple(Plans)


@dataclass(frozen=True, slots=True)
class Stray:
    """A statement that still touches more than its person's partition, under some plans, and why."""

    part: str
    plans: tuple[Plans, ...]
    reason: str

    def covers(self, watched: Watched, plans: Plans) -> bool:
        return plans in self.plans and self.part in watched.sql


_ARRAY = (
    "Persons in an array are matched with partitions when the statement is planned for its arguments, as PostgreSQL plans it"
    " because that costs less, and as Citus always does; a plan for all arguments looks into each partition's index."
)
STRAYS = (
    Stray(INCLUDED["contributions"], (Plans.GENERIC,), _ARRAY),
    Stray(INCLUDED["references_of_patients"], (Plans.GENERIC,), _ARRAY),
    Stray(INCLUDED["entries_of_persons"], (Plans.GENERIC,), _ARRAY),
    Stray(INCLUDED["patient_ids"], (Plans.GENERIC,), _ARRAY),
    Stray(LOCKED["lock_persons"], (Plans.GENERIC,), _ARRAY),
    Stray(fragment("forget_members"), BOTH, "It deletes by home and row, and rows of members lie with the members."),
    Stray(
        "cleared_search_position",
        BOTH,
        "No index of search_position begins with the person: the tables are read whole.",
    ),
)

Runs = dict[tuple[str, Plans], list[Watched]]


@pytest.fixture(scope="module")
async def scene(migrated_database_of_module: MakeDatabase) -> AsyncIterator[Scene]:
    async with open_scene(migrated_database_of_module(), people=24) as opened:
        yield opened


@pytest.fixture(scope="module")
async def runs(scene: Scene) -> Runs:
    """Every operation, watched under both kinds of plans."""
    seen: Runs = {}
    for title, operation in OPERATIONS.items():
        for plans in BOTH:
            scene.watch.begin(plans)
            try:
                await operation(scene)
            finally:
                seen[title, plans] = scene.watch.end()
    return seen


def strays(scene: Scene, watched: list[Watched]) -> list[Watched]:
    homes = set(scene.homes.values())
    return [each for each in watched if len(each.touched) > 1 or not each.touched <= homes]


@pytest.mark.parametrize("plans", BOTH, ids=lambda plans: plans.name.lower())
@pytest.mark.parametrize("title", OPERATIONS)
def test_each_statement_about_one_person_touches_one_partition(
    scene: Scene, runs: Runs, title: str, plans: Plans
) -> None:
    watched = runs[title, plans]
    assert scene.homes["person"] in set().union(*(each.touched for each in watched))
    unexplained = [each for each in strays(scene, watched) if not any(known.covers(each, plans) for known in STRAYS)]
    assert unexplained == []


@pytest.mark.parametrize("known", STRAYS, ids=range(len(STRAYS)))
def test_what_is_listed_as_straying_still_does(scene: Scene, runs: Runs, known: Stray) -> None:
    for plans in known.plans:
        assert any(
            known.covers(each, plans)
            for (_, used), watched in runs.items()
            if used is plans
            for each in strays(scene, watched)
        )


async def test_the_watch_sees_what_strays(scene: Scene) -> None:
    for plans in BOTH:
        scene.watch.begin(plans)
        await scene.area.pool.fetchval("SELECT count(*) FROM resource WHERE type = $1", 1)
        (watched,) = scene.watch.end()
        assert watched.touched == frozenset(range(PARTS))


async def test_the_hops_to_the_shelf_find_what_is_there(scene: Scene) -> None:
    included = await scene.search("MedicationRequest", "_include=MedicationRequest:medication")
    assert [each.id for each in included.included] == [scene.medication]
    assert len((await scene.search("MedicationRequest", "medication.code=75367002")).matches) == 1
    assert scene.homes["shelf"] != scene.homes["person"]
