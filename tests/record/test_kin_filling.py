"""What may tie staff to people is filled in for Patients that were written before it was kept."""

from tests.record.area import Area
from tests.record.made import labelled, number, patient

from lhcr.record.kin_filling import fill_kin

HOME = {"line": ["1 High Street"], "postalCode": "ZZ99 1AA"}


async def test_it_is_filled_as_it_would_have_been_written_goes_on_where_it_was_stopped_and_is_done_once(
    area: Area,
) -> None:
    for index in range(1, 6):
        await area.surgery.update(patient(number(index), id=f"p{index}", address=[HOME]))
    await area.hospital.update(labelled(patient(number(5), id="q5"), "R"))
    await area.surgery.delete("Patient/p4")
    statement = "SELECT person_id, rid, kind, digest FROM fact_kin ORDER BY 1, 2, 3, 4"
    written = await area.rows(statement)
    await area.pool.execute("DELETE FROM fact_kin")
    await area.pool.execute(
        "INSERT INTO area_setting (name, value) SELECT 'kin-filled', min(person_id)::text::bytea FROM person"
    )
    assert await fill_kin(area.pool, people_at_once=2) == 4
    assert await area.rows(statement) == [row for row in written if row["person_id"] != written[0]["person_id"]]
    assert await fill_kin(area.pool) == 0


async def test_an_area_without_people_is_done_at_once(area: Area) -> None:
    assert await fill_kin(area.pool) == 0
