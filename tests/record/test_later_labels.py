"""Hazard: a sensitive item exposed by what follows it, because the entry was labelled only after that was written."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import asyncpg
import pytest
from tests.record.area import Area, Asker, open_area, post, put, refusal, sent
from tests.record.made import labelled, medication, number, observation, patient, prescription, sensitive
from tests.record.ordering import restrict
from tests.record.restricted import search
from tests.record.test_dispute import dispute
from tests.record.test_followed import hidden, provenance
from tests.record.test_relabelling import PERSON, coded, say

from lhcr.kernel.errors import LhcrError
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import ACT_CODE
from lhcr.record.rows import SEARCH_TABLES
from lhcr.record.written import Written

_ASKED = ("Observation/o", "Provenance/v", "Provenance/w", "MedicationRequest/rx", "Medication/m")


@pytest.fixture
async def known(area: Area) -> Area:
    """A person whom two organisations know, with an entry of the hospital that nothing hides yet."""
    await _people(area)
    await area.hospital.update(observation("Patient/h", id="o"))
    return area


async def _people(area: Area) -> None:
    await area.surgery.update(patient(number(1), id="p"))
    await area.hospital.update(patient(number(1), id="h"))


def later(**elements: object) -> JsonObject:
    return sensitive(observation("Patient/h", id="o", **elements))


async def test_a_provenance_is_hidden_when_its_target_is_labelled_later(known: Area) -> None:
    await known.hospital.update(provenance("Observation/o", id="v"))
    await known.hospital.update(provenance("http://area.test/fhir/Observation/o/_history/1", id="w"))
    await known.hospital.update(provenance("Patient/h", id="other"))
    assert not await hidden(known, "Provenance/v")
    await known.hospital.update(later())
    assert await hidden(known, "Provenance/v")
    assert await hidden(known, "Provenance/w")
    assert not await hidden(known, "Provenance/other")


async def test_so_is_what_was_said_to_be_wrong_with_it(known: Area) -> None:
    raised = await dispute(known)
    assert not await hidden(known, raised.task)
    await known.hospital.update(later())
    assert await hidden(known, raised.task)


async def test_so_is_a_prescription_whose_medicine_is_labelled_later_and_what_follows_that(known: Area) -> None:
    await known.surgery.update(patient(number(2), id="p2"))
    await known.hospital.update(patient(number(2), id="h2"))
    await known.hospital.update(medication(id="m"))
    await known.hospital.update(prescription("Patient/h", "Medication/m", id="rx"))
    await known.hospital.update(prescription("Patient/h2", "Medication/m", id="rx2"))
    await known.hospital.update(provenance("MedicationRequest/rx", id="v"))
    await known.hospital.update(sensitive(medication(id="m")))
    for reference in ("MedicationRequest/rx", "MedicationRequest/rx2", "Provenance/v"):
        assert await hidden(known, reference)


async def test_so_it_is_where_a_new_version_falls_into_a_value_set(known: Area) -> None:
    await say(known, "1001")
    await known.hospital.update(provenance("Observation/o", id="v"))
    await known.hospital.update(coded("1001"))
    assert await hidden(known, "Provenance/v")


async def test_followers_that_follow_each_other_in_a_circle_are_reached_once_and_for_all(known: Area) -> None:
    await known.hospital.write_about_person(
        "Patient/h", put(provenance("Provenance/b", "Observation/o", id="a")), put(provenance("Provenance/a", id="b"))
    )
    await known.hospital.update(labelled(observation("Patient/h", id="o"), "V"))
    await known.hospital.update(later())
    assert await hidden(known, "Provenance/a")
    assert await hidden(known, "Provenance/b")


async def test_a_feed_and_a_patch_label_later_too(known: Area) -> None:
    await known.hospital.update(provenance("Observation/o", id="v"))
    label = {"op": "add", "path": "/meta/security", "value": [{"system": ACT_CODE, "code": "PSY"}]}
    await known.hospital.patch("Observation/o", [label])
    assert await hidden(known, "Provenance/v")
    await known.hospital.update(observation("Patient/h", id="two"))
    await known.hospital.update(provenance("Observation/two", id="w"))
    await known.hospital.load(sent(sensitive(observation("Patient/h", id="two"))))
    assert await hidden(known, "Provenance/w")


async def test_every_row_of_a_follower_gets_the_class_and_every_version_that_followed(known: Area) -> None:
    """Hazard: a row that is left behind is found by a search, in a chain or as what somebody is a member of."""
    await known.surgery.update(patient(number(2), id="mother"))
    whose = {"agent": [{"who": {"reference": "Patient/mother"}}]}
    await known.hospital.update(provenance("Observation/o", id="v", **whose))
    await known.hospital.update(provenance("Observation/o", id="v", **whose, activity={"text": "again"}))
    await known.hospital.update(later())
    (row,) = await known.rows("SELECT rid, class FROM resource WHERE id = 'v'")
    (entry,) = await known.rows("SELECT class FROM resource WHERE id = 'o'")
    labels = "SELECT labels FROM access_class WHERE class_id = $1"
    assert await known.value(labels, row["class"]) == await known.value(labels, entry["class"]) != []
    for table in [*SEARCH_TABLES, "resource_member", "resource_history"]:
        rows = await known.rows(f"SELECT class FROM {table} WHERE rid = $1", row["rid"])
        assert {each["class"] for each in rows} <= {row["class"]}, table
        assert rows or table not in {"search_reference", "resource_member", "resource_history"}


async def test_a_past_version_that_followed_gets_it_though_the_one_of_now_does_not(known: Area) -> None:
    await known.hospital.update(provenance("Observation/o", id="v"))
    await known.hospital.update(provenance("Patient/h", id="v"))
    await known.hospital.update(later())
    assert [each.version for each in (await known.gp.history("Provenance/v")).versions] == [2]
    assert (await refusal(known.gp.vread("Provenance/v", 1)))[0] == 404


async def test_a_label_that_is_taken_off_again_is_taken_off_what_follows_and_what_follows_that(known: Area) -> None:
    await known.hospital.update(provenance("Observation/o", id="v"))
    await known.hospital.update(provenance("Provenance/v", id="w"))
    await known.hospital.update(later())
    assert await hidden(known, "Provenance/w")
    await known.hospital.update(observation("Patient/h", id="o"))
    assert not await hidden(known, "Provenance/v")
    assert not await hidden(known, "Provenance/w")
    (row,) = await known.rows("SELECT rid, class FROM resource WHERE id = 'v'")
    for table in SEARCH_TABLES:
        rows = await known.rows(f"SELECT class FROM {table} WHERE rid = $1", row["rid"])
        assert {each["class"] for each in rows} <= {row["class"]}, table


@pytest.mark.parametrize("reason", ["its own word", "another target", "a value set", "an order", "a circle", "unknown"])
async def test_hazard_sensitive_item_exposed_what_something_else_hides_stays_hidden(known: Area, reason: str) -> None:
    """Nothing is shown again for a label that is taken off while there is another reason to hide it."""
    follower = provenance("Observation/o", id="v")
    if reason == "its own word":
        follower = sensitive(follower)
    elif reason == "another target":
        await known.hospital.update(sensitive(observation("Patient/h", id="other")))
        follower = provenance("Observation/o", "Observation/other", id="v")
    elif reason == "a value set":
        await say(known, "1001")
        follower |= {"activity": coded("1001")["code"]}
    elif reason == "a circle":
        await known.hospital.write_about_person(
            "Patient/h",
            put(provenance("Observation/o", "Provenance/b", id="v")),
            put(provenance("Provenance/v", id="b")),
        )
    if reason != "a circle":
        await known.hospital.update(follower)
    if reason == "an order":
        await restrict(known, "Provenance/v")
    await known.hospital.update(later())
    if reason == "unknown":
        classes = "(SELECT class_id FROM access_class WHERE 'urn:other|V' = ANY (labels))"
        await known.pool.execute(
            "INSERT INTO access_class SELECT max(class_id) + 1, max(source_id), 'other', ARRAY['urn:other|V'] FROM access_class"
        )
        await known.pool.execute(f"UPDATE resource SET class = {classes} WHERE id = 'v'")
        before = await known.value("SELECT class FROM resource WHERE id = 'v'")
    await known.hospital.update(observation("Patient/h", id="o"))
    if reason == "unknown":
        assert await known.value("SELECT class FROM resource WHERE id = 'v'") == before
    else:
        assert await hidden(known, "Provenance/v")


async def test_a_label_that_changes_for_another_leaves_the_other(known: Area) -> None:
    await known.hospital.update(provenance("Observation/o", id="v"))
    await known.hospital.update(later())
    await known.hospital.update(labelled(observation("Patient/h", id="o"), "V"))
    assert await hidden(known, "Provenance/v")
    await known.hospital.update(observation("Patient/h", id="o"))
    assert not await hidden(known, "Provenance/v")


async def test_a_prescription_is_shown_again_when_its_medicine_is(known: Area) -> None:
    await known.hospital.update(medication(id="m"))
    await known.hospital.update(prescription("Patient/h", "Medication/m", id="rx"))
    await known.hospital.update(sensitive(medication(id="m")))
    await known.hospital.update(medication(id="m"))
    assert not await hidden(known, "MedicationRequest/rx")


async def test_what_is_restricted_by_an_order_stays_so_when_it_gets_a_label_too(known: Area) -> None:
    await known.hospital.update(provenance("Observation/o", id="v"))
    await restrict(known, "Provenance/v")
    await known.hospital.update(later())
    (row,) = await known.rows(
        "SELECT labels FROM resource AS r JOIN access_class AS c ON c.class_id = r.class WHERE id = 'v'"
    )
    assert row["labels"] == [f"{ACT_CODE}|PSY", "urn:lhcr:label|restricted-processing"]


async def test_a_write_that_is_refused_labels_nothing(known: Area) -> None:
    await known.hospital.update(provenance("Observation/o", id="v"))
    refused = [put(later()), post(observation("Patient/nobody"))]
    with pytest.raises(LhcrError):
        await known.hospital.transaction(*refused)
    assert not await hidden(known, "Provenance/v")


async def test_writes_that_give_no_label_look_for_no_followers(known: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bulk load pays nothing for it: what is new has no followers that it could give a label to."""
    await known.hospital.update(provenance("Observation/o", id="v"))
    monkeypatch.setattr("lhcr.record.later_labels.LaterLabels._round", _unexpected)
    await known.hospital.update(observation("Patient/h", id="o", status="amended"))
    await known.hospital.update(sensitive(observation("Patient/h", id="new")))
    await known.hospital.update(sensitive(observation("Patient/h", id="new", status="amended")))
    await known.hospital.update(observation("Patient/h", id="new"))


