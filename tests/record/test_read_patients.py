"""The versions of a Patient that a writer is told: those of the Patient whom they read under the same id.

Hazard: lost update. Whoever changes what they have read must be stopped where anything of it changed meanwhile, and by nothing
that they may not see.
"""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.record.area import Area, clinician_at, post, put, refusal, system_of
from tests.record.made import HOSPITAL_NUMBER, allergy, identifier, labelled, number, observation, patient

from lhcr.fhir.json_document import read_json
from lhcr.kernel.errors import Conflict
from lhcr.record.written import Written

STALE = (412, "version-conflict")


async def many_sources(area: Area) -> None:
    """The surgery's Patient is the golden one; the hospital and the pharmacy know more of the person."""
    await area.surgery.update(patient(number(1), id="first", gender="female"))
    await area.hospital.update(patient(number(1), id="second", birthDate="1950-01-01"))
    await area.pharmacy.update(patient(number(1), id="third", telecom=[{"system": "phone", "value": "1"}]))
    await area.hospital.update(patient(number(1), id="second", birthDate="1950-01-02"))


async def same_as_read(area: Area, written: Written, *, reference: str) -> None:
    read = await area.gp.read(reference)
    assert (written.version, written.at, written.body) == (read.version, read.last_updated, read.body)
    assert (await area.gp.vread(reference, written.version)).body == written.body


async def test_what_was_read_can_be_changed_with_the_version_that_was_read(area: Area) -> None:
    await many_sources(area)
    read = await area.gp.read("Patient/first")
    assert read.version == 4
    for gender in ("other", "male"):
        read = await area.gp.read("Patient/first")
        written = await area.gp.update(patient(number(1), id="first", gender=gender), if_match=read.version)
        assert written.version == read.version + 1
        await same_as_read(area, written, reference="Patient/first")
    told = read_json(written.body or b"")
    assert (told["gender"], told["birthDate"], told["meta"]["versionId"]) == ("male", "1950-01-02", "6")


async def test_a_change_of_the_contribution_that_is_not_golden_is_told_as_it_is_read(area: Area) -> None:
    await many_sources(area)
    await area.surgery.update(patient(number(1), id="fourth", language="en"))
    read = await area.gp.read("Patient/fourth")
    written = await area.gp.update(patient(number(1), id="fourth", language="cy"), if_match=read.version)
    assert written.version == read.version + 1 == 2
    await same_as_read(area, written, reference="Patient/fourth")


async def test_the_link_that_reading_adds_is_not_taken_for_what_the_writer_said(area: Area) -> None:
    await many_sources(area)
    spouse = {"other": {"reference": "Patient/third"}, "type": "seealso"}
    await area.surgery.update(patient(number(1), id="fourth", link=[spouse]))
    for _ in range(3):
        read = await area.gp.read("Patient/fourth")
        changed = read_json(read.body or b"")
        assert changed["link"] == [spouse, {"other": {"reference": "Patient/first"}, "type": "refer"}]
        await area.gp.update(changed, if_match=read.version)
    await area.gp.update(patient(number(1), id="fourth", link=changed["link"][1:]))
    stored = await area.value("SELECT body FROM resource WHERE id = 'fourth'")
    assert "link" not in read_json(stored)
    assert "link" not in read_json((await area.gp.read("Patient/first")).body or b"")


async def test_only_the_writers_own_contribution_changes(area: Area) -> None:
    await many_sources(area)
    others = [(await area.hospital.read("Patient/second")).body, (await area.pharmacy.read("Patient/third")).body]
    read = read_json((await area.gp.read("Patient/first")).body or b"")
    await area.gp.update(read | {"gender": "other"}, if_match=4)
    assert (await area.surgery.read("Patient/first")).version == 2
    after = [(await area.hospital.read("Patient/second")).body, (await area.pharmacy.read("Patient/third")).body]
    assert after == others


