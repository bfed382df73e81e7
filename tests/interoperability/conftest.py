"""A live area for the journeys of this folder."""

from collections.abc import Iterator

import pytest
from tests.conftest import _databases
from tests.interoperability.live_area import Caller, LiveArea, running_live_area


@pytest.fixture(scope="session")
def live_area(database_server: str, migrated_template: str) -> Iterator[LiveArea]:
    with _databases(database_server, migrated_template) as make, running_live_area(make(), log_requests=True) as area:
        yield area


@pytest.fixture
def hospital(live_area: LiveArea) -> Caller:
    return live_area.caller("hospital")


@pytest.fixture
def pharmacy(live_area: LiveArea) -> Caller:
    return live_area.caller("pharmacy")
