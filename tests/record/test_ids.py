"""Ids: one namespace for each type, whoever chose them, and nothing in them about whose they are."""

from tests.record.area import Area, post, put, refusal
from tests.record.made import labelled, medication, number, observation, organisation, patient

from lhcr.kernel.ids import RouteCipher

TAKEN = (409, "id-taken")


async def test_an_id_of_another_source_is_taken_whether_or_not_it_can_be_seen(area: Area) -> None:
    await area.surgery.update(patient(number(1), id="seen"))
    await area.surgery.update(observation("Patient/seen", id="seen"))
    await area.surgery.update(labelled(observation("Patient/seen", id="hidden"), "V"))
    await area.surgery.update(medication(id="drug"))
    await area.surgery.update(organisation("A81001", id="us"))
    await area.hospital.update(patient(number(1), id="same-person"))
    await area.hospital.update(patient(number(2), id="other-person"))
    for subject in ("Patient/same-person", "Patient/other-person"):
        for own_id in ("seen", "hidden"):
            for asker in (area.hospital, area.doctor):
                entry = observation(subject, id=own_id)
                assert await refusal(asker.update(dict(entry))) == TAKEN
                assert await refusal(asker.update(dict(entry), if_match=1)) == TAKEN
    assert await refusal(area.hospital.update(medication(id="drug"))) == TAKEN
    assert await refusal(area.hospital.update(organisation("RRE", id="us"))) == TAKEN
    # Whatever the numbers say of the person behind the id.
    for numbers in ([], [number(1)], [number(2)], [number(3)]):
        assert await refusal(area.hospital.update(patient(*numbers, id="seen"))) == TAKEN


async def test_an_id_that_the_server_assigned_to_another_source_is_taken_alike(area: Area) -> None:
    theirs = (await area.surgery.create(patient(number(1)))).draft.id or ""
    entry = (await area.surgery.create(observation(f"Patient/{theirs}"))).draft.id or ""
    await area.hospital.update(patient(number(1), id="same-person"))
    await area.hospital.update(patient(number(2), id="other-person"))
    for numbers in ([], [number(1)], [number(2)], [number(3)]):
        assert await refusal(area.hospital.update(patient(*numbers, id=theirs))) == TAKEN
    for subject in ("Patient/same-person", "Patient/other-person"):
        assert await refusal(area.hospital.update(observation(subject, id=entry))) == TAKEN


async def test_one_id_may_stand_once_in_each_type(area: Area) -> None:
    await area.surgery.update(patient(number(1), id="same"))
    await area.surgery.update(observation("Patient/same", id="same"))
    await area.hospital.update(medication(id="same"))
    assert (await area.surgery.read("Observation/same")).version == 1


async def test_to_change_what_another_source_holds_reads_like_changing_nothing(area: Area) -> None:
    await area.surgery.update(patient(number(1), id="theirs"))
    await area.surgery.update(observation("Patient/theirs", id="theirs"))
    for own_id in ("theirs", "nobodys"):
        assert (await area.hospital.delete(f"Observation/{own_id}")).draft.is_nothing
        assert await refusal(area.hospital.delete(f"Observation/{own_id}", if_match=1)) == (412, "version-conflict")
        assert await refusal(area.hospital.patch(f"Observation/{own_id}", [])) == (404, "not-found")
        assert await refusal(area.hospital.read(f"Observation/{own_id}")) == (404, "not-found")
        assert await refusal(area.hospital.vread(f"Observation/{own_id}", 1)) == (404, "not-found")
        assert await refusal(area.hospital.history(f"Observation/{own_id}")) == (404, "not-found")
    assert (await area.surgery.read("Observation/theirs")).version == 1


async def test_an_id_of_the_form_that_the_server_assigns_cannot_be_chosen(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    person = await area.person_of("Patient/p") or 0
    for home in (person, person + 1, 0, -7):
        invented = RouteCipher(b"a key of an area").assign(person_id=home, rid=10_000)
        for resource in (
            observation("Patient/p", id=invented),
            patient(number(2), id=invented),
            patient(number(1), id=invented),
            medication(id=invented),
            organisation("RRE", id=invented),
        ):
            assert await refusal(area.hospital.update(resource)) == TAKEN
            assert await refusal(area.hospital.update(resource, if_match=1)) == TAKEN
    lookalike = await area.hospital.update(observation("Patient/p", id="0123456789abcdef0123456789abcdef"))
    assert lookalike.created


async def test_an_assigned_id_leads_to_its_person_without_a_locator(area: Area) -> None:
    written = await area.hospital.transaction(
        post(patient(number(1)), full_url="urn:uuid:p"), post(observation("urn:uuid:p")), post(medication())
    )
    assert await area.value("SELECT count(*) FROM locator") == 0
    for each in written:
        assert await area.person_of(f"{each.draft.type}/{each.draft.id}") == each.draft.person_id


async def test_ids_of_one_person_have_nothing_in_common(area: Area) -> None:
    person = (await area.hospital.create(patient(number(1)))).draft
    entries = [observation(f"Patient/{person.id}") for _ in range(40)]
    ids = [each.draft.id or "" for each in await area.hospital.transaction(*map(post, entries))]
    assert len({own_id[:6] for own_id in ids}) == len({own_id[-6:] for own_id in ids}) == 40
    again = await area.hospital.update(observation(f"Patient/{person.id}", id=ids[0]))
    assert again.draft.version == 2


async def test_an_id_that_was_chosen_by_two_entries_of_one_source_stays_with_the_first_person(area: Area) -> None:
    await area.hospital.transaction(put(patient(number(1), id="one")), put(patient(number(2), id="two")))
    await area.hospital.update(observation("Patient/one", id="o"))
    await area.hospital.delete("Observation/o")
    assert await refusal(area.hospital.update(observation("Patient/two", id="o"))) == (422, "subject-changed")
