"""Unmerge: two who were taken for one are two again, each with what their sources said of them, byte for byte."""

import json
from typing import Any

import pytest
from tests.record.area import Area, citizen_with, put, refusal
from tests.record.made import HOSPITAL_NUMBER, allergy, encounter, identifier, number, observation, patient
from tests.record.merging import ALL_SEEN, merge, unmerge
from tests.record.test_merge import NEW, OLD, names, two

from lhcr.access.own_choice import Choice, ChoiceKind
from lhcr.access.request import Interaction
from lhcr.record.merge_reason import MergeReason
from lhcr.store.tables import Kind, tables_of

__all__ = ["two"]

#: What a merge and its undoing change for good: versions and times go on, and with them these.
_GO_ON = {"version", "last_updated", "epoch", "body", "method", "high", "position", "at"}
_NEVER = {"person_merge", "returned_entry", "policy"}


def content(body: bytes | None) -> Any:
    """What a source said: everything but the server's version and time."""
    if body is None:
        return None
    said = json.loads(body)
    said["meta"] = {name: value for name, value in said["meta"].items() if name not in {"versionId", "lastUpdated"}}
    return said


async def picture(area: Area) -> dict[str, list[Any]]:
    """Every row by person and by key, without what goes on; bodies by what they say."""
    found: dict[str, list[Any]] = {}
    for table in (*tables_of(Kind.BY_PERSON), *tables_of(Kind.BY_KEY)):
        if table.name in {"outbox", "resource_history", *_NEVER}:
            continue
        rows = await area.rows(f"SELECT * FROM {table.name}")
        told = [
            {name: value for name, value in row.items() if name not in _GO_ON} | {"said": content(row.get("body"))}
            for row in rows
        ]
        found[table.name] = sorted(told, key=repr)
    return found


@pytest.mark.parametrize("reason", [MergeReason.DUPLICATE_REGISTRATION, MergeReason.WRONG_NUMBER])
async def test_every_row_is_as_it_was_and_every_content_byte_for_byte(two: Area, reason: MergeReason) -> None:
    before = await picture(two)
    bodies = {each.id: each.body for each in (await two.hospital.everything("Patient/old")).found}
    done = await merge(two, "Patient/old", "Patient/new", reason=reason)
    undone = await unmerge(two, done.merge_id)
    assert await picture(two) == before
    assert (dict(undone.entries), undone.untold) == ({"AllergyIntolerance": 1, "Observation": 1, "Patient": 1}, [])
    for each in (await two.hospital.everything("Patient/old")).found:
        was = bodies[each.id] or b""
        assert each.version == 3
        told = each.body.replace(b'"versionId":"3"', b'"versionId":"1"')
        begin = told.index(b'"lastUpdated":"')
        assert told[:begin] + told[begin + 45 :] == was[:begin] + was[begin + 45 :]


async def test_each_id_leads_to_their_own_record_again(two: Area) -> None:
    old, new = await two.person_of("Patient/old"), await two.person_of("Patient/new")
    done = await merge(two, "Patient/old", "Patient/new")
    await unmerge(two, done.merge_id)
    assert (await two.person_of("Patient/old"), await two.person_of("Patient/new")) == (old, new)
    assert "AllergyIntolerance/new-allergy" not in names((await two.doctor.everything("Patient/old")).found)
    assert [each.version for each in (await two.hospital.history("Observation/old-pulse")).versions] == [3, 2, 1]


async def test_no_reader_finds_a_link_afterwards(two: Area) -> None:
    done = await merge(two, "Patient/old", "Patient/new")
    await unmerge(two, done.merge_id)
    for asker, own, other in ((two.doctor, "old", "new"), (two.gp, "new", "old")):
        told = await asker.read(f"Patient/{own}")
        assert f"Patient/{other}".encode() not in (told.body or b"")
        assert (NEW if own == "old" else OLD).encode() not in (told.body or b"")
        assert (await refusal(asker.everything(f"Patient/{other}")))[0] == 403
    assert (await refusal(two.asks(citizen_with(OLD)).everything("Patient/new")))[0] == 403


async def test_what_was_written_meanwhile_goes_to_whom_it_names(two: Area) -> None:
    """Hazard: wrong person."""
    done = await merge(two, "Patient/old", "Patient/new")
    to_old = await two.gp.create(observation("Patient/old"))
    to_new = await two.doctor.create(observation("Patient/new"))
    by_number = await two.hospital.create(observation({"type": "Patient", "identifier": identifier(OLD)}))
    chosen = await two.hospital.update(allergy("Patient/old", id="chosen"))
    old, new = (await two.rows("SELECT merged_id, survivor_id FROM person_merge"))[0].values()
    undone = await unmerge(two, done.merge_id)
    assert undone.untold == []
    for written, whose in ((to_old, old), (to_new, new), (by_number, old), (chosen, old)):
        reference = f"{written.draft.type}/{written.draft.id}"
        assert await two.person_of(reference) == whose, reference
        home = "SELECT person_id FROM resource WHERE id = $1"
        assert await two.value(home, written.draft.id) == whose
    assert (await two.surgery.read(f"Observation/{to_old.draft.id}")).version == 2
    await two.gp.update(observation("Patient/old", id=to_old.draft.id, status="amended"))
    assert (await two.surgery.read(f"Observation/{to_old.draft.id}")).version == 3