async def _unexpected(*_: object) -> None:
    raise AssertionError


async def test_whoever_writes_a_follower_at_the_same_time_is_not_passed_over(known: Area) -> None:
    """Hazard: a follower that was placed by what its target was before the label, and is written after it."""
    for place in range(12):
        await known.hospital.update(observation("Patient/h", id=f"o{place}"))
        await asyncio.gather(
            known.hospital.update(sensitive(observation("Patient/h", id=f"o{place}"))),
            known.hospital.update(provenance(f"Observation/o{place}", id=f"v{place}")),
        )
        assert await hidden(known, f"Provenance/v{place}")


async def test_hazard_a_follower_that_is_posted_alone_while_its_target_is_hidden_is_hidden(known: Area) -> None:
    await known.hospital.update(sensitive(observation("Patient/h", id="label")))
    label = await known.value("SELECT class FROM resource WHERE id = 'label'")
    person = await known.person_of("Patient/h")
    async with known.pool.acquire() as connection:
        async with connection.transaction():
            await connection.execute("SELECT FROM person WHERE person_id = $1 FOR UPDATE", person)
            posting = asyncio.create_task(known.hospital.create(provenance("Observation/o")))
            await _waits(known, posting)
            await connection.execute("UPDATE resource SET class = $1 WHERE id = 'o'", label)
        (written,) = await asyncio.gather(posting)
    assert await hidden(known, f"Provenance/{written.draft.id}")


