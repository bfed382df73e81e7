"""Hazard: the address of a restricted person is exposed, by the copy of a source that does not know of the restriction."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.record.area import Area, refusal, sent
from tests.record.made import labelled, number, patient, sensitive
from tests.record.restricted import CONTROL, PLACE, PRACTICE, RESTRICTED, channels, know, search, telling, themself

from lhcr.fhir.json_document import read_json
from lhcr.fhir.validation import validate
from lhcr.fhir.whereabouts import location_safe
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER, ODS_ORGANISATION


@pytest.mark.parametrize("label_first", [True, False])
async def test_no_channel_tells_a_clinician_where_a_restricted_person_is(area: Area, *, label_first: bool) -> None:
    await know(area, RESTRICTED, label="R", label_first=label_first)
    await know(area, CONTROL, label=None)
    for asker in (area.gp, area.doctor):
        told = await channels(asker, RESTRICTED)
        assert telling(told) == set()
        assert len(told) > 15
        control = await channels(asker, CONTROL)
        assert telling(control) == set(control)


async def test_a_contribution_that_is_hidden_as_a_whole_restricts_its_person_all_the_same(area: Area) -> None:
    await know(area, RESTRICTED, label="V")
    assert await refusal(area.doctor.read(f"Patient/{RESTRICTED.labelled_id}")) == (404, "not-found")
    stored = await area.doctor.read(f"Patient/{RESTRICTED.plain_id}")
    assert PLACE.encode() not in (stored.body or b"")


async def test_a_restricted_person_is_found_by_number_with_what_tells_people_apart(area: Area) -> None:
    """Hazard: somebody who cannot be found, or who is taken for another."""
    await know(area, RESTRICTED, label="R")
    pages = [
        await search(area.doctor, RESTRICTED, "Patient", f"identifier={NHS_NUMBER}|{RESTRICTED.number}"),
        await search(area.doctor, None, "Patient", f"identifier={NHS_NUMBER}|{RESTRICTED.number}"),
        await search(area.doctor, None, "Patient", "family=Fell&birthdate=1980-01-01"),
    ]
    for page in pages:
        (entry,) = page.matches
        told = read_json(entry.body)
        assert validate(told) == []
        assert told["identifier"] == [{"system": NHS_NUMBER, "value": RESTRICTED.number}]
        assert (told["name"], told["birthDate"]) == ([{"family": "Fell", "given": ["Ada"]}], "1980-01-01")
        assert [each["url"].rpartition("-")[2] for each in told["extension"]] == ["EthnicCategory"]
        assert told["contact"] == [{"name": {"family": "Next"}}]
        assert [each["code"] for each in told["meta"]["security"]] == ["R"]
        assert PLACE not in entry.body.decode()


async def test_the_versions_of_a_reduced_patient_agree_wherever_they_are_read(area: Area) -> None:
    await know(area, RESTRICTED, label="R")
    reference = f"Patient/{RESTRICTED.labelled_id}"
    stored = await area.doctor.read(reference)
    told = read_json(stored.body or b"")
    assert (told["meta"]["versionId"], told["id"]) == (str(stored.version), RESTRICTED.labelled_id)
    newest = (await area.doctor.history(reference)).versions[0]
    assert (newest.version, newest.body) == (stored.version, stored.body)
    assert (await area.doctor.vread(reference, stored.version)).body == stored.body
    (entry,) = (await search(area.doctor, RESTRICTED, "Patient")).matches
    assert (entry.version, entry.body) == (stored.version, stored.body)
    (found, *_) = (await area.doctor.everything(reference)).found
    assert (found.version, found.body) == (stored.version, stored.body)


async def test_the_person_themself_and_each_source_read_their_own(area: Area) -> None:
    await know(area, RESTRICTED, label="R")
    own = themself(area, RESTRICTED)
    for reference in (f"Patient/{RESTRICTED.labelled_id}", f"Patient/{RESTRICTED.plain_id}"):
        assert f"{PLACE} Street" in ((await own.read(reference)).body or b"").decode()
    for source, own_id in ((area.surgery, RESTRICTED.labelled_id), (area.hospital, RESTRICTED.plain_id)):
        assert f"{PLACE} Street" in ((await source.read(f"Patient/{own_id}")).body or b"").decode()
        page = await search(source, RESTRICTED, "Patient", f"address-city={PLACE}")
        assert [each.id for each in page.matches] == [own_id]


Lift = Callable[[Area], Awaitable[object]]


@pytest.mark.parametrize(
    "lift",
    [
        lambda area: area.surgery.update(RESTRICTED.of_surgery()),
        lambda area: area.surgery.update(RESTRICTED.of_surgery(label="U")),
        lambda area: area.surgery.delete(f"Patient/{RESTRICTED.labelled_id}"),
    ],
    ids=["without label", "unrestricted", "withdrawn"],
)
async def test_a_restriction_ends_when_no_contribution_carries_it(area: Area, lift: Lift) -> None:
    await know(area, RESTRICTED, label="R")
    await area.hospital.update(RESTRICTED.of_hospital() | {"meta": RESTRICTED.of_surgery(label="R")["meta"]})
    reference = f"Patient/{RESTRICTED.plain_id}"
    await lift(area)
    assert PLACE not in ((await area.doctor.read(reference)).body or b"").decode()
    await area.hospital.update(RESTRICTED.of_hospital())
    assert PLACE in ((await area.doctor.read(reference)).body or b"").decode()
    page = await search(area.doctor, RESTRICTED, "Patient", f"address-city={PLACE}")
    assert len(page.matches) == 1


async def test_a_relative_who_must_not_be_found_restricts_whom_they_are_related_to(area: Area) -> None:
    await know(area, CONTROL, label=None)
    related = read_json((await area.hospital.read("RelatedPerson/control-related-z")).body or b"")
    await area.hospital.update(related | {"meta": RESTRICTED.of_surgery(label="R")["meta"]})
    assert telling(await channels(area.gp, CONTROL)) == set()


async def test_the_answer_to_a_write_tells_no_place_of_another_source(area: Area) -> None:
    """The write itself may be what restricts: what the answer folds in was read before it."""
    await know(area, RESTRICTED, label=None)
    told = await area.gp.update(RESTRICTED.of_surgery(label="R"))
    assert PLACE not in (told.body or b"").decode()
    again = await area.gp.update(RESTRICTED.of_surgery(label="R") | {"gender": "other"})
    assert again.body == (await area.gp.read(f"Patient/{RESTRICTED.labelled_id}")).body


async def test_a_sensitive_service_that_knows_a_restricted_person_stays_hidden(area: Area) -> None:
    await know(area, RESTRICTED, label="R")
    await area.pharmacy.update(sensitive(RESTRICTED.of_hospital() | {"id": "clinic"}))
    assert await refusal(area.doctor.read("Patient/clinic")) == (404, "not-found")


BY_PLACE = (
    *(f"address={PLACE}", f"address-city={PLACE}One", f"address-postalcode={PLACE}-1AA", "address-use=home"),
    *(f"address:contains={PLACE}", f"address-city:exact={PLACE}Two", "address:missing=false", "telecom:missing=false"),
    *(f"phone={PLACE}-phone-One", f"email={PLACE}@One.test", f"telecom={PLACE}-phone-Two"),
    *(f"general-practitioner=Organization/{PRACTICE}", f"organization=Organization/{PRACTICE}"),
    *(f"general-practitioner:identifier={ODS_ORGANISATION}|A81001", f"organization.name={PLACE}"),
    *("general-practitioner:missing=false", f"general-practitioner:Organization.name={PLACE}"),
    *(f"identifier=urn:s:{PLACE}|", f"identifier=urn:h:{PLACE}|{PLACE}-h{{index}}"),
    *(f"_has:RelatedPerson:patient:address-city={PLACE}", f"_has:RelatedPerson:patient:phone={PLACE}-phone-Zed"),
    *(
        f"_has:Encounter:patient:location.name={PLACE}",
        f"_has:Encounter:patient:service-provider=Organization/{PRACTICE}",
    ),
)
OF_OTHERS = (
    ("RelatedPerson", f"address-city={PLACE}Zed"),
    ("RelatedPerson", f"phone={PLACE}-phone-Zed"),
    ("RelatedPerson", f"patient.address={PLACE}"),
    ("Observation", f"patient.address={PLACE}"),
    ("Observation", f"patient.phone={PLACE}-phone-One"),
    ("Observation", f"patient.general-practitioner=Organization/{PRACTICE}"),
    ("Observation", f"subject:Patient.organization.name={PLACE}"),
    ("Observation", f"patient._has:RelatedPerson:patient:address-city={PLACE}"),
    ("Encounter", "location=Location/hideaway-ward"),
    ("Encounter", f"location.name={PLACE}"),
    ("Encounter", f"service-provider=Organization/{PRACTICE}"),
)


async def test_nobody_finds_a_restricted_person_by_where_they_are(area: Area) -> None:
    """Hazard: the address of a restricted person is found out by asking for it, in a match, a total or a chain."""
    await know(area, RESTRICTED, label="R")
    await know(area, CONTROL, label=None)
    asked = [*(("Patient", text) for text in BY_PLACE), *OF_OTHERS]
    for resource_type, text in asked:
        for asker in (area.gp, area.doctor):
            control = text.format(index=CONTROL.index)
            found = await search(asker, CONTROL, resource_type, f"{control}&_total=accurate")
            assert found.matches, text
            assert found.total == len(found.matches), text
            hidden = text.format(index=RESTRICTED.index)
            page = await search(asker, RESTRICTED, resource_type, f"{hidden}&_total=accurate")
            assert (list(page.matches), page.total) == ([], 0), text
            counted = await search(asker, RESTRICTED, resource_type, f"{hidden}&_summary=count")
            assert counted.total == 0, text


async def test_a_trace_by_place_finds_those_alone_who_are_not_restricted(area: Area) -> None:
    await know(area, RESTRICTED, label="R")
    await know(area, CONTROL, label=None)
    for text in (text for text in BY_PLACE if not text.startswith("_has")):
        page = await search(area.doctor, None, "Patient", text.format(index=CONTROL.index) + "&_total=accurate")
        assert [each.id for each in page.matches] == [CONTROL.labelled_id], text
        assert page.total == 1, text


async def test_an_order_by_place_tells_nothing_of_a_restricted_person(area: Area) -> None:
    await know(area, RESTRICTED, label="R")
    await know(area, CONTROL, label=None)
    for who, expected in ((CONTROL, ["a", "z"]), (RESTRICTED, ["z", "a"])):
        page = await search(area.gp, who, "RelatedPerson", "_sort=address-city&_count=1")
        assert [each.id[-1] for each in page.matches] == expected[:1]
        assert (PLACE.lower() in str(page.after).lower()) is (who is CONTROL)


async def test_what_is_included_through_a_place_is_not(area: Area) -> None:
    await know(area, RESTRICTED, label="R")
    await know(area, CONTROL, label=None)
    for resource_type, text in (
        ("Patient", "_include=Patient:general-practitioner"),
        ("Patient", "_include=Patient:organization"),
        ("Encounter", "_include=Encounter:location"),
        ("Encounter", "_include=Encounter:service-provider"),
    ):
        assert (await search(area.gp, CONTROL, resource_type, text)).included, text
        page = await search(area.gp, RESTRICTED, resource_type, text)
        assert page.matches
        assert not page.included, text


async def test_the_trace_of_several_reduces_those_alone_who_are_restricted(area: Area) -> None:
    await know(area, RESTRICTED, label="R")
    await know(area, CONTROL, label=None)
    page = await search(area.gp, None, "Patient", "family=Fell&birthdate=1980-01-01")
    told = {each.id: PLACE in each.body.decode() for each in page.matches}
    assert told == {RESTRICTED.labelled_id: False, CONTROL.labelled_id: True}


async def test_reading_somebody_who_is_not_restricted_parses_nothing_for_that(
    area: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    await know(area, CONTROL, label=None)

    def parsed(*_: object) -> bytes:
        raise AssertionError

    monkeypatch.setattr(location_safe, "read_json", parsed)
    assert await channels(area.gp, CONTROL)
    assert (await search(area.gp, None, "Patient", "family=Fell&birthdate=1980-01-01")).matches


async def test_creates_that_are_written_together_restrict_whom_they_say(area: Area) -> None:
    """A dozen relatives at once, of whom every third must not be found."""
    await know(area, CONTROL, label=None)
    kin: JsonObject = {"resourceType": "RelatedPerson", "patient": {"reference": f"Patient/{CONTROL.plain_id}"}}
    written = await asyncio.gather(
        *(area.hospital.create(kin if place % 3 else labelled(kin, "R")) for place in range(12))
    )
    labels = {each.draft.rid for place, each in enumerate(written) if place % 3 == 0}
    rows = await area.rows("SELECT rid FROM fact_restriction")
    assert {row["rid"] for row in rows} == labels
    assert PLACE not in ((await area.gp.read(f"Patient/{CONTROL.plain_id}")).body or b"").decode()


async def test_a_feed_restricts_whom_it_labels_and_lifts_it_when_it_comes_again(area: Area) -> None:
    await know(area, RESTRICTED, label=None)
    reference = f"Patient/{RESTRICTED.plain_id}"
    for label, told in (("R", False), (None, True), ("R", False)):
        others = [sent(patient(number(place), id=f"other-{place}")) for place in range(10, 20)]
        await area.surgery.load(sent(RESTRICTED.of_surgery(label=label)), *others)
        assert (PLACE in ((await area.doctor.read(reference)).body or b"").decode()) is told
