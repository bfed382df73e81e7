"""The id of a request: repeated where it is opaque, and never where it tells of a person."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.fhir_api.request_id import request_id_of
from lhcr.nhs.nhs_number import NhsNumber, synthetic


def repeated(text: str) -> bool:
    found = request_id_of([(b"accept", b"x"), (b"X-Request-ID", text.encode("latin-1"))])
    assert found in {None, text}
    return found is not None


@pytest.mark.parametrize(
    "text",
    [
        "abc-1",
        "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
        "2026-11-23.42",
        "a" * 64,
        "1",
        "1234567890",
        "A_1.b-2",
        "c.99912345.6.78",
    ],
)
def test_an_opaque_token_is_repeated(text: str) -> None:
    assert repeated(text)


@pytest.mark.parametrize(
    "text", ["", "a" * 65, "-a", "a b", "a\x00", "a\r\nset-cookie: x", "Fell, Ann", "a/b", "a\u00e9", "{}", "a|b"]
)
def test_what_is_no_token_is_not_repeated(text: str) -> None:
    assert not repeated(text)


@given(st.integers(0, 899_990), st.sampled_from(["{}", "nhs-{}", "{}-1", "x{}y", "id.{}.1"]))
def test_an_nhs_number_is_not_repeated_wherever_it_stands(index: int, frame: str) -> None:
    """Hazard: person data in logs."""
    number = synthetic(index)
    for written in (number.value, number.display.replace(" ", "-"), number.display.replace(" ", ".")):
        assert not repeated(frame.format(written))


@given(st.uuids(version=4))
def test_a_uuid_is_repeated_unless_its_digits_are_a_number(made: uuid.UUID) -> None:
    runs = "".join(each if each.isdigit() else " " for each in str(made)).split()
    numbers = [run[at : at + 10] for run in runs for at in range(len(run) - 9)]
    assert repeated(str(made)) == (not any(is_nhs_number(each) for each in numbers))


def test_a_uuid_that_is_made_of_a_number_is_not_repeated() -> None:
    assert not repeated(f"00000000-0000-4000-8000-00{synthetic(1).value}")


def is_nhs_number(text: str) -> bool:
    try:
        return NhsNumber.parse(text).value == text
    except Exception:  # noqa: BLE001 - what cannot be read as one is none.
        return False


async def test_another_id_is_made_where_the_callers_is_not_to_be_repeated(area: Any) -> None:
    number = synthetic(7).value
    answer = await area.asker("supplier", **{"x-request-id": number}).get("/Observation/never-was")
    assert answer.headers["x-request-id"] != number
    assert len(answer.headers["x-request-id"]) == 32
    logged = await area.rows("SELECT convert_from(text, 'UTF8') AS text FROM audit_entry")
    assert number not in "".join(row["text"] for row in logged)


@given(st.integers(0, 899_990), st.sampled_from(["0{}", "{}99"]))
def test_an_nhs_number_among_more_digits_is_not_repeated(index: int, frame: str) -> None:
    assert not repeated(frame.format(synthetic(index).value))
