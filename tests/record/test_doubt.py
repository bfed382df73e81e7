"""NHS numbers in doubt: of a Patient whose demographics are not those of the person who holds its number, or whom its source
knows as somebody else already.

Hazards: wrong person, by a mistyped number; a sensitive item exposed, by an answer that tells that a number is somebody's here.
"""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.record.area import Area, citizen_with, clinician_at, open_area, post, put, refusal, sent
from tests.record.made import HOSPITAL_NUMBER, identifier, number, observation, patient
from tests.record.test_two_worlds import Telling

from lhcr.kernel.errors import LhcrError
from lhcr.kernel.json_types import JsonObject
from lhcr.record.written import Written

CONTRADICTS = (409, "person-contradicts")


def known(id: str, *more: JsonObject, **elements: object) -> JsonObject:
    return patient(number(1), *more, id=id, birthDate="1950-01-01", **elements)


def another(id: str, *more: JsonObject, **elements: object) -> JsonObject:
    return patient(number(1), *more, id=id, **{"birthDate": "1980-05-05", "name": [{"family": "Other"}]} | elements)


async def numbers_apart(area: Area) -> list[str]:
    rows = await area.rows("SELECT value FROM person_identifier WHERE source_id <> 0 AND system LIKE '%nhs-number'")
    return [row["value"] for row in rows]


async def test_who_has_another_name_and_birth_date_is_not_joined_to_the_holder_of_the_number(area: Area) -> None:
    await area.pharmacy.update(known("holder"))
    written = await area.hospital.update(another("mistyped"))
    assert written.draft.apart == {number(1)}
    assert written.draft.person_id != await area.person_of("Patient/holder")
    await area.hospital.update(observation("Patient/mistyped", id="by-id"))
    await area.hospital.update(observation({"identifier": identifier(number(1))}, id="by-number"))
    assert [each.id for each in (await area.hospital.everything("Patient/mistyped")).found] == [
        "mistyped",
        "by-id",
        "by-number",
    ]
    assert [each.id for each in (await area.pharmacy.everything("Patient/holder")).found] == ["holder"]
    assert await numbers_apart(area) == [number(1)]


async def test_somebody_who_writes_by_the_number_means_its_holder(area: Area) -> None:
    """Hazard: wrong person. They have the holder's record before them, whatever their organisation's system mistook."""
    await area.pharmacy.update(known("holder"))
    await area.hospital.update(another("mistyped"))
    by_number = observation({"identifier": identifier(number(1))})
    written = await area.asks(clinician_at("FA123")).create(dict(by_number))
    assert written.draft.person_id == await area.person_of("Patient/holder")
    assert (await refusal(area.doctor.create(by_number)))[0] == 403


@pytest.mark.parametrize(
    "agreeing",
    [
        {"name": [{"family": "FÉLL"}]},
        {"name": [{"family": "Married"}, {"family": "Fell", "use": "maiden"}]},
        {"name": [{"text": "Mrs Ada Fell"}]},
        {"name": [{"use": "temp"}]},
        {"birthDate": "1950"},
        {"birthDate": "1950-01-01"},
    ],
    ids=str,
)
async def test_who_shares_a_name_or_a_birth_date_is_joined(area: Area, agreeing: JsonObject) -> None:
    await area.pharmacy.update(known("holder"))
    written = await area.hospital.update(another("joins", **agreeing))
    assert written.draft.person_id == await area.person_of("Patient/holder")
    assert not written.draft.apart


@pytest.mark.parametrize(
    "relative",
    [
        {"name": [{"family": "Fell", "given": ["Baby Zebedee"]}]},
        {"name": [{"family": "Fell"}], "gender": "male"},
        {"name": [{"text": "Mary Smith"}]},
    ],
    ids=str,
)
async def test_hazard_wrong_person_somebody_of_the_same_family_is_not_joined_by_a_number_that_is_anothers(
    area: Area, relative: JsonObject
) -> None:
    await area.pharmacy.update(known("holder", gender="female"))
    written = await area.hospital.update(another("mistyped", **relative))
    assert written.draft.apart == {number(1)}
    assert written.draft.person_id != await area.person_of("Patient/holder")
    assert await refusal(area.pharmacy.create(another("again", **relative))) == CONTRADICTS


