"""A person's "this does not look right": a case at the office of who looked, told back in plain words, and not without limit."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from tests.access.conftest import NOW
from tests.office.conftest import Office, reading

from lhcr.access.decision import AccessDecision
from lhcr.access.relationship import citizen_party
from lhcr.audit.entry import Entry
from lhcr.identity.acting import ActingClient
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Busy, Conflict, NotFound
from lhcr.office.case_kind import CaseState, Outcome
from lhcr.office.person_question import Doubt, PersonQuestion

WORDS = "I was on holiday that week"


async def own(office: Office) -> tuple[int, AccessDecision]:
    """The citizen's own record, and their permit to read its log."""
    person = await office.world.person()
    number = office.citizen.person_nhs_number or ""
    await office.world.tie(person, citizen_party(number), "self", days=300)
    return person, await office.permit(office.citizen, person)


def looked(office: Office, person: int, principal: Principal | None = None, **more: Any) -> Entry:
    return msgspec.json.decode(reading(principal or office.asker, person, NOW, **more).text, type=Entry)


def question(entry: Entry, *, own: bool = True) -> PersonQuestion:
    return PersonQuestion(entry=entry, own=own, doubt=Doubt.NO_CARE, words=WORDS)


async def test_a_question_is_a_case_at_the_office_of_who_looked(office: Office) -> None:
    person, permit = await own(office)
    await office.questions.ask(permit, question(looked(office, person)))
    case = await office.one()
    assert (case.organisation, case.user_id, case.state) == ("A81001", office.asker.user_id, CaseState.OPEN)
    assert case.words == f"{Doubt.NO_CARE.display}; {WORDS}"
    assert case.due is not None
    assert [each.case_id for each in (await office.desk.queue(await office.permit())).cases] == [case.case_id]
    (entry,) = [each for each in map(json.loads, await office.world.entries()) if each["agent"]["kind"] == "citizen"]
    assert (entry["asked"], entry["person"]) == ("case-opened", person)


async def test_its_state_and_outcome_are_told_to_who_asked(office: Office) -> None:
    person, permit = await own(office)
    await office.questions.ask(permit, question(looked(office, person)))
    (asked,) = await office.questions.asked(permit, own=True)
    assert asked.state is CaseState.OPEN
    told = "We have spoken to them about it."
    await office.desk.close(
        await office.permit(),
        asked.case_id,
        version=asked.version,
        outcome=Outcome.MISTAKE,
        words="Wrong row",
        told=told,
    )
    (asked,) = await office.questions.asked(permit, own=True)
    assert (asked.outcome, asked.told) == (Outcome.MISTAKE, told)


async def test_a_proxy_is_told_of_their_own_questions_alone_and_marked_as_one(office: Office) -> None:
    """Hazard: a proxy who learns what the person asks about them."""
    person, permit = await own(office)
    await office.questions.ask(permit, question(looked(office, person)))
    proxy = replace(office.citizen, user_id="proxy", person_nhs_number="9990000026", token_id="proxy")
    await office.world.tie(person, citizen_party("9990000026"), "proxy", days=300)
    by_proxy = await office.permit(proxy, person)
    assert await office.questions.asked(by_proxy, own=False) == ()
    await office.questions.ask(by_proxy, question(looked(office, person), own=False))
    (case,) = await office.questions.asked(by_proxy, own=False)
    assert (case.by_proxy, case.asked_by) == (True, "proxy")
    assert len(await office.questions.asked(await office.permit(office.citizen, person), own=True)) == 2


async def test_an_access_is_asked_about_once_also_when_the_form_is_sent_twice_at_once(office: Office) -> None:
    person, permit = await own(office)
    done = await asyncio.gather(
        *(office.questions.ask(permit, question(looked(office, person))) for _ in range(3)), return_exceptions=True
    )
    assert sorted(isinstance(each, Conflict) for each in done) == [False, True, True]
    assert len(await office.all()) == 1


async def test_who_asks_too_often_in_a_day_is_told_to_wait(office: Office) -> None:
    person, permit = await own(office)
    for n in range(office.policy.file.office.questions_a_day):
        await office.questions.ask(permit, question(looked(office, person, replace(office.asker, user_id=f"u{n}"))))
    with pytest.raises(Busy):
        await office.questions.ask(permit, question(looked(office, person)))
    office.later(days=1, seconds=1)
    await office.questions.ask(await office.permit(office.citizen, person), question(looked(office, person)))


async def test_an_access_to_another_record_cannot_be_asked_about(office: Office) -> None:
    """Hazard: a person who learns of somebody else's log."""
    _, permit = await own(office)
    with pytest.raises(NotFound):
        await office.questions.ask(permit, question(looked(office, await office.world.person())))


async def test_nobody_else_asks_in_a_persons_place(office: Office) -> None:
    person, _ = await own(office)
    with pytest.raises(NotFound):
        await office.questions.ask(await office.permit(office.officer, person), question(looked(office, person)))


async def test_what_a_member_of_the_public_did_has_no_office(office: Office) -> None:
    person, permit = await own(office)
    citizen = replace(office.citizen, user_id="somebody")
    with pytest.raises(NotFound):
        await office.questions.ask(permit, question(looked(office, person, citizen)))


async def test_what_an_office_did_itself_goes_to_the_guardian_at_once(office: Office) -> None:
    person, permit = await own(office)
    await office.questions.ask(permit, question(looked(office, person, office.officer, type="AuditEvent")))
    case = await office.one()
    assert case.state is CaseState.ESCALATED
    assert case.agent_kind == PrincipalKind.OFFICE.value
    assert not case.can_be_asked


async def test_a_question_is_never_closed_by_itself(office: Office) -> None:
    person, permit = await own(office)
    await office.world.tie(person, "A81001", "encounter")
    await office.questions.ask(permit, question(looked(office, person)))
    assert (await office.checks.run()).looked_at == 0


async def test_what_a_system_did_for_somebody_is_asked_about_apart_from_what_they_did_themself(office: Office) -> None:
    person, permit = await own(office)
    supplier = ActingClient(
        client_id="pharmacy-system",
        name="Pharmacy System",
        organisation="YGM1",
        organisation_name="Cedar Software",
        acts_for=office.asker.organisation,
        purposes=frozenset({office.asker.purpose}),
    )
    through = looked(office, person, replace(office.asker, actor=supplier))
    for entry in (looked(office, person), through):
        await office.questions.ask(permit, question(entry))
    with pytest.raises(Conflict):
        await office.questions.ask(permit, question(through))
    assert len(await office.all()) == 2
