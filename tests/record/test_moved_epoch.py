"""A moved epoch: what was permitted at another one is not written, and the server's log says why."""

import asyncpg
import pytest
from tests.record.area import Area
from tests.record.made import number, patient

from lhcr.record.write_statement import fragment


@pytest.fixture
async def person(area: Area) -> int:
    await area.hospital.update(patient(number(1), id="p"))
    person_id = await area.person_of("Patient/p")
    assert person_id is not None
    return person_id


async def bump(area: Area, name: str, person_id: int, permitted: int | None) -> None:
    """Run one of the two parts of a write that count a person's epoch on."""
    arguments = (person_id, False, permitted) if name == "bumped_one" else ([person_id], [False], [permitted])
    await area.pool.execute(f"WITH {fragment(name)} SELECT", *arguments)


async def epoch_of(area: Area, person_id: int) -> int:
    return int(await area.value("SELECT epoch FROM person WHERE person_id = $1", person_id))


@pytest.mark.parametrize("name", ["bumped_one", "bumped_each"])
async def test_an_epoch_counts_on_where_it_stands_or_is_not_asked_after(area: Area, person: int, name: str) -> None:
    before = await epoch_of(area, person)
    await bump(area, name, person, before)
    await bump(area, name, person, None)
    assert await epoch_of(area, person) == before + 2


@pytest.mark.parametrize("name", ["bumped_one", "bumped_each"])
@pytest.mark.parametrize("off", [-1, 1])
async def test_an_epoch_that_has_moved_fails_the_statement_and_says_so(
    area: Area, person: int, name: str, off: int
) -> None:
    """Hazard: a permit that was withdrawn meanwhile; and an operator who looks for a defect of arithmetic that is none."""
    before = await epoch_of(area, person)
    with pytest.raises(asyncpg.PostgresError, match="has changed since a write was permitted") as refused:
        await bump(area, name, person, before + off)
    assert refused.value.sqlstate == "LH001"
    assert await epoch_of(area, person) == before
