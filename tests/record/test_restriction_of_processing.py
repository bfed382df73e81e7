"""Restriction of processing: what is restricted is shown to nobody but its own source, until the order is released."""

from datetime import UTC, datetime

import pytest
from tests.record.area import BASE, DOCTOR, GP, KEY, Area, Asker, citizen_with, open_area, put, refusal, sent
from tests.record.made import encounter, number, observation, patient, sensitive
from tests.record.ordering import COURT, decided, places_of, restrict

from lhcr.access.order import RESTRICTED_PROCESSING
from lhcr.access.request import Interaction
from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.query_parser import parse_query
from lhcr.kernel.errors import Conflict
from lhcr.kernel.ids import RouteCipher
from lhcr.kernel.json_types import JsonObject
from lhcr.record.persons import Persons
from lhcr.record.search.record_search import RecordSearch
from lhcr.store.code_systems import CodeSystems

AGAIN = "The dispute was settled on 3 June 2026"


def about_o(id: str = "seen") -> JsonObject:
    return {
        "resourceType": "Provenance",
        "id": id,
        "target": [{"reference": "Observation/o"}],
        "recorded": "2026-01-01T00:00:00Z",
        "agent": [{"who": {"display": "Somebody"}}],
    }


async def scene(area: Area) -> None:
    """Ada at the hospital and at the surgery, whose GP cares for her: an observation of the hospital's in two versions."""
    await area.surgery.load(sent(patient(number(1), id="sp")), sent(encounter("Patient/sp", id="se")))
    await area.hospital.load(
        sent(patient(number(1), id="p")),
        sent(observation("Patient/p", id="o")),
        sent(observation("Patient/p", id="other")),
        sent(about_o()),
    )
    await area.hospital.load(sent(observation("Patient/p", id="o", status="amended")))


def others(area: Area) -> tuple[Asker, ...]:
    return area.surgery, area.asks(GP), area.asks(citizen_with(number(1)))


async def assert_hidden(area: Area, reference: str = "Observation/o") -> None:
    own_id = reference.partition("/")[2]
    for asker in others(area):
        for version in (None, 1, 2):
            assert await refusal(asker.vread(reference, version)) == (404, "not-found")
        assert await refusal(asker.history(reference)) == (404, "not-found")
    for asker in others(area)[1:]:
        assert own_id not in {each.id for each in (await asker.everything("Patient/sp")).found}


async def test_hazard_it_is_absent_for_everybody_but_its_source_in_every_version_and_list(area: Area) -> None:
    """Hazard: an entry whose truth is contested is acted on by somebody who found it where nobody thought of."""
    await scene(area)
    assert (await area.gp.read("Observation/o")).version == 2
    await restrict(area, "Observation/o")
    await assert_hidden(area)
    for version in (1, 2):
        assert (await area.hospital.vread("Observation/o", version)).version == version
    assert (await area.asks(DOCTOR).read("Observation/o")).version == 2


async def test_every_row_that_finds_it_has_the_label_and_no_other_row_has(area: Area) -> None:
    await scene(area)
    await restrict(area, "Observation/o")
    labelled = [
        row["class_id"]
        for row in await area.rows("SELECT class_id, labels FROM access_class")
        if RESTRICTED_PROCESSING in row["labels"]
    ]
    rids = {row["rid"] for row in await area.rows("SELECT rid FROM resource WHERE id IN ('o', 'seen')")}
    for table in ("resource", "resource_history", "search_token", "search_date", "search_reference"):
        found = await area.rows(f"SELECT DISTINCT rid FROM {table} WHERE class = ANY ($1)", labelled)
        unlabelled = await area.rows(
            f"SELECT rid FROM {table} WHERE rid = ANY ($1) AND class <> ALL ($2)", rids, labelled
        )
        assert {row["rid"] for row in found} <= rids
        assert unlabelled == []


async def test_hazard_a_new_version_by_its_source_stays_restricted_and_so_does_its_end(area: Area) -> None:
    """Hazard: the next nightly feed shows again what was to be hidden."""
    await scene(area)
    await restrict(area, "Observation/o")
    await area.hospital.load(sent(observation("Patient/p", id="o", status="corrected")))
    await area.hospital.transaction(put(sensitive(observation("Patient/p", id="o", status="final"))))
    await area.hospital.patch("Observation/o", [{"op": "replace", "path": "/status", "value": "amended"}])
    await assert_hidden(area)
    assert (await area.hospital.read("Observation/o")).version == 5
    await area.hospital.delete("Observation/o")
    await assert_hidden(area)


