"""The gate against a real database: who is let in, to which rows, and what the log holds of it."""

import asyncio
import dataclasses
import json
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from lhcr.access.decision import AccessDecision
from lhcr.access.refusal import Refused
from lhcr.access.request import UNKNOWN, AskedPerson, Interaction, Request
from lhcr.kernel.errors import Unauthenticated, Unavailable

CONFIDENTIAL = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|R"


def asking(interaction: Interaction, type_: str | None, person: AskedPerson = None) -> Request:
    return Request(interaction=interaction, type=type_, person=person, request_id="request-1")


async def refusal_of(world: Any, principal: Any, request: Request) -> Refused:
    with pytest.raises(Refused) as caught:
        await world.gate.decide(principal, request)
    assert caught.value.status == 403
    return caught.value


async def test_a_professional_with_a_relationship_sees_the_person_and_every_clinical_class(
    world: Any, cast: Any
) -> None:
    person = await world.person()
    await world.tie(person, "A81001", "registration")
    hospital = await world.classes.source_of("RRE", name="Hospital")
    allergy = await world.classes.class_of(hospital, category="allergy", labels=())
    decision = await world.gate.decide(cast.gp, asking(Interaction.EVERYTHING, None, person))
    assert decision.visibility.persons == (person,)
    assert allergy in decision.visibility.classes
    assert not decision.restricted_to_own


async def test_hazard_sensitive_item_exposed_restricted_rows_of_others_are_left_out(world: Any, cast: Any) -> None:
    person = await world.person()
    await world.tie(person, "A81001", "registration")
    hospital = await world.classes.source_of("RRE", name="Hospital")
    surgery = await world.classes.source_of("A81001", name="The Surgery")
    theirs = await world.classes.class_of(hospital, category="problem", labels=(CONFIDENTIAL,))
    ours = await world.classes.class_of(surgery, category="problem", labels=(CONFIDENTIAL,))
    for type_ in (None, "Condition"):
        decision = await world.gate.decide(cast.gp, asking(Interaction.SEARCH, type_, person))
        assert ours in decision.visibility.classes
        assert theirs not in decision.visibility.classes


async def test_a_receptionist_sees_demographics_and_nothing_clinical(world: Any, cast: Any) -> None:
    person = await world.person()
    await world.tie(person, "A81001", "registration")
    surgery = await world.classes.source_of("A81001", name="The Surgery")
    demographics = await world.classes.class_of(surgery, category="demographics", labels=())
    await world.classes.class_of(surgery, category="problem", labels=())
    decision = await world.gate.decide(cast.receptionist, asking(Interaction.EVERYTHING, None, person))
    assert decision.visibility.classes == (demographics,)
    refused = await refusal_of(world, cast.receptionist, asking(Interaction.READ, "Condition", person))
    assert refused.issues[0].error == "role"


async def test_a_stranger_and_a_person_who_is_not_here_are_refused_alike(world: Any, cast: Any) -> None:
    """Hazard: wrong person, and a refusal that tells who has a record. Only the reference differs."""
    stranger = await world.person()
    lapsed = await world.person()
    await world.tie(lapsed, "A81001", "registration", days=0.5)
    said = set()
    for person in (stranger, lapsed, UNKNOWN):
        refused = await refusal_of(world, cast.gp, asking(Interaction.READ, "Observation", person))
        said.add(refused.issues[0].diagnostics.replace(refused.reference, ""))
        assert refused.issues[0].error == "relationship"
    assert len(said) == 1


async def test_a_denial_is_in_the_log_before_it_is_told(world: Any, cast: Any) -> None:
    stranger = await world.person()
    refused = await refusal_of(world, cast.gp, asking(Interaction.READ, "Observation", stranger))
    (text,) = await world.entries()
    entry = json.loads(text)
    assert entry["decision"] == refused.reference
    assert (entry["outcome"], entry["rule"], entry["person"]) == ("4", "relationship", stranger)
    assert entry["agent"]["organisation"] == "A81001"


