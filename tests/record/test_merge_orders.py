"""Orders over entries, before and after a merge: what was ordered of either holds, and what is removed is gone from everywhere."""

from tests.record.area import Area, put, refusal
from tests.record.made import number, observation, patient
from tests.record.merging import merge, unmerge
from tests.record.ordering import COURT, decided, outside_the_log, places_of, remove, restrict
from tests.record.test_merge import two

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


async def test_a_number_that_is_corrected_after_a_merge_is_let_go(two: Area) -> None:
    """Its row is the survivor's, so that the source that alone says it can take it back."""
    await merge(two, "Patient/old", "Patient/new")
    await two.hospital.update(patient(id="old"))
    held = await two.rows("SELECT value FROM person_identifier WHERE source_id = 0")
    assert number(1) not in {each["value"] for each in held}
