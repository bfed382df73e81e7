"""Any FHIR value as words: each shape in its own way, and nothing that somebody wrote without a word."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.kernel.json_types import JsonObject
from lhcr.views.entry import Entry, Source
from lhcr.views.names import Names
from lhcr.views.words import address_text, note_text, notes_of, period_text, words_of

NOBODY = Names([])


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, ("Yes",)),
        (False, ("No",)),
        (0, ("0",)),
        (Decimal("1.10"), ("1.10",)),
        ("  free text ", ("free text",)),
        ("", ()),
        (None, ()),
        ("2026-03-02", ("2 March 2026",)),
        ("2026-03", ("March 2026",)),
        ("1234", ("1234",)),
        ("2026-99-99", ("2026-99-99",)),
        ("4-6 weeks", ("4-6 weeks",)),
        ([1, "a", None], ("1", "a")),
    ],
)
def test_plain_values_are_told_as_they_were_written(value: object, words: tuple[str, ...]) -> None:
    assert words_of(value, NOBODY) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"value": 5, "comparator": "<", "unit": "mg"}, ("< 5 mg",)),
        ({"value": 0, "unit": "mg"}, ("0 mg",)),
        ({"low": {"value": 1, "unit": "g"}}, ("1 g or more",)),
        ({"numerator": {"value": 1}, "denominator": {"value": 8}}, ("1 : 8",)),
        ({"start": "2026-03-02"}, ("From 2 March 2026",)),
        ({"family": "Smith", "given": ["Ann"]}, ("Ann Smith",)),
        ({"line": ["1 High St"], "postalCode": "LS1 1AA"}, ("1 High St, LS1 1AA",)),
        ({"system": "phone", "value": "0113"}, ("0113",)),
        ({"system": "fax", "value": "0113"}, ("Fax 0113",)),
        ({"system": "urn:hospital", "value": "H7"}, ("H7",)),
        ({"text": "Rash", "time": "2026-03-02", "authorString": "Dr Fell"}, ("Rash (Dr Fell, 2 March 2026)",)),
        (
            {"origin": {"value": 0}, "period": 10, "dimensions": 1, "data": "1 2 E"},
            ("A series of 3 measured values, held in the entry",),
        ),
        ({"display": "Dr Fell"}, ("Dr Fell",)),
        ({"asNeededBoolean": True, "text": "One daily"}, ("One daily", "As needed")),
    ],
)
def test_each_shape_of_value_has_its_own_words(value: JsonObject, words: tuple[str, ...]) -> None:
    assert words_of(value, NOBODY) == words


WORDS = st.text(alphabet="abcdefghij", min_size=3, max_size=8)


@given(
    st.dictionaries(
        st.sampled_from(["alpha", "beta", "gamma", "delta"]),
        st.one_of(WORDS, st.lists(WORDS, min_size=1, max_size=3)),
        min_size=1,
    )
)
def test_hazard_nothing_written_is_lost_of_a_shape_that_is_not_known_every_part_is_told(value: JsonObject) -> None:
    (line,) = words_of(value, NOBODY)
    told = line.split("; ")
    written = [each for part in value.values() for each in (part if isinstance(part, list) else [part])]
    assert told == written


def test_what_is_nested_beyond_reading_is_said_to_be_left_to_its_page() -> None:
    """Hazard: partial shown as complete."""
    deep: JsonObject = {"part": "end"}
    for _ in range(40):
        deep = {"part": deep}
    assert words_of(deep, NOBODY) == ("More detail than can be shown here",)


def test_a_reference_is_told_by_its_display_else_by_the_name_of_what_it_leads_to() -> None:
    practitioner = {"resourceType": "Practitioner", "id": "p", "name": [{"family": "Fell", "given": ["Ada"]}]}
    names = Names([Entry(practitioner, Source("A81001", "Surgery"))])
    assert words_of({"reference": "Practitioner/p"}, names) == ("Ada Fell",)
    assert words_of({"reference": "Practitioner/p", "display": "Dr A"}, names) == ("Dr A",)
    assert words_of({"reference": "Practitioner/gone"}, names) == ()
    assert words_of({"reference": "Practitioner/gone", "identifier": {"value": "C123"}}, names) == ("C123",)


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ({"start": "2026-03-02", "end": "2026-04-05"}, "2 March 2026 to 5 April 2026"),
        ({"start": "2026-03-02T09:00:00Z", "end": "2026-03-02T10:00:00Z"}, "2 March 2026"),
        ({"start": "2026", "end": "2026"}, "2026 to 2026"),
        ({"end": "2026-04"}, "Until April 2026"),
        ({}, ""),
        ("2026", ""),
    ],
)
def test_a_period_says_which_of_its_ends_is_known(period: object, words: str) -> None:
    assert period_text(period) == words


def test_an_address_in_parts_goes_before_its_text_and_a_foreign_country_is_said() -> None:
    assert address_text({"text": "1 High St, Leeds", "line": ["1 High St"], "country": "GB"}) == "1 High St"
    assert address_text({"text": "1 High St, Leeds"}) == "1 High St, Leeds"
    assert address_text({"city": "Lyon", "country": "FRA"}) == "Lyon, FRA"


def test_every_note_and_comment_is_told_with_who_wrote_it() -> None:
    noted = {
        "note": [
            {"text": "Call first"},
            {"text": "Dog", "authorReference": {"display": "Nurse Hill"}},
            {"time": "2026"},
        ],
        "comment": "Urgent",
    }
    assert notes_of(noted) == ("Call first", "Dog (Nurse Hill)", "(2026)", "Urgent")
    assert note_text(None) == ""
