"""What is written on one's own word ties nobody to the person: access that was given for hours lasts for hours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.record.area import Area, clinician_at, refusal
from tests.record.made import encounter, number, observation, organisation, patient

from lhcr.access.emergency import for_emergency
from lhcr.access.request import Interaction
from lhcr.identity.principal import Principal

OTHER = "ZNB"


def asker(kind: str) -> Principal:
    clinician = clinician_at(OTHER)
    return for_emergency(clinician) if kind == "emergency" else clinician


async def give(area: Area, person: int, kind: str) -> None:
    await area.pool.execute(
        "INSERT INTO fact_relationship (person_id, party, kind, rid, low, high) VALUES ($1, $2, $3, 0, $4, $5)",
        person,
        f"user|{OTHER}|clinician-{OTHER}",
        kind,
        datetime.now(UTC) - timedelta(minutes=1),
        datetime.now(UTC) + timedelta(minutes=5),
    )
    await area.pool.execute("UPDATE person SET epoch = epoch + 1")


async def take(area: Area, kind: str) -> None:
    await area.pool.execute("UPDATE fact_relationship SET high = low WHERE kind = $1", kind)
    await area.pool.execute("UPDATE person SET epoch = epoch + 1")


@pytest.fixture
async def person(area: Area) -> int:
    await area.hospital.update(organisation(OTHER, id="znb"))
    await area.hospital.update(patient(number(1), id="p"))
    await area.hospital.update(observation("Patient/p", id="of-the-hospital"))
    found = await area.person_of("Patient/p")
    assert isinstance(found, int)
    return found


@pytest.mark.parametrize("kind", ["claimed", "emergency"])
async def test_hazard_access_that_outlives_its_end_by_what_was_written_meanwhile(
    area: Area, person: int, kind: str
) -> None:
    """An encounter ties its organisation for months and a contribution for a year; neither does where only a word let it in."""
    await give(area, person, kind)
    writer = area.asks(asker(kind))
    now = datetime.now(UTC).isoformat()
    await writer.update(
        encounter("Patient/p", id="e", serviceProvider={"reference": "Organization/znb"}, period={"start": now})
    )
    await writer.update(observation("Patient/p", id="own"))
    decision = await writer.decide(Interaction.EVERYTHING, None, person)
    assert not decision.own_only
    assert decision.on_own_word
    await take(area, kind)
    colleague = area.asks(replace(clinician_at(OTHER), user_id="colleague", token_id="colleague"))
    for reader in (area.asks(clinician_at(OTHER)), colleague):
        left = await reader.decide(Interaction.EVERYTHING, None, person)
        # What the organisation wrote stays its own to read and correct, and is all that it reads.
        assert left.own_only


async def test_what_is_written_where_a_relationship_is_recorded_ties_as_ever(area: Area, person: int) -> None:
    await area.hospital.update(
        encounter(
            "Patient/p",
            id="before",
            serviceProvider={"reference": "Organization/znb"},
            period={"start": datetime.now(UTC).isoformat()},
        )
    )
    await give(area, person, "claimed")
    writer = area.asks(clinician_at(OTHER))
    await writer.update(observation("Patient/p", id="own"))
    assert not (await writer.decide(Interaction.EVERYTHING, None, person)).on_own_word
    high = await area.value(f"SELECT high FROM fact_relationship WHERE kind = 'contribution' AND party = '{OTHER}'")
    assert high > datetime.now(UTC) + timedelta(days=300)


async def test_a_stranger_without_any_word_is_refused(area: Area, person: int) -> None:
    assert await refusal(area.asks(clinician_at(OTHER)).decide(Interaction.EVERYTHING, None, person))