async def test_hazard_a_provenance_does_not_tell_of_it_whether_it_came_before_or_after(area: Area) -> None:
    await scene(area)
    given = await restrict(area, "Observation/o")
    assert given.followers == ("Provenance/seen",)
    await area.hospital.load(sent(about_o("later")))
    await assert_hidden(area, "Provenance/seen")
    await assert_hidden(area, "Provenance/later")


async def test_a_released_entry_is_shown_again_in_every_version_to_those_who_saw_it(area: Area) -> None:
    await scene(area)
    person = await area.person_of("Patient/p")
    before = (await area.gp.read("Observation/o")).body
    await restrict(area, "Observation/o")
    await area.hospital.load(sent(about_o("later")))
    (given,) = await area.record.orders.of(await decided(area, person))
    await area.record.processing.release(await decided(area, person), given, authority=AGAIN)
    assert (await area.gp.read("Observation/o")).body == before
    assert (await area.gp.vread("Observation/o", 1)).version == 1
    for reference in ("Provenance/seen", "Provenance/later"):
        assert (await area.gp.read(reference)).version == 1
    with pytest.raises(Conflict):
        await area.record.processing.release(await decided(area, person), given, authority=AGAIN)


async def test_what_another_order_restricts_too_stays_restricted(area: Area) -> None:
    await scene(area)
    person = await area.person_of("Patient/p")
    await restrict(area, "Observation/o")
    await restrict(area, "Patient/p", source="RRE")
    first, second = await area.record.orders.of(await decided(area, person))
    await area.record.processing.release(await decided(area, person), first, authority=AGAIN)
    await assert_hidden(area)
    await area.record.processing.release(await decided(area, person), second, authority=AGAIN)
    assert (await area.gp.read("Observation/o")).version == 2


async def test_a_sensitive_entry_that_is_released_is_as_sensitive_as_before(area: Area) -> None:
    await scene(area)
    await area.hospital.load(sent(sensitive(observation("Patient/p", id="o"))))
    person = await area.person_of("Patient/p")
    await restrict(area, "Observation/o")
    (given,) = await area.record.orders.of(await decided(area, person))
    await area.record.processing.release(await decided(area, person), given, authority=AGAIN)
    assert (await refusal(area.gp.read("Observation/o")))[0] == 404


async def test_a_source_neither_restricts_nor_releases_by_what_it_writes(area: Area) -> None:
    """Hazard: an entry that hides for good because its sender wrote this record's own label on it."""
    await scene(area)
    label = {"security": [{"system": "urn:lhcr:label", "code": "restricted-processing"}]}
    await area.hospital.load(sent(observation("Patient/p", id="o", meta=label)))
    assert (await area.gp.read("Observation/o")).version == 3
    await restrict(area, "Observation/o")
    await area.hospital.load(sent(observation("Patient/p", id="o", status="registered")))
    await assert_hidden(area)


async def test_a_restricted_patient_is_left_out_of_the_golden_one(area: Area) -> None:
    await scene(area)
    await area.hospital.load(sent(patient(number(1), id="p", address=[{"text": "Contested House"}])))
    assert b"Contested House" in ((await area.gp.read("Patient/sp")).body or b"")
    given = await restrict(area, "Patient/p")
    assert given.followers == ()
    assert (await area.gp.read("Observation/o")).version == 2
    shown = read_json((await area.gp.read("Patient/sp")).body or b"")
    assert "address" not in shown


async def test_the_words_of_the_order_are_with_the_order_and_in_the_log_alone(area: Area) -> None:
    await scene(area)
    await restrict(area, "Observation/o")
    assert await places_of(area, COURT) == {"entry_order.authority"}
    assert await places_of(area, "Family+Court") == {"audit_entry.text"}


async def found_by(asker: Asker, text: str) -> set[str]:
    person = await asker.area.person_of("Patient/p")
    decision = await asker.decide(Interaction.SEARCH, "Observation", person)
    pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in text.split("&"))]
    query = parse_query("Observation", pairs, now=datetime.now(UTC), bases=(BASE,))
    persons, systems = Persons(RouteCipher(KEY)), CodeSystems(asker.area.side_pool)
    search = RecordSearch(pool=asker.area.pool, persons=persons, systems=systems)
    return {each.id for each in (await search.search(query, visibility=decision.visibility, person=person)).matches}