async def test_agreeing_with_one_of_several_sources_is_enough(area: Area) -> None:
    await area.pharmacy.update(known("first"))
    await area.surgery.update(another("second", name=[{"family": "Fell"}]))
    assert (await area.hospital.update(another("third"))).draft.person_id == await area.person_of("Patient/first")


async def test_who_sees_the_contradiction_is_refused(area: Area) -> None:
    await area.hospital.update(known("ours"))
    for asker in (area.hospital, area.doctor):
        assert await refusal(asker.create(another("again"))) == CONTRADICTS
    assert await refusal(area.hospital.load(sent(another("loaded")))) == CONTRADICTS
    pair = [
        post(patient(number(2), birthDate="1950-01-01")),
        post(another("x") | {"identifier": [identifier(number(2))]}),
    ]
    assert await refusal(area.hospital.transaction(*pair)) == CONTRADICTS
    assert await area.value("SELECT count(*) FROM person") == 1


async def test_an_update_in_doubt_stays_apart_until_its_number_is_corrected(area: Area) -> None:
    await area.pharmacy.update(known("holder"))
    for turn in range(2):
        written = await area.hospital.update(another("mistyped", language=f"en-{turn}"))
        assert written.draft.apart == {number(1)}
    corrected = await area.hospital.update(another("mistyped") | {"identifier": [identifier(number(2))]})
    assert not corrected.draft.apart
    assert await numbers_apart(area) == []
    assert (await area.hospital.update(known("right"))).draft.person_id == await area.person_of("Patient/holder")
    assert (await area.surgery.update(patient(number(2), id="same"))).draft.person_id == corrected.draft.person_id


async def test_a_second_number_that_is_somebody_elses_leaves_both_records_as_they_are(area: Area) -> None:
    await area.pharmacy.update(known("holder"))
    await area.hospital.update(patient(number(2), id="ours"))
    assert await refusal(area.doctor.create(patient(number(2), number(1)))) == (409, "person-conflict")
    written = await area.hospital.update(patient(number(2), number(1), id="ours"))
    assert written.draft.apart == {number(1)}
    assert (await area.pharmacy.read("Patient/holder")).version == 1
    assert (await area.asks(citizen_with(number(2))).read("Patient/ours")).version == 2
    assert (await refusal(area.asks(citizen_with(number(1))).read("Patient/ours")))[0] == 403


async def test_a_number_in_doubt_opens_the_record_to_nobody(area: Area) -> None:
    """Hazard: wrong person. Whoever has the number would read a stranger's record as their own."""
    await area.pharmacy.update(known("holder"))
    await area.hospital.update(another("mistyped"))
    citizen = area.asks(citizen_with(number(1)))
    assert (await citizen.read("Patient/holder")).version == 1
    assert (await refusal(citizen.read("Patient/mistyped")))[0] == 403


async def test_the_owner_of_a_number_that_was_set_apart_may_come_from_the_same_source_too(area: Area) -> None:
    """They have the name and birth date of the holder; whom the source set apart has others, and is seen by it."""
    await area.pharmacy.update(known("holder"))
    await area.hospital.update(another("mistyped"))
    assert await refusal(area.hospital.update(known("right"))) == CONTRADICTS


async def test_somebody_who_is_known_here_twice_is_kept_until_people_join_them(area: Area) -> None:
    """A number that is added to a Patient, or comes with the Patient of a placeholder. Hazard: an entry lost."""
    await area.pharmacy.update(known("holder"))
    await area.hospital.update(patient(identifier("h", system=HOSPITAL_NUMBER), id="ours"))
    await area.hospital.update(observation("Patient/ours", id="o"))
    added = await area.hospital.update(known("ours", identifier("h", system=HOSPITAL_NUMBER)))
    (early,) = await area.surgery.load(sent(observation("Patient/late", id="early")))
    (late,) = await area.surgery.load(sent(known("late")))
    assert added.draft.apart == late.draft.apart == {number(1)}
    assert late.draft.person_id == early.draft.person_id
    assert [each.id for each in (await area.hospital.everything("Patient/ours")).found] == ["ours", "o"]
    assert sorted(await numbers_apart(area)) == [number(1)] * 2


