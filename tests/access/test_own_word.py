"""Claims and emergency sessions against a real database: what they open and for how long, and the alert that comes with each."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lhcr.access.alerts import AlertReason, AlertType
from lhcr.access.decide import Gate
from lhcr.access.emergency import for_emergency
from lhcr.access.own_word import OwnWord, Word
from lhcr.access.refusal import Refused
from lhcr.access.request import UNKNOWN, Interaction, Request
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Conflict, NotFound, Unavailable
from lhcr.kernel.ids import RandomIds

CLAIM = Word(
    type=AlertType.RELATIONSHIP, reason=AlertReason.SELF_CLAIM, words="She asks for her tablets at the counter"
)
SESSION = Word(type=AlertType.ACCESS, reason=AlertReason.EMERGENCY, words="Found unconscious at the station")
WORDS = {AlertType.RELATIONSHIP: CLAIM, AlertType.ACCESS: SESSION}
HOURS, MINUTES = timedelta(hours=12), timedelta(minutes=60)


@pytest.fixture
def own_word(world: Any, policy: Any) -> OwnWord:
    return OwnWord(pool=world.pool, log=world.log, policy=policy, clock=world.clock, ids=RandomIds(), site="Test Area")


def reading(person: Any) -> Request:
    return Request(interaction=Interaction.EVERYTHING, type=None, person=person)


async def opens(gate: Gate, principal: Principal, person: int) -> bool:
    try:
        decision = await gate.decide(principal, reading(person))
    except Refused:
        return False
    return not decision.own_only


async def alerts(world: Any) -> list[asyncpg.Record]:
    return list(await world.pool.fetch("SELECT * FROM alert ORDER BY recorded, alert_id"))


@pytest.fixture
def asker(cast: Any, world: Any) -> Principal:
    """A GP whose token outlives every test's clock."""
    gp: Principal = cast.gp
    return replace(gp, expires=world.clock.now() + timedelta(days=30))


async def test_a_claim_opens_one_person_for_one_user_and_raises_one_alert(
    world: Any, own_word: OwnWord, asker: Principal
) -> None:
    person, other = await world.person(), await world.person()
    until = await own_word.give(asker, person, CLAIM)
    assert until == world.clock.now() + HOURS
    assert await opens(world.gate, asker, person)
    assert not await opens(world.gate, asker, other)
    assert not await opens(world.gate, replace(asker, user_id="colleague", token_id="colleague"), person)
    assert not await opens(world.gate, replace(asker, organisation="RRE", token_id="elsewhere"), person)
    (alert,) = await alerts(world)
    assert (alert["type"], alert["reason"], alert["words"], alert["until"]) == (1, 4, CLAIM.words, until)
    assert (alert["user_id"], alert["organisation"], alert["role_code"]) == (asker.user_id, "A81001", "R8000")


async def test_a_claim_is_in_the_log_with_its_reason_and_can_be_explained(
    world: Any, own_word: OwnWord, asker: Principal
) -> None:
    person = await world.person()
    await own_word.give(asker, person, CLAIM)
    (text,) = await world.entries()
    entry = json.loads(text)
    assert (entry["kind"], entry["subtype"], entry["person"], entry["purpose"]) == ("alert", "claim", person, "TREAT")
    assert parse_qs(entry["query"])["words"] == [CLAIM.words]
    decision = await world.gate.decide(asker, reading(person))
    trace = await world.pool.fetchval(
        "SELECT text FROM audit_trace WHERE digest = $1", bytes.fromhex(decision.entry.trace_digest)
    )
    (said,) = [each for each in json.loads(trace)["verdicts"] if each["rule"] == "relationship"]
    assert (said["verdict"], "claimed" in said["reason"]) == ("permit", True)


