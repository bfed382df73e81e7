"""Who is told that something is hidden is told so when a value set hides it, and no longer than it does."""

import msgspec
from tests.record.area import HOSPITAL, Area
from tests.record.test_relabelling import coded, known, relabelling, say, sets_of
from tests.record.tying import every_source_ties

from lhcr.access.decide import Gate
from lhcr.access.policy import area_policy
from lhcr.access.request import Interaction, Request
from lhcr.kernel.clock import SystemClock

_NOTICE = {
    "objection": [],
    "value_set": ["professional"],
    "label": [],
    "agreement": [],
    "never": [],
    "kinds": ["professional"],
}


def gate_of(area: Area) -> Gate:
    """A gate that tells professionals of what value sets hide."""
    policy = every_source_ties(area_policy(msgspec.json.encode({"notice": _NOTICE})))
    return Gate(
        pool=area.side_pool, log=area.log, classes=area.classes, policy=policy, clock=SystemClock(), site="Test Area"
    )


async def told(area: Area, gate: Gate) -> frozenset[str] | None:
    """What the surgery's doctor is told with the next request: of which kinds something is hidden, None where nothing is."""
    person = await area.record.whose(type="Patient", id="p")
    assert person is not None
    request = Request(interaction=Interaction.EVERYTHING, type=None, person=person)
    decision = await gate.decide(area.gp.principal, request)
    policy_epoch = await area.side_pool.fetchval("SELECT epoch FROM policy")
    person_epoch = await area.side_pool.fetchval("SELECT epoch FROM person WHERE person_id = $1", person)
    if not gate.is_current(decision, policy_epoch=policy_epoch, person_epoch=person_epoch):
        decision = await gate.decide(area.gp.principal, request)
    return decision.notice.categories if decision.notice.given else None


async def test_it_is_told_when_a_set_is_in_force_and_no_longer_when_it_is_gone(area: Area) -> None:
    """Hazard: partial shown as complete by a decision that is remembered: relabelling raises the epoch of no person."""
    gate = gate_of(area)
    await known(area)
    await area.hospital.update(coded("111"))
    assert await told(area, gate) is None
    await say(area, "111", relabel=False)
    assert await told(area, gate) is None
    await relabelling(area).run()
    assert await told(area, gate) == frozenset({"observation"})
    await sets_of(area).remove("invented", operator=HOSPITAL)
    assert await told(area, gate) == frozenset({"observation"})
    await relabelling(area).run()
    assert await told(area, gate) is None
