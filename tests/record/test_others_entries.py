"""Entries of others: whether they can be read, which is what a refusal to change them tells, is decided inside the write."""

from datetime import UTC, datetime

from tests.record.area import Area, clinician_at, delete, patch, put, refusal
from tests.record.made import encounter, number, observation, organisation, patient

from lhcr.access.request import Interaction

NEIGHBOUR = "ZNB"
_STAY = {"serviceProvider": {"reference": "Organization/znb"}}


async def tie(area: Area) -> None:
    """Tie a neighbour by one stay to a person whom the hospital knows."""
    await area.hospital.update(organisation(NEIGHBOUR, id="znb"))
    await area.hospital.update(patient(number(1), id="p"))
    await area.hospital.update(observation("Patient/p", id="theirs"))
    period = {"period": {"start": datetime.now(UTC).isoformat()}}
    await area.hospital.update(encounter("Patient/p", id="e", **_STAY, **period))


async def test_hazard_a_remembered_permit_to_read_does_not_tell_that_an_entry_is_there(area: Area) -> None:
    """Hazard: a sensitive item exposed, by a permit whose ground another worker's write has taken away."""
    await tie(area)
    neighbour = area.asks(clinician_at(NEIGHBOUR))
    person_id = await area.person_of("Patient/p")
    assert (await neighbour.read("Observation/theirs")).version == 1
    drafts = [delete("Observation/theirs"), patch("Observation/theirs", [])]
    for draft, interaction in zip(drafts, (Interaction.DELETE, Interaction.PATCH), strict=True):
        decision = await neighbour.decide(interaction, "Observation", person_id)
        assert await refusal(neighbour.write(decision, [draft])) == (403, "own-contribution")
    before = await neighbour.decide(Interaction.DELETE, "Observation", person_id)
    await area.hospital.delete("Encounter/e")
    told = await refusal(neighbour.write(before, [delete("Observation/theirs")]))
    assert told == (403, "relationship")


async def test_a_feed_and_a_system_are_told_as_before(area: Area) -> None:
    """A system may not read what others contributed, and to delete it is to delete nothing."""
    await tie(area)
    assert (await area.pharmacy.delete("Observation/theirs")).draft.is_nothing
    assert await refusal(area.pharmacy.patch("Observation/theirs", [])) == (404, "not-found")
    assert await refusal(area.pharmacy.delete("Organization/znb")) == (403, "own-contribution")
    await area.pharmacy.update(patient(number(2), id="q"))
    assert await refusal(area.pharmacy.update(observation("Patient/q", id="theirs"))) == (409, "id-taken")


async def test_an_update_by_id_meets_an_id_that_is_taken_seen_or_not(area: Area) -> None:
    await tie(area)
    neighbour = area.asks(clinician_at(NEIGHBOUR))
    person_id = await area.person_of("Patient/p")
    decision = await neighbour.decide(Interaction.UPDATE, "Observation", person_id)
    told = await refusal(neighbour.write(decision, [put(observation("Patient/p", id="theirs"))]))
    assert told == (409, "id-taken")
