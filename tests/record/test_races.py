"""What several writers at once make of one resource, one person and many persons: nothing lost, nobody stuck."""

import asyncio
import random

from tests.record.area import Area, open_area, put, refusal, sent
from tests.record.made import HOSPITAL_NUMBER, identifier, labelled, number, observation, patient

from lhcr.access.request import Interaction
from lhcr.fhir.json_document import read_json
from lhcr.kernel.errors import Busy, Conflict
from lhcr.kernel.json_types import JsonObject
from lhcr.record.written import Written


async def test_of_many_writers_with_one_if_match_one_wins(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="somebody"))
    await area.hospital.update(observation("Patient/somebody", id="one"))
    attempts = [
        area.hospital.update(observation("Patient/somebody", id="one", language=f"en-{turn}"), if_match=1)
        for turn in range(20)
    ]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(isinstance(each, Written) for each in outcomes) == 1
    assert all(isinstance(each, Written | Conflict) for each in outcomes)
    assert (await area.hospital.read("Observation/one")).version == 2


async def test_a_counter_that_many_writers_raise_by_if_match_loses_no_step(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="somebody"))
    await area.hospital.update(observation("Patient/somebody", id="one", valueInteger=0))

    async def raise_it() -> None:
        while True:
            stored = await area.hospital.read("Observation/one")
            value = read_json(stored.body or b"")["valueInteger"]
            changed = observation("Patient/somebody", id="one", valueInteger=value + 1)
            try:
                await area.hospital.update(changed, if_match=stored.version)
            except Conflict:
                continue
            return

    await asyncio.gather(*(raise_it() for _ in range(12)))
    stored = await area.hospital.read("Observation/one")
    assert (read_json(stored.body or b"")["valueInteger"], stored.version) == (12, 13)


async def test_many_updates_under_one_new_id_at_once_make_one_resource_with_every_version(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="somebody"))
    for resource in (
        observation("Patient/somebody", id="one"),
        patient(id="no-number"),
        patient(number(2), id="with-number"),
        {"resourceType": "Organization", "id": "us", "name": "Us"},
        {"resourceType": "Medication", "id": "drug", "code": {"text": "x"}},
    ):
        async with open_area(area.dsn) as other:
            workers = [area.hospital, other.hospital]
            written = await asyncio.gather(
                *(workers[turn % 2].update(resource | {"language": f"en-{turn}"}) for turn in range(10))
            )
        assert sorted(each.draft.version for each in written) == list(range(1, 11))
        assert [each.created for each in written].count(True) == 1
        reference = f"{resource['resourceType']}/{resource['id']}"
        assert len((await area.hospital.history(reference)).versions) == 10
    assert await area.value("SELECT count(*) FROM person") == 3


async def test_of_two_sources_that_bring_one_id_at_once_one_gets_it(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="ours"))
    await area.pharmacy.update(patient(number(1), id="theirs"))
    for turn in range(5):
        hospital = area.hospital.update(observation("Patient/ours", id=f"o{turn}"))
        pharmacy = area.pharmacy.update(observation("Patient/theirs", id=f"o{turn}"))
        outcomes = await asyncio.gather(hospital, pharmacy, return_exceptions=True)
        assert [isinstance(each, Written) for each in outcomes].count(True) == 1
        (lost,) = [each for each in outcomes if not isinstance(each, Written)]
        assert isinstance(lost, Conflict)
        assert lost.issues[0].error == "id-taken"


async def test_patches_and_updates_of_one_resource_at_once_wait_for_each_other(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="somebody"))
    await area.hospital.update(observation("Patient/somebody", id="one"))

    async def patched(turn: int) -> Written:
        return await area.hospital.patch("Observation/one", [{"op": "add", "path": "/language", "value": f"en-{turn}"}])

    async def updated(turn: int) -> Written:
        return await area.hospital.update(observation("Patient/somebody", id="one", language=f"de-{turn}"))

    written = await asyncio.gather(*((patched, updated)[turn % 2](turn) for turn in range(24)))
    assert sorted(each.draft.version for each in written) == list(range(2, 26))


