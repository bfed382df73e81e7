"""Whose word on what ties an organisation counts, over the record itself and by the baseline."""

from collections.abc import AsyncIterator, Callable

import pytest
from tests.record.area import Area, clinician_at, open_area, refusal
from tests.record.made import encounter, identifier, number, observation, patient

from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import ODS_ORGANISATION

OTHER = "B82002"


@pytest.fixture
async def careful(migrated_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Area]:
    """An area with the baseline's own sources, with one of the hospital's patients."""
    monkeypatch.setattr("tests.record.area.every_source_ties", lambda policy: policy)
    async with open_area(migrated_database()) as opened:
        await opened.hospital.update(patient(number(1), id="p"))
        yield opened


def by_code(code: str) -> JsonObject:
    return {"identifier": identifier(code, system=ODS_ORGANISATION)}


def stay(code: str) -> JsonObject:
    return encounter("Patient/p", id="e", serviceProvider=by_code(code), period={"start": "2026-01-01"})


def referral(code: str) -> JsonObject:
    return {
        "resourceType": "ServiceRequest",
        "id": "s",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p"},
        "performer": [by_code(code)],
    }


async def tied(area: Area) -> set[tuple[str, str]]:
    rows = await area.rows("SELECT party, kind FROM fact_relationship WHERE kind NOT IN ('contribution', 'self')")
    return {(row["party"], row["kind"]) for row in rows}


async def test_hazard_record_opened_to_a_stranger_whom_another_organisation_calls_its_carer(careful: Area) -> None:
    await careful.hospital.update(stay(OTHER))
    assert await tied(careful) == set()
    assert (await refusal(careful.asks(clinician_at(OTHER)).read("Patient/p")))[0] == 403


async def test_an_organisations_own_word_ties_it_and_a_correction_ends_that(careful: Area) -> None:
    await careful.hospital.update(stay("RRE"))
    assert await tied(careful) == {("RRE", "encounter")}
    await careful.hospital.update(stay(OTHER))
    assert await tied(careful) == set()


async def test_who_is_referred_to_may_prepare(careful: Area) -> None:
    await careful.hospital.update(referral(OTHER))
    await careful.hospital.update(observation("Patient/p", id="o"))
    assert await tied(careful) == {(OTHER, "referral")}
    assert (await careful.asks(clinician_at(OTHER)).read("Observation/o")).version == 1
