"""Histories: every version in order, page by page, and none of what is hidden now or was hidden then."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.record.area import GP, HOSPITAL, Area, Asker, delete, places_of, post, put, refusal
from tests.record.made import labelled, medication, number, observation, organisation, patient

from lhcr.fhir.search.catalogue import type_name
from lhcr.identity.principal import Principal
from lhcr.record.draft import Method
from lhcr.record.history import HistoryPage, Place, Slice
from lhcr.record.stored import Stored

_VERSIONS = """
    SELECT type, id, version, last_updated, method, body, person_id, rid, class FROM {prefix}resource
    UNION ALL SELECT type, id, version, last_updated, method, body, person_id, rid, class FROM {prefix}resource_history
"""


async def versions(area: Area) -> list[dict[str, Any]]:
    rows = [row for prefix in ("", "directory_") for row in await area.rows(_VERSIONS.format(prefix=prefix))]
    return sorted(rows, key=lambda row: (row["last_updated"], row["rid"], row["version"]), reverse=True)


def told(page_or_versions: list[Stored]) -> list[tuple[object, ...]]:
    return [(each.type, each.id, each.version, each.last_updated, each.method, each.body) for each in page_or_versions]


def kept(rows: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    return [
        (type_name(row["type"]), row["id"], row["version"], row["last_updated"], row["method"], row["body"])
        for row in rows
    ]


async def paged(
    asker: Asker, *types: str, reference: str = "", count: int, since: datetime | None = None
) -> list[Stored]:
    found: list[Stored] = []
    after: Place | None = None
    while True:
        part = Slice(since=since, after=after, count=count)
        page: HistoryPage = await (asker.history(reference, part) if reference else asker.history_of(*types, part=part))
        assert len(page.versions) <= count
        found.extend(page.versions)
        after = page.after
        if after is None:
            return found


async def written(area: Area) -> None:
    """Many versions of many things, several in one instant, some deleted, some revived."""
    ours = area.hospital
    await ours.update(patient(number(1), id="h"))
    await area.pharmacy.update(patient(number(1), id="f"))
    for turn in range(4):
        await ours.transaction(
            put(organisation("RRE", id="us") | {"language": f"en-{turn}"}),
            put(medication(id="drug", language=f"en-{turn}")),
            *(put(observation("Patient/h", id=f"o{place}", language=f"en-{turn}")) for place in range(3)),
            post(observation("Patient/h")),
        )
        await area.pharmacy.update(observation("Patient/f", id="theirs", language=f"en-{turn}"))
        await ours.transaction(delete("Observation/o0"), delete("Medication/drug"))
    await ours.update(patient(number(1), id="h", gender="other"))


async def test_a_history_of_everything_is_every_version_that_its_source_wrote(area: Area) -> None:
    await written(area)
    pharmacys = {"f", "theirs"}
    expected = kept([row for row in await versions(area) if row["id"] not in pharmacys])
    assert told(list((await area.hospital.history_of()).versions)) == expected
    for count in (1, 4, 7):
        assert told(await paged(area.hospital, count=count)) == expected
    for types in (("Observation",), ("Medication", "Organization"), ("Patient",), ("Encounter",)):
        of_types = [each for each in expected if each[0] in types]
        assert told(list((await area.hospital.history_of(*types)).versions)) == of_types
        assert told(await paged(area.hospital, *types, count=2)) == of_types


@pytest.mark.parametrize(
    "reference", ["Observation/o0", "Observation/o1", "Medication/drug", "Organization/us", "Patient/h"]
)
async def test_a_history_of_one_resource_is_its_versions_newest_first(area: Area, reference: str) -> None:
    await written(area)
    resource_type, _, own_id = reference.partition("/")
    expected = [each for each in kept(await versions(area)) if (each[0], each[1]) == (resource_type, own_id)]
    assert [each[2] for each in expected] == list(range(len(expected), 0, -1))
    assert told(list((await area.hospital.history(reference)).versions)) == expected
    for count in (1, 3):
        assert told(await paged(area.hospital, reference=reference, count=count)) == expected
    middle = expected[len(expected) // 2][3]
    assert isinstance(middle, datetime)
    since = [each for each in expected if isinstance(each[3], datetime) and each[3] >= middle]
    assert told(await paged(area.hospital, reference=reference, count=2, since=middle)) == since


async def test_a_deletion_stands_in_the_history_without_a_body(area: Area) -> None:
    await written(area)
    history = (await area.hospital.history("Observation/o0")).versions
    assert [(each.method, each.body is None) for each in history[:3]] == [
        (Method.DELETE, True),
        (Method.PUT, False),
        (Method.DELETE, True),
    ]
    in_all = [each for each in (await area.hospital.history_of()).versions if each.body is None]
    assert {each.id for each in in_all} == {"o0", "drug"}


async def test_changes_since_an_instant_are_those_from_it_on(area: Area) -> None:
    await written(area)
    everything = kept([row for row in await versions(area) if row["id"] not in {"f", "theirs"}])
    for place in (0, len(everything) // 2, len(everything) - 1):
        since = everything[place][3]
        assert isinstance(since, datetime)
        expected = [each for each in everything if isinstance(each[3], datetime) and each[3] >= since]
        assert told(await paged(area.hospital, count=5, since=since)) == expected
    assert await paged(area.hospital, count=5, since=datetime.now(UTC) + timedelta(days=1)) == []


@pytest.mark.parametrize("principal", [GP, HOSPITAL], ids=["clinician", "other-system"])
async def test_a_version_is_judged_by_the_stricter_of_its_own_class_and_todays(
    area: Area, principal: Principal
) -> None:
    """Hazard: a sensitive item exposed by its past, or a past that was sensitive exposed by its present."""
    await area.surgery.update(patient(number(1), id="s"))
    await area.hospital.update(patient(number(1), id="h"))
    writer, subject = (area.hospital, "Patient/h") if principal is GP else (area.surgery, "Patient/s")
    reader = area.asks(principal)
    for own_id, codes in (("hidden-now", "NNV"), ("hidden-then", "VNN"), ("hidden-between", "NVN"), ("open", "NNN")):
        for turn, code in enumerate(codes):
            await writer.update(labelled(observation(subject, id=own_id, language=f"en-{turn}"), code))
    seen = {"hidden-now": [], "hidden-then": [3, 2], "hidden-between": [3, 1], "open": [3, 2, 1]}
    for own_id, expected in seen.items():
        reference = f"Observation/{own_id}"
        if principal is HOSPITAL:
            expected = []  # noqa: PLW2901 -- a system sees nothing of another source's
        if not expected:
            assert await refusal(reader.history(reference)) == (404, "not-found")
            assert await refusal(reader.read(reference)) == (404, "not-found")
        else:
            assert [each.version for each in (await reader.history(reference)).versions] == expected
            assert [each.version for each in await paged(reader, reference=reference, count=1)] == expected
        for version in (1, 2, 3):
            if version in expected:
                assert (await reader.vread(reference, version)).version == version
            else:
                assert await refusal(reader.vread(reference, version)) == (404, "not-found")
    if principal is HOSPITAL:
        assert places_of((await reader.history_of("Observation")).versions) == []


async def test_a_deleted_entry_that_was_sensitive_stays_hidden(area: Area) -> None:
    await area.surgery.update(patient(number(1), id="s"))
    await area.hospital.update(patient(number(1), id="h"))
    await area.hospital.update(labelled(observation("Patient/h", id="o"), "V"))
    await area.hospital.delete("Observation/o")
    assert await refusal(area.gp.read("Observation/o")) == (404, "not-found")
    assert await refusal(area.gp.history("Observation/o")) == (404, "not-found")
    assert await refusal(area.hospital.read("Observation/o")) == (410, "deleted")


async def test_a_history_of_many_ends_where_a_write_is_still_open_and_one_of_a_resource_shows_what_a_read_shows(
    area: Area,
) -> None:
    """Hazard: stale or absent shown as complete. An entry that can be read is never without a history."""
    await area.hospital.update(patient(number(1), id="h"))
    async with area.pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "SELECT pg_advisory_xact_lock_shared((19528::bigint << 48) |"
            " floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)"
        )
        await area.hospital.update(observation("Patient/h", id="o"))
        await area.hospital.update(organisation("RRE", id="us"))
        await area.hospital.update(patient(number(1), id="h", gender="other"))
        assert places_of((await area.hospital.history_of()).versions) == [("Patient", "h", 1)]
        for reference, expected in (("Observation/o", [1]), ("Organization/us", [1]), ("Patient/h", [2, 1])):
            found = (await area.hospital.history(reference)).versions
            assert [each.version for each in found] == expected
            assert (await area.hospital.read(reference)).version == expected[0]
    assert len((await area.hospital.history_of()).versions) == 4


async def test_versions_of_a_resource_come_in_the_order_of_their_times_however_many_write(area: Area) -> None:
    """What lets the history of one resource do without a horizon: nothing older appears behind what was seen."""
    await area.hospital.update(patient(number(1), id="h"))
    await area.pharmacy.update(patient(number(1), id="f"))
    await asyncio.gather(
        *(area.hospital.update(observation("Patient/h", id="o", language=f"en-{turn}")) for turn in range(12)),
        *(area.hospital.update(organisation("RRE", id="us") | {"language": f"en-{turn}"}) for turn in range(12)),
        *(area.hospital.update(patient(number(1), id="h", language=f"en-{turn}")) for turn in range(6)),
        *(area.pharmacy.update(patient(number(1), id="f", language=f"en-{turn}")) for turn in range(6)),
    )
    for reference in ("Observation/o", "Organization/us", "Patient/h"):
        found = (await area.hospital.history(reference)).versions
        assert len(found) >= 7
        assert [each.version for each in found] == sorted((each.version for each in found), reverse=True)
        moments = [each.last_updated for each in found]
        assert moments == sorted(moments, reverse=True)


async def test_a_history_of_many_writes_one_entry_for_itself_and_one_for_each_person_it_shows(area: Area) -> None:
    """Hazard: a person whose record was looked at is not told so, or is not told what was seen."""
    for place in (1, 2):
        await area.hospital.update(patient(number(place), id=f"p{place}"))
        drafts = [put(observation(f"Patient/p{place}", id=f"o{place}-{each}")) for each in range(130)]
        await area.hospital.transaction(*drafts)
    await area.hospital.update(organisation("RRE", id="us"))
    for types in ((), ("Observation",)):
        before = len(await area.entries())
        page = await area.hospital.history_of(*types)
        query, *disclosures = (await area.entries())[before:]
        assert (query["person_id"], query["subtype"]) == (None, "history")
        assert query["items"] == (None if types else [("Organization", "us", 1)])
        assert {entry["subtype"] for entry in disclosures} == {"disclosure"}
        persons = {await area.person_of("Patient/p1"), await area.person_of("Patient/p2")}
        assert {entry["person_id"] for entry in disclosures} == persons
        assert len(disclosures) == 2
        told_items = [item for entry in disclosures for item in entry["items"]]
        assert sorted(told_items) == sorted(each for each in places_of(page.versions) if each[0] != "Organization")
        assert len(told_items) >= 260


async def test_a_history_of_what_nobody_has_is_not_found(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="h"))
    for reference in ("Observation/none", "Organization/none", "Medication/none", "Patient/none"):
        assert await refusal(area.hospital.history(reference)) == (404, "not-found")


async def test_hazard_a_hidden_entry_has_no_history_since_an_instant_either(area: Area) -> None:
    """Hazard: sensitive item exposed. A part of a history in which there is nothing tells that there is a history."""
    await area.surgery.update(patient(number(1), id="s"))
    await area.hospital.update(patient(number(1), id="h"))
    await area.hospital.update(labelled(observation("Patient/h", id="o"), "V"))
    await area.hospital.update(observation("Patient/h", id="seen"))
    part = Slice(since=datetime.now(UTC) + timedelta(days=1), after=None, count=10)
    assert (await area.gp.history("Observation/seen", part)).versions == []
    assert await refusal(area.gp.history("Observation/o", part)) == (404, "not-found")
    own = await area.hospital.history("Observation/o", part)
    assert list(own.versions) == []
