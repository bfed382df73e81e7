"""Facts of relationship follow what is written: who may open a record is never older than the record."""

from datetime import UTC, datetime

from tests.record.area import GP, Area, citizen_with, clinician_at, post, refusal
from tests.record.made import encounter, number, observation, organisation, patient

from lhcr.kernel.json_types import JsonObject


async def facts(area: Area) -> set[tuple[str, str]]:
    rows = await area.rows("SELECT party, kind FROM fact_relationship")
    return {(row["party"], row["kind"]) for row in rows}


def stay(*, id: str = "e", provider: str = "Organization/b82002", **elements: object) -> JsonObject:
    return (
        encounter("Patient/p", id=id, serviceProvider={"reference": provider}, period={"start": "2026-01-01"})
        | elements
    )


async def prepared(area: Area) -> None:
    for code in ("A81001", "B82002", "C83003"):
        await area.hospital.update(organisation(code, id=code.lower()))
    await area.hospital.update(patient(number(1), id="p"))


async def test_a_contribution_ties_its_source_to_the_person(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    await area.pharmacy.update(patient(number(1), id="q"))
    assert {fact for fact in await facts(area) if fact[1] == "contribution"} == {
        ("RRE", "contribution"),
        ("FA123", "contribution"),
    }
    before = await area.value("SELECT high FROM fact_relationship WHERE party = 'RRE' AND kind = 'contribution'")
    await area.hospital.create(observation("Patient/p"))
    after = await area.value("SELECT high FROM fact_relationship WHERE party = 'RRE' AND kind = 'contribution'")
    assert after > before
    assert await area.value("SELECT count(*) FROM fact_relationship WHERE party = 'RRE' AND kind = 'contribution'") == 1


async def test_facts_follow_create_update_patch_and_delete(area: Area) -> None:
    await prepared(area)
    before = await facts(area)
    await area.hospital.update(stay())
    assert await facts(area) - before == {("B82002", "encounter")}
    await area.hospital.update(stay(provider="Organization/c83003"))
    assert await facts(area) - before == {("C83003", "encounter")}
    await area.hospital.patch(
        "Encounter/e", [{"op": "replace", "path": "/serviceProvider/reference", "value": "Organization/a81001"}]
    )
    assert await facts(area) - before == {("A81001", "encounter")}
    await area.hospital.update(stay(status="entered-in-error"))
    assert await facts(area) == before
    await area.hospital.update(stay())
    await area.hospital.delete("Encounter/e")
    assert await facts(area) == before


async def test_a_fact_ends_when_what_says_it_ends_and_not_while_another_entry_says_it(area: Area) -> None:
    await prepared(area)
    await area.hospital.update(stay())
    await area.hospital.update(stay(id="f"))
    reader = area.asks(clinician_at("B82002"))
    assert (await reader.read("Patient/p")).version == 1
    await area.hospital.delete("Encounter/e")
    assert (await reader.read("Patient/p")).version == 1
    await area.hospital.delete("Encounter/f")
    # The decision that was made a moment ago is not remembered past what it rested on.
    assert (await refusal(reader.read("Patient/p")))[0] == 403


async def test_the_period_of_a_fact_follows_an_update(area: Area) -> None:
    await prepared(area)
    await area.hospital.update(stay())
    await area.hospital.update(stay(period={"start": "2001-01-01", "end": "2001-02-01"}))
    (row,) = await area.rows("SELECT high FROM fact_relationship WHERE kind = 'encounter'")
    assert row["high"] < datetime(2002, 1, 1, tzinfo=UTC)
    assert (await refusal(area.asks(clinician_at("B82002")).read("Patient/p")))[0] == 403


async def test_an_organisation_of_the_same_transaction_is_a_party(area: Area) -> None:
    await area.hospital.transaction(
        post(organisation("B82002"), full_url="urn:uuid:org"),
        post(patient(number(1), generalPractitioner=[{"reference": "urn:uuid:org"}]), full_url="urn:uuid:p"),
    )
    assert ("B82002", "registration") in await facts(area)


async def test_an_organisation_is_a_party_under_its_address_here_too(area: Area) -> None:
    await prepared(area)
    await area.hospital.update(stay(provider="http://area.test/fhir/Organization/b82002"))
    assert ("B82002", "encounter") in await facts(area)


async def test_a_code_that_is_corrected_counts_from_then_on(area: Area) -> None:
    """Hazard: the wrong organisation opens the record."""
    await prepared(area)
    await area.hospital.update(stay())
    await area.hospital.update(organisation("C83003", id="b82002"))
    await area.hospital.update(stay(id="f"))
    assert {party for party, kind in await facts(area) if kind == "encounter"} == {"B82002", "C83003"}


async def test_a_persons_own_number_ties_them_to_their_record_as_long_as_a_patient_says_it(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    await area.hospital.update(observation("Patient/p", id="o"))
    citizen = area.asks(citizen_with(number(1)))
    assert (await citizen.read("Observation/o")).version == 1
    await area.hospital.update(patient(number(2), id="p"))
    assert (await refusal(citizen.read("Observation/o")))[0] == 403
    assert (await area.asks(citizen_with(number(2))).read("Observation/o")).version == 1


async def test_entries_about_nobody_say_no_facts(area: Area) -> None:
    await prepared(area)
    before = await facts(area)
    unnamed = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}}
    await area.hospital.create(unnamed | {"serviceProvider": {"reference": "Organization/b82002"}})
    assert await facts(area) == before


async def test_a_refused_write_leaves_no_fact(area: Area) -> None:
    await prepared(area)
    before = await facts(area)
    await refusal(area.hospital.update(stay(), if_match=7))
    await refusal(area.pharmacy.create(stay() | {"subject": {"reference": "Patient/nobody"}}))
    assert await facts(area) == before
    assert (await refusal(area.asks(GP).read("Patient/p")))[0] == 403
