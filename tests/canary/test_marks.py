"""The looking itself: a mark is found in every form in which a program could let it slip."""

import base64
from urllib.parse import quote

import pytest
from tests.canary.marks import ALLERGY, BORN, FAMILY, MARKS, NUMBER, POSTCODE, STREET, marks_in


@pytest.mark.parametrize("kind", MARKS)
def test_every_kind_of_mark_is_found_as_it_is(kind: str) -> None:
    for mark in MARKS[kind]:
        assert any(told.startswith(f"{kind}:") for told in marks_in(f"WARNING refused: {mark} (400)"))


def test_a_mark_is_found_in_every_form() -> None:
    spaced = f"{NUMBER[:3]} {NUMBER[3:6]} {NUMBER[6:]}"
    forms = [
        spaced,
        spaced.replace(" ", "-"),
        quote(spaced),
        quote(quote(spaced)),
        spaced.replace(" ", "+"),
        NUMBER[::-1],
        NUMBER.encode().hex(),
        FAMILY.upper(),
        FAMILY[::-1],
        quote(STREET),
        POSTCODE.replace(" ", "").lower(),
        f"{BORN:%Y%m%d}",
        f"{BORN:%d.%m.%Y}",
        *(base64.b64encode(("x" * place + ALLERGY + "yz").encode()).decode() for place in range(3)),
        *(base64.urlsafe_b64encode(f"{'?' * place}{NUMBER}".encode()).decode() for place in range(3)),
    ]
    assert [form for form in forms if not marks_in(f"GET /record/{form} 200")] == []


def test_what_a_program_writes_of_itself_is_no_mark() -> None:
    line = "2026-11-23T14:03:19.46Z [info] request method=GET milliseconds=9.9 request_id=0C4K2V7Q3M5ZT route=/{type}/{id} status=200"
    assert marks_in(line) == []
