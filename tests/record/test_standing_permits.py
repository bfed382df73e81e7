"""Standing permits: a write happens only while what permits it stands, and makes no relationship where none is in force."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from tests.record.area import Area, Asker, citizen_with, clinician_at, delete, open_area, patch, post, put, refusal
from tests.record.made import encounter, number, observation, organisation, patient

from lhcr.access.decision import AccessDecision
from lhcr.access.refusal import Refused
from lhcr.access.request import Interaction, Request
from lhcr.access.verdict import deny_always
from lhcr.identity.principal import Principal
from lhcr.kernel.json_types import JsonObject
from lhcr.record.current import Current
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


async def test_hazard_a_write_does_not_go_by_a_permit_to_read_whose_ground_has_gone(tied: Area) -> None:
    """Hazard: a sensitive item exposed, by what a write is told of entries that its writer may not read any more."""
    decision = await decided(tied, Interaction.UPDATE)
    person_id = await tied.person_of("Patient/p") or 0
    await neighbour(tied).read("Observation/of-the-hospital")
    current = Current(tied.gate)
    assert await current.reading(decision, type="Observation", person_id=person_id) is not None
    async with open_area(tied.dsn) as second:
        await withdraw(second)
    assert await current.reading(decision, type="Observation", person_id=person_id) is None


async def test_who_may_write_and_not_read_any_more_is_told_of_their_own_patient(
    tied: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The permit to read goes after it was asked for: what is written stands, and nothing of others is told."""
    remembered = await neighbour(tied).decide(Interaction.READ, "Patient", await tied.person_of("Patient/p"))
    own = await neighbour(tied).create(patient(number(1)))
    writing = await decided(tied, Interaction.UPDATE, "Patient")
    decide, left = tied.gate.decide, [remembered]

    async def refuse_to_read(principal: Principal, request: Request, **more: bool) -> AccessDecision:
        if request.interaction is not Interaction.READ:
            return await decide(principal, request, **more)
        if left:
            return left.pop()
        raise Refused(deny_always("relationship", "Nothing is in force."), reference="D-0")

    monkeypatch.setattr(tied.gate, "decide", refuse_to_read)
    changed = patient(number(1), id=own.draft.id, gender="male")
    (written,) = await neighbour(tied).write(writing, [put(changed)])
    assert (written.version, b"male" in (written.body or b"")) == (2, True)


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


OTHER = "ZOT"
_WEEK = timedelta(days=7)


async def strange(area: Area) -> Asker:
    """Return a clinician of the neighbour, to whom nothing in force ties the person any more."""
    await area.hospital.update(organisation(OTHER, id="zot"))
    await end_all_ties(area)
    return neighbour(area)


async def ties_of(area: Area, party: str) -> list[tuple[str, datetime, datetime]]:
    rows = await area.rows("SELECT kind, low, high FROM fact_relationship WHERE party = $1 ORDER BY kind, rid", party)
    return [(row["kind"], row["low"], row["high"]) for row in rows]


def at_the_other(resource_type: str) -> JsonObject:
    """Return an entry that says that another organisation has to do with the person."""
    other = {"reference": "Organization/zot"}
    about = {"resourceType": resource_type, "status": "active"}
    match resource_type:
        case "Encounter":
            return stay(serviceProvider=other)
        case "EpisodeOfCare":
            return about | {"patient": {"reference": "Patient/p"}, "managingOrganization": other}
        case "ServiceRequest":
            return about | {"intent": "order", "subject": {"reference": "Patient/p"}, "performer": [other]}
        case "Appointment":
            actors = [
                {"actor": {"reference": "Patient/p"}, "status": "accepted"},
                {"actor": other, "status": "accepted"},
            ]
            return about | {"status": "booked", "start": datetime.now(UTC).isoformat(), "participant": actors}
    return patient(number(1), generalPractitioner=[other])


@pytest.mark.parametrize("type_", ["Encounter", "EpisodeOfCare", "ServiceRequest", "Appointment", "Patient"])
async def test_hazard_nobody_opens_a_record_to_others_to_which_nothing_ties_them(tied: Area, type_: str) -> None:
    """Hazard: a sensitive item exposed. Whoever may not open a record themselves would let in whom they name."""
    asker = await strange(tied)
    resource = {name: value for name, value in at_the_other(type_).items() if name != "id"}
    await asker.create(resource)
    assert await ties_of(tied, OTHER) == []
    assert (await refusal(tied.asks(clinician_at(OTHER)).read("Patient/p")))[0] == 403
    decision = await asker.decide(Interaction.CREATE, type_, None)
    await asker.write(decision, [post(dict(resource)), post(observation("Patient/p"))])
    assert await ties_of(tied, OTHER) == []


@pytest.mark.parametrize("type_", ["Encounter", "Patient"])
async def test_what_is_said_in_a_relationship_ties_whom_it_names(tied: Area, type_: str) -> None:
    await tied.hospital.update(organisation(OTHER, id="zot"))
    resource = {name: value for name, value in at_the_other(type_).items() if name != "id"}
    await neighbour(tied).create(resource)
    assert await ties_of(tied, OTHER)
    assert (await tied.asks(clinician_at(OTHER)).read("Patient/p")).version


async def test_what_was_said_in_a_relationship_may_be_repeated_shortened_and_ended_after_it(tied: Area) -> None:
    """Hazard: partial record. A correction by somebody who left must not shut out whom the entry named rightly."""
    await tied.hospital.update(organisation(OTHER, id="zot"))
    now = datetime.now(UTC)

    def there(start: datetime, end: datetime, *, status: str = "finished") -> JsonObject:
        period = {"start": start.isoformat(), "end": end.isoformat()}
        return stay(serviceProvider={"reference": "Organization/zot"}, period=period, status=status) | {"id": "there"}

    await neighbour(tied).update(there(now - 2 * _WEEK, now))
    ((_, low, high),) = await ties_of(tied, OTHER)
    asker = await strange(tied)
    await asker.update(there(now - 2 * _WEEK, now))
    assert await ties_of(tied, OTHER) == [("encounter", low, high)]
    await asker.update(there(now - 3 * _WEEK, now + _WEEK))
    assert await ties_of(tied, OTHER) == [("encounter", low, high)]
    await asker.update(there(now - _WEEK, now - _WEEK / 2))
    assert await ties_of(tied, OTHER) == [("encounter", low + _WEEK, high - _WEEK / 2)]
    await asker.update(there(now - 1500 * _WEEK / 7, now - 1400 * _WEEK / 7))
    assert [each for each in await ties_of(tied, OTHER) if each[2] > now] == []
    await asker.update(there(now - _WEEK, now))
    assert [each for each in await ties_of(tied, OTHER) if each[2] > now] == []
    await asker.update(there(now - _WEEK, now, status="cancelled"))
    assert await ties_of(tied, OTHER) == []
    assert (await refusal(tied.asks(clinician_at(OTHER)).read("Patient/p")))[0] == 403


async def test_a_citizen_keeps_their_own_record_when_somebody_who_left_corrects_their_patient(tied: Area) -> None:
    await neighbour(tied).create(patient(number(1)))
    asker = await strange(tied)
    decision = await decided(tied, Interaction.CREATE, "Patient")
    before = await tied.rows("SELECT party, rid FROM fact_relationship WHERE kind = 'self' ORDER BY rid")
    await asker.write(decision, [post(patient(number(1), birthDate="1950-01-01"))])
    assert await tied.rows("SELECT party, rid FROM fact_relationship WHERE kind = 'self' ORDER BY rid") == before
    assert (await tied.asks(citizen_with(number(1))).read("Patient/p")).version
