"""What Patients say of who their people are follows what is written: birth dates, and digests of what may tie staff to them."""

from datetime import date
from typing import Any

from tests.record.area import Area, citizen_with, refusal
from tests.record.made import labelled, number, observation, patient

from lhcr.access.kin_digest import KinKind
from lhcr.kernel.json_types import JsonObject

HOME: JsonObject = {"line": ["1 High Street"], "postalCode": "ZZ99 1AA"}


def ada(*, id: str = "p", **elements: object) -> JsonObject:
    return patient(number(1), id=id, **{"birthDate": "2019-04-05", "address": [HOME], **elements})


async def births(area: Area) -> list[tuple[Any, ...]]:
    rows = await area.rows("SELECT low, high FROM fact_birth ORDER BY low, high")
    return [(row["low"], row["high"]) for row in rows]


async def kin(area: Area) -> list[KinKind]:
    return [KinKind(row["kind"]) for row in await area.rows("SELECT kind FROM fact_kin ORDER BY kind")]


async def test_birth_dates_follow_create_update_and_delete_of_each_source(area: Area) -> None:
    await area.surgery.update(ada())
    await area.hospital.update(ada(id="q", birthDate="2018"))
    first, second = (date(2019, 4, 5), date(2019, 4, 5)), (date(2018, 1, 1), date(2018, 12, 31))
    assert await births(area) == [second, first]
    await area.hospital.update(ada(id="q", birthDate="2017-01-01"))
    assert await births(area) == [(date(2017, 1, 1), date(2017, 1, 1)), first]
    await area.hospital.delete("Patient/q")
    assert await births(area) == [first]
    await area.surgery.update({key: value for key, value in ada().items() if key != "birthDate"})
    assert await births(area) == []


async def test_somebody_too_young_for_their_own_record_opens_it_when_their_source_corrects_the_year(area: Area) -> None:
    await area.surgery.update(ada())
    await area.surgery.update(observation("Patient/p", id="o"))
    themself = area.asks(citizen_with(number(1)))
    assert (await refusal(themself.read("Observation/o")))[0] in {403, 404}
    await area.surgery.update(ada(birthDate="1980-04-05"))
    assert (await themself.read("Observation/o")).version == 1


async def test_digests_follow_what_is_written_and_repeat_nothing_of_it(area: Area) -> None:
    await area.surgery.update(ada())
    assert await kin(area) == [KinKind.NUMBER, KinKind.FAMILY, KinKind.ADDRESS]
    stored = str(await area.rows("SELECT * FROM fact_kin"))
    assert [each for each in ("Fell", "fell", "zz99", number(1)) if each in stored] == []
    before = await area.rows("SELECT digest FROM fact_kin")
    await area.hospital.update(ada(id="q"))
    assert {row["digest"] for row in await area.rows("SELECT digest FROM fact_kin")} == {
        row["digest"] for row in before
    }
    await area.surgery.update(ada(address=[]))
    await area.hospital.delete("Patient/q")
    assert await kin(area) == [KinKind.NUMBER, KinKind.FAMILY]


async def test_hazard_address_exposed_where_a_restricted_person_lives_is_not_kept_as_a_digest(area: Area) -> None:
    """In whichever order the restriction and the address come."""
    await area.surgery.update(ada())
    await area.hospital.update(labelled(ada(id="q"), "R"))
    assert KinKind.ADDRESS not in await kin(area)
    await area.surgery.update(ada(address=[HOME, {**HOME, "line": ["2 High Street"]}]))
    assert await kin(area) == [KinKind.NUMBER] * 2 + [KinKind.FAMILY] * 2


async def test_a_batch_without_patients_writes_none_of_it(area: Area) -> None:
    await area.surgery.update(ada())
    before = await area.rows("SELECT rid, xmin FROM fact_kin ORDER BY rid, digest")
    await area.surgery.create(observation("Patient/p"))
    assert await area.rows("SELECT rid, xmin FROM fact_kin ORDER BY rid, digest") == before
