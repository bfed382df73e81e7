"""Who may act for a person follows from who wrote that they may, over the record itself."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
from tests.record.area import GP, Area, citizen_with, open_area, refusal
from tests.record.made import identifier, number, observation, patient
from tests.record.ordering import COURT, decided, restrict

from lhcr.access.policy import area_policy
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.roles import Role, activities_of

_DESK = Role.RECEPTIONIST
RECEPTIONIST = replace(
    GP,
    user_id="receptionist",
    role_code=_DESK.code,
    role_display=_DESK.display,
    activities=activities_of(_DESK),
    token_id="token-receptionist",
)
MOTHER = citizen_with(number(2))


@pytest.fixture
async def trusting(migrated_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Area]:
    """An area that takes the practice's word, with one of its patients."""
    policy = area_policy(b'{"proxy_sources": ["A81001"]}')
    monkeypatch.setattr("tests.record.area.baseline_policy", lambda: policy)
    async with open_area(migrated_database()) as opened:
        await opened.surgery.update(patient(number(1), id="p"))
        await opened.surgery.update(observation("Patient/p", id="o"))
        yield opened


def guardian(nhs_number: str = MOTHER.person_nhs_number or "", **elements: object) -> JsonObject:
    coding = {"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "POWATT"}
    return {
        "resourceType": "RelatedPerson",
        "id": "r",
        "active": True,
        "patient": {"reference": "Patient/p"},
        "identifier": [identifier(nhs_number)],
        "relationship": [{"coding": [coding]}],
        **elements,
    }


async def _opens(area: Area) -> bool:
    mother = area.asks(MOTHER)
    if await area.value(
        "SELECT count(*) FROM fact_relationship WHERE kind = 'proxy' AND party LIKE '%' || $1", number(2)
    ):
        return (await mother.read("Observation/o")).version == 1
    assert (await refusal(mother.read("Observation/o")))[0] in {403, 404}
    return False


async def test_hazard_record_opened_to_a_stranger_a_receptionist_names_no_proxy(trusting: Area) -> None:
    await trusting.asks(RECEPTIONIST).update(guardian())
    assert not await _opens(trusting)
    await trusting.gp.update(guardian())
    assert await _opens(trusting)


async def test_hazard_record_opened_to_a_stranger_nor_does_one_who_changes_whom_a_clinician_named(
    trusting: Area,
) -> None:
    """The number of a proxy whom a clinician named is replaced by a stranger's; what nobody trusted vouches for ends."""
    await trusting.gp.update(guardian(number(3)))
    await trusting.asks(RECEPTIONIST).update(guardian())
    assert not await _opens(trusting)
    assert await trusting.value("SELECT count(*) FROM fact_relationship WHERE kind = 'proxy'") == 0


async def test_the_practices_system_names_a_proxy_and_another_organisations_does_not(trusting: Area) -> None:
    await trusting.hospital.update(patient(number(1), id="q"))
    await trusting.hospital.update(guardian(id="s", patient={"reference": "Patient/q"}))
    assert not await _opens(trusting)
    await trusting.surgery.update(guardian())
    assert await _opens(trusting)


async def test_hazard_whoever_says_falsely_that_they_act_for_somebody_opens_nothing_once_that_is_restricted(
    trusting: Area,
) -> None:
    """Hazard: a woman disputes that her husband acts for her, the entry is restricted, and he goes on reading her record."""
    await trusting.surgery.update(guardian())
    mother = trusting.asks(MOTHER)
    assert (await mother.read("Observation/o")).version == 1
    person = await trusting.person_of("Patient/p")
    await restrict(trusting, "RelatedPerson/r")
    assert (await refusal(mother.read("Observation/o")))[0] == 403
    await trusting.surgery.update(guardian(gender="female"))
    assert (await refusal(mother.read("Observation/o")))[0] == 403
    (given,) = await trusting.record.orders.of(await decided(trusting, person))
    await trusting.record.processing.release(await decided(trusting, person), given, authority=COURT)
    assert (await mother.read("Observation/o")).version == 1
