"""Retention: what is due is told, and disposed of when somebody says so; what is held, unknown or still needed stays."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.record.area import Area, refusal, sent
from tests.record.made import number, observation, organisation, patient
from tests.record.ordering import COURT, decided, outside_the_log, places_of, restrict, selected

from lhcr.kernel.errors import Incorrect
from lhcr.record.retention import Judged, Retention

TODAY = datetime.now(UTC).date()
CANARY = "Xqzcanary"
POLICY = {
    "name": "area-1",
    "settled": True,
    "rules": [
        {"key": "gp", "basis": "GP records, ten years", "sources": ["A.*"], "categories": [], "years_after_death": 10},
        {"key": "maternity", "basis": "Maternity records, 25 years", "sources": ["RRE"], "categories": ["care-plan"], "years_after_last_entry": 25},
        {"key": "care", "basis": "Adult records, eight years", "sources": [".*"], "categories": [], "years_after_last_entry": 8,
         "child_until_birthday": 25, "child_until_birthday_if_17": 26},
    ],
}  # fmt: skip


async def scene(area: Area) -> None:
    """Five people of whom the hospital wrote long ago: an adult, a child, one without a birth date, and one of the surgery who died."""
    await area.value("INSERT INTO area_setting VALUES ('retention-policy', $1)", json.dumps(POLICY).encode())
    people = {"adult": "1960-01-01", "child": f"{TODAY.year - 20}-01-01", "unknown": None}
    for index, (name, birth) in enumerate(people.items(), start=1):
        born = {"birthDate": birth} if birth else {}
        await area.hospital.load(
            sent(patient(number(index), id=name, **born)),
            sent(observation(f"Patient/{name}", id=f"{name}-o", note=[{"text": CANARY}])),
            sent(observation(f"Patient/{name}", id=f"{name}-o2")),
        )
    await area.surgery.load(
        sent(patient(number(9), id="dead", birthDate="1930", deceasedDateTime="2001-05")),
        sent(observation("Patient/dead", id="dead-o")),
        sent(organisation("A81001", id="surgery")),
    )
    await age(area)


async def age(area: Area) -> None:
    """Make all that was written as old as ten years."""
    for table in ("resource", "resource_history"):
        await area.value(f"UPDATE {table} SET last_updated = last_updated - interval '10 years'")


async def retention(area: Area) -> Retention:
    return await area.record.retention()


async def due(area: Area, *, before: date = TODAY) -> dict[str, Judged]:
    found = [each async for each in (await retention(area)).judged(before=before)]
    return {f"{each.rows[0].id} {each.reason}".strip(): each for each in found}


async def dispose(area: Area, *, before: date = TODAY) -> set[str]:
    kept = await retention(area)
    disposed = kept.dispose(lambda person_id: decided(area, person_id), before=before)
    return {row.reference async for each in disposed for row in each.rows}


async def test_what_is_due_is_told_by_rule_and_what_is_not_known_with_why(area: Area) -> None:
    await scene(area)
    found = await due(area)
    assert set(found) == {"adult", "dead", "unknown the date of birth is not known"}
    assert (found["adult"].rule, found["adult"].ods, len(found["adult"].rows)) == ("care", "RRE", 3)
    assert found["dead"].rule == "gp"
    assert await due(area, before=date(1990, 1, 1)) == {
        "unknown the date of birth is not known": found["unknown the date of birth is not known"]
    }


async def test_what_is_disposed_of_stands_nowhere_and_everything_else_stays(area: Area) -> None:
    await scene(area)
    await area.value("DELETE FROM resource WHERE id IN ('child-o', 'unknown-o')")
    assert await dispose(area) == {
        "Patient/adult", "Observation/adult-o", "Observation/adult-o2", "Patient/dead", "Observation/dead-o",
    }  # fmt: skip
    assert outside_the_log(await places_of(area, number(1))) == set()
    assert "resource.body" not in await places_of(area, CANARY)
    assert (await area.hospital.read("Observation/child-o2")).version == 1
    assert (await refusal(area.hospital.read("Observation/adult-o")))[0] == 404
    assert await dispose(area) == set()
    entries = [each for each in await area.entries() if each["subtype"] == "disposal"]
    assert [len(each["items"]) for each in entries] == [3, 2]


async def test_one_recent_entry_of_a_source_keeps_all_of_that_sources_record_of_the_person(area: Area) -> None:
    await scene(area)
    await area.hospital.load(sent(observation("Patient/adult", id="new")))
    assert "adult" not in await due(area)
    await age(area)
    await area.hospital.load(sent(observation("Patient/adult", id="soon", effectiveDateTime=f"{TODAY.year}-01-01")))
    await age(area)
    assert "adult" not in await due(area)


@pytest.mark.parametrize("held", ["person", "entry"])
async def test_a_hold_keeps_a_person_or_an_entry_until_it_is_released(area: Area, held: str) -> None:
    await scene(area)
    about = await selected(area, "Observation/adult-o")
    decision = await decided(area, about.person_id)
    await (await retention(area)).hold(decision, about, whole=held == "person", authority=COURT)
    left = {"Observation/adult-o2", "Patient/dead", "Observation/dead-o"}
    assert await dispose(area) == (left - {"Observation/adult-o2"} if held == "person" else left)
    (given,) = [
        each for each in await area.record.orders.of(await decided(area, about.person_id)) if each.kind.value == "hold"
    ]
    await area.record.removal.release(await decided(area, about.person_id), given, authority="The case is closed")
    assert "Observation/adult-o" in await dispose(area)


async def test_hazard_a_restricted_entry_is_not_disposed_of(area: Area) -> None:
    """Hazard: what is to be kept for a claim in law, and shown to nobody, is gone."""
    await scene(area)
    await restrict(area, "Observation/adult-o")
    assert "Observation/adult-o" not in await dispose(area)


async def test_hazard_a_person_keeps_their_demographics_while_an_entry_of_the_source_stays(area: Area) -> None:
    """Hazard: an entry of a mother's care that is kept for 25 years and says no more whose it is."""
    await scene(area)
    plan = {
        "resourceType": "CarePlan",
        "id": "birth",
        "status": "completed",
        "intent": "plan",
        "subject": {"reference": "Patient/adult"},
    }
    await area.hospital.load(sent(plan))
    await age(area)
    assert {each for each in await dispose(area) if "adult" in each} == {"Observation/adult-o", "Observation/adult-o2"}
    assert (await area.hospital.read("Patient/adult")).version == 1


async def test_hazard_nothing_is_disposed_of_by_the_baseline_or_before_its_time(area: Area) -> None:
    await scene(area)
    with pytest.raises(Incorrect):
        await dispose(area, before=TODAY + timedelta(days=1))
    await area.value("DELETE FROM area_setting WHERE name = 'retention-policy'")
    with pytest.raises(Incorrect):
        await dispose(area)
    assert await area.value("SELECT count(*) FROM resource") == 11
