"""Ages at the gate: what is known of a birth is read with the other facts, and a decision ends with the birthday that changes it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.access.conftest import NOW

from lhcr.access.facts import PROJECTED_BIRTHS, read_standing
from lhcr.access.refusal import Refused
from lhcr.access.relationship import PARENT, SELF, citizen_party
from lhcr.access.request import Interaction, Request
from lhcr.identity.principal import Principal

ASKER = citizen_party("9990000018")
#: By the baseline: a parent's say ends with 11, people open their own with 16.
PARENTS_END, OWN_BEGINS = 11, 16


async def child(world: Any, *births: date, kind: str = PARENT) -> int:
    person: int = await world.person()
    await world.tie(person, ASKER, kind, days=40_000)
    for rid, born in enumerate(births, start=1):
        await world.pool.execute(PROJECTED_BIRTHS, [person], [rid], [born], [born])
    return person


@pytest.fixture
def asker(cast: Any) -> Principal:
    citizen: Principal = cast.citizen
    return replace(citizen, expires=NOW + timedelta(days=3_650))


async def opens(world: Any, asker: Principal, person: int, *, at: datetime = NOW) -> datetime | None:
    """Return until when it is decided that somebody may open a record, None where they may not."""
    world.clock.instant = at
    try:
        asked = Request(interaction=Interaction.EVERYTHING, type=None, person=person)
        decision = await world.gate.decide(asker, asked)
    except Refused:
        return None
    until: datetime = decision.valid_until
    return until


@pytest.mark.parametrize(("kind", "age"), [(PARENT, PARENTS_END), (SELF, OWN_BEGINS)])
async def test_a_birthday_changes_the_answer_at_midnight_and_no_decision_outlives_it(
    world: Any, asker: Principal, kind: str, age: int
) -> None:
    """Hazard: a young person's record that stays open to a parent because a worker remembers yesterday's decision."""
    midnight = datetime(2026, 6, 30, 23, tzinfo=UTC)
    person = await child(world, date(2026 - age, 7, 1), kind=kind)
    before = await opens(world, asker, person, at=midnight - timedelta(seconds=5))
    after = await opens(world, asker, person, at=midnight)
    assert (before is not None, after is not None) == (kind == PARENT, kind == SELF)
    if before is not None:
        assert before == midnight


@pytest.mark.parametrize("years", [1, 10])
async def test_a_parent_opens_a_childs_record_while_every_source_says_that_it_is_one(
    world: Any, asker: Principal, years: int
) -> None:
    young, old = date(2026 - years, 1, 1), date(2026 - PARENTS_END, 1, 1)
    assert await opens(world, asker, await child(world, young))
    assert await opens(world, asker, await child(world, young, old)) is None
    assert await opens(world, asker, await child(world)) is None


async def test_the_youngest_of_several_dates_opens_the_own_record(world: Any, asker: Principal) -> None:
    old, young = date(2000, 1, 1), date(2012, 1, 1)
    assert await opens(world, asker, await child(world, old, kind=SELF))
    assert await opens(world, asker, await child(world, old, young, kind=SELF)) is None
    assert await opens(world, asker, await child(world, kind=SELF))


async def test_whether_somebody_acts_for_a_person_is_asked_without_opening_or_logging(
    world: Any, asker: Principal
) -> None:
    entries = len(await world.entries())
    grown = date(2026 - PARENTS_END, 1, 1)
    asked = [await child(world, date(2020, 1, 1)), await child(world, grown), await child(world, kind=SELF)]
    assert [await world.gate.acts_for(asker, each) for each in asked] == [True, False, False]
    assert len(await world.entries()) == entries


async def test_when_somebody_was_born_is_looked_up_for_citizens_alone(world: Any) -> None:
    person = await child(world, date(2020, 1, 1))
    by = {
        parties: await read_standing(world.pool, person, parties=parties, now=NOW)
        for parties in [(), ("A81001",), (ASKER,)]
    }
    assert [standing.born is not None for standing in by.values()] == [False, False, True]
