"""A live area to fuzz, with somebody and a ward in it, and a watch over it."""

from collections.abc import Iterator

import pytest
from tests.conftest import _databases
from tests.fuzzing.resource_schema import PATIENT, WARD
from tests.interoperability import canary
from tests.interoperability.live_area import Caller, LiveArea, running_live_area


@pytest.fixture(scope="session")
def live_area(database_server: str, migrated_template: str) -> Iterator[LiveArea]:
    with _databases(database_server, migrated_template) as make, running_live_area(make(), log_requests=True) as area:
        hospital = area.caller("hospital")
        for resource in (
            canary.patient(id=PATIENT),
            {"resourceType": "Organization", "id": WARD, "name": "Ward"},
        ):
            path = f"/{resource['resourceType']}/{resource['id']}"
            assert hospital.send("PUT", path, resource).status_code == 201
        yield area


@pytest.fixture(scope="session")
def hospital(live_area: LiveArea) -> Caller:
    return live_area.caller("hospital")


@pytest.fixture(autouse=True)
def still_serving(live_area: LiveArea, hospital: Caller) -> Iterator[None]:
    """Every test ends with the worker processes with which it began, and with an answer."""
    before = set(live_area.served.pids)
    yield
    assert set(live_area.served.pids) == before
    assert hospital.get(f"/Organization/{WARD}/_history").status_code == 200
