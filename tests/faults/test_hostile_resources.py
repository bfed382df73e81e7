"""Resources that are right by the letter and made to take all of a worker's time or memory."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.faults.test_large_bodies import DURING_MEGABYTES, peak_megabytes, post, reading
from tests.interoperability import canary
from tests.interoperability.live_area import LiveArea, running_live_area

Resource = dict[str, Any]
SOMEBODY = {"reference": "Patient?identifier=urn:hostile|one"}


@pytest.fixture(scope="module")
def live_area(migrated_database_of_module: Callable[[], str]) -> Iterator[LiveArea]:
    with running_live_area(migrated_database_of_module()) as area:
        area.caller("hospital").create({**canary.patient(), "identifier": [{"system": "urn:hostile", "value": "one"}]})
        yield area


def codes(count: int) -> Resource:
    return {"coding": [{"system": "urn:s", "code": f"c{number}"} for number in range(count)]}


def observation(**more: Any) -> Resource:
    return {"resourceType": "Observation", "status": "final", "code": codes(1), "subject": SOMEBODY, **more}


def bundle(kind: str, resource: Resource, count: int) -> Resource:
    entry = {"resource": resource, "request": {"method": "POST", "url": resource["resourceType"]}}
    return {"resourceType": "Bundle", "type": kind, "entry": [entry] * count}


def listed(references: list[str]) -> Resource:
    items = [{"item": {"reference": each}} for each in references]
    return {"resourceType": "List", "status": "current", "mode": "working", "subject": SOMEBODY, "entry": items}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param({**canary.patient(), "name": [{"family": f"x{n}"} for n in range(33_000)]}, 201, id="names"),
        pytest.param({**canary.patient(), "name": [{"family": "x"}] * 60_000}, 413, id="more names"),
        pytest.param(observation(code=codes(3_000), valueCodeableConcept=codes(3_000)), 422, id="pairs"),
        pytest.param(listed([f"Observation/{n}" for n in range(30_000)]), 201, id="references"),
        pytest.param(listed([f"Observation?identifier=a|{n}" for n in range(10_000)]), 412, id="conditions"),
        pytest.param(bundle("transaction", observation(valueInteger=1), 5_000), 200, id="transaction"),
        pytest.param(
            bundle("batch", {"resourceType": "Patient", "name": [1] * 60}, 2_000), 200, id="batch of mistakes"
        ),
    ],
)
def test_it_takes_bounded_time_and_memory_and_keeps_nobody_waiting(
    live_area: LiveArea, sent: Resource, status: int
) -> None:
    """Hazard: one sender's resource ends every clinician's session."""
    path = "" if sent["resourceType"] == "Bundle" else f"/{sent['resourceType']}"
    with reading(live_area) as waits:
        began = time.monotonic()
        answer = post(live_area, path, json.dumps(sent).encode())
        took = time.monotonic() - began
    assert answer.status_code == status, answer.text[:500]
    assert took < 20
    assert max(waits) < 2
    assert peak_megabytes(live_area) < DURING_MEGABYTES
    assert live_area.served.restarts == []
