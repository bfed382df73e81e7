"""Facts after a merge: those of both count, the stricter where they differ, and nothing opens the record to somebody else."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.record.area import Area, citizen_with, put, refusal
from tests.record.made import labelled, observation, organisation, patient
from tests.record.merging import merge, unmerge
from tests.record.test_merge import NEW, OLD, names, two

from lhcr.access.request import Interaction
from lhcr.audit.log_query import LogQuery
from lhcr.audit.reader import LogReader
from lhcr.fhir.json_document import read_json
from lhcr.record.merge_reason import MergeReason, Seen

__all__ = ["two"]


async def asked_for(area: Area, principal: object, reference: str) -> object:
    return await area.asks(principal).everything(reference)  # type: ignore[arg-type]


async def test_a_restriction_of_either_holds_for_both(two: Area) -> None:
    """Hazard: where somebody lives is told, who must not be found."""
    await two.hospital.update(labelled(patient(OLD, id="old", address=[{"line": ["1 Hidden Lane"]}]), "R"))
    await merge(two, "Patient/old", "Patient/new", seen=Seen(restriction=True))
    await two.surgery.update(patient(NEW, id="new", address=[{"line": ["2 Open Street"]}]))
    for own in ("Patient/old", "Patient/new"):
        body = (await two.doctor.read(own)).body or b""
        assert b"Hidden" not in body
        assert b"Open" not in body


async def test_a_merge_with_a_restricted_person_needs_to_be_said_to_be_seen(two: Area) -> None:
    """Hazard: a protected person found, by the number that was newly issued for them."""
    await two.hospital.update(labelled(patient(OLD, id="old"), "R"))
    assert await refusal(merge(two, "Patient/old", "Patient/new")) == (409, "merge-restricted")
    assert await two.person_of("Patient/old") != await two.person_of("Patient/new")


async def test_persons_who_differ_are_merged_only_when_that_is_said_to_be_seen(area: Area) -> None:
    """Hazard: wrong person."""
    await area.hospital.create(patient(OLD, id=None))
    one = await area.hospital.update(patient(OLD, id="one", birthDate="1950-01-01"))
    assert one.draft.person_id
    await area.surgery.update(
        patient(NEW, id="two", birthDate="1981-07-08", name=[{"family": "Other", "given": ["Bo"]}])
    )
    assert await refusal(merge(area, "Patient/one", "Patient/two")) == (409, "merge-contradicts")
    await merge(area, "Patient/one", "Patient/two", seen=Seen(differences=True))


async def test_whoever_has_a_number_is_no_placeholder(two: Area) -> None:
    attempt = merge(two, "Patient/old", "Patient/new", reason=MergeReason.PLACEHOLDER)
    assert await refusal(attempt) == (409, "merge-not-a-placeholder")


async def test_a_placeholder_goes_on_in_the_person_whom_it_stood_for(area: Area) -> None:
    await area.surgery.update(patient(NEW, id="new"))
    await area.hospital.load(put(observation("Patient/unknown", id="early"), source_key="Observation/early"))
    await merge(area, "Patient/unknown", "Patient/new", reason=MergeReason.PLACEHOLDER)
    assert await area.person_of("Patient/unknown") == await area.person_of("Patient/new")
    assert "Observation/early" in names((await area.gp.everything("Patient/new")).found)
    written = await area.hospital.load(put(patient(NEW, id="unknown"), source_key="Patient/unknown"))
    assert written[0].draft.person_id == await area.person_of("Patient/new")


async def test_a_number_that_never_was_theirs_opens_the_record_to_nobody(two: Area) -> None:
    """Hazard: a record opened to the wrong citizen, whose number somebody wrote down for this person."""
    await merge(two, "Patient/old", "Patient/new", reason=MergeReason.WRONG_NUMBER)
    survivor = await two.person_of("Patient/new")
    stranger = two.asks(citizen_with(OLD))
    assert (await refusal(stranger.decide(Interaction.EVERYTHING, None, survivor)))[0] == 403
    await two.asks(citizen_with(NEW)).decide(Interaction.EVERYTHING, None, survivor)


async def test_a_source_that_goes_on_saying_a_wrong_number_opens_nothing_by_it(two: Area) -> None:
    await merge(two, "Patient/old", "Patient/new", reason=MergeReason.WRONG_NUMBER)
    survivor = await two.person_of("Patient/new")
    written = await two.hospital.update(patient(OLD, id="old", gender="female"))
    assert written.draft.person_id == survivor
    assert (await refusal(two.asks(citizen_with(OLD)).decide(Interaction.EVERYTHING, None, survivor)))[0] == 403


@pytest.mark.parametrize("writes_again", [False, True])
async def test_a_number_that_never_was_theirs_is_not_said_to_be(two: Area, writes_again: bool) -> None:  # noqa: FBT001
    """Hazard: wrong person. Whoever follows an old number of theirs would come to somebody else."""
    await merge(two, "Patient/old", "Patient/new", reason=MergeReason.WRONG_NUMBER)
    if writes_again:
        await two.hospital.update(patient(OLD, id="old", gender="female"))
    for asker in (two.gp, two.doctor):
        golden = read_json((await asker.read("Patient/new")).body or b"")
        assert {each["value"] for each in golden["identifier"]} >= {NEW}
        assert OLD not in {each["value"] for each in golden["identifier"]}
        said = read_json((await asker.read("Patient/old")).body or b"")
        assert OLD in {each["value"] for each in said["identifier"]}


async def test_a_wrong_number_is_free_for_whose_it_is(two: Area) -> None:
    """Hazard: wrong person. Who has the number by right comes to a record of their own."""
    await merge(two, "Patient/old", "Patient/new", reason=MergeReason.WRONG_NUMBER)
    await two.pharmacy.update(patient(OLD, id="theirs", name=[{"family": "Right", "given": ["Cy"]}]))
    assert await two.person_of("Patient/theirs") != await two.person_of("Patient/new")


async def test_the_survivors_number_is_the_current_one(two: Area) -> None:
    await merge(two, "Patient/old", "Patient/new")
    for asker in (two.gp, two.doctor):
        golden = read_json((await asker.read("Patient/new")).body or b"")
        assert golden["id"] == "new"
        uses = {each["value"]: each.get("use") for each in golden["identifier"] if each["value"] in {OLD, NEW}}
        assert uses == {OLD: "old", NEW: None}
        contribution = read_json((await asker.read("Patient/old")).body or b"")
        assert contribution["link"] == [{"other": {"reference": "Patient/new"}, "type": "refer"}]


async def test_a_claim_about_either_ends_with_the_merge(two: Area) -> None:
    """Hazard: wrong person. A word that was given for one record opens no other."""
    old, new = await two.person_of("Patient/old"), await two.person_of("Patient/new")
    for person in (old, new):
        await two.pool.execute(
            "INSERT INTO fact_relationship (person_id, party, kind, rid, low, high)"
            " VALUES ($1, 'user|x|y', 'claimed', 0, clock_timestamp() - interval '1 day', clock_timestamp() + interval '1 day')",
            person,
        )
    await merge(two, "Patient/old", "Patient/new")
    left = await two.value("SELECT count(*) FROM fact_relationship WHERE kind = 'claimed' AND high > clock_timestamp()")
    assert left == 0


async def test_a_relationship_to_either_opens_the_whole(two: Area) -> None:
    await two.pharmacy.transaction(put(organisation("Y99001", id="ward")))
    await merge(two, "Patient/old", "Patient/new")
    survivor = await two.person_of("Patient/new")
    for asker in (two.doctor, two.gp):
        assert (await asker.decide(Interaction.EVERYTHING, None, survivor)).valid_until
    parties = await two.rows(
        "SELECT party FROM fact_relationship WHERE person_id = $1 AND kind = 'contribution' ORDER BY party", survivor
    )
    assert [each["party"] for each in parties] == ["A81001", "RRE"]


async def test_notices_and_decisions_of_both_end(two: Area) -> None:
    persons = [await two.person_of("Patient/old"), await two.person_of("Patient/new")]
    before = await two.rows("SELECT person_id, epoch FROM person WHERE person_id = ANY ($1) ORDER BY 1", persons)
    await merge(two, "Patient/old", "Patient/new")
    after = await two.rows("SELECT person_id, epoch FROM person WHERE person_id = ANY ($1) ORDER BY 1", persons)
    assert [each["epoch"] + 1 for each in before] == [each["epoch"] for each in after]
    notices = await two.rows("SELECT person_id, cardinality(rids) AS n FROM outbox")
    assert notices == [{"person_id": persons[1], "n": 3}]


async def test_what_was_done_with_either_record_is_in_the_log_of_the_survivor(two: Area) -> None:
    """The log is never changed; whoever asks for it by the survivor is told of both, as long as the merge stands."""
    old, new = await two.person_of("Patient/old"), await two.person_of("Patient/new")
    assert old
    assert new
    await two.doctor.read("Patient/old")
    since = datetime.now(UTC) - timedelta(days=1)
    reader = LogReader(two.side_pool)
    before = len(await reader.about(old, since=since, before=None, most=100))
    alone = len(await reader.about(new, since=since, before=None, most=100))
    await merge(two, "Patient/old", "Patient/new")
    told = await reader.about(new, since=since, before=None, most=100)
    assert len(told) == before + alone + 2
    query = LogQuery(since=since, until=datetime.now(UTC) + timedelta(days=1), person=new)
    found = await reader.search(query, before=None, most=100)
    assert {each.event_id for each in found.entries} == {each.event_id for each in told}


async def test_an_entry_about_the_merged_is_read_as_one_about_the_survivor_until_that_is_undone(two: Area) -> None:
    old, new = await two.person_of("Patient/old"), await two.person_of("Patient/new")
    assert old
    await two.doctor.read("Patient/old")
    reader = LogReader(two.side_pool)
    (last,) = await reader.about(old, since=datetime.now(UTC) - timedelta(days=1), before=None, most=1)
    for persons in ((old,), (new,), (old,)):
        found = await reader.one(last.event_id)
        assert found
        assert found.entry
        assert (found.entry.person,) == persons
        if persons == (old,) and await two.value("SELECT count(*) FROM person_merge") == 0:
            done = await merge(two, "Patient/old", "Patient/new")
        elif persons == (new,):
            await unmerge(two, done.merge_id)
