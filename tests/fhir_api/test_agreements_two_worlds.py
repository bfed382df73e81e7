"""Two worlds: who is kept from a part by a sharing agreement is told the same, byte for byte, with that part and without it.

The hospital shares some kinds of entry with the pharmacy that asks, or none. The same requests are asked of an area in which it has what
it does not share, and of one in which it has not. What is said of it follows from the agreement alone.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.fhir_api.conftest import PRINCIPALS
from tests.fhir_api.objecting import NUMBER, episode, problem, put
from tests.fhir_api.test_consent_two_worlds import objected, telling
from tests.fhir_api.test_withheld import told

from lhcr.access.agreed import agreed_on
from lhcr.access.agreement_file import read_agreements
from lhcr.access.agreement_list import replace_agreements
from lhcr.access.policy import baseline_policy
from lhcr.access.policy_change import PolicyChanges

POLICY = baseline_policy()
ALL_BUT_PROBLEMS = sorted(agreed_on(POLICY) - {"problem", "other"})
AGREED: dict[str, dict[str, Any]] = {
    "kind": {"categories": ALL_BUT_PROBLEMS, "state": "open"},
    "source": {"categories": ["*"], "state": "off"},
}


async def agree(area: Any, **members: Any) -> None:
    """Let the hospital agree on something with the pharmacy, as the command does."""
    agreement = {"id": "one", "sources": ["RRE"], "recipients": ["FA123"], "from": "2020-01-01", **members}
    parts = area.app.parts
    changes = PolicyChanges(pool=parts.side_pool, log=parts.log, clock=parts.clock, site="Area")
    text = json.dumps({"agreements": [agreement]}).encode()
    await replace_agreements(changes, PRINCIPALS["gp"], read_agreements(text, policy=parts.policy))


async def world(make_area: Any, dsn: str, *, agreed: str, hidden: bool) -> list[str]:
    async with make_area(dsn) as area:
        await put(area, "practice-system", {"resourceType": "Patient", "id": "somebody", "identifier": [NUMBER]})
        patient = {"resourceType": "Patient", "id": "ours", "identifier": [NUMBER]}
        ours = problem("ours", subject={"reference": "Patient/ours"}, recordedDate="2018-01-01")
        observation = {"resourceType": "Observation", "id": "ours-o", "status": "final", "code": {"text": "y"}}
        if hidden or agreed == "kind":
            at_hospital = {"resourceType": "Patient", "id": "somebody-at-hospital", "identifier": [NUMBER]}
            await put(area, "supplier", at_hospital)
        if hidden:
            for resource in objected()[agreed]:
                await put(area, "supplier", resource)
        for resource in (patient, ours, observation | {"subject": {"reference": "Patient/ours"}}):
            await put(area, "other-supplier", resource)
        await agree(area, **AGREED[agreed])
        return await telling(area)


@pytest.mark.parametrize("agreed", AGREED)
async def test_who_is_kept_from_a_part_is_told_the_same_as_if_it_were_not_there(
    migrated_database: Callable[[], str], make_area: Any, agreed: str
) -> None:
    """Hazard: a sensitive item exposed, by a count, a version, a time, an order or an error."""
    with_it = await world(make_area, migrated_database(), agreed=agreed, hidden=True)
    without = await world(make_area, migrated_database(), agreed=agreed, hidden=False)
    assert len(with_it) > 250
    assert [pair for pair in zip(with_it, without, strict=True) if pair[0] != pair[1]] == []
    assert not any("secret" in each.split(" 200 ", 1)[-1] for each in with_it if " 200 " in each and "_id" not in each)
    assert any("RRE does not share" in each for each in with_it)


async def test_an_answer_says_what_is_not_shared_and_the_next_one_obeys(
    migrated_database: Callable[[], str], make_area: Any
) -> None:
    """Hazard: "none" inferred from what was not looked at."""
    async with make_area(migrated_database()) as area:
        await put(area, "practice-system", {"resourceType": "Patient", "id": "somebody", "identifier": [NUMBER]})
        await put(area, "supplier", {"resourceType": "Patient", "id": "somebody-at-hospital", "identifier": [NUMBER]})
        await put(area, "practice-system", episode("A81001"))
        # Whoever contributed within the year has a relationship.
        await put(area, "other-supplier", {"resourceType": "Patient", "id": "ours", "identifier": [NUMBER]})
        await put(area, "supplier", problem("a-problem"))
        pharmacist, search = area.asker("pharmacist"), "/Condition?patient=somebody"
        assert (await pharmacist.get("/Condition/a-problem")).status_code == 200
        assert told(await pharmacist.get(search)) == []
        await agree(area, **AGREED["kind"])
        assert (await pharmacist.get("/Condition/a-problem")).status_code == 404
        (said,) = told(await pharmacist.get(search))
        assert said.startswith("The organisation RRE does not share entries of these types: Condition with your")
        assert told(await pharmacist.get("/AllergyIntolerance?patient=somebody")) == []
        assert told(await pharmacist.get("/Organization")) == []
        assert told(await area.asker("gp").get(search)) == []
        await agree(area, **AGREED["source"])
        whole = told(await pharmacist.get("/Patient/somebody/$everything"))
        assert whole[0].startswith("The organisation RRE does not share any entries with your organisation.")
        number = f"{NUMBER['system']}|{NUMBER['value']}"
        assert "RRE" in told(await pharmacist.get(f"/Patient?identifier={number}"))[0]
