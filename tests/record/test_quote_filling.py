"""What quotes other entries is marked where it was written before the mark was kept."""

from tests.record.area import Area
from tests.record.made import number, observation, patient
from tests.record.test_quoted_names import named, report

from lhcr.record.quote_filling import fill_quotes

MARKED = "SELECT id, version, body FROM {} WHERE type <> 0 ORDER BY id, version"


async def _written(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="h"))
    await area.hospital.update(observation("Patient/h", id="o"))
    for status in ("final", "amended", "corrected"):
        await area.hospital.update(report(named("Observation/o"), status=status))
    await area.hospital.update(report({"reference": "Observation/o"}) | {"id": "plain"})


async def _unmark(area: Area) -> None:
    for table in ("resource", "resource_history"):
        await area.pool.execute(f"UPDATE {table} SET body = rtrim(convert_from(body, 'UTF8'), E'\\n')::bytea")


async def test_it_is_filled_as_it_would_have_been_written_and_is_done_once(area: Area) -> None:
    await _written(area)
    tables = ("resource", "resource_history")
    written = [await area.rows(MARKED.format(table)) for table in tables]
    await _unmark(area)
    assert [await area.rows(MARKED.format(table)) for table in tables] != written
    assert await fill_quotes(area.pool, rows_at_once=2) == 3
    assert [await area.rows(MARKED.format(table)) for table in tables] == written
    assert await fill_quotes(area.pool) == 0


async def test_it_goes_on_where_it_was_stopped(area: Area) -> None:
    await _written(area)
    await _unmark(area)
    (last,) = await area.rows("SELECT person_id, rid, version FROM resource WHERE id = 'r'")
    place = f"resource|{last['person_id']}|{last['rid']}|{last['version']}".encode()
    await area.pool.execute("INSERT INTO area_setting (name, value) VALUES ('quotes-filled', $1)", place)
    assert await fill_quotes(area.pool) == 2
