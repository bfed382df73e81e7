"""Whose contribution is whose: what joins one to a person, what does not, and what is refused."""

import pytest
from tests.record.area import Area, post, put, refusal
from tests.record.made import HOSPITAL_NUMBER, identifier, labelled, number, observation, patient, sensitive

from lhcr.fhir.json_document import read_json
from lhcr.kernel.json_types import JsonObject

CONFLICT = (409, "person-conflict")


def hospital_number(value: str, **more: str) -> JsonObject:
    return identifier(value, system=HOSPITAL_NUMBER, **more)


async def persons_of(area: Area, *references: str) -> int:
    found = {await area.person_of(reference) for reference in references}
    assert None not in found
    return len(found)


async def test_an_nhs_number_joins_the_contributions_of_several_sources(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="hospital"))
    await area.pharmacy.update(patient(f"{number(1)[:3]} {number(1)[3:6]} {number(1)[6:]}", id="pharmacy"))
    await area.surgery.transaction(put(patient(number(1), id="surgery")), put(patient(number(2), id="another")))
    assert await persons_of(area, "Patient/hospital", "Patient/pharmacy", "Patient/surgery") == 1
    assert await persons_of(area, "Patient/hospital", "Patient/another") == 2
    assert await area.value("SELECT count(*) FROM person") == 2


async def test_a_sources_own_numbers_join_its_own_contributions_alone(area: Area) -> None:
    await area.hospital.update(patient(hospital_number("7"), id="one"))
    await area.hospital.update(patient(hospital_number("7"), id="same"))
    await area.hospital.update(patient(hospital_number("8"), id="other"))
    await area.pharmacy.update(patient(hospital_number("7"), id="theirs"))
    assert await persons_of(area, "Patient/one", "Patient/same") == 1
    assert await persons_of(area, "Patient/one", "Patient/other", "Patient/theirs") == 3


@pytest.mark.parametrize(
    "nobodys",
    [
        identifier("9999999999"),
        identifier("0000000000"),
        identifier(number(1), use="old"),
        identifier(number(1), use="temp"),
        identifier("h1", system=HOSPITAL_NUMBER, use="old"),
        identifier("h1", system=HOSPITAL_NUMBER, use="temp"),
        identifier("x" * 300, system=HOSPITAL_NUMBER),
        {"value": "h1"},
        {"system": HOSPITAL_NUMBER},
    ],
    ids=lambda each: f"{each.get('use', '')} {each.get('value', '')}"[:12],
)
async def test_what_identifies_nobody_joins_nobody(area: Area, nobodys: JsonObject) -> None:
    """Hazard: wrong person. Many records hold these."""
    await area.hospital.update(patient(nobodys, id="one"))
    await area.hospital.update(patient(nobodys, id="two"))
    await area.hospital.update(patient(number(1), hospital_number("h1"), id="current"))
    assert await persons_of(area, "Patient/one", "Patient/two", "Patient/current") == 3


async def test_names_and_birth_dates_join_nobody(area: Area) -> None:
    for own_id in ("one", "two"):
        await area.hospital.update(patient(id=own_id, birthDate="1950-01-01"))
    assert await persons_of(area, "Patient/one", "Patient/two") == 2


async def test_an_nhs_number_that_fails_its_check_is_refused(area: Area) -> None:
    assert await refusal(area.hospital.create(patient("9990000000"))) == (422, "nhs-number-invalid")
    assert await area.value("SELECT count(*) FROM person") == 0


async def test_identifiers_of_two_persons_are_refused_and_nothing_is_written(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="one"))
    await area.hospital.update(patient(hospital_number("7"), id="two"))
    before = await everything_stored(area)
    both = patient(number(1), hospital_number("7"))
    assert await refusal(area.hospital.create(dict(both))) == CONFLICT
    assert await refusal(area.hospital.update(both | {"id": "three"})) == CONFLICT
    others = [post(patient(number(3))), post(observation("Patient/one")), post(both)]
    assert await refusal(area.hospital.transaction(*others)) == CONFLICT
    assert await everything_stored(area) == before


async def test_a_patient_update_that_adds_another_persons_number_is_refused(area: Area) -> None:
    """Of a person whom the writer does not see, see test_doubt."""
    await area.hospital.update(patient(number(1), id="one"))
    await area.hospital.update(patient(number(2), id="two"))
    before = await everything_stored(area)
    added = [{"op": "add", "path": "/identifier/-", "value": identifier(number(2))}]
    for asker in (area.hospital, area.doctor):
        assert await refusal(asker.update(patient(number(1), number(2), id="one"))) == CONFLICT
        assert await refusal(asker.patch("Patient/one", added)) == CONFLICT
    assert await everything_stored(area) == before