@pytest.mark.parametrize("how", ["put", "patch", "delete", "transaction", "conditional"])
async def test_whatever_somebody_who_may_be_seen_changed_meanwhile_stops_a_change(area: Area, how: str) -> None:
    await many_sources(area)
    version = (await area.gp.read("Patient/first")).version
    await area.pharmacy.patch("Patient/third", [{"op": "add", "path": "/active", "value": True}])
    changed = patient(number(1), id="first", gender="other")
    operations = [{"op": "add", "path": "/active", "value": True}]
    attempts: dict[str, Callable[[], Awaitable[object]]] = {
        "put": lambda: area.gp.update(changed, if_match=version),
        "patch": lambda: area.gp.patch("Patient/first", operations, if_match=version),
        "delete": lambda: area.gp.delete("Patient/first", if_match=version),
        "transaction": lambda: area.gp.write_about_person(
            "Patient/first", put(changed, if_match=version), post(allergy("Patient/first"))
        ),
        "conditional": lambda: area.gp.update(
            {name: value for name, value in changed.items() if name != "id"},
            condition=f"_id=first&identifier={number(1)}",
            if_match=version,
        ),
    }
    assert await refusal(attempts[how]()) == STALE
    assert (await area.surgery.read("Patient/first")).version == 1


async def test_a_patch_and_a_delete_go_by_the_version_that_is_read_too(area: Area) -> None:
    await many_sources(area)
    patched = await area.gp.patch("Patient/first", [{"op": "add", "path": "/active", "value": True}], if_match=4)
    assert patched.version == 5
    await same_as_read(area, patched, reference="Patient/first")
    assert await refusal(area.gp.delete("Patient/first", if_match=4)) == STALE
    await area.gp.delete("Patient/first", if_match=5)
    assert await refusal(area.surgery.read("Patient/first")) == (410, "deleted")


async def test_what_a_writer_may_not_see_neither_stops_nor_counts(area: Area) -> None:
    """Hazard: a sensitive item exposed, by a version that moves."""
    await area.surgery.update(patient(number(1), id="first"))
    hidden = labelled(patient(number(1), id="hidden"), "V")
    await area.hospital.update(hidden)
    version = (await area.gp.read("Patient/first")).version
    await area.hospital.update(hidden | {"gender": "other"})
    written = await area.gp.update(patient(number(1), id="first", gender="male"), if_match=version)
    assert written.version == version + 1 == 2
    await same_as_read(area, written, reference="Patient/first")


async def test_a_label_that_nobody_had_before_changes_nothing_of_that(area: Area) -> None:
    await area.surgery.update(patient(number(1), id="first"))
    await area.hospital.update(patient(number(1), id="second"))
    written = await area.gp.update(labelled(patient(number(1), id="first"), "V"), if_match=2)
    await same_as_read(area, written, reference="Patient/first")


async def test_a_system_goes_by_its_own_contributions_alone(area: Area) -> None:
    await many_sources(area)
    await area.surgery.update(patient(number(1), id="fourth"))
    read = await area.surgery.read("Patient/first")
    assert read.version == 2
    assert await refusal(area.surgery.update(patient(number(1), id="first"), if_match=1)) == STALE
    written = await area.surgery.update(patient(number(1), id="first", gender="other"), if_match=2)
    again = await area.surgery.read("Patient/first")
    assert (written.version, written.at, written.body) == (again.version, again.last_updated, again.body)


async def test_a_new_patient_is_told_as_it_will_be_read(area: Area) -> None:
    await area.surgery.update(patient(number(1), id="old"))
    await area.surgery.delete("Patient/old")
    written = await area.surgery.create(patient(number(1)))
    read = await area.surgery.read(f"Patient/{written.draft.id}")
    assert (written.version, written.at, written.body) == (read.version, read.last_updated, read.body)
    found = await area.surgery.create(patient(number(1)), condition=f"identifier={number(1)}")
    assert found.draft.found
    assert found.version == read.version


async def test_two_patients_of_one_person_in_one_transaction_are_told_together(area: Area) -> None:
    written = await area.hospital.transaction(
        put(patient(number(1), id="one")), put(patient(number(1), identifier("h", system=HOSPITAL_NUMBER), id="two"))
    )
    for each in written:
        read = await area.hospital.read(f"Patient/{each.draft.id}")
        assert (each.version, each.at, each.body) == (read.version, read.last_updated, read.body)