async def test_transactions_over_several_persons_in_any_order_never_wait_in_a_circle(area: Area) -> None:
    """Existing and new persons, found by one number or another, with entries that are updated or patched beside them."""
    chance = random.Random(7)
    for index in range(4):
        known = patient(number(index), identifier(f"h{index}", system=HOSPITAL_NUMBER), id=f"p{index}")
        await area.hospital.update(known)
        await area.hospital.update(observation(f"Patient/p{index}", id=f"o{index}"))

    def entries(turn: int) -> list[JsonObject]:
        made: list[JsonObject] = []
        for index in chance.sample(range(8), 5):
            numbers: list[JsonObject | str] = [number(index), identifier(f"h{index}", system=HOSPITAL_NUMBER)]
            made.append(patient(*chance.sample(numbers, chance.choice([1, 2])), id=f"p{index}", language=f"en-{turn}"))
            if index < 4:
                made.append(observation(f"Patient/p{index}", id=f"o{index}", language=f"en-{turn}"))
        chance.shuffle(made)
        return made

    async with open_area(area.dsn, largest=12) as other:
        workers = [area.hospital, other.hospital]
        for _ in range(4):
            batches = [entries(turn) for turn in range(12)]
            attempts = [workers[turn % 2].transaction(*map(put, batch)) for turn, batch in enumerate(batches)]
            for outcome in await asyncio.gather(*attempts, return_exceptions=True):
                if isinstance(outcome, BaseException):
                    raise outcome


async def test_patients_of_several_persons_in_opposite_orders_never_wait_in_a_circle(area: Area) -> None:
    """Nobody is here yet: the rows of the numbers are the locks, and they must be taken in one order."""
    for turn in range(6):
        numbers = [number(turn * 10 + place) for place in range(6)]
        workers = [area.hospital, area.pharmacy, area.surgery]
        batches = [numbers, numbers[::-1], numbers[3:] + numbers[:3]]
        written = await asyncio.gather(
            *(
                worker.transaction(
                    *(put(patient(each, id=f"{worker.principal.organisation}-{each}")) for each in batch)
                )
                for worker, batch in zip(workers, batches, strict=True)
            )
        )
        persons = {tuple(sorted(each.draft.person_id or 0 for each in batch)) for batch in written}
        assert len(persons) == 1


async def test_two_loads_of_one_file_at_once_write_it_once(area: Area) -> None:
    resources = [patient(number(1), id="p"), *(observation("Patient/p", id=f"o{turn}") for turn in range(20))]
    unnamed = [observation("Patient/p") for _ in range(20)]

    async def load(turn: int) -> None:
        entries = [sent(dict(each)) for each in resources]
        entries += [sent(dict(each), full_url=f"urn:uuid:{place}") for place, each in enumerate(unnamed)]
        random.Random(turn).shuffle(entries)
        while True:
            try:
                await area.hospital.load(*entries)
            except Busy:
                entries = [sent(read_json(b"{}") | dict(each)) for each in resources]
                entries += [sent(dict(each), full_url=f"urn:uuid:{place}") for place, each in enumerate(unnamed)]
                continue
            return

    await asyncio.gather(*(load(turn) for turn in range(6)))
    assert await area.value("SELECT count(*) FROM resource") == 41
    assert await area.value("SELECT count(*) FROM resource_history") == 0
    assert await area.value("SELECT count(*) FROM person") == 1


async def test_a_worker_that_missed_a_class_still_knows_its_own_sources_rows(area: Area) -> None:
    """Hazard: nothing is silent. A delete that another worker's class hides would be answered as done, and nothing gone."""
    async with open_area(area.dsn) as other:
        await other.hospital.update(patient(number(1), id="somebody"))
        person = await area.person_of("Patient/somebody")
        # This worker rules on changes of Observations before there is any with a label.
        for interaction in (Interaction.PATCH, Interaction.DELETE):
            await other.hospital.decide(interaction, "Observation", person)
        await area.hospital.update(labelled(observation("Patient/somebody", id="one"), "V"))
        await area.hospital.update(labelled(observation("Patient/somebody", id="two"), "V"))
        patched = await other.hospital.patch("Observation/two", [{"op": "add", "path": "/language", "value": "en"}])
        assert patched.draft.version == 2
        deleted = await other.hospital.delete("Observation/one")
        assert not deleted.draft.is_nothing
    assert await refusal(area.hospital.read("Observation/one")) == (410, "deleted")
