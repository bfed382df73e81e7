"""Hazard: somebody whom PDS returns to nobody is returned here; the labels S, V and REDACTED of demographics, from end to end."""

import pytest
from tests.record.area import Area, refusal
from tests.record.made import labelled, observation
from tests.record.restricted import CONTROL, PLACE, RESTRICTED, know, search, themself

HIDDEN = (404, "not-found")


@pytest.mark.parametrize("label", ["REDACTED", "redacted"])
async def test_what_is_redacted_is_returned_to_nobody_not_to_its_source_nor_to_the_person(
    area: Area, label: str
) -> None:
    await know(area, RESTRICTED, label=label)
    reference = f"Patient/{RESTRICTED.labelled_id}"
    for asker in (area.surgery, area.hospital, area.gp, area.doctor, themself(area, RESTRICTED)):
        assert await refusal(asker.read(reference)) == HIDDEN
        assert await refusal(asker.vread(reference, 1)) == HIDDEN
        assert await refusal(asker.history(reference)) == HIDDEN
    page = await search(area.surgery, RESTRICTED, "Patient", "_total=accurate")
    assert (list(page.matches), page.total) == ([], 0)
    # What other sources know stays, without their places, so that somebody who stands there is not treated as a stranger.
    for asker in (area.gp, area.doctor):
        assert PLACE not in ((await asker.read(f"Patient/{RESTRICTED.plain_id}")).body or b"").decode()
    told = [each.id for each in (await search(area.doctor, RESTRICTED, "Patient")).matches]
    assert told == [RESTRICTED.plain_id]


async def test_what_is_redacted_later_is_returned_in_none_of_its_versions_until_its_source_says_otherwise(
    area: Area,
) -> None:
    await know(area, RESTRICTED, label=None)
    reference = f"Patient/{RESTRICTED.labelled_id}"
    await area.surgery.update(RESTRICTED.of_surgery(label="REDACTED"))
    assert await refusal(area.surgery.vread(reference, 1)) == HIDDEN
    await area.surgery.update(RESTRICTED.of_surgery())
    assert PLACE.encode() in ((await area.surgery.read(reference)).body or b"")
    assert [each.version for each in (await area.surgery.history(reference)).versions] == [3, 1]


async def test_an_entry_that_is_redacted_is_returned_to_nobody_either(area: Area) -> None:
    await know(area, CONTROL, label=None)
    await area.hospital.update(labelled(observation(f"Patient/{CONTROL.plain_id}", id="gone"), "REDACTED"))
    for asker in (area.hospital, area.gp, area.doctor, themself(area, CONTROL)):
        assert await refusal(asker.read("Observation/gone")) == HIDDEN
    assert "gone" not in [each.id for each in (await search(area.hospital, CONTROL, "Observation")).matches]


@pytest.mark.parametrize("label", ["S", "V"])
async def test_sensitive_and_very_restricted_demographics_are_seen_by_their_source_alone_and_withhold_all_places(
    area: Area, label: str
) -> None:
    """GP Connect: nobody shall ask for a patient flagged S; PDS: V is returned to nobody but who may have it."""
    await know(area, RESTRICTED, label=label)
    reference = f"Patient/{RESTRICTED.labelled_id}"
    assert await refusal(area.doctor.read(reference)) == HIDDEN
    assert (await area.surgery.read(reference)).body
    assert PLACE not in ((await area.doctor.read(f"Patient/{RESTRICTED.plain_id}")).body or b"").decode()
