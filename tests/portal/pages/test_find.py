"""Finding a person by what travels in the body of a request, never in an address."""

import re

import httpx
import pytest

BORN = {"born_day": "14", "born_month": "3", "born_year": "1946"}


async def test_the_number_that_the_page_gives_as_an_example_finds_somebody(pharmacist: httpx.AsyncClient) -> None:
    hint = re.search(r"10 digits, such as ([\d ]+)", (await pharmacist.get("/find")).text)
    assert hint
    page = await pharmacist.post("/find", data={"by": "number", "nhs_number": hint[1]})
    assert (page.status_code, "1 person was found" in page.text) == (200, True)


@pytest.mark.parametrize(
    "number",
    [" 999-000 0018 ", "999\t000\t0018", "999\u2009000\u20090018", "\u200b9990000018\ufeff", "999\u00a0000\u00a00018"],
)
async def test_a_number_as_people_write_or_paste_it_finds_the_person(
    pharmacist: httpx.AsyncClient, number: str
) -> None:
    page = await pharmacist.post("/find", data={"by": "number", "nhs_number": number})
    assert page.status_code == 200
    assert "HEPWORTH, Dorothy (Mrs)" in page.text
    assert 'href="/record/rec0000"' in page.text


@pytest.mark.parametrize(
    "number", ["", "999", "9990000019", "abcdefghij", "9" * 500, "9990000018 9990000026", "９９９０００００１８"]
)
async def test_a_number_that_cannot_be_right_is_told_at_its_field(pharmacist: httpx.AsyncClient, number: str) -> None:
    """Hazard: the wrong person, found by a mistyped number."""
    page = await pharmacist.post("/find", data={"by": "number", "nhs_number": number})
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert 'href="#nhs-number"' in page.text


async def test_a_name_needs_a_real_date_of_birth(pharmacist: httpx.AsyncClient) -> None:
    page = await pharmacist.post(
        "/find", data={"by": "name", "family": "Hepworth", **BORN, "born_day": "31", "born_month": "2"}
    )
    assert page.status_code == 422
    assert "Enter a real date of birth" in page.text
    assert 'value="Hepworth"' in page.text


async def test_what_was_typed_comes_back_escaped(pharmacist: httpx.AsyncClient) -> None:
    page = await pharmacist.post("/find", data={"by": "name", "family": '"><script>alert(1)</script>'})
    assert "<script>alert" not in page.text


async def test_nobody_found_does_not_say_that_there_is_no_record(pharmacist: httpx.AsyncClient) -> None:
    page = await pharmacist.post("/find", data={"by": "name", "family": "Nobody", **BORN})
    assert "Nobody was found" in page.text
    assert "may still have a record in another area" in page.text


async def test_people_of_one_name_are_told_apart_by_birth_date_and_address(pharmacist: httpx.AsyncClient) -> None:
    """Hazard: the wrong one of two people chosen by name alone."""
    page = await pharmacist.post("/find", data={"by": "name", "family": "Booth", **BORN})
    assert "2 people were found" in page.text
    assert "Check name, date of birth and address" in page.text
    assert page.text.count("<dt>Address</dt>") == 2


async def test_a_restricted_address_is_not_shown(pharmacist: httpx.AsyncClient) -> None:
    page = await pharmacist.post("/find", data={"by": "name", "family": "Fairclough", **BORN})
    assert "the address is not shown" in page.text
    assert "<dt>Address</dt>" not in page.text
