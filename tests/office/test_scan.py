"""The scan of the log: each opening judged once, in order, whatever is stopped when, and what is unusual found once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.access.conftest import NOW
from tests.office.conftest import CLAIM, Office, kinds, make_scan, reading

from lhcr.access.kin_digest import kin_digests
from lhcr.audit.entry import Outcome
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.ids import RandomIds
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.office.case_kind import CaseKind, CaseState
from lhcr.office.opening import Opening
from lhcr.office.scan import Scan

#: Monday, in working hours, and the night after it.
NIGHT = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)


async def test_an_opening_without_a_recorded_relationship_is_found_once_a_user_person_and_day(office: Office) -> None:
    person = await office.world.person()
    for _ in range(3):
        await office.read(person)
        await office.scan.run()
        office.later(minutes=20)
    case = await office.one()
    assert (case.kind, case.state, case.user_id) == (
        CaseKind.NO_MATCHING_ACTIVITY,
        CaseState.WATCHED,
        office.asker.user_id,
    )
    await office.read(person, replace(office.asker, user_id="colleague"))
    office.later(days=1)
    await office.read(person)
    await office.scan.run()
    assert kinds(await office.all()) == ["no-matching-activity"] * 3


@pytest.mark.parametrize(
    ("tie", "found"),
    [("registration", []), ("encounter", []), ("contribution", ["no-matching-activity"])],
)
async def test_a_recorded_relationship_is_nothing_unusual_and_having_contributed_is_none(
    office: Office, tie: str, found: list[str]
) -> None:
    person = await office.world.person()
    await office.world.tie(person, "A81001", tie)
    await office.read(person)
    await office.scan.run()
    assert kinds(await office.all()) == found


async def test_what_rests_on_the_users_own_word_has_its_alert_and_no_second_case(office: Office) -> None:
    person = await office.world.person()
    await office.own_word.give(office.asker, person, CLAIM)
    office.later(minutes=1)
    await office.read(person)
    await office.scan.run()
    await office.checks.run()
    assert kinds(await office.all()) == ["claim"]


@pytest.mark.parametrize(
    ("organisation", "at", "found"),
    [
        ("A81001", NIGHT, ["no-matching-activity", "out-of-hours"]),
        ("A81001", NOW, ["no-matching-activity"]),
        ("RRE", NIGHT, ["no-matching-activity"]),
    ],
)
async def test_time_of_day_counts_where_an_organisation_has_hours(
    office: Office, organisation: str, at: datetime, found: list[str]
) -> None:
    person = await office.world.person()
    await office.log(reading(replace(office.asker, organisation=organisation), person, at))
    await office.scan.run()
    assert kinds(await office.all()) == found


async def test_by_night_a_recorded_relationship_is_nothing_unusual(office: Office) -> None:
    person = await office.world.person()
    await office.world.tie(person, "A81001", "registration")
    await office.log(reading(office.asker, person, NIGHT))
    await office.scan.run()
    assert await office.all() == []


async def test_more_persons_in_an_hour_than_the_policy_allows_are_one_case_a_user_and_day(office: Office) -> None:
    persons = [await office.world.person() for _ in range(45)]
    for person in persons:
        await office.world.tie(person, "A81001", "registration")
    entries = [reading(office.asker, person, NOW + timedelta(minutes=n)) for n, person in enumerate(persons[:40])]
    await office.log(*entries)
    await office.scan.run()
    assert await office.all() == []
    await office.log(*(reading(office.asker, person, NOW + timedelta(minutes=45)) for person in persons[40:]))
    for _ in range(2):
        await office.scan.run()
    case = await office.one()
    assert (case.kind, case.words) == (CaseKind.BULK, "More than 40 people's records were opened within one hour.")
    await office.checks.run()
    assert (await office.one()).state is CaseState.OPEN


async def test_as_many_over_a_longer_time_are_nothing_unusual(office: Office) -> None:
    persons = [await office.world.person() for _ in range(45)]
    for person in persons:
        await office.world.tie(person, "A81001", "registration")
    entries = [reading(office.asker, person, NOW + timedelta(minutes=2 * n)) for n, person in enumerate(persons)]
    await office.log(*entries)
    await office.scan.run()
    assert await office.all() == []


@pytest.mark.parametrize(
    "more",
    [
        {"outcome": Outcome.REFUSED},
        {"outcome": Outcome.FAILED},
        {"subtype": "disclosure"},
        {"subtype": "create"},
        {"kind": "alert", "subtype": "claim"},
        {"type": "AuditEvent"},
    ],
)
async def test_what_opened_nothing_is_no_opening(office: Office, more: dict[str, Any]) -> None:
    await office.log(reading(office.asker, await office.world.person(), NOW, **more))
    await office.scan.run()
    assert await office.all() == []


@pytest.mark.parametrize("kind", [PrincipalKind.CITIZEN, PrincipalKind.SYSTEM, PrincipalKind.OFFICE])
async def test_only_professionals_are_judged(office: Office, kind: PrincipalKind) -> None:
    await office.read(await office.world.person(), replace(office.asker, kind=kind))
    await office.scan.run()
    assert await office.all() == []


class Flags:
    """What would tie users to persons in private life, by person."""

    def __init__(self, **by_person: frozenset[CaseKind]) -> None:
        self.by_person = {int(name.removeprefix("p")): found for name, found in by_person.items()}

    async def __call__(self, asked: Sequence[Opening]) -> list[frozenset[CaseKind]]:
        return [self.by_person.get(each.person_id, frozenset()) for each in asked]


async def test_own_record_family_and_neighbours_are_found_also_where_a_relationship_is_recorded(office: Office) -> None:
    persons = [await office.world.person() for _ in range(3)]
    for person in persons:
        await office.world.tie(person, "A81001", "registration")
    found = (CaseKind.OWN_RECORD, CaseKind.SAME_FAMILY_NAME, CaseKind.SAME_ADDRESS)
    flags = Flags(**{f"p{person}": frozenset({kind}) for person, kind in zip(persons, found, strict=True)})
    scan = Scan(office.world.pool, policy=office.policy, clock=office.world.clock, ids=RandomIds(), kin=flags)
    await office.log(*(reading(office.asker, person, NOW) for person in persons))
    await scan.run()
    assert kinds(await office.all()) == ["own-record", "same-address", "same-family-name"]
    await office.checks.run()
    states = {case.kind: case.state for case in await office.all()}
    # A family name alone may still be explained by an appointment; who opened their own record is asked at once.
    assert states[CaseKind.OWN_RECORD] is CaseState.OPEN
    said = {words for _, words in await office.steps()}
    assert said == {"This is never explained by recorded contacts alone: somebody has to look into it."}
    assert states[CaseKind.SAME_FAMILY_NAME] is CaseState.WATCHED


async def test_what_was_killed_in_the_midst_goes_on_and_finds_nothing_twice_and_nothing_less(office: Office) -> None:
    """Hazard: an access that is never looked into, because a worker ended while it was read."""
    persons = [await office.world.person() for _ in range(30)]
    await office.log(*(reading(office.asker, person, NOW) for person in persons))
    for batch in (7, 3, 11):
        killed = make_scan(office.world, office.policy, batch=batch)

        async def dies(asked: Sequence[Opening]) -> list[frozenset[CaseKind]]:
            raise RuntimeError(len(asked))

        await killed.step()
        broken = Scan(
            office.world.pool, policy=office.policy, clock=office.world.clock, ids=RandomIds(), kin=dies, batch=batch
        )
        with pytest.raises(RuntimeError):
            await broken.step()
    assert len(await office.all()) == 7 + 3 + 11
    await make_scan(office.world, office.policy, batch=4).run()
    found = [case.person_id for case in await office.all() if case.kind is CaseKind.NO_MATCHING_ACTIVITY]
    assert sorted(found) == sorted(persons)


async def test_two_scans_at_once_judge_each_opening_once(office: Office) -> None:
    persons = [await office.world.person() for _ in range(20)]
    await office.log(*(reading(office.asker, person, NOW) for person in persons))
    done = await asyncio.gather(*(make_scan(office.world, office.policy, batch=3).run() for _ in range(3)))
    assert sum(each.openings for each in done) == len(persons)
    assert sum(each.found for each in done) == len(persons)


async def test_texts_that_were_disposed_of_are_passed_over(office: Office) -> None:
    person, other = await office.world.person(), await office.world.person()
    await office.log(reading(office.asker, person, NOW), reading(office.asker, other, NOW))
    await office.world.pool.execute("UPDATE audit_entry SET text = NULL WHERE person_id = $1", person)
    assert (await office.scan.run()).openings == 1
    assert (await office.one()).person_id == other


async def test_openings_are_forgotten_after_some_days_and_not_found_again(office: Office) -> None:
    await office.read(await office.world.person())
    await office.scan.run()
    office.later(days=10)
    await office.scan.run()
    assert await office.world.pool.fetchval("SELECT count(*) FROM judged_opening") == 0
    assert len(await office.all()) == 1


async def test_staff_whom_their_organisation_told_of_are_known_in_their_own_record(office: Office) -> None:
    """What the record and the organisation said of them, compared as digests."""
    pool, person = office.world.pool, await office.world.person()
    await pool.execute("TRUNCATE fact_kin, staff_person")
    await office.world.tie(person, "A81001", "registration")
    number = (await kin_digests(pool)).number(NhsNumber.parse("9990000018"))
    row = (int(number.kind), number.digest)
    await pool.execute("INSERT INTO fact_kin (person_id, rid, kind, digest) VALUES ($1, 1, $2, $3)", person, *row)
    who = ("A81001", office.asker.user_id)
    await pool.execute(
        "INSERT INTO staff_person (organisation, user_id, kind, digest) VALUES ($1, $2, $3, $4)", *who, *row
    )
    await office.read(person)
    await office.scan.run()
    case = await office.one()
    assert (case.kind, case.words) == (CaseKind.OWN_RECORD, "The user opened what seems to be their own record.")