async def test_it_is_found_by_no_search_of_others(area: Area) -> None:
    await scene(area)
    for text in ("patient=Patient/p", "code=8867-4", "_sort=_lastUpdated", "_has:Provenance:target:_id=seen"):
        before = await found_by(area.gp, text)
        assert "o" in before
        given = await restrict(area, "Observation/o")
        assert await found_by(area.gp, text) == before - {"o"}
        assert "o" in await found_by(area.hospital, text)
        (order,) = [
            each
            for each in await area.record.orders.of(await decided(area, await area.person_of("Patient/p")))
            if each.order_id == given.order_id
        ]
        await area.record.processing.release(await decided(area, order.person_id), order, authority=AGAIN)


async def test_hazard_record_opened_to_a_stranger_nobody_is_the_person_by_a_patient_that_is_restricted(
    area: Area,
) -> None:
    """A number that a restricted Patient alone gives opens the record to nobody; one that another gives too still does."""
    await scene(area)
    citizen = area.asks(citizen_with(number(1)))
    await restrict(area, "Patient/p")
    assert (await citizen.read("Observation/other")).version
    given = await restrict(area, "Patient/sp")
    assert (await refusal(citizen.read("Observation/other")))[0] == 403
    assert (await refusal(citizen.everything("Patient/sp")))[0] == 403
    decision = await decided(area, await area.person_of("Patient/sp"))
    order = next(each for each in await area.record.orders.of(decision) if each.order_id == given.order_id)
    await area.record.processing.release(decision, order, authority=AGAIN)
    assert (await citizen.read("Observation/other")).version


@pytest.mark.parametrize("how", ["load", "put", "post", "transaction"])
async def test_hazard_what_a_source_sends_while_all_of_theirs_is_restricted_is_restricted_too(
    area: Area, how: str
) -> None:
    await scene(area)
    given = await restrict(area, "Patient/p", source="RRE")
    later = observation("Patient/p", id="later")
    name = "Observation/later"
    if how == "load":
        await area.hospital.load(sent(later))
    elif how == "put":
        await area.hospital.update(later)
    elif how == "transaction":
        await area.hospital.transaction(put(later))
    else:
        name = f"Observation/{(await area.hospital.create(observation('Patient/p'))).draft.id}"
    assert (await area.hospital.read(name)).version
    for asker in others(area):
        assert await refusal(asker.read(name)) == (404, "not-found")
    await area.surgery.update(observation("Patient/sp", id="theirs"))
    assert (await area.asks(GP).read("Observation/theirs")).version
    await _release(area, given.order_id)
    assert (await area.asks(GP).read(name)).version
    await area.hospital.update(observation("Patient/p", id="after"))
    assert (await area.asks(GP).read("Observation/after")).version


async def _release(area: Area, order_id: str) -> None:
    decision = await decided(area, await area.person_of("Patient/sp"))
    order = next(each for each in await area.record.orders.of(decision) if each.order_id == order_id)
    await area.record.processing.release(decision, order, authority=AGAIN)


async def test_what_two_orders_over_a_source_restrict_stays_restricted_by_the_second(area: Area) -> None:
    await scene(area)
    first = await restrict(area, "Patient/p", source="RRE")
    await restrict(area, "Patient/p", source="RRE")
    await area.hospital.update(observation("Patient/p", id="later"))
    await _release(area, first.order_id)
    assert await refusal(area.asks(GP).read("Observation/later")) == (404, "not-found")
    await area.hospital.update(observation("Patient/p", id="last"))
    assert await refusal(area.asks(GP).read("Observation/last")) == (404, "not-found")


async def test_hazard_another_worker_restricts_what_it_writes_from_the_next_write_on(area: Area) -> None:
    """It has written for that source before, and nobody has told it of the order."""
    await scene(area)
    async with open_area(area.dsn) as second:
        await second.hospital.update(observation("Patient/p", id="before"))
        await restrict(area, "Patient/p", source="RRE")
        posted = (await second.hospital.create(observation("Patient/p"))).draft.id
        await second.hospital.load(sent(observation("Patient/p", id="later")))
        for own_id in ("before", posted, "later"):
            assert await refusal(area.asks(GP).read(f"Observation/{own_id}")) == (404, "not-found")