async def test_what_follows_an_entry_goes_where_that_goes(two: Area) -> None:
    done = await merge(two, "Patient/old", "Patient/new")
    agent = [{"who": {"display": "Somebody"}}]
    for name in ("old-allergy", "new-allergy"):
        target = [{"reference": f"AllergyIntolerance/{name}"}]
        asker = two.hospital if name == "old-allergy" else two.surgery
        told = {"resourceType": "Provenance", "target": target, "recorded": "2026-01-01T10:00:00Z", "agent": agent}
        await asker.update(told | {"id": f"of-{name}"})
    undone = await unmerge(two, done.merge_id)
    assert undone.untold == []
    assert await two.person_of("Provenance/of-old-allergy") == await two.person_of("Patient/old")
    assert await two.person_of("Provenance/of-new-allergy") == await two.person_of("Patient/new")


async def test_whoever_contributed_to_one_alone_is_tied_to_one_alone(two: Area) -> None:
    """Hazard: a record open to who has nothing in it."""
    done = await merge(two, "Patient/old", "Patient/new")
    await unmerge(two, done.merge_id)
    for asker, other in ((two.doctor, "Patient/new"), (two.gp, "Patient/old")):
        person = await two.person_of(other)
        assert (await refusal(asker.decide(Interaction.EVERYTHING, None, person)))[0] == 403


async def test_a_merge_is_undone_once_and_the_last_of_a_chain_first(area: Area) -> None:
    for place, name in enumerate("abc", start=1):
        await area.hospital.transaction(
            put(patient(number(place), id=name)), put(allergy(f"Patient/{name}", id=f"x{name}"))
        )
    homes = [await area.person_of(f"Patient/{name}") for name in "abc"]
    first = await merge(area, "Patient/a", "Patient/b")
    second = await merge(area, "Patient/b", "Patient/c")
    assert await refusal(unmerge(area, first.merge_id)) == (409, "merge-in-the-way")
    await unmerge(area, second.merge_id)
    assert await refusal(unmerge(area, second.merge_id)) == (409, "merge-undone")
    assert await area.person_of("Patient/a") == homes[1]
    await unmerge(area, first.merge_id)
    assert [await area.person_of(f"Patient/{name}") for name in "abc"] == homes
    assert [await area.person_of(f"AllergyIntolerance/x{name}") for name in "abc"] == homes


async def test_entries_that_name_several_name_whom_they_meant(area: Area) -> None:
    """Hazard: an entry about one person shown with who another is."""
    await area.hospital.transaction(
        put(patient(number(1), id="child")),
        put(patient(number(2), id="mother")),
        put(patient(number(3), id="same")),
        put(allergy("Patient/child", id="told", asserter={"reference": "Patient/mother"})),
        put(allergy("Patient/mother", id="hers", asserter={"reference": "Patient/child"})),
    )
    for merged, survivor in (("mother", "same"), ("mother", "child"), ("child", "mother"), ("child", "same")):
        before = await picture(area)
        done = await merge(area, f"Patient/{merged}", f"Patient/{survivor}", seen=ALL_SEEN)
        await unmerge(area, done.merge_id)
        assert await picture(area) == before, (merged, survivor)
        past = await area.rows(
            "SELECT DISTINCT r.members, h.members AS was FROM resource r JOIN resource_history h USING (rid)"
        )
        assert all(row["members"] == row["was"] for row in past), past


async def test_what_cannot_be_told_stays_and_is_reported(two: Area) -> None:
    done = await merge(two, "Patient/old", "Patient/new")
    named = identifier("h9", system=HOSPITAL_NUMBER)
    await two.hospital.update(patient(NEW, named, id="third"))
    about = {"type": "Patient", "identifier": identifier("h9", system=HOSPITAL_NUMBER)}
    untold = await two.hospital.create(encounter("Patient/third") | {"subject": about})
    new = await two.person_of("Patient/new")
    undone = await unmerge(two, done.merge_id)
    assert undone.untold == [f"Encounter/{untold.draft.id}"]
    assert await two.person_of(f"Encounter/{untold.draft.id}") == new


async def test_a_choice_that_a_person_made_meanwhile_is_told_of(two: Area) -> None:
    """Hazard: an objection that is lost. Which of the two chose on the page of the one record is for the office to ask them."""
    done = await merge(two, "Patient/old", "Patient/new")
    chooser, survivor = two.asks(citizen_with(OLD)), await two.person_of("Patient/new")
    await two.record.choosing.choose(
        await chooser.decide(Interaction.READ, "Consent", survivor), Choice(ChoiceKind.WHOLE)
    )
    (told,) = (await unmerge(two, done.merge_id)).untold
    assert told.startswith("Consent/")


async def test_a_number_that_its_holder_has_by_now_opens_nothing_when_a_merge_is_undone(two: Area) -> None:
    """Hazard: a record opened to the wrong citizen."""
    done = await merge(two, "Patient/old", "Patient/new", reason=MergeReason.WRONG_NUMBER)
    await two.pharmacy.update(patient(OLD, id="theirs", name=[{"family": "Right", "given": ["Cy"]}]))
    await unmerge(two, done.merge_id)
    old, theirs = await two.person_of("Patient/old"), await two.person_of("Patient/theirs")
    stranger = two.asks(citizen_with(OLD))
    assert (await refusal(stranger.decide(Interaction.EVERYTHING, None, old)))[0] == 403
    await stranger.decide(Interaction.EVERYTHING, None, theirs)
    written = await two.hospital.update(patient(OLD, identifier("h1", system=HOSPITAL_NUMBER), id="old", active=True))
    assert written.draft.person_id == old
    assert (await refusal(stranger.decide(Interaction.EVERYTHING, None, old)))[0] == 403
