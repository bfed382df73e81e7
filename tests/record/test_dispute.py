"""Disputes: a person says that an entry is wrong, its source is asked by a Task, and its answer is for all to see."""

from dataclasses import replace

import pytest
from tests.record.area import GP, HOSPITAL, Area, citizen_with, refusal, sent
from tests.record.made import encounter, number, observation, patient, sensitive
from tests.record.ordering import COURT, decided, places_of, remove, restrict

from lhcr.access.request import Interaction
from lhcr.fhir.json_document import read_json
from lhcr.fhir.validation import validate
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject
from lhcr.record.dispute import Dispute

WORDS = "I never had this test. It was somebody else's."


async def scene(area: Area) -> None:
    await area.surgery.load(sent(patient(number(1), id="sp")), sent(encounter("Patient/sp", id="se")))
    await area.hospital.load(sent(patient(number(1), id="p")), sent(observation("Patient/p", id="o")))


async def dispute(area: Area, *, as_: str = "", id: str = "o", words: str = WORDS) -> Dispute:
    person = await area.person_of("Patient/p")
    decision = await area.asks(citizen_with(as_ or number(1))).decide(Interaction.READ, "Observation", person)
    return await area.record.disputes.dispute(decision, type="Observation", id=id, words=words)


async def task_of(area: Area, raised: Dispute) -> JsonObject:
    return read_json((await area.hospital.read(raised.task)).body or b"")


async def test_a_dispute_reaches_the_source_as_a_task_and_changes_nothing_of_the_entry(area: Area) -> None:
    await scene(area)
    before = (await area.hospital.read("Observation/o")).body
    raised = await dispute(area)
    task = await task_of(area, raised)
    assert (raised.organisation, task["status"], task["description"]) == ("RRE", "requested", WORDS)
    assert task["focus"] == {"reference": "Observation/o/_history/1"}
    assert task["for"] == {"reference": "Patient/p"}
    assert task["owner"]["identifier"]["value"] == "RRE"
    assert validate(task) == []
    assert (await area.hospital.read("Observation/o")).body == before


async def test_whoever_may_read_requests_sees_it_and_the_person_does(area: Area) -> None:
    await scene(area)
    raised = await dispute(area)
    for asker in (area.asks(GP), area.asks(citizen_with(number(1)))):
        assert read_json((await asker.read(raised.task)).body or b"")["description"] == WORDS
    assert (await refusal(area.pharmacy.read(raised.task)))[0] in {403, 404}


async def test_the_source_answers_by_updating_its_task(area: Area) -> None:
    await scene(area)
    raised = await dispute(area)
    task = await task_of(area, raised)
    answer = task | {"status": "rejected", "statusReason": {"text": "We checked: the wristband was right."}}
    await area.hospital.update(answer)
    seen = read_json((await area.asks(citizen_with(number(1))).read(raised.task)).body or b"")
    assert (seen["status"], seen["statusReason"]["text"]) == ("rejected", "We checked: the wristband was right.")
    assert (await refusal(area.surgery.update(answer)))[0] in {409, 422}


async def test_hazard_a_dispute_ties_nobody_to_the_person(area: Area) -> None:
    """Hazard: an organisation whose relationship has ended is let in again because somebody complained of it."""
    await scene(area)
    facts = await area.rows("SELECT * FROM fact_relationship ORDER BY party, kind, rid")
    await dispute(area)
    assert await area.rows("SELECT * FROM fact_relationship ORDER BY party, kind, rid") == facts


async def test_hazard_what_is_said_of_a_sensitive_entry_is_as_sensitive(area: Area) -> None:
    await scene(area)
    await area.hospital.load(sent(sensitive(observation("Patient/p", id="secret"))))
    decision = await decided(area, await area.person_of("Patient/p"))
    raised = await area.record.disputes.dispute(decision, type="Observation", id="secret", words=WORDS)
    assert (await refusal(area.asks(GP).read(raised.task)))[0] == 404
    assert (await area.hospital.read(raised.task)).version == 1


FAMILY = {
    "resourceType": "FamilyMemberHistory",
    "id": "f",
    "status": "completed",
    "patient": {"reference": "Patient/p"},
    "relationship": {"text": "mother"},
}
RESULT = [{"coding": [{"code": "laboratory"}]}]


@pytest.mark.parametrize("resource", [FAMILY, observation("Patient/p", id="f", category=RESULT)], ids=["type", "code"])
async def test_hazard_what_is_kept_from_an_occupation_is_not_told_by_its_dispute(
    area: Area, resource: JsonObject
) -> None:
    """Hazard: a social worker, who reads neither family histories nor results, reads in the dispute what one of them says."""
    await scene(area)
    await area.hospital.load(sent(resource))
    decision = await decided(area, await area.person_of("Patient/p"))
    raised = await area.record.disputes.dispute(decision, type=resource["resourceType"], id="f", words=WORDS)
    social_worker = area.asks(replace(GP, occupation="social-worker", token_id="social-worker"))
    for _ in range(2):
        assert await refusal(social_worker.read(raised.task)) == (404, "not-found")
        assert (await area.asks(GP).read(raised.task)).version >= 1
        await area.hospital.update(await task_of(area, raised) | {"status": "rejected"})
    assert (await social_worker.read((await dispute(area)).task)).version == 1


