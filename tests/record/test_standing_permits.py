"""Standing permits: a write happens only while what permits it stands, and makes no relationship where none is in force."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from tests.record.area import Area, Asker, clinician_at, delete, open_area, patch, post, put, refusal
from tests.record.made import encounter, number, observation, organisation, patient

from lhcr.access.decision import AccessDecision
from lhcr.access.refusal import Refused
from lhcr.access.request import Interaction
from lhcr.kernel.json_types import JsonObject
from lhcr.record.draft import Draft
from lhcr.record.written import Written

NEIGHBOUR = "ZNB"
_BODY_OF_A_PATCH = [{"op": "replace", "path": "/status", "value": "amended"}]


@pytest.fixture
async def tied(area: Area) -> Area:
    """A person whom the hospital knows and whom one stay ties to a neighbour, which has written one entry."""
    await area.hospital.update(organisation(NEIGHBOUR, id="znb"))
    await area.hospital.update(patient(number(1), id="p"))
    await area.hospital.update(observation("Patient/p", id="of-the-hospital"))
    await area.hospital.update(stay())
    await neighbour(area).update(observation("Patient/p", id="own"))
    return area


def neighbour(area: Area) -> Asker:
    return area.asks(clinician_at(NEIGHBOUR))


def stay(**elements: object) -> JsonObject:
    now = datetime.now(UTC)
    named = {"serviceProvider": {"reference": "Organization/znb"}, "period": {"start": now.isoformat()}}
    return encounter("Patient/p", id="e", **(named | elements))


async def withdraw(area: Area) -> None:
    """End what ties the neighbour to the person; what it contributed goes, as if it had never been."""
    await area.pool.execute("DELETE FROM fact_relationship WHERE party = $1 AND kind = 'contribution'", NEIGHBOUR)
    await area.hospital.delete("Encounter/e")


async def end_all_ties(area: Area) -> None:
    await area.pool.execute(
        "UPDATE fact_relationship SET low = now() - interval '900 days', high = now() - interval '535 days'"
        " WHERE party = $1",
        NEIGHBOUR,
    )
    await area.pool.execute("UPDATE person SET epoch = epoch + 1")


async def decided(area: Area, interaction: Interaction, type: str | None = "Observation") -> AccessDecision:
    person_id = await area.person_of("Patient/p")
    return await neighbour(area).decide(interaction, type, person_id)


async def rows_of_the_neighbour(area: Area) -> list[dict[str, object]]:
    return await area.rows(
        "SELECT r.id, r.version FROM resource AS r JOIN access_class AS c ON c.class_id = r.class"
        " JOIN source AS s USING (source_id) WHERE s.ods = $1 ORDER BY r.id",
        NEIGHBOUR,
    )


WRITES: Sequence[tuple[str, Interaction, Callable[[], list[Draft]]]] = [
    ("create", Interaction.CREATE, lambda: [post(observation("Patient/p"))]),
    ("large create", Interaction.CREATE, lambda: [post(observation("Patient/p", note=[{"text": "x" * 100_000}]))]),
    ("conditional create", Interaction.CREATE, lambda: [post(observation("Patient/p"), condition="_id=x")]),
    ("update", Interaction.UPDATE, lambda: [put(observation("Patient/p", id="own"))]),
    ("create by update", Interaction.UPDATE, lambda: [put(observation("Patient/p", id="new"))]),
    ("patch", Interaction.PATCH, lambda: [patch("Observation/own", _BODY_OF_A_PATCH)]),
    ("delete", Interaction.DELETE, lambda: [delete("Observation/own")]),
    ("transaction", Interaction.CREATE, lambda: [post(observation("Patient/p")), delete("Observation/own")]),
]


@pytest.mark.parametrize(("interaction", "drafts"), [each[1:] for each in WRITES], ids=[each[0] for each in WRITES])
async def test_hazard_nobody_writes_by_a_permit_whose_ground_has_gone(
    tied: Area, interaction: Interaction, drafts: Callable[[], list[Draft]]
) -> None:
    """Hazard: a write by a permit that was withdrawn ties the writer to the person again, and opens the record to them."""
    decision = await decided(tied, interaction)
    before = await rows_of_the_neighbour(tied)
    await withdraw(tied)
    assert (await refusal(neighbour(tied).write(decision, drafts())))[0] == 403
    assert await rows_of_the_neighbour(tied) == before
    assert (await refusal(neighbour(tied).read("Observation/of-the-hospital")))[0] == 403


@pytest.mark.parametrize(("interaction", "drafts"), [each[1:] for each in WRITES], ids=[each[0] for each in WRITES])
async def test_a_permit_that_stands_anew_lets_its_write_through(
    tied: Area, interaction: Interaction, drafts: Callable[[], list[Draft]]
) -> None:
    decision = await decided(tied, interaction)
    await tied.hospital.create(observation("Patient/p"))
    assert await neighbour(tied).write(decision, drafts())


async def test_hazard_a_transaction_that_names_nobody_is_held_to_its_person_as_they_are_now(tied: Area) -> None:
    decision = await neighbour(tied).decide(Interaction.CREATE, "Observation", None)
    await neighbour(tied).write(decision, [post(observation("Patient/p")), post(observation("Patient/p"))])
    await withdraw(tied)
    attempt = neighbour(tied).write(decision, [post(observation("Patient/p")), post(observation("Patient/p"))])
    assert (await refusal(attempt))[0] == 403


async def test_hazard_another_worker_s_withdrawal_reaches_a_write_at_once(tied: Area) -> None:
    async with open_area(tied.dsn) as second:
        await neighbour(second).create(observation("Patient/p"))
        await withdraw(tied)
        assert (await refusal(neighbour(second).create(observation("Patient/p"))))[0] == 403


async def test_of_creates_that_go_together_only_those_whose_permit_has_gone_are_refused(tied: Area) -> None:
    decision = await decided(tied, Interaction.CREATE)
    await withdraw(tied)

    def attempt(n: int) -> Awaitable[list[Written] | Written]:
        if n % 3 == 1:
            return neighbour(tied).write(decision, [post(observation("Patient/p"))])
        return (tied.doctor if n % 3 else tied.hospital).create(observation("Patient/p"))

    outcomes = await asyncio.gather(*(attempt(n) for n in range(12)), return_exceptions=True)
    assert [n for n, each in enumerate(outcomes) if isinstance(each, Refused)] == [1, 4, 7, 10]
    assert len([each for each in outcomes if isinstance(each, Written)]) == 8


async def test_professionals_who_write_about_one_person_at_once_are_all_served(tied: Area) -> None:
    async with open_area(tied.dsn) as second:
        attempts = [asker.create(observation("Patient/p")) for asker in (tied.doctor, neighbour(second)) * 8]
        written = await asyncio.gather(*attempts)
    assert len({each.draft.id for each in written}) == 16


@pytest.mark.parametrize("end", ["all", "contribution alone"])
async def test_hazard_an_organisation_whose_ties_have_ended_does_not_open_the_record_by_writing(
    tied: Area, end: str
) -> None:
    """Hazard: a sensitive item exposed. One entry of their own would be a key to everybody else's, for a year."""
    if end == "contribution alone":
        await tied.pool.execute("DELETE FROM fact_relationship WHERE party = $1 AND kind = 'encounter'", NEIGHBOUR)
    await end_all_ties(tied)
    asker = neighbour(tied)
    before = await tied.rows("SELECT * FROM fact_relationship WHERE party = $1 ORDER BY kind, rid", NEIGHBOUR)
    await asker.create(observation("Patient/p"))
    await asker.update(observation("Patient/p", id="own"))
    await asker.update(observation("Patient/p", id="another"))
    decision = await asker.decide(Interaction.CREATE, "Observation", None)
    await asker.write(decision, [post(observation("Patient/p")), post(observation("Patient/p"))])
    decision = await decided(tied, Interaction.CREATE, "Encounter")
    await asker.write(decision, [post(stay())])
    assert await tied.rows("SELECT * FROM fact_relationship WHERE party = $1 ORDER BY kind, rid", NEIGHBOUR) == before
    assert await refusal(asker.read("Observation/of-the-hospital")) == (404, "not-found")
    assert (await asker.read("Observation/own")).version == 2


async def test_a_professional_in_a_relationship_contributes_on(tied: Area) -> None:
    asked = "SELECT high FROM fact_relationship WHERE party = $1 AND kind = 'contribution'"
    await tied.pool.execute("UPDATE fact_relationship SET high = low WHERE kind = 'contribution'")
    await neighbour(tied).create(observation("Patient/p"))
    assert await tied.value(asked, NEIGHBOUR) > datetime.now(UTC) + timedelta(days=300)


async def test_whoever_brings_a_person_is_tied_to_them_by_it(area: Area) -> None:
    written = await area.doctor.create(patient(number(1)))
    assert (await area.doctor.create(observation(f"Patient/{written.draft.id}"))).version == 1
    (fact,) = await area.rows("SELECT party FROM fact_relationship WHERE kind = 'contribution'")
    assert fact["party"] == "RRE"