async def test_of_many_who_read_one_version_one_changes_it(area: Area) -> None:
    await many_sources(area)
    await area.hospital.update(observation("Patient/second", id="o"))
    version = (await area.gp.read("Patient/first")).version
    attempts = [
        attempt
        for turn in range(6)
        for attempt in (
            area.gp.update(patient(number(1), id="first", language=f"en-{turn}"), if_match=version),
            area.doctor.update(patient(number(1), id="second", language=f"en-{turn}"), if_match=2),
            area.doctor.patch("Patient/second", [{"op": "add", "path": "/active", "value": True}], if_match=2),
        )
    ]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert all(isinstance(each, Written | Conflict) for each in outcomes), outcomes
    golden = [each for each in outcomes if isinstance(each, Written) and each.draft.id == "first"]
    other = [each for each in outcomes if isinstance(each, Written) and each.draft.id == "second"]
    assert len(other) == 1
    assert len(golden) <= 1
    assert (await area.gp.read("Patient/first")).version == version + len(golden) + 1


async def test_a_counter_that_several_organisations_raise_loses_no_step(area: Area) -> None:
    """Each raises the number that it reads in its own contribution; what is read is the newest of both."""
    await area.surgery.update(patient(number(1), id="first", multipleBirthInteger=0))
    for ods, own in (("RRE", "second"), ("FA123", "third")):
        await area.asks(system_of(ods)).update(patient(number(1), id=own))

    async def raise_it() -> None:
        while True:
            stored = await area.gp.read("Patient/first")
            value = read_json(stored.body or b"")["multipleBirthInteger"]
            changed = patient(number(1), id="first", multipleBirthInteger=value + 1)
            try:
                await area.gp.update(changed, if_match=stored.version)
            except Conflict:
                continue
            return

    async def disturb(ods: str, own: str) -> None:
        for turn in range(6):
            await area.asks(system_of(ods)).update(patient(number(1), id=own, language=f"en-{turn}"))

    await asyncio.gather(*(raise_it() for _ in range(8)), disturb("RRE", "second"), disturb("FA123", "third"))
    stored = await area.gp.read("Patient/first")
    assert (read_json(stored.body or b"")["multipleBirthInteger"], stored.version) == (8, 3 + 8 + 12)


async def test_what_of_others_an_answer_shows_is_in_the_log(area: Area) -> None:
    await many_sources(area)
    await area.gp.update(patient(number(1), id="first", gender="other"), if_match=4)
    entries = await area.entries()
    read = [each for each in entries if each["subtype"] == "read"]
    assert len(read) == 1
    assert all(own_id in str(read[0]["items"]) for own_id in ("second", "third"))


async def test_somebody_who_may_not_read_patients_goes_by_their_own_contribution(area: Area) -> None:
    """A clinician whose organisation contributed once, to somebody whose relationship with it ended."""
    await area.surgery.update(patient(number(1), id="first"))
    await area.asks(system_of("B82002")).update(patient(number(1), id="theirs"))
    await area.pool.execute(
        "UPDATE fact_relationship SET high = low + interval '1 second', low = low - interval '1 day'"
    )
    former = area.asks(clinician_at("B82002"))
    assert (await former.read("Patient/theirs")).version == 1
    written = await former.update(patient(number(1), id="theirs", gender="male"), if_match=1)
    assert written.version == 2


async def test_a_patch_that_counts_places_in_what_only_others_hold_changes_nothing(area: Area) -> None:
    """Hazard: wrong item removed. The second telephone that was read is not the second that the surgery holds."""
    phones = [{"system": "phone", "value": str(each)} for each in range(3)]
    own = (number(1), identifier("s", system="https://surgery.example"))
    await area.surgery.update(patient(*own, id="first", telecom=phones))
    await area.hospital.update(patient(number(1), identifier("h", system=HOSPITAL_NUMBER), id="second"))
    removed = [{"op": "remove", "path": "/telecom/1"}]
    written = await area.gp.patch("Patient/first", removed, if_match=2)
    assert [each["value"] for each in read_json(written.body or b"")["telecom"]] == ["0", "2"]
    for operation in (
        {"op": "remove", "path": "/identifier/0"},
        {"op": "add", "path": "/identifier/1/use", "value": "old"},
    ):
        refused = area.gp.patch("Patient/first", [operation])
        assert await refusal(refused) == (422, "patch-not-own")
    replaced = [{"op": "add", "path": "/identifier", "value": [identifier(number(1))]}]
    again = [*replaced, {"op": "add", "path": "/identifier/0/use", "value": "official"}]
    assert (await area.gp.patch("Patient/first", again)).created is False
    appended = {"op": "add", "path": "/identifier/-", "value": identifier("s2", system="https://surgery.example")}
    assert (await area.gp.patch("Patient/first", [appended])).version == 5