async def test_two_persons_meet_in_one_transaction_only_where_one_of_them_is_new(area: Area) -> None:
    """Three entries about one new person, whose identifiers overlap in a chain."""
    written = await area.hospital.transaction(
        post(patient(hospital_number("1"), hospital_number("2"))),
        post(patient(hospital_number("3"), number(1))),
        post(patient(hospital_number("2"), hospital_number("3"))),
    )
    assert len({each.draft.person_id for each in written}) == 1
    assert await area.value("SELECT count(*) FROM person") == 1
    await area.pharmacy.update(patient(number(1), id="joins"))
    assert await area.person_of("Patient/joins") == written[0].draft.person_id


async def test_a_number_that_is_corrected_does_not_join_its_owner_to_the_wrong_person(area: Area) -> None:
    """Hazard: wrong person. The number was typed into the wrong record, and its owner comes later."""
    await area.hospital.update(patient(number(1), hospital_number("7"), id="mistyped"))
    await area.hospital.update(patient(number(2), hospital_number("7"), id="mistyped"))
    await area.pharmacy.update(patient(number(1), id="owner"))
    await area.pharmacy.update(patient(number(2), id="same"))
    assert await persons_of(area, "Patient/mistyped", "Patient/owner") == 2
    assert await persons_of(area, "Patient/mistyped", "Patient/same") == 1


async def test_a_number_that_one_source_drops_still_joins_where_another_says_it(area: Area) -> None:
    await area.hospital.update(patient(number(1), hospital_number("7"), id="hospital"))
    await area.pharmacy.update(patient(number(1), id="pharmacy"))
    await area.hospital.update(patient(hospital_number("7"), id="hospital"))
    await area.surgery.update(patient(number(1), id="surgery"))
    assert await persons_of(area, "Patient/hospital", "Patient/pharmacy", "Patient/surgery") == 1
    await area.pharmacy.patch("Patient/pharmacy", [{"op": "remove", "path": "/identifier"}])
    await area.surgery.update(patient(id="surgery"))
    await area.surgery.update(patient(number(1), id="newcomer"))
    assert await persons_of(area, "Patient/hospital", "Patient/newcomer") == 2


async def test_a_withdrawn_patient_who_comes_again_is_the_same_person(area: Area) -> None:
    """Hazard: partial record. The entries of other sources stay with the person meanwhile."""
    await area.hospital.update(patient(number(1), id="hospital"))
    await area.hospital.update(observation("Patient/hospital", id="o"))
    person = await area.person_of("Patient/hospital")
    await area.hospital.delete("Patient/hospital")
    again = await area.hospital.create(patient(number(1)))
    assert again.draft.person_id == person


async def test_update_and_delete_change_only_the_sources_own_contribution(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="hospital", gender="female"))
    await area.pharmacy.update(patient(number(1), id="pharmacy", birthDate="1950-01-01"))
    pharmacy = (await area.pharmacy.read("Patient/pharmacy")).body
    changed = await area.hospital.update(patient(number(1), id="hospital", gender="other"))
    assert (await area.pharmacy.read("Patient/pharmacy")).body == pharmacy
    assert await refusal(area.pharmacy.update(patient(number(1), id="hospital"))) == (409, "id-taken")
    assert await refusal(area.pharmacy.patch("Patient/hospital", [])) == (404, "not-found")
    assert (await area.pharmacy.delete("Patient/hospital")).draft.is_nothing
    assert (await area.hospital.read("Patient/hospital")).body == changed.body
    await area.hospital.delete("Patient/hospital")
    assert await refusal(area.hospital.read("Patient/hospital")) == (410, "deleted")
    assert (await area.pharmacy.read("Patient/pharmacy")).body == pharmacy


# The golden Patient.


async def test_the_golden_patient_has_the_first_contributions_id_and_everybodys_elements(area: Area) -> None:
    await area.surgery.update(patient(number(1), id="first", gender="female"))
    await area.hospital.update(
        patient(number(1), hospital_number("7"), id="second", birthDate="1950-01-01", gender="male")
    )
    golden = await area.gp.read("Patient/first")
    told = read_json(golden.body or b"")
    assert (told["id"], told["gender"], told["birthDate"]) == ("first", "female", "1950-01-01")
    assert {each["value"] for each in told["identifier"]} == {number(1), "7"}
    assert (golden.version, told["meta"]["versionId"]) == (2, "2")