async def test_a_session_opens_one_person_for_emergency_treatment_alone(
    world: Any, own_word: OwnWord, asker: Principal
) -> None:
    """Hazard: a session about one person that opens another."""
    person, other = await world.person(), await world.person()
    await own_word.give(asker, person, SESSION)
    assert await opens(world.gate, for_emergency(asker), person)
    assert not await opens(world.gate, asker, person)
    assert not await opens(world.gate, for_emergency(asker), other)
    decision = await world.gate.decide(for_emergency(asker), reading(person))
    assert decision.entry.principal.purpose.code == "ETREAT"
    (alert,) = await alerts(world)
    assert (alert["type"], alert["reason"]) == (2, 5)
    assert json.loads((await world.entries())[0])["purpose"] == "ETREAT"


@pytest.mark.parametrize("type_", AlertType)
@pytest.mark.parametrize("who", ["receptionist", "student", "citizen", "office", "operator", "system"])
async def test_who_may_not_is_refused_alike_for_a_stranger_and_for_nobody_and_it_is_in_the_log(
    world: Any, own_word: OwnWord, cast: Any, who: str, type_: AlertType
) -> None:
    asker, stranger = getattr(cast, who), await world.person()
    said = set()
    for person in (stranger, UNKNOWN, 10**9):
        with pytest.raises(Refused) as caught:
            await own_word.give(asker, person, WORDS[type_])
        said.add(caught.value.issues[0].diagnostics.replace(caught.value.reference, ""))
    assert len(said) == 1
    assert await alerts(world) == []
    assert [json.loads(text)["outcome"] for text in await world.entries()] == ["4", "4", "4"]


@pytest.mark.parametrize("type_", AlertType)
async def test_nobody_is_claimed_who_is_not_here(
    world: Any, own_word: OwnWord, asker: Principal, type_: AlertType
) -> None:
    for person in (UNKNOWN, 10**9, None, -3, 0):
        with pytest.raises(NotFound):
            await own_word.give(asker, person, WORDS[type_])
    assert await alerts(world) == []
    assert [json.loads(text)["outcome"] for text in await world.entries()] == ["8"] * 5
    assert await world.pool.fetchval("SELECT count(*) FROM fact_relationship") == 0


async def test_nothing_is_claimed_where_a_relationship_is_recorded(
    world: Any, own_word: OwnWord, asker: Principal
) -> None:
    person = await world.person()
    await world.tie(person, "A81001", "registration")
    with pytest.raises(Conflict):
        await own_word.give(asker, person, CLAIM)
    assert await alerts(world) == []
    assert await own_word.give(asker, person, SESSION)


@pytest.mark.parametrize("type_", AlertType)
async def test_hazard_what_is_ended_opens_nothing_in_any_worker_with_the_next_request(
    world: Any, own_word: OwnWord, asker: Principal, policy: Any, type_: AlertType
) -> None:
    """Two workers remember their rulings; the person's epoch tells both that these are over."""
    second = Gate(
        pool=world.pool, log=world.log, classes=world.classes, policy=policy, clock=world.clock, site="Test Area"
    )
    person = await world.person()
    asking = for_emergency(asker) if type_ is AlertType.ACCESS else asker
    await own_word.give(asker, person, WORDS[type_])
    decisions = [await gate.decide(asking, reading(person)) for gate in (world.gate, second)]
    assert await own_word.end(asker, person, type_)
    row = await world.pool.fetchrow(
        "SELECT policy.epoch AS policy, person.epoch AS person FROM policy, person WHERE person_id = $1", person
    )
    for gate, decision in zip((world.gate, second), decisions, strict=True):
        assert not gate.is_current(decision, policy_epoch=row["policy"], person_epoch=row["person"])
        assert not await opens(gate, asking, person)
    assert not await own_word.end(asker, person, type_)
    (alert,) = await alerts(world)
    assert alert["ended"] == world.clock.now()
    assert json.loads((await world.entries())[1])["subtype"].endswith("-ended")


