"""Own choices: a person objects on their own page, everybody else's next request obeys in every worker, and they take it back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from tests.record.area import DOCTOR, GP, HOSPITAL, Area, citizen_with, open_area, refusal, sent
from tests.record.made import encounter, number, observation, patient
from tests.record.ordering import restrict

from lhcr.access.decision import AccessDecision
from lhcr.access.own_choice import PEOPLE, Choice, ChoiceKind
from lhcr.access.request import Interaction
from lhcr.fhir.json_document import read_json
from lhcr.fhir.validation import validate
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Busy, Incorrect, LhcrError, NotFound
from lhcr.record.own_choice import OwnChoice, OwnChoices
from lhcr.record.own_choices import MOST_A_DAY

WHOLE = Choice(ChoiceKind.WHOLE)
NOT_THE_SURGERY = Choice(ChoiceKind.ORGANISATION, "A81001")
NOTHING_OF_THE_HOSPITAL = Choice(ChoiceKind.SOURCE, "RRE")
NO_OBSERVATIONS = Choice(ChoiceKind.CATEGORY, "observation")
SELF = citizen_with(number(1))


@pytest.fixture
async def second_worker(area: Area) -> AsyncIterator[Area]:
    async with open_area(area.dsn) as opened:
        yield opened


async def scene(area: Area) -> None:
    await area.surgery.load(sent(patient(number(1), id="sp")), sent(encounter("Patient/sp", id="se")))
    await area.hospital.load(
        sent(patient(number(1), id="p")), sent(encounter("Patient/p", id="he")), sent(observation("Patient/p", id="o"))
    )


async def decision(area: Area, who: Principal = SELF, patient: str = "p") -> AccessDecision:
    return await area.asks(who).decide(Interaction.READ, "Consent", await area.person_of(f"Patient/{patient}"))


async def choose(area: Area, choice: Choice, who: Principal = SELF) -> None:
    await area.record.choosing.choose(await decision(area, who), choice)


async def said(area: Area, who: Principal = SELF) -> OwnChoices:
    return await area.record.choosing.choices(await decision(area, who))


async def withdraw(area: Area, choice: OwnChoice, who: Principal = SELF) -> None:
    await area.record.choosing.withdraw(await decision(area, who), id=choice.id)


async def status(area: Area, who: Principal, reference: str = "Observation/o") -> int:
    try:
        await area.asks(who).read(reference)
    except LhcrError as error:
        return error.status
    return 200


async def test_each_choice_counts_with_the_next_request_in_every_worker(area: Area, second_worker: Area) -> None:
    """Hazard: a sensitive item exposed by a worker that goes on as before."""
    await scene(area)
    workers = (area, second_worker)
    for choice in (WHOLE, NOT_THE_SURGERY, NOTHING_OF_THE_HOSPITAL, NO_OBSERVATIONS):
        assert [await status(each, GP) for each in workers] == [200, 200]
        await choose(area, choice)
        assert [await status(each, GP) for each in workers] == [404, 404], choice
        assert [await status(area, who) for who in (SELF, DOCTOR, HOSPITAL)] == [200, 200, 200]
        (made,) = [each for each in (await said(area)).choices if each.in_force]
        assert made.choice == choice
        await withdraw(second_worker, made)
    assert [await status(each, GP) for each in workers] == [200, 200]


async def test_a_choice_is_a_valid_consent_that_its_person_reads_and_nobody_else(area: Area) -> None:
    """Hazard: what somebody objects to tells what there is to hide."""
    await scene(area)
    for choice in (WHOLE, NOT_THE_SURGERY, NOTHING_OF_THE_HOSPITAL, NO_OBSERVATIONS):
        await choose(area, choice)
    for made in (await said(area)).choices:
        consent = read_json((await area.asks(SELF).read(f"Consent/{made.id}")).body or b"")
        assert validate(consent) == []
        assert consent["meta"]["source"] == f"urn:lhcr:source:{PEOPLE}"
        assert [await status(area, who, f"Consent/{made.id}") for who in (GP, DOCTOR, HOSPITAL)] == [404] * 3


async def test_a_choice_ties_nobody_to_the_person(area: Area) -> None:
    await scene(area)
    facts = await area.rows("SELECT * FROM fact_relationship ORDER BY party, kind, rid")
    await choose(area, WHOLE)
    assert await area.rows("SELECT * FROM fact_relationship ORDER BY party, kind, rid") == facts


async def test_sent_twice_at_once_a_choice_is_made_once_and_withdrawn_once(area: Area) -> None:
    await scene(area)
    await asyncio.gather(*(choose(area, WHOLE) for _ in range(5)))
    (made,) = (await said(area)).choices
    assert made.version == 1
    await asyncio.gather(*(withdraw(area, made) for _ in range(3)))
    (made,) = (await said(area)).choices
    assert (made.version, made.in_force) == (2, False)


async def test_withdrawing_lifts_that_choice_alone(area: Area) -> None:
    """Hazard: one click that undoes what a practice recorded, or another choice."""
    await scene(area)
    await choose(area, NOT_THE_SURGERY)
    await choose(area, WHOLE)
    whole = next(each for each in (await said(area)).choices if each.choice == WHOLE)
    await withdraw(area, whole)
    assert await status(area, GP) == 404
    (left,) = [each for each in (await said(area)).choices if each.in_force]
    assert left.choice == NOT_THE_SURGERY


async def test_an_objection_that_an_organisation_recorded_stands_when_the_own_choice_is_taken_back(area: Area) -> None:
    """Hazard: a record that a practice closed is opened by a click; of two that differ the stricter counts."""
    await scene(area)
    person = await area.person_of("Patient/p")
    await area.pool.execute(
        "INSERT INTO fact_consent VALUES ($1, 77, 0, 0, 'A81001', '', '', '2000-01-01Z', '9000-01-01Z')", person
    )
    await area.pool.execute("UPDATE person SET epoch = epoch + 1")
    assert await status(area, GP) == 404
    await choose(area, NO_OBSERVATIONS)
    (made,) = (await said(area)).choices
    await withdraw(area, made)
    assert await status(area, GP) == 404
    assert [row["rid"] for row in await area.rows("SELECT rid FROM fact_consent")] == [77]


async def test_each_change_is_in_the_log_as_a_change_of_consent(area: Area) -> None:
    await scene(area)
    await choose(area, WHOLE)
    (made,) = (await said(area)).choices
    await withdraw(area, made)
    logged = [each for each in await area.entries() if each["subtype"].startswith("choice-")]
    assert [each["subtype"] for each in logged] == ["choice-made", "choice-withdrawn"]
    assert [each["items"] for each in logged] == [[("Consent", made.id, 1)], [("Consent", made.id, 2)]]
    assert {each["person_id"] for each in logged} == {await area.person_of("Patient/p")}


@pytest.mark.parametrize("who", [GP, HOSPITAL, replace(SELF, scopes=("patient/*.cruds",))], ids=["gp", "system", "app"])
async def test_nobody_else_chooses_sees_or_withdraws(area: Area, who: Principal) -> None:
    """Hazard: wrong person."""
    await scene(area)
    await choose(area, NO_OBSERVATIONS)
    (made,) = (await said(area)).choices
    for tried in (choose(area, WHOLE, who), withdraw(area, made, who), said(area, who)):
        assert (await refusal(tried))[:2] == (403, "own-choice")
    assert len((await said(area)).choices) == 1
    refused = [each for each in await area.entries() if each["outcome"] == "4"]
    assert [each["subtype"] for each in refused] == ["choice-made", "choice-withdrawn", "choices-read"]


async def test_only_known_organisations_are_named(area: Area) -> None:
    await scene(area)
    with pytest.raises(Incorrect):
        await choose(area, Choice(ChoiceKind.ORGANISATION, "ZZ999"))
    assert {"A81001", "RRE"} <= (await area.record.choosing.organisations.known()).keys()
    assert PEOPLE not in await area.record.choosing.organisations.known()


async def test_another_persons_choice_is_not_found(area: Area) -> None:
    """Hazard: wrong person."""
    await scene(area)
    await area.hospital.load(sent(patient(number(2), id="q")))
    await choose(area, WHOLE)
    (made,) = (await said(area)).choices
    other = await decision(area, citizen_with(number(2)), patient="q")
    with pytest.raises(NotFound):
        await area.record.choosing.withdraw(other, id=made.id)
    assert await status(area, GP) == 404


async def test_choices_are_not_changed_all_day(area: Area) -> None:
    await scene(area)
    for _ in range(MOST_A_DAY // 2):
        await choose(area, WHOLE)
        await withdraw(area, next(each for each in (await said(area)).choices if each.in_force))
    with pytest.raises(Busy) as raised:
        await choose(area, WHOLE)
    assert (raised.value.status, raised.value.issues[0].error) == (429, "choices-often")


async def test_hazard_a_choice_whose_processing_is_restricted_goes_on_hiding(area: Area) -> None:
    await scene(area)
    await choose(area, WHOLE)
    (made,) = (await said(area)).choices
    await restrict(area, f"Consent/{made.id}")
    assert await status(area, GP) == 404