async def test_a_contribution_that_joined_is_read_with_a_link_to_the_golden_patient(area: Area) -> None:
    await area.surgery.update(patient(number(1), id="first"))
    joined = await area.hospital.update(patient(number(1), id="second", birthDate="1950-01-01"))
    stored = await area.gp.read("Patient/second")
    told = read_json(stored.body or b"")
    assert told.pop("link") == [{"other": {"reference": "Patient/first"}, "type": "refer"}]
    assert told == read_json(joined.body or b"")
    assert stored.version == 1


async def test_a_death_and_a_restriction_that_one_source_knows_are_never_lost(area: Area) -> None:
    """Hazard: a letter to somebody who has died; a restricted address behind another source's copy."""
    await area.surgery.update(patient(number(1), id="first", deceasedBoolean=False))
    await area.hospital.update(
        labelled(patient(number(1), id="second", deceasedDateTime="2024-01-01"), "N") | {"active": False}
    )
    told = read_json((await area.gp.read("Patient/first")).body or b"")
    assert told["deceasedDateTime"] == "2024-01-01"
    assert "deceasedBoolean" not in told
    assert [each["code"] for each in told["meta"]["security"]] == ["N"]


async def test_the_golden_patient_tells_nothing_of_a_contribution_that_its_reader_may_not_see(area: Area) -> None:
    first = await area.surgery.update(patient(number(1), id="first"))
    alone = await area.gp.read("Patient/first")
    hidden = sensitive(patient(number(1), id="second", birthDate="1950-01-01"))
    await area.hospital.update(hidden)
    await area.hospital.update(hidden | {"gender": "other"})
    still = await area.gp.read("Patient/first")
    assert (still.body, still.version, still.last_updated) == (first.body, 1, alone.last_updated)
    assert await refusal(area.gp.read("Patient/second")) == (404, "not-found")
    assert [each.version for each in (await area.gp.history("Patient/first")).versions] == [1]


async def test_where_the_first_contribution_is_hidden_the_next_one_is_golden(area: Area) -> None:
    await area.hospital.update(sensitive(patient(number(1), id="hidden")))
    written = await area.surgery.update(patient(number(1), id="seen"))
    stored = await area.gp.read("Patient/seen")
    assert (stored.body, stored.version) == (written.body, 1)


async def test_history_and_versions_of_the_golden_patient_agree_with_what_was_read_at_the_time(area: Area) -> None:
    seen = []
    steps = [
        area.surgery.update(patient(number(1), id="first", gender="female")),
        area.hospital.update(patient(number(1), id="second", birthDate="1950-01-01")),
        area.surgery.update(patient(number(1), id="first", gender="other")),
        area.hospital.delete("Patient/second"),
        area.hospital.update(patient(number(1), id="second", birthDate="1951-01-01")),
    ]
    for step in steps:
        await step
        stored = await area.gp.read("Patient/first")
        seen.append((stored.version, stored.last_updated, stored.body))
    assert [version for version, _, _ in seen] == [1, 2, 3, 4, 5]
    history = (await area.gp.history("Patient/first")).versions
    assert [(each.version, each.last_updated, each.body) for each in reversed(history)] == seen
    for version, _, body in seen:
        assert (await area.gp.vread("Patient/first", version)).body == body


async def test_a_version_whose_past_is_hidden_keeps_its_number_wherever_it_is_read(area: Area) -> None:
    """The surgery's reader sees the hospital's Patient only since its label was lifted."""
    await area.surgery.update(patient(number(1), id="first"))
    await area.hospital.update(labelled(patient(number(1), id="second"), "V"))
    await area.hospital.update(patient(number(1), id="second"))
    for reference in ("Patient/first", "Patient/second"):
        current = await area.gp.read(reference)
        newest = (await area.gp.history(reference)).versions[0]
        assert (newest.version, newest.body) == (current.version, current.body)
        assert (await area.gp.vread(reference, current.version)).body == current.body


async def everything_stored(area: Area) -> list[object]:
    tables = ("person", "resource", "resource_history", "locator", "person_identifier", "fact_relationship", "outbox")
    return [await area.rows(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in tables]