async def test_signing_out_ends_every_session_of_the_user_and_no_claim(
    world: Any, own_word: OwnWord, asker: Principal
) -> None:
    first, second, claimed = [await world.person() for _ in range(3)]
    colleague = replace(asker, user_id="colleague", token_id="colleague")
    for person in (first, second):
        await own_word.give(asker, person, SESSION)
    await own_word.give(asker, claimed, CLAIM)
    await own_word.give(colleague, first, SESSION)
    assert await own_word.end_sessions(asker) == 2
    assert await own_word.end_sessions(asker) == 0
    assert not await opens(world.gate, for_emergency(asker), first)
    assert await opens(world.gate, asker, claimed)
    assert await opens(world.gate, for_emergency(colleague), first)


async def test_hazard_no_access_without_its_alert(world: Any, own_word: OwnWord, asker: Principal) -> None:
    """Where the alert cannot be written nothing is opened, and where the log cannot be written neither."""
    person = await world.person()
    await world.pool.execute("ALTER TABLE alert ADD CONSTRAINT broken CHECK (false)")
    for word in (CLAIM, SESSION):
        with pytest.raises(asyncpg.CheckViolationError):
            await own_word.give(asker, person, word)
    await world.pool.execute("ALTER TABLE alert DROP CONSTRAINT broken")
    await world.pool.execute("ALTER TABLE audit_entry ADD CONSTRAINT broken CHECK (false)")
    for word in (CLAIM, SESSION):
        with pytest.raises(Unavailable):
            await own_word.give(asker, person, word)
    assert await alerts(world) == []
    assert await world.pool.fetchval("SELECT count(*) FROM fact_relationship") == 0
    await world.pool.execute("ALTER TABLE audit_entry DROP CONSTRAINT broken")
    await own_word.give(asker, person, CLAIM)
    assert len(await alerts(world)) == len(await world.entries()) == 1


async def test_many_who_claim_at_once_each_raise_an_alert(world: Any, own_word: OwnWord, asker: Principal) -> None:
    person = await world.person()
    users = [replace(asker, user_id=f"user-{n}", token_id=f"token-{n}") for n in range(12)]
    await asyncio.gather(*(own_word.give(user, person, CLAIM) for user in users))
    assert {alert["user_id"] for alert in await alerts(world)} == {user.user_id for user in users}
    assert len(await world.entries()) == 12


async def test_a_later_claim_takes_the_place_of_an_earlier_and_both_are_in_the_queue(
    world: Any, own_word: OwnWord, asker: Principal
) -> None:
    person = await world.person()
    await own_word.give(asker, person, CLAIM)
    world.clock.instant += timedelta(hours=5)
    until = await own_word.give(asker, person, CLAIM)
    assert until == world.clock.now() + HOURS
    earlier, later = await alerts(world)
    assert (earlier["ended"], later["ended"]) == (world.clock.now(), None)
    assert (await own_word.in_force(asker, person)).claimed == until


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    type_=st.sampled_from(list(AlertType)),
    seconds=st.integers(0, 50_000) | st.sampled_from([0, 3_599, 3_600, 3_601, 43_199, 43_200, 43_201]),
    ended=st.none() | st.integers(0, 50_000),
)
async def test_hazard_what_is_given_holds_from_its_beginning_up_to_its_end_and_no_longer(
    world: Any, own_word: OwnWord, asker: Principal, type_: AlertType, seconds: int, ended: int | None
) -> None:
    """The oracle is a comparison of times: within the box, and not after it was ended."""
    person, began = await world.person(), world.clock.now()
    asking = for_emergency(asker) if type_ is AlertType.ACCESS else asker
    asking = replace(asking, expires=began + timedelta(days=30))
    await own_word.give(asker, person, WORDS[type_])
    box = MINUTES if type_ is AlertType.ACCESS else HOURS
    if ended is not None and ended <= seconds:
        world.clock.instant = began + timedelta(seconds=ended)
        assert await own_word.end(asker, person, type_) is (timedelta(seconds=ended) < box)
    world.clock.instant = began + timedelta(seconds=seconds)
    expected = timedelta(seconds=seconds) < box and (ended is None or ended > seconds)
    assert await opens(world.gate, asking, person) is expected
    if expected:
        decision = await world.gate.decide(asking, reading(person))
        assert decision.valid_until <= began + box
    world.clock.instant = began