async def test_a_permit_writes_nothing_by_itself(world: Any, cast: Any) -> None:
    person = await world.person()
    await world.tie(person, "A81001", "encounter")
    await world.gate.decide(cast.gp, asking(Interaction.READ, "Observation", person))
    assert await world.entries() == []


async def test_a_clinician_may_not_search_people_without_naming_one(world: Any, cast: Any) -> None:
    refused = await refusal_of(world, cast.gp, asking(Interaction.SEARCH, "Observation"))
    assert refused.issues[0].error == "person-not-named"


async def test_the_directory_is_open_to_everyone_who_is_signed_in(world: Any, cast: Any) -> None:
    hospital = await world.classes.source_of("RRE", name="Hospital")
    directory = await world.classes.class_of(hospital, category="directory", labels=())
    for principal in cast.everyone:
        decision = await world.gate.decide(principal, asking(Interaction.SEARCH, "Organization"))
        assert directory in decision.visibility.classes


async def test_hazard_a_hop_from_the_directory_or_a_product_reaches_nobody(world: Any, cast: Any) -> None:
    hospital = await world.classes.source_of("RRE", name="Hospital")
    clinical = await world.classes.class_of(hospital, category="medication", labels=())
    product = await world.classes.class_of(hospital, category="product", labels=())
    directory = await world.gate.decide(cast.gp, asking(Interaction.SEARCH, "Practitioner"))
    assert directory.visibility.persons == ()
    medicine = await world.gate.decide(cast.gp, asking(Interaction.SEARCH, "Medication"))
    assert product in medicine.visibility.classes
    assert clinical not in medicine.visibility.classes


async def test_a_system_sees_its_own_organisations_contributions_of_anyone_and_nothing_else(
    world: Any, cast: Any
) -> None:
    own = await world.classes.source_of("A81001", name="The Surgery")
    other = await world.classes.source_of("RRE", name="Hospital")
    mine = [await world.classes.class_of(own, category=category, labels=()) for category in ("problem", "other")]
    await world.classes.class_of(other, category="problem", labels=())
    for request in (
        asking(Interaction.SEARCH, "Condition"),
        asking(Interaction.CREATE, "Patient"),
        asking(Interaction.EVERYTHING, None),
        asking(Interaction.HISTORY, None),
    ):
        decision = await world.gate.decide(cast.system, request)
        assert decision.visibility.persons is None
        assert list(decision.visibility.classes) == mine
        assert decision.restricted_to_own
    nobody = await world.gate.decide(cast.system, asking(Interaction.READ, "Condition", UNKNOWN))
    assert nobody.visibility.persons == ()


async def test_a_citizen_opens_their_own_record_and_no_other(world: Any, cast: Any) -> None:
    own, other = await world.person(), await world.person()
    await world.tie(own, "nhs-number|9990000018", "self")
    decision = await world.gate.decide(cast.citizen, asking(Interaction.EVERYTHING, None, own))
    assert decision.visibility.persons == (own,)
    for person in (other, UNKNOWN, None):
        refused = await refusal_of(world, cast.citizen, asking(Interaction.SEARCH, "Observation", person))
        assert refused.issues[0].error == "own-record"


async def test_a_proxy_opens_the_record_while_the_fact_is_in_force(world: Any, cast: Any) -> None:
    child = await world.person()
    await world.tie(child, "nhs-number|9990000018", "proxy", days=2)
    await world.gate.decide(cast.citizen, asking(Interaction.EVERYTHING, None, child))
    world.clock.instant += timedelta(days=1, seconds=1)
    citizen = dataclasses.replace(cast.citizen, expires=world.clock.instant + timedelta(hours=1))
    await refusal_of(world, citizen, asking(Interaction.EVERYTHING, None, child))


async def test_an_ended_relationship_leaves_only_what_the_organisation_contributed(world: Any, cast: Any) -> None:
    person = await world.person()
    await world.tie(person, "A81001", "contribution", days=0.5)
    own = await world.classes.source_of("A81001", name="The Surgery")
    other = await world.classes.source_of("RRE", name="Hospital")
    mine = await world.classes.class_of(own, category="problem", labels=())
    theirs = await world.classes.class_of(other, category="problem", labels=())
    decision = await world.gate.decide(cast.gp, asking(Interaction.READ, "Condition", person))
    assert decision.restricted_to_own
    assert mine in decision.visibility.classes
    assert theirs not in decision.visibility.classes


