"""The list of the National Data Opt-out: loaded whole, obeyed by every worker, and never in the way of care."""

import io
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from tests.access.test_consent_gate import related
from tests.access.test_decide import asking

from lhcr.access.classes import AccessClasses
from lhcr.access.decide import Gate
from lhcr.access.opt_out import OPT_OUTS, OptOutChange, current_list, read_opt_outs, replace_opt_outs
from lhcr.access.policy import area_policy
from lhcr.access.policy_change import POLICY_CHANGED, PolicyChanges
from lhcr.access.refusal import Refused
from lhcr.access.request import Interaction
from lhcr.kernel.errors import Incorrect
from lhcr.nhs.purposes import Purpose

NUMBER, OTHER = "9990000018", "9990000026"


async def load(world: Any, cast: Any, *numbers: str) -> OptOutChange:
    changes = PolicyChanges(pool=world.pool, log=world.log, clock=world.clock, site="Test Area")
    return await replace_opt_outs(changes, cast.operator, frozenset(numbers), now=world.clock.instant)


def research_gate(world: Any) -> Gate:
    """A worker of an area that lets professionals come for research."""
    policy = area_policy(msgspec.json.encode({"purposes_by_kind": {"professional": ["TREAT", "HRESCH"]}}))
    classes = AccessClasses(world.pool)
    return Gate(pool=world.pool, log=world.log, classes=classes, policy=policy, clock=world.clock, site="Research")


async def known_as(world: Any, *numbers: str) -> int:
    person = await related(world)
    for number in numbers:
        await world.tie(person, f"nhs-number|{number}", "self")
    return person


@pytest.fixture
def researcher(cast: Any) -> Any:
    return replace(cast.gp, purposes=(Purpose.RESEARCH,), purpose=Purpose.RESEARCH, token_id="research")


async def stopped(gate: Gate, researcher: Any, person: int) -> str:
    """The rule that refuses somebody who comes for research, empty where none does. Nothing that is remembered is asked."""
    try:
        await gate.decide(researcher, asking(Interaction.READ, "Condition", person), anew=True)
    except Refused as refused:
        return refused.issues[0].error
    return ""


async def test_who_is_on_the_list_is_kept_from_research_and_who_is_not_is_not(
    world: Any, cast: Any, researcher: Any
) -> None:
    gate, person, other = research_gate(world), await known_as(world, NUMBER), await known_as(world, OTHER)
    await load(world, cast, NUMBER)
    assert await stopped(gate, researcher, person) == "secondary-use"
    assert await stopped(gate, researcher, other) == ""
    await load(world, cast, OTHER)
    assert await stopped(gate, researcher, person) == ""
    assert await stopped(gate, researcher, other) == "secondary-use"


async def test_hazard_what_is_not_known_is_taken_for_an_opt_out(world: Any, cast: Any, researcher: Any) -> None:
    """Hazard: a record used for research because nobody loaded the list, or because its person has no number here, or another one."""
    gate, person, unnumbered = research_gate(world), await known_as(world, NUMBER), await known_as(world)
    assert await stopped(gate, researcher, person) == "secondary-use"
    await load(world, cast, OTHER)
    assert await stopped(gate, researcher, person) == ""
    assert await stopped(gate, researcher, unnumbered) == "secondary-use"
    assert await stopped(gate, researcher, await known_as(world, NUMBER, OTHER)) == "secondary-use"


async def test_whoever_comes_later_is_covered(world: Any, cast: Any, researcher: Any) -> None:
    await load(world, cast, NUMBER)
    assert await stopped(research_gate(world), researcher, await known_as(world, NUMBER)) == "secondary-use"


async def test_care_and_the_persons_own_asking_are_never_touched(world: Any, cast: Any) -> None:
    person = await known_as(world, NUMBER)
    requests = {cast.gp: Interaction.EVERYTHING, cast.citizen: Interaction.READ, cast.system: Interaction.SEARCH}
    before = {
        who: (await world.gate.decide(who, asking(each, "Condition", person))).visibility
        for who, each in requests.items()
    }
    await load(world, cast, NUMBER)
    for who, each in requests.items():
        assert (await world.gate.decide(who, asking(each, "Condition", person), anew=True)).visibility == before[who]


