"""What officers do in a case: close it, ask the user, escalate it; each step in the log, and nobody else's case in sight."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from tests.office.conftest import Office, reading

from lhcr.access.refusal import Refused
from lhcr.access.relationship import citizen_party
from lhcr.audit.entry import Entry
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Conflict, LhcrError, NotFound
from lhcr.office.case_kind import CaseState, Outcome
from lhcr.office.person_question import Doubt, PersonQuestion
from lhcr.office.privacy_case import PrivacyCase

WORDS = "She was in the pharmacy, as her till receipt shows"


async def close(office: Office, case: PrivacyCase, **more: Any) -> None:
    permit = await office.permit(more.pop("by", None))
    told: dict[str, Any] = {"version": case.version, "outcome": Outcome.APPROPRIATE, "words": WORDS, "told": ""}
    await office.desk.close(permit, case.case_id, **told | more)


async def newest(office: Office) -> dict[str, Any]:
    entries = [json.loads(text) for text in await office.world.entries()]
    steps = [each for each in entries if each.get("asked", "").startswith("case-")]
    return max(steps, key=lambda each: each["recorded"])


async def test_an_officer_closes_a_case_with_a_reason_and_that_is_in_the_log(office: Office) -> None:
    case, person = await office.opened_case()
    office.later(minutes=5)
    await close(office, case)
    closed = await office.one()
    assert (closed.state, closed.outcome, closed.outcome_words) == (CaseState.CLOSED, Outcome.APPROPRIATE, WORDS)
    assert closed.closed == office.now
    assert not closed.closed_by_itself
    entry = await newest(office)
    assert (entry["asked"], entry["agent"]["user"], entry["person"]) == ("case-closed", office.officer.user_id, person)
    assert case.case_id in entry["query"]
    assert entry["decision"]


async def test_the_user_is_asked_and_answers_and_the_answer_lands_in_the_case(office: Office) -> None:
    case, _ = await office.opened_case()
    await office.desk.ask(await office.permit(), case.case_id, version=case.version, words="Why did you open it?")
    colleague = replace(office.asker, user_id="colleague")
    elsewhere = replace(office.asker, organisation="RRE")
    assert [await office.desk.questions(who) for who in (colleague, elsewhere, office.officer)] == [(), (), ()]
    for who in (colleague, elsewhere):
        with pytest.raises(NotFound):
            await office.desk.answer(who, case.case_id, words="It was not me who did that")
    (asked,) = await office.desk.questions(office.asker)
    file = await office.desk.question(office.asker, asked.case_id)
    assert [step.words for step in file.steps] == ["Why did you open it?"]
    office.later(minutes=5)
    await office.desk.answer(office.asker, asked.case_id, words="She stood at the counter and asked me")
    assert await office.desk.questions(office.asker) == ()
    answered = await office.desk.read(await office.permit(), case.case_id)
    assert answered.case.state is CaseState.OPEN
    assert [step.what.code for step in answered.steps] == ["opened", "asked", "answered"]
    assert (await newest(office))["agent"]["user"] == office.asker.user_id


async def test_an_escalated_case_is_the_guardians_too_and_no_other_is(office: Office) -> None:
    case, _ = await office.opened_case()
    permit = await office.permit(office.guardian)
    assert (await office.desk.queue(permit)).cases == ()
    with pytest.raises(NotFound):
        await office.desk.read(permit, case.case_id)
    await office.desk.escalate(
        await office.permit(), case.case_id, version=case.version, words="This needs the guardian"
    )
    (escalated,) = (await office.desk.queue(permit)).cases
    assert escalated.state is CaseState.ESCALATED
    await close(office, escalated, by=office.guardian)
    assert [each.case_id for each in (await office.desk.queue(await office.permit())).settled] == [case.case_id]


async def test_an_escalated_case_stays_with_the_guardian_after_the_user_has_answered(office: Office) -> None:
    case, _ = await office.opened_case()
    await office.desk.escalate(
        await office.permit(), case.case_id, version=case.version, words="This needs the guardian"
    )
    case = await office.one()
    await office.desk.ask(
        await office.permit(office.guardian), case.case_id, version=case.version, words="Why did you?"
    )
    await office.desk.answer(office.asker, case.case_id, words="It was a mistake of mine")
    assert (await office.one()).state is CaseState.ESCALATED


async def test_a_case_of_another_office_is_not_found_and_in_no_queue(office: Office) -> None:
    """Hazard: an office that reads of another organisation's users."""
    case, _ = await office.opened_case()
    other = replace(office.officer, organisation="RRE", token_id="other")
    permit = await office.permit(other)
    queue = await office.desk.queue(permit)
    assert (queue.cases, queue.settled) == ((), ())
    failures = []
    for case_id in (case.case_id, "b" * 32):
        with pytest.raises(NotFound) as raised:
            await office.desk.close(
                permit, case_id, version=case.version, outcome=Outcome.APPROPRIATE, words=WORDS, told=""
            )
        failures.append(raised.value.issues)
    assert failures[0] == failures[1]
    assert (await office.one()).state is CaseState.OPEN


