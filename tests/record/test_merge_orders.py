"""Orders over entries, before and after a merge: what was ordered of either holds, and what is removed is gone from everywhere."""

from tests.record.area import Area, citizen_with, put, refusal
from tests.record.made import number, observation, patient
from tests.record.merging import merge, unmerge
from tests.record.ordering import COURT, decided, outside_the_log, places_of, remove, restrict
from tests.record.test_merge import NEW, OLD, two

from lhcr.access.request import Interaction

CANARY = "Xqzcanary"

__all__ = ["two"]


async def test_what_is_removed_after_a_merge_is_gone_in_every_version(two: Area) -> None:
    """Hazard: what is thought to be gone and is not. Its history came along with it."""
    await two.hospital.update(observation("Patient/old", id="old-pulse", note=[{"text": CANARY}]))
    await two.hospital.update(observation("Patient/old", id="old-pulse", note=[{"text": f"{CANARY} again"}]))
    await merge(two, "Patient/old", "Patient/new")
    await remove(two, "Observation/old-pulse")
    assert outside_the_log(await places_of(two, CANARY)) == set()
    assert await refusal(two.hospital.read("Observation/old-pulse")) == (404, "not-found")


async def test_a_restriction_of_processing_goes_on_and_is_released_by_its_order(two: Area) -> None:
    done = await restrict(two, "Observation/old-pulse")
    await merge(two, "Patient/old", "Patient/new")
    assert (await refusal(two.gp.read("Observation/old-pulse")))[0] == 404
    survivor = await two.record.orders.whose(done.order_id)
    assert survivor == await two.person_of("Patient/new")
    decision = await decided(two, survivor)
    (given,) = await two.record.orders.of(decision)
    await two.record.processing.release(decision, given, authority=COURT)
    assert (await two.gp.read("Observation/old-pulse")).version == 2


async def test_what_was_removed_before_is_not_taken_again_after_a_merge_or_its_undoing(two: Area) -> None:
    await remove(two, "Observation/old-pulse")
    done = await merge(two, "Patient/old", "Patient/new")
    again = put(observation("Patient/old", id="old-pulse"), source_key="Observation/old-pulse")
    assert (await refusal(two.hospital.load(again)))[1] == "entry-removed"
    await unmerge(two, done.merge_id)
    assert (await refusal(two.hospital.update(observation("Patient/old", id="old-pulse"))))[1] == "entry-removed"


async def test_an_order_of_the_merged_is_theirs_again_when_the_merge_is_undone(two: Area) -> None:
    ordered = await restrict(two, "Observation/old-pulse")
    old = await two.person_of("Patient/old")
    done = await merge(two, "Patient/old", "Patient/new")
    await unmerge(two, done.merge_id)
    assert await two.record.orders.whose(ordered.order_id) == old


async def released(area: Area, order_id: str) -> None:
    person = await area.record.orders.whose(order_id)
    decision = await decided(area, person)
    (given,) = [each for each in await area.record.orders.of(decision) if each.order_id == order_id]
    await area.record.processing.release(decision, given, authority=COURT)


async def test_what_was_restricted_while_two_were_one_stays_so_when_they_are_two_until_it_is_released(
    two: Area,
) -> None:
    """Hazard: a sensitive item exposed, by a new version of what no order is about any more."""
    done = await merge(two, "Patient/old", "Patient/new")
    ordered = await restrict(two, "Observation/old-pulse")
    await unmerge(two, done.merge_id)
    assert await two.record.orders.whose(ordered.order_id) == await two.person_of("Patient/old")
    await two.hospital.update(observation("Patient/old", id="old-pulse", status="amended"))
    assert (await refusal(two.asks(citizen_with(OLD)).read("Observation/old-pulse")))[0] == 404
    await released(two, ordered.order_id)
    assert (await two.asks(citizen_with(OLD)).read("Observation/old-pulse")).version


async def test_nobody_is_the_person_by_what_was_restricted_while_two_were_one(two: Area) -> None:
    """Hazard: a record opened by a word that is contested."""
    done = await merge(two, "Patient/old", "Patient/new")
    await restrict(two, "Patient/old")
    await unmerge(two, done.merge_id)
    stranger, old = two.asks(citizen_with(OLD)), await two.person_of("Patient/old")
    assert (await refusal(stranger.decide(Interaction.EVERYTHING, None, old)))[0] == 403


async def test_an_order_about_entries_of_both_is_about_each_when_they_are_two(two: Area) -> None:
    """Hazard: partial record. What stays restricted can be released, of the one as of the other."""
    await two.hospital.update(patient(NEW, id="new-too"))
    await two.hospital.update(observation("Patient/new-too", id="new-pulse"))
    done = await merge(two, "Patient/old", "Patient/new")
    ordered = await restrict(two, "Observation/old-pulse", source="RRE")
    await unmerge(two, done.merge_id)
    pulses = {"old-pulse": OLD, "new-pulse": NEW}
    for own_id, value in pulses.items():
        assert (await refusal(two.asks(citizen_with(value)).read(f"Observation/{own_id}")))[0] in {403, 404}
    for _ in pulses:
        await released(two, ordered.order_id)
    for own_id, value in pulses.items():
        assert (await two.asks(citizen_with(value)).read(f"Observation/{own_id}")).version


async def test_a_number_that_is_corrected_after_a_merge_is_let_go(two: Area) -> None:
    """Its row is the survivor's, so that the source that alone says it can take it back."""
    await merge(two, "Patient/old", "Patient/new")
    await two.hospital.update(patient(id="old"))
    held = await two.rows("SELECT value FROM person_identifier WHERE source_id = 0")
    assert number(1) not in {each["value"] for each in held}