async def test_only_own_contributions_may_be_changed_whatever_may_be_read(world: Any, cast: Any) -> None:
    person = await world.person()
    await world.tie(person, "A81001", "registration")
    hospital = await world.classes.source_of("RRE", name="Hospital")
    theirs = await world.classes.class_of(hospital, category="problem", labels=())
    for interaction in (Interaction.UPDATE, Interaction.PATCH, Interaction.DELETE):
        decision = await world.gate.decide(cast.gp, asking(interaction, "Condition", person))
        assert decision.restricted_to_own
        assert theirs not in decision.visibility.classes
        assert decision.source_id == world.classes.table.source_by_ods["A81001"]


async def test_a_student_reads_and_does_not_write(world: Any, cast: Any) -> None:
    person = await world.person()
    await world.tie(person, "A81001", "registration")
    await world.gate.decide(cast.student, asking(Interaction.READ, "Condition", person))
    refused = await refusal_of(world, cast.student, asking(Interaction.CREATE, "Condition", person))
    assert refused.issues[0].error == "role"


async def test_a_trace_needs_only_a_role_that_may_view_demographics(world: Any, cast: Any) -> None:
    for principal in (cast.gp, cast.receptionist, cast.office):
        decision = await world.gate.decide(principal, asking(Interaction.TRACE, None))
        assert decision.visibility.persons is None
    for principal in (cast.operator, cast.citizen, cast.system):
        assert (await refusal_of(world, principal, asking(Interaction.TRACE, None))).issues[0].error == "role"


async def test_an_operator_sees_no_clinical_data_of_anybody(world: Any, cast: Any) -> None:
    person = await world.person()
    for request in (asking(Interaction.READ, "Observation", person), asking(Interaction.EVERYTHING, None, person)):
        assert (await refusal_of(world, cast.operator, request)).issues[0].error == "role"


async def test_a_remembered_decision_carries_the_request_that_it_answers(world: Any, cast: Any) -> None:
    person = await world.person()
    await world.tie(person, "A81001", "registration")
    first = await world.gate.decide(cast.gp, asking(Interaction.READ, "Observation", person))
    again = dataclasses.replace(asking(Interaction.READ, "Observation", person), request_id="request-2")
    second = await world.gate.decide(cast.gp, again)
    assert second.reference == first.reference
    assert second.entry.request_id == "request-2"


async def test_a_decision_ends_with_either_epoch_or_its_time(world: Any, cast: Any) -> None:
    person = await world.person()
    await world.tie(person, "A81001", "registration")
    request = asking(Interaction.READ, "Observation", person)
    decision = await world.gate.decide(cast.gp, request)
    policy, own = decision.policy_epoch, decision.person_epoch
    assert world.gate.is_current(decision, policy_epoch=policy, person_epoch=own)
    assert not world.gate.is_current(decision, policy_epoch=policy + 1, person_epoch=own)
    assert not world.gate.is_current(decision, policy_epoch=policy, person_epoch=own + 1)
    world.clock.instant += timedelta(seconds=60)
    assert not world.gate.is_current(decision, policy_epoch=policy, person_epoch=own)


async def test_a_decision_made_again_after_facts_changed_follows_them(world: Any, cast: Any) -> None:
    """Hazard: a stale permit shown as a current one."""
    person = await world.person()
    await world.tie(person, "A81001", "registration")
    request = asking(Interaction.READ, "Observation", person)
    decision = await world.gate.decide(cast.gp, request)
    await world.pool.execute("DELETE FROM fact_relationship")
    epoch = await world.pool.fetchval("UPDATE person SET epoch = epoch + 1 RETURNING epoch")
    assert not world.gate.is_current(decision, policy_epoch=decision.policy_epoch, person_epoch=epoch)
    await refusal_of(world, cast.gp, request)