async def test_hazard_a_dispute_of_the_directory_or_of_demographics_is_a_request(area: Area) -> None:
    """Hazard: words about a person that everybody may read, as they may the directory, or that carry a label of demographics."""
    await scene(area)
    task = await task_of(area, await dispute(area))
    for category in ("directory", "demographics", "product", "nonsense"):
        task["code"]["coding"][1]["code"] = category
        await area.hospital.update(task)
        (row,) = await area.rows(
            "SELECT category FROM resource JOIN access_class ON class_id = class WHERE id = $1", task["id"]
        )
        assert row["category"] == "request"


async def test_it_is_in_the_log_under_the_name_of_whoever_raised_it_without_their_words(area: Area) -> None:
    await scene(area)
    await dispute(area)
    (text,) = [
        row["text"]
        for row in await area.rows("SELECT convert_from(text, 'UTF8') AS text FROM audit_entry")
        if '"dispute"' in row["text"]
    ]
    assert f"citizen-{number(1)}" in text
    assert "never had this test" not in text


async def test_hazard_wrong_person_nobody_disputes_what_they_may_not_see(area: Area) -> None:
    await scene(area)
    await restrict(area, "Observation/o")
    assert await refusal(dispute(area)) == (404, "not-found")
    assert await refusal(dispute(area, id="never-here")) == (404, "not-found")
    with pytest.raises(Incorrect):
        await dispute(area, words="wrong")


async def test_hazard_whoever_merely_reads_in_a_record_disputes_nothing_in_it(area: Area) -> None:
    await scene(area)
    person = await area.person_of("Patient/p")
    for principal in (GP, HOSPITAL):
        decision = await area.asks(principal).decide(Interaction.READ, "Observation", person)
        with pytest.raises(TypeError):
            await area.record.disputes.dispute(decision, type="Observation", id="o", words=WORDS)


async def test_hazard_words_that_no_removal_reaches_a_dispute_is_not_disputed(area: Area) -> None:
    await scene(area)
    raised = await dispute(area)
    decision = await decided(area, await area.person_of("Patient/p"))
    with pytest.raises(Incorrect) as refused:
        await area.record.disputes.dispute(decision, type="Task", id=raised.task.removeprefix("Task/"), words=WORDS)
    assert refused.value.issues[0].error == "dispute-of-dispute"


async def test_the_office_disputes_for_a_person(area: Area) -> None:
    await scene(area)
    decision = await decided(area, await area.person_of("Patient/p"))
    raised = await area.record.disputes.dispute(decision, type="Observation", id="o", words=WORDS)
    assert (await task_of(area, raised))["status"] == "requested"


async def test_hazard_the_words_of_a_dispute_go_with_what_is_removed(area: Area) -> None:
    """Hazard: what a court ordered to be removed stands in the words of whoever said that it was wrong, and in the answer."""
    await scene(area)
    raised = await dispute(area)
    answer = {"status": "rejected", "statusReason": {"text": "We asked whether you never had this test"}}
    await area.hospital.update(await task_of(area, raised) | answer)
    removed = await remove(area, "Observation/o")
    assert [each.reference for each in removed.reach.disputes] == [raised.task]
    assert removed.reach.referring == ()
    assert await places_of(area, "never had this test") == set()
    assert await refusal(area.hospital.read(raised.task)) == await refusal(area.hospital.read("Task/never-here"))


async def test_a_removal_leaves_what_another_organisation_writes_like_a_dispute_and_tells_of_it(area: Area) -> None:
    await scene(area)
    task = await task_of(area, await dispute(area))
    task |= {"id": "forged", "for": {"reference": "Patient/sp"}}
    await area.surgery.update({name: value for name, value in task.items() if name != "meta"})
    assert (await remove(area, "Observation/o")).reach.referring == ("Task/forged",)


async def test_hazard_what_is_said_of_demographics_is_restricted_with_them_and_released_with_them(area: Area) -> None:
    """Hazard: an address whose truth is contested, hidden in the Patient and told in the words of the dispute."""
    await scene(area)
    person = await area.person_of("Patient/p")
    raised = await area.record.disputes.dispute(await decided(area, person), type="Patient", id="p", words=WORDS)
    other = await dispute(area)
    await restrict(area, "Patient/p")
    assert (await refusal(area.asks(GP).read(raised.task)))[0] == 404
    assert (await area.asks(GP).read(other.task)).version == 1
    (given,) = await area.record.orders.of(await decided(area, person))
    await area.record.processing.release(await decided(area, person), given, authority=COURT)
    assert (await area.asks(GP).read(raised.task)).version == 1


async def test_one_entry_is_disputed_twenty_times_at_most(area: Area) -> None:
    await scene(area)
    for _ in range(20):
        await dispute(area)
    assert await refusal(dispute(area)) == (409, "disputed-often")
