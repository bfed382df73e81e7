"""Closed cases lose their words when their time is over; that they were, what came of them, and the log's proofs stay."""

import asyncio
import json
from typing import Any

from tests.office.conftest import Office

from lhcr.audit.sequencer import Sequencer
from lhcr.audit.verify import verify_log
from lhcr.kernel.ids import RandomIds
from lhcr.office.case_kind import CaseState, Outcome
from lhcr.office.forgetting import Forgetting
from lhcr.office.privacy_case import case_of
from lhcr.office.watch import make_watch

WORDS = "She was in the pharmacy, as her till receipt shows"


def forgetting(office: Office) -> Forgetting:
    return Forgetting(office.world.pool, cases=office.cases, policy=office.policy, clock=office.world.clock)


async def closed_case(office: Office) -> str:
    case, _ = await office.opened_case()
    told: dict[str, Any] = {
        "version": case.version,
        "outcome": Outcome.APPROPRIATE,
        "words": WORDS,
        "told": "All is well",
    }
    await office.desk.close(await office.permit(), case.case_id, **told)
    return case.case_id


async def words_of(office: Office) -> set[str]:
    case = await office.one()
    return {case.words, case.outcome_words, case.told, *(words for _, words in await office.steps())}


async def test_a_closed_case_loses_its_words_when_its_time_is_over_and_not_before(office: Office) -> None:
    await closed_case(office)
    office.later(days=office.policy.file.office.closed_case_days)
    assert await forgetting(office).run() == 0
    assert WORDS in await words_of(office)
    office.later(seconds=1)
    assert await forgetting(office).run() == 1
    assert await words_of(office) == {""}
    case = await office.one()
    assert (case.state, case.outcome, case.forgotten) == (CaseState.CLOSED, Outcome.APPROPRIATE, office.now)
    assert await forgetting(office).run() == 0


async def test_what_is_not_closed_keeps_its_words_however_old_it_is(office: Office) -> None:
    await office.opened_case()
    office.later(days=9_000)
    assert await forgetting(office).run() == 0
    assert (await office.one()).words != ""


async def test_that_words_were_removed_is_in_the_log_without_them_and_its_proofs_hold(office: Office) -> None:
    await closed_case(office)
    office.later(days=office.policy.file.office.closed_case_days + 1)
    await forgetting(office).run()
    entries = [json.loads(text) for text in await office.world.entries()]
    (entry,) = [each for each in entries if each.get("asked") == "case-forgotten"]
    assert WORDS not in str(entry)
    assert entry["agent"]["organisation"] == "A81001"
    await Sequencer(office.world.pool, clock=office.world.clock).sequence_now()
    assert (await verify_log(office.world.pool)).intact


async def test_the_watch_of_an_area_forgets(office: Office) -> None:
    await closed_case(office)
    office.later(days=office.policy.file.office.closed_case_days + 1)
    world = office.world
    watch = make_watch(
        world.pool, log=world.log, policy=office.policy, clock=world.clock, ids=RandomIds(), site="Test Area"
    )
    done = await watch.check_now()
    assert done is not None
    assert done.forgotten == 1


async def test_two_at_once_forget_nothing_twice(office: Office) -> None:
    await closed_case(office)
    office.later(days=office.policy.file.office.closed_case_days + 1)
    done = await asyncio.gather(*(forgetting(office).run() for _ in range(2)))
    assert sorted(done) == [0, 1]


async def test_a_worker_of_before_reads_cases_to_which_a_later_one_added_a_column(office: Office) -> None:
    await closed_case(office)
    row = await office.world.pool.fetchrow("SELECT *, true AS added_later FROM privacy_case")
    assert row is not None
    assert case_of(row).state is CaseState.CLOSED