async def test_hazard_what_follows_an_entry_on_the_shelf_that_is_being_hidden_is_hidden(known: Area) -> None:
    await known.hospital.update(medication(id="m"))
    await known.hospital.update(sensitive(medication(id="label")))
    label = await known.value("SELECT class FROM resource WHERE id = 'label'")
    async with known.pool.acquire() as connection:
        async with connection.transaction():
            await connection.execute("UPDATE resource SET class = $1 WHERE id = 'm'", label)
            prescribing = asyncio.create_task(known.hospital.create(prescription("Patient/h", "Medication/m")))
            await _waits(known, prescribing)
        (written,) = await asyncio.gather(prescribing)
    assert await hidden(known, f"MedicationRequest/{written.draft.id}")


async def test_whoever_hides_a_medicine_while_it_is_prescribed_is_not_passed_over(known: Area) -> None:
    for place in range(8):
        await known.hospital.update(medication(id=f"m{place}"))
        rx = known.hospital.create(prescription("Patient/h", f"Medication/m{place}"))
        written, _ = await asyncio.gather(rx, _until_taken(known.hospital, sensitive(medication(id=f"m{place}"))))
        assert await hidden(known, f"MedicationRequest/{written.draft.id}")


async def _until_taken(asker: Asker, resource: JsonObject) -> None:
    """Send what is to be sent again where a lock was not to be had in a moment."""
    for _ in range(20):
        with suppress(asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            await asker.update(resource)
            return
    raise AssertionError


async def _waits(area: Area, task: "asyncio.Task[Written]") -> None:
    """Return once somebody waits for a lock, or the task is done that should."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while not (task.done() or await area.value(waiting)):  # noqa: ASYNC110 - it happens in the database, which tells nobody.
        await asyncio.sleep(0)


async def test_a_label_that_meets_a_person_who_is_locked_is_not_written_and_can_be_sent_again(known: Area) -> None:
    await known.hospital.update(medication(id="m"))
    await known.hospital.update(prescription("Patient/h", "Medication/m", id="rx"))
    person = await known.person_of("Patient/h")
    async with known.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT FROM person WHERE person_id = $1 FOR UPDATE", person)
        with pytest.raises(asyncpg.LockNotAvailableError):
            await known.hospital.update(sensitive(medication(id="m")))
    assert not await hidden(known, "MedicationRequest/rx")
    assert (await known.hospital.read("Medication/m")).version == 1
    await known.hospital.update(sensitive(medication(id="m")))
    assert await hidden(known, "MedicationRequest/rx")


async def _told_of_each(asker: Asker) -> list[str]:
    return [
        str(await refusal(attempt))
        for reference in _ASKED
        for attempt in (asker.read(reference), asker.vread(reference, 1), asker.history(reference))
    ]


async def _found(asker: Asker) -> list[str]:
    """Return what somebody finds who asks for all of a person's, in each way."""
    kinds = {reference.partition("/")[0] for reference in _ASKED} - {"Medication"}
    found = [each.id for kind in sorted(kinds) for each in (await search(asker, PERSON, kind)).matches]
    return [*found, *(f"{each.type}/{each.id}/{each.version}" for each in (await asker.everything("Patient/p")).found)]


async def _follow(area: Area, *, first: Callable[[JsonObject], JsonObject]) -> None:
    """Write an entry and a medicine as they are at `first`, what follows them, and then both with a label."""
    await area.hospital.update(first(observation("Patient/h", id="o")))
    await area.hospital.update(first(medication(id="m")))
    await area.hospital.update(prescription("Patient/h", "Medication/m", id="rx"))
    await area.hospital.update(provenance("Observation/o", id="v"))
    await area.hospital.update(provenance("MedicationRequest/rx", id="w"))
    await area.hospital.transaction(put(later()), put(sensitive(medication(id="m"))))


@pytest.fixture
async def other_area(migrated_database: Callable[[], str]) -> AsyncIterator[Area]:
    async with open_area(migrated_database()) as opened:
        yield opened


async def test_two_worlds_its_reader_is_told_as_where_it_was_always_labelled_and_finds_as_where_it_never_was(
    area: Area, other_area: Area
) -> None:
    await _people(area)
    await _people(other_area)
    nothing = await _found(area.gp)
    await _follow(area, first=dict)
    await _follow(other_area, first=sensitive)
    assert await _told_of_each(area.gp) == await _told_of_each(other_area.gp)
    assert await _found(area.gp) == await _found(other_area.gp)
    assert await _found(area.gp) == nothing
