"""Whose word opens a record to the citizen who has a number: who amends demographics alone gives nobody what they may not read.

Hazard of each: a whole record exposed to a stranger, by a number that was typed into it.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any, Final, NamedTuple

import pytest
from tests.record.made import number

from lhcr.identity.principal import Principal

NHS: Final = "https://fhir.nhs.uk/Id/nhs-number"
_PLACES = count(7_000)


class Numbers(NamedTuple):
    """The number of the citizen who asks, and another."""

    own: str
    other: str


@pytest.fixture
def numbers(principals: dict[str, Principal]) -> Iterator[Numbers]:
    found = Numbers(number(next(_PLACES)), number(next(_PLACES)))
    principals["named"] = replace(principals["citizen"], person_nhs_number=found.own, token_id="token-named")
    yield found
    del principals["named"]


async def registered(area: Any, build: Any, *numbers: str) -> str:
    """Return the id of a Patient of the practice's, with an entry that nobody but those who treat them should read."""
    identifiers = [{"system": NHS, "value": number} for number in numbers]
    patient = build.patient(**({"identifier": identifiers} if identifiers else {}))
    made = (await area.asker("practice-system").create(patient))["id"]
    await area.asker("practice-system").create(build.registration(made, "A81001"))
    await area.gp.create(build.observation(made))
    return str(made)


async def amended(area: Any, asker: str, patient_id: str, **changed: Any) -> None:
    patient = (await area.asker(asker).get(f"/Patient/{patient_id}")).json()
    answer = await area.asker(asker).ask("PUT", f"/Patient/{patient_id}", json=patient | changed)
    assert answer.status_code == 200, answer.text


async def opened(area: Any, patient_id: str) -> int:
    return int((await area.asker("named").get(f"/Patient/{patient_id}/$everything")).status_code)


@pytest.mark.parametrize("had_another", [False, True])
async def test_a_number_that_a_receptionist_gives_opens_the_record_to_nobody(
    area: Any, build: Any, numbers: Numbers, *, had_another: bool
) -> None:
    made = await registered(area, build, *([numbers.other] if had_another else []))
    await amended(area, "receptionist", made, identifier=[{"system": NHS, "value": numbers.own}])
    assert await opened(area, made) == 403


@pytest.mark.parametrize("asker", ["gp", "practice-system"])
async def test_a_number_that_stands_for_somebody_who_reads_the_record_or_its_system_opens_it(
    area: Any, build: Any, numbers: Numbers, asker: str
) -> None:
    made = await registered(area, build)
    await amended(area, "receptionist", made, identifier=[{"system": NHS, "value": numbers.own}])
    await amended(area, asker, made, gender="female")
    assert await opened(area, made) == 200


async def test_whose_address_a_receptionist_amends_still_opens_their_own_record(
    area: Any, build: Any, numbers: Numbers
) -> None:
    made = await registered(area, build, numbers.own)
    assert await opened(area, made) == 200
    await amended(area, "receptionist", made, address=[{"postalCode": "LS1 1AA"}])
    assert await opened(area, made) == 200


async def test_a_number_that_a_receptionist_takes_away_opens_the_record_no_more(
    area: Any, build: Any, numbers: Numbers
) -> None:
    made = await registered(area, build, numbers.own)
    await amended(area, "receptionist", made, identifier=[{"system": NHS, "value": numbers.other}])
    assert await opened(area, made) == 403