async def test_two_patients_of_one_batch_whose_number_is_set_apart_are_one_person(area: Area) -> None:
    await area.pharmacy.update(known("holder"))
    one, two = await area.hospital.transaction(put(another("one")), post(another("two")))
    assert one.draft.person_id == two.draft.person_id != await area.person_of("Patient/holder")
    assert await area.value("SELECT count(*) FROM person") == 2


async def test_many_at_once_with_one_number_and_two_demographics_are_two_persons(area: Area) -> None:
    made: list[Awaitable[Written]] = []
    for turn in range(12):
        made += [area.pharmacy.update(known(f"k{turn}")), area.hospital.update(another(f"a{turn}"))]
    async with asyncio.timeout(60):
        written = await asyncio.gather(*made)
    assert len({each.draft.person_id for each in written[::2]}) == 1
    assert len({each.draft.person_id for each in written}) == 2
    assert await area.value("SELECT count(*) FROM person") == 2


# Two worlds.


def script(area: Area) -> list[Awaitable[list[Written]]]:
    me = area.hospital
    by_number: JsonObject = {"identifier": identifier(number(1))}
    return [
        me.transaction(put(another("a"))),
        me.transaction(put(observation("Patient/a", id="o1")), put(observation(by_number, id="o2"))),
        me.transaction(put(another("a", gender="female")), put(another("b", identifier("h", system=HOSPITAL_NUMBER)))),
        me.transaction(put(known("c"))),
        me.transaction(put(another("g1", language="en")), put(another("g2", identifier("j", system=HOSPITAL_NUMBER)))),
        me.transaction(put(patient(identifier("i", system=HOSPITAL_NUMBER), id="d"))),
        me.transaction(put(patient(number(2), identifier("i", system=HOSPITAL_NUMBER), id="d"))),
        me.transaction(put(observation({"identifier": identifier(number(2))}, id="o3"))),
        me.transaction(put(observation({"reference": "Patient/d", "identifier": identifier(number(2))}, id="o4"))),
        me.transaction(put(patient(number(2), id="e"))),
        me.load(sent(observation("Patient/f", id="o5"))),
        me.load(sent(patient(number(3), id="f"))),
        me.transaction(put(observation({"identifier": identifier(number(3))}, id="o6"))),
        me.transaction(put(patient(number(3), number(2), id="f"))),
        me.transaction(put(patient(id="d")), put(observation({"identifier": identifier(number(2))}, id="o7"))),
        me.transaction(put(another("a") | {"identifier": []}), put(another("b") | {"identifier": []})),
        me.transaction(put(observation(by_number, id="o8"))),
        me.transaction(put(known("g"))),
    ]


async def told(dsn: str, *, hidden: bool) -> list[str]:
    telling = Telling()
    async with open_area(dsn) as area:
        if hidden:
            await area.pharmacy.update(known("theirs"))
            for index in (2, 3):
                await area.surgery.update(patient(number(index), id=f"s{index}"))
        for attempt in script(area):
            try:
                for each in await attempt:
                    telling.add(each.draft.id, each.version, each.body)
            except LhcrError as error:
                telling.add(error.status, error.issues)
        for own_id in "abcdefg":
            try:
                page = await area.hospital.everything(f"Patient/{own_id}")
                telling.add([(each.id, each.version, each.body) for each in page.found])
            except (LhcrError, AssertionError):
                telling.add(own_id, "is nobody")
    return telling.comparable()


@pytest.fixture
async def worlds(migrated_database: Callable[[], str]) -> tuple[list[str], list[str]]:
    return await told(migrated_database(), hidden=False), await told(migrated_database(), hidden=True)


async def test_a_system_is_told_the_same_whoever_holds_the_numbers_that_it_writes(
    worlds: tuple[list[str], list[str]],
) -> None:
    alone, beside = worlds
    assert len(alone) > 15
    for one, other in zip(alone, beside, strict=True):
        assert one == other
