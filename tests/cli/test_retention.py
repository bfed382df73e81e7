"""`lhcr retention`: what is due is counted, held back, and disposed of when somebody says so."""

import asyncio
import json

import pytest
from tests.cli.processes import value_of
from tests.conftest import MakeDatabase
from tests.record.area import open_area, sent
from tests.record.made import number, observation, patient

from lhcr.cli.main import run

RULE = {
    "key": "care",
    "basis": "Adult records, eight years",
    "sources": [".*"],
    "categories": [],
    "years_after_last_entry": 8,
}


@pytest.fixture
def dsn(migrated_database: MakeDatabase) -> str:
    """The database of an area with one person of whom the hospital wrote ten years ago."""
    dsn = migrated_database()

    async def fill() -> None:
        async with open_area(dsn) as area:
            await area.hospital.load(sent(patient(number(1), id="p")), sent(observation("Patient/p", id="o")))
            await area.value("UPDATE resource SET last_updated = last_updated - interval '10 years'")
            policy = json.dumps({"name": "area-1", "settled": True, "rules": [RULE]}).encode()
            await area.value("INSERT INTO area_setting VALUES ('retention-policy', $1)", policy)

    asyncio.run(fill())
    return dsn


def test_what_is_due_is_counted_held_released_and_disposed_of(dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    def lhcr(*arguments: str) -> tuple[int, str]:
        code = run([*arguments, "--database-url", dsn])
        told = capsys.readouterr()
        return code, told.out + told.err

    assert lhcr("retention", "due") == (0, "RRE, rule care: 2 entries of 1 people due; nothing was changed.\n")
    code, told = lhcr("retention", "hold", "Patient/p", "--authority", "A claim is before the court", "--json")
    order = json.loads(told)["order"]
    assert code == 0
    assert (
        "kept, because an order holds it"
        in lhcr("retention", "dispose", "--before", "2026-01-01", "--yes")[1] + lhcr("retention", "due")[1]
    )
    assert value_of(dsn, "SELECT count(*) FROM resource") == 2
    assert "may be disposed of" in lhcr("entry", "release", order, "--authority", "The claim is settled")[1]
    assert "due; nothing was changed" in lhcr("retention", "dispose", "--before", "2026-01-01")[1]
    assert (
        lhcr("retention", "dispose", "--before", "2026-01-01", "--yes")[1]
        == "RRE, rule care: 2 entries of 1 people disposed of.\n"
    )
    assert value_of(dsn, "SELECT count(*) FROM resource") == 0
    assert lhcr("retention", "due", "--before", "tomorrow") == (2, "lhcr: Give the day as 2026-01-31.\n")
