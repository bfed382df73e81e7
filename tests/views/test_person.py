"""The identity banner says who this is, and never guesses."""

from collections.abc import Callable
from datetime import date

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.views.entry import Entry, Source
from lhcr.views.person import read_banner
from lhcr.views.record_view import RecordView

MakeEntry = Callable[..., Entry]
View = Callable[..., RecordView]
TODAY = date(2026, 3, 15)
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
PERSON: JsonObject = {
    "resourceType": "Patient",
    "identifier": [{"system": NHS_NUMBER, "value": "9990000018"}],
    "name": [
        {"use": "maiden", "family": "Jones", "given": ["Ann"]},
        {"use": "official", "family": "Smith", "given": ["Ann", "May"], "prefix": ["Mrs"]},
    ],
    "birthDate": "1950-03-16",
    "gender": "female",
    "address": [{"line": ["1 High Street"], "city": "Leeds", "postalCode": "LS1 1AA"}],
    "telecom": [{"system": "phone", "value": "0113 496 0000", "use": "home"}],
    "generalPractitioner": [{"display": "Aldermere Surgery"}],
}
RESTRICTED = {"meta": {"security": [{"code": "R"}]}}


def test_the_banner_gives_family_name_given_name_and_title_in_that_order() -> None:
    banner = read_banner([PERSON], today=TODAY)
    assert banner.name.banner == "SMITH, Ann May (Mrs)"
    assert banner.born == "16 March 1950 (75y)"
    assert banner.nhs_number == "999 000 0018"
    assert banner.sex == "Female"
    assert banner.died == ""


def test_a_death_is_told_with_the_age_at_death() -> None:
    banner = read_banner([PERSON | {"deceasedDateTime": "2020-03-15T04:00:00Z"}], today=TODAY)
    assert banner.died == "15 March 2020 (69y)"
    assert banner.born == "16 March 1950"


def test_a_death_without_a_date_is_told() -> None:
    assert read_banner([PERSON | {"deceasedBoolean": True}], today=TODAY).died == "Yes, date not recorded"


def test_what_is_not_recorded_says_so() -> None:
    """Hazard: the wrong person. An empty field reads as one that was checked."""
    banner = read_banner([{"resourceType": "Patient"}], today=TODAY)
    assert (banner.name.banner, banner.born, banner.sex, banner.nhs_number) == (
        "Name not recorded",
        "Not recorded",
        "Not recorded",
        "Not recorded",
    )


def test_a_number_that_was_not_traced_says_so() -> None:
    status = {
        "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
        "valueCodeableConcept": {"coding": [{"code": "02"}]},
    }
    identifier = {"system": NHS_NUMBER, "value": "9990000018", "extension": [status]}
    assert read_banner([PERSON | {"identifier": [identifier]}], today=TODAY).nhs_number == "999 000 0018 (not verified)"


@pytest.mark.parametrize("written", ["9990000018", "999 000 0018", "999-000-0018", "99 90 00 00 18"])
def test_a_number_stands_as_3_3_4_however_its_source_wrote_it(written: str) -> None:
    identifier = {"system": NHS_NUMBER, "value": written}
    assert read_banner([PERSON | {"identifier": [identifier]}], today=TODAY).nhs_number == "999 000 0018"


@pytest.mark.parametrize("forbidden", ["High Street", "LS1", "0113", "Aldermere"])
def test_nothing_of_a_restricted_person_tells_where_they_are(view: View, entry: MakeEntry, forbidden: str) -> None:
    """Hazard: the whereabouts of somebody in danger, shown to whoever opens the record."""
    record = view(entry("Patient", source=Source("RRE", "Hospital"), **(PERSON | RESTRICTED)))
    shown = [line for section in record.sections for fact in section.facts for line in fact.lines]
    assert record.banner.restricted
    assert shown
    assert not any(forbidden in line for line in shown)


@pytest.mark.parametrize("forbidden", ["High Street", "LS1", "0113", "Aldermere"])
def test_one_sources_restriction_hides_what_another_tells(view: View, entry: MakeEntry, forbidden: str) -> None:
    """Hazard: the address of a restricted person in the copy of a source that does not know."""
    record = view(entry("Patient", source=Source("RRE", "Hospital"), **PERSON), entry("Patient", **RESTRICTED))
    shown = [line for section in record.sections for fact in section.facts for line in fact.lines]
    assert record.banner.restricted
    assert not any(forbidden in line for line in shown)


def test_sources_that_differ_are_both_shown_with_their_names(view: View, entry: MakeEntry, hospital: Source) -> None:
    record = view(
        entry("Patient", **PERSON), entry("Patient", source=hospital, **(PERSON | {"birthDate": "1950-03-17"}))
    )
    section = record.section("demographics")
    assert section is not None
    born = [(fact.lines, fact.sources[0].name) for fact in section.facts if fact.label == "Born"]
    assert born == [(("16 March 1950",), "Aldermere Surgery"), (("17 March 1950",), "Aldermere Royal Infirmary")]


@pytest.mark.parametrize(
    ("death", "died"),
    [
        (
            {"_deceasedDateTime": {"extension": [{"url": "urn:absent", "valueCode": "unknown"}]}},
            "Yes, date not recorded",
        ),
        ({"deceasedDateTime": "2016-12-31T23:59:60Z"}, "31 December 2016 (66y)"),
        ({"deceasedDateTime": "in the spring"}, "in the spring"),
        ({"deceasedDateTime": "2020"}, "2020 (about 70y)"),
    ],
)
def test_hazard_a_dead_person_shown_as_living_however_the_death_was_written(death: JsonObject, died: str) -> None:
    banner = read_banner([PERSON | death], today=TODAY)
    assert (banner.died, banner.born) == (died, "16 March 1950")


def test_somebody_who_is_said_not_to_have_died_is_living() -> None:
    banner = read_banner([PERSON | {"deceasedBoolean": False}], today=TODAY)
    assert (banner.died, banner.born) == ("", "16 March 1950 (75y)")


def test_a_number_that_was_replaced_is_not_shown_while_there_is_one_that_was_not() -> None:
    """Hazard: the wrong person."""
    old = {"system": NHS_NUMBER, "value": "9990000026", "use": "old"}
    now = {"system": NHS_NUMBER, "value": "9990000018"}
    assert read_banner([PERSON | {"identifier": [old, now]}], today=TODAY).nhs_number == "999 000 0018"
    alone = read_banner([PERSON | {"identifier": [old]}], today=TODAY).nhs_number
    assert alone == "999 000 0026 (no longer in use)"