async def test_every_worker_obeys_with_the_next_request_and_nobody_else_is_disturbed(
    world: Any, cast: Any, researcher: Any
) -> None:
    person, other = await known_as(world, NUMBER), await known_as(world, OTHER)
    await load(world, cast)
    gates = research_gate(world), research_gate(world)
    request = asking(Interaction.READ, "Condition", person)
    decisions = [await gate.decide(researcher, request) for gate in gates]
    before = {row["person_id"]: row["epoch"] for row in await world.pool.fetch("SELECT * FROM person")}
    await load(world, cast, NUMBER)
    after = {row["person_id"]: row["epoch"] for row in await world.pool.fetch("SELECT * FROM person")}
    assert {each for each in after if after[each] != before[each]} == {person}
    assert other in after
    for gate, decision in zip(gates, decisions, strict=True):
        assert not gate.is_current(decision, policy_epoch=decision.policy_epoch, person_epoch=after[person])
        with pytest.raises(Refused):
            await gate.decide(researcher, request)


async def test_a_stranger_learns_nothing_of_an_opt_out(world: Any, cast: Any, researcher: Any) -> None:
    gate, said = research_gate(world), set()
    await load(world, cast, NUMBER)
    for number in (NUMBER, OTHER):
        person = await world.person()
        await world.tie(person, f"nhs-number|{number}", "self")
        said.add(await stopped(gate, researcher, person))
    assert said == {"relationship"}


async def test_a_load_counts_and_is_logged_without_any_number(world: Any, cast: Any) -> None:
    assert await current_list(world.pool) is None
    assert await load(world, cast, NUMBER) == OptOutChange(numbers=1, added=1, removed=0)
    assert await load(world, cast, NUMBER, OTHER) == OptOutChange(numbers=2, added=1, removed=0)
    assert await load(world, cast) == OptOutChange(numbers=0, added=0, removed=2)
    found = await current_list(world.pool)
    assert found is not None
    assert (found.loaded, found.numbers) == (world.clock.instant, 0)
    entries = await world.entries()
    assert not any(NUMBER.encode() in each for each in entries)
    logged = [msgspec.json.decode(each) for each in entries]
    assert [each["asked"] for each in logged if (each["kind"], each["subtype"]) == (POLICY_CHANGED, OPT_OUTS)] == [
        "National Data Opt-out: numbers 1, added 1, removed 0",
        "National Data Opt-out: numbers 2, added 1, removed 0",
        "National Data Opt-out: numbers 0, added 0, removed 2",
    ]


def test_numbers_are_read_as_people_write_them() -> None:
    lines = io.BytesIO(b"\xef\xbb\xbf999 000 0018\r\n\n9990000026\n9990000026")
    assert read_opt_outs(lines) == {NUMBER, OTHER}


@pytest.mark.parametrize("line", [b"9990000019", b"NHS number", b"\xff", b"9" * 200, b"9990000018,9990000026", b"0"])
def test_a_line_that_is_no_number_refuses_the_file_by_its_place_and_never_by_what_stands_there(line: bytes) -> None:
    """Hazard: a person left out because their line was not understood."""
    with pytest.raises(Incorrect) as caught:
        read_opt_outs([b"9990000018\n", line + b"\n"])
    (issue,) = caught.value.issues
    assert (issue.error, issue.diagnostics) == ("opt-out-invalid", "Line 2 is no NHS number.")


def test_of_many_mistakes_the_first_are_told_and_the_rest_counted() -> None:
    with pytest.raises(Incorrect) as caught:
        read_opt_outs([b"x\n"] * 50)
    assert [issue.diagnostics for issue in caught.value.issues][-1] == "30 more lines are none."
