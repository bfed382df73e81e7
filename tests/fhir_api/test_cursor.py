"""Cursors: they open for their asker, purpose and path alone, for their time, and hide what they hold."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lhcr.fhir_api.cursor import Cursors
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.errors import Incorrect
from lhcr.nhs.purposes import Purpose

NOW = datetime(2026, 3, 2, tzinfo=UTC)
PAIRS = (("identifier", "https://fhir.nhs.uk/Id/nhs-number|9990000018"),)


@pytest.fixture
def asker(principals: dict[str, Principal]) -> Principal:
    return principals["supplier"]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def cursors(clock: FixedClock) -> Cursors:
    return Cursors(b"k" * 32, clock)


def test_what_was_sealed_is_opened(cursors: Cursors, asker: Principal) -> None:
    sealed = cursors.seal(asker, path="Patient", pairs=PAIRS, after=[1, "x", None])
    place = cursors.open(asker, path="Patient", cursor=sealed)
    assert (place.pairs, place.after) == (PAIRS, [1, "x", None])
    assert "9990000018" not in sealed


def test_it_opens_for_nobody_else(cursors: Cursors, asker: Principal, clock: FixedClock) -> None:
    sealed = cursors.seal(asker, path="Patient", pairs=PAIRS, after=None)
    others = [
        dataclasses.replace(asker, user_id="other"),
        dataclasses.replace(asker, organisation="FA123"),
        dataclasses.replace(asker, purpose=Purpose.OPERATIONS),
    ]
    for other in others:
        with pytest.raises(Incorrect):
            cursors.open(other, path="Patient", cursor=sealed)
    with pytest.raises(Incorrect):
        cursors.open(asker, path="Observation", cursor=sealed)
    with pytest.raises(Incorrect):
        Cursors(b"o" * 32, clock).open(asker, path="Patient", cursor=sealed)


def test_it_ends(cursors: Cursors, asker: Principal, clock: FixedClock) -> None:
    sealed = cursors.seal(asker, path="Patient", pairs=PAIRS, after=None)
    clock.instant += timedelta(hours=13)
    with pytest.raises(Incorrect) as caught:
        cursors.open(asker, path="Patient", cursor=sealed)
    assert caught.value.status == 410


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda data: data.hex()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anything_else_is_refused(cursors: Cursors, asker: Principal, text: str) -> None:
    with pytest.raises(Incorrect) as caught:
        cursors.open(asker, path="Patient", cursor=text)
    assert caught.value.status == 400


@given(st.integers(min_value=0), st.integers(1, 255))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_letter_of_it_can_be_changed(cursors: Cursors, asker: Principal, place: int, change: int) -> None:
    sealed = bytearray(cursors.seal(asker, path="Patient", pairs=PAIRS, after=[1]).encode())
    sealed[place % (len(sealed) - 1)] ^= change
    changed: Any = sealed.decode("latin-1")
    with pytest.raises(Incorrect):
        cursors.open(asker, path="Patient", cursor=changed)