async def test_a_class_that_this_worker_made_is_in_the_next_decision(world: Any, cast: Any) -> None:
    """Hazard: partial shown as complete; here a conditional create that would not find what was just created."""
    request = asking(Interaction.CREATE, "Observation")
    decision = await world.gate.decide(cast.system, request)
    new = await world.classes.class_of(decision.source_id, category="observation", labels=(CONFIDENTIAL,))
    assert new not in decision.visibility.classes
    assert new in (await world.gate.decide(cast.system, request)).visibility.classes


async def test_a_sources_first_rows_do_not_end_the_decision_that_they_are_written_under(world: Any, cast: Any) -> None:
    decision = await world.gate.decide(cast.system, asking(Interaction.CREATE, "Observation"))
    for category in world.gate._policy.categories:
        known = await world.classes.class_of(decision.source_id, category=category, labels=())
        assert known in decision.visibility.classes
    assert await world.pool.fetchval("SELECT epoch FROM policy") == decision.policy_epoch


async def test_sources_and_classes_of_workers_at_once_have_one_number_each(world: Any) -> None:
    from lhcr.access.classes import AccessClasses

    workers = [AccessClasses(world.pool) for _ in range(6)]
    numbers = await asyncio.gather(
        *(worker.source_of(ods, name=ods, categories=("a", "b")) for worker in workers for ods in ("RRE", "FA123"))
    )
    assert len(set(numbers)) == 2
    classes = await asyncio.gather(*(worker.class_of(numbers[0], category="c", labels=("x|R",)) for worker in workers))
    assert len(set(classes)) == 1
    assert await world.pool.fetchval("SELECT count(*) FROM access_class") == 5


async def test_a_class_that_another_worker_made_is_known_after_the_epoch_moved(world: Any, cast: Any) -> None:
    """Hazard: partial shown as complete, because a worker does not know a new class."""
    from lhcr.access.classes import AccessClasses

    person = await world.person()
    await world.tie(person, "A81001", "registration")
    request = asking(Interaction.READ, "Observation", person)
    decision = await world.gate.decide(cast.gp, request)
    elsewhere = AccessClasses(world.pool)
    hospital = await elsewhere.source_of("RRE", name="Hospital")
    new = await elsewhere.class_of(hospital, category="observation", labels=())
    epoch = await world.pool.fetchval("SELECT epoch FROM policy")
    assert not world.gate.is_current(decision, policy_epoch=epoch, person_epoch=decision.person_epoch)
    assert new in (await world.gate.decide(cast.gp, request)).visibility.classes


async def test_an_ended_token_opens_nothing(world: Any, cast: Any) -> None:
    ended = dataclasses.replace(cast.gp, expires=world.clock.instant)
    with pytest.raises(Unauthenticated):
        await world.gate.decide(ended, asking(Interaction.SEARCH, "Organization"))


async def test_nothing_is_decided_while_the_log_is_down(world: Any, cast: Any) -> None:
    stranger = await world.person()
    await world.pool.execute("ALTER TABLE audit_entry RENAME TO gone")
    with pytest.raises(Unavailable):
        await world.gate.decide(cast.gp, asking(Interaction.READ, "Observation", stranger))


async def test_nothing_is_decided_while_facts_cannot_be_read(world: Any, cast: Any) -> None:
    """An outage says that asking again may help; a table that is missing is a defect, and opens nothing either."""
    person = await world.person()
    await world.pool.execute("ALTER TABLE fact_relationship RENAME TO gone")
    with pytest.raises(asyncpg.UndefinedTableError):
        await world.gate.decide(cast.gp, asking(Interaction.READ, "Observation", person))
    await world.pool.close()
    with pytest.raises(Unavailable):
        await world.gate.decide(cast.gp, asking(Interaction.READ, "Observation", person))


async def test_nobody_else_can_make_or_alter_a_decision(world: Any, cast: Any) -> None:
    decision = await world.gate.decide(cast.gp, asking(Interaction.SEARCH, "Organization"))
    with pytest.raises(ValueError):
        dataclasses.replace(decision, restricted_to_own=False)
    fields = {field.name: getattr(decision, field.name) for field in dataclasses.fields(decision)}
    with pytest.raises(TypeError):
        AccessDecision(seal=object(), **fields)