@pytest.mark.parametrize("name", ["\x00", "", "b" * 31 + "1", "'"], ids=["nul", "nothing", "digit", "quote"])
async def test_what_is_no_name_of_a_case_is_not_found_and_breaks_nothing(office: Office, name: str) -> None:
    with pytest.raises(NotFound):
        await office.desk.read(await office.permit(), name)


async def test_nobody_but_an_office_has_a_permit(office: Office) -> None:
    for who in (office.asker, replace(office.officer, activities=frozenset())):
        with pytest.raises(Refused):
            await office.permit(who)


async def test_of_two_officers_at_once_the_second_is_told(office: Office) -> None:
    case, _ = await office.opened_case()
    second = replace(office.officer, user_id="second", token_id="second")
    done = await asyncio.gather(
        close(office, case), close(office, case, by=second, outcome=Outcome.MISTAKE), return_exceptions=True
    )
    (failure,) = [each for each in done if each is not None]
    assert isinstance(failure, Conflict)
    assert failure.issues[0].error == "case-changed"
    assert [what for what, _ in await office.steps()] == ["opened", "closed"]
    with pytest.raises(Conflict):
        await office.desk.ask(await office.permit(), case.case_id, version=case.version, words="Why did you open it?")


async def absent(office: Office, who: Principal, case: PrivacyCase) -> bool:
    """Whether a case is in no queue of somebody, and neither read nor closed by them, as one that never was."""
    permit = await office.permit(who)
    queue = await office.desk.queue(permit)
    failures = []
    for case_id in (case.case_id, "b" * 32):
        for done in (
            office.desk.read(permit, case_id),
            office.desk.escalate(permit, case_id, version=case.version, words=WORDS),
            close(office, replace(case, case_id=case_id), by=who),
        ):
            try:
                await done
            except NotFound as raised:
                failures.append(raised.issues)
    same = len(failures) == 6 and all(each == failures[0] for each in failures)
    return same and case.case_id not in {each.case_id for each in (*queue.cases, *queue.settled)}


async def asked_about(office: Office, who: Principal) -> PrivacyCase:
    """A person's question about what somebody did with their record."""
    person = await office.world.person()
    await office.world.tie(person, citizen_party(office.citizen.person_nhs_number or ""), "self", days=300)
    entry = msgspec.json.decode(reading(who, person, office.now).text, type=Entry)
    question = PersonQuestion(entry=entry, own=True, doubt=Doubt.ACQUAINTED, words="He is my former husband")
    await office.questions.ask(await office.permit(office.citizen, person), question)
    return await office.one()


async def test_hazard_nobody_reads_what_was_said_of_themself_and_the_guardian_has_it(office: Office) -> None:
    """Also where they are the whole office: the case is handed on as soon as it is known that its user sits at the desk."""
    case, _ = await office.opened_case()
    themself = replace(office.officer, user_id=case.user_id, token_id="self")
    assert await absent(office, themself, case)
    handed = await office.one()
    assert handed.escalated
    assert await absent(office, themself, handed)
    (seen,) = (await office.desk.queue(await office.permit(office.guardian))).cases
    assert [step.what.code for step in (await office.desk.read(await office.permit(), seen.case_id)).steps] == [
        "opened",
        "escalated",
    ]
    await close(office, seen, by=office.guardian)
    assert await absent(office, themself, await office.one())


async def test_hazard_what_was_said_of_a_colleague_at_the_desk_is_for_the_guardian_alone(office: Office) -> None:
    case = await asked_about(office, office.officer)
    colleague = replace(office.officer, user_id="colleague", token_id="colleague")
    for who in (office.officer, colleague):
        assert await absent(office, who, case)
    (seen,) = (await office.desk.queue(await office.permit(office.guardian))).cases
    assert seen.case_id == case.case_id
    await close(office, seen, by=office.guardian)
    assert await absent(office, colleague, await office.one())


async def test_hazard_a_case_that_nobody_sees_what_the_guardian_did_is_looked_into_by_the_officers(
    office: Office,
) -> None:
    case = await asked_about(office, office.guardian)
    assert await absent(office, office.guardian, case)
    second = replace(office.guardian, user_id="second-guardian", token_id="second")
    for who in (office.officer, second):
        assert [each.case_id for each in (await office.desk.queue(await office.permit(who))).cases] == [case.case_id]
    await close(office, case)


async def test_what_cannot_be_written_to_the_log_is_not_done(office: Office) -> None:
    """Hazard: a step that nobody can audit."""
    case, _ = await office.opened_case()
    permit = await office.permit()
    await office.world.pool.execute("ALTER TABLE audit_entry RENAME TO away")
    with pytest.raises(LhcrError):
        await office.desk.close(
            permit, case.case_id, version=case.version, outcome=Outcome.APPROPRIATE, words=WORDS, told=""
        )
    await office.world.pool.execute("ALTER TABLE away RENAME TO audit_entry")
    assert await office.one() == case


async def test_a_watched_access_can_be_asked_about_and_has_a_clock_then(office: Office) -> None:
    await office.read(await office.world.person())
    await office.scan.run()
    case = await office.one()
    await office.desk.ask(await office.permit(), case.case_id, version=case.version, words="Why did you open it?")
    asked = await office.one()
    assert asked.state is CaseState.ASKED
    assert asked.due is not None
    assert asked.opened == office.now
