"""What sources say otherwise than each other about who somebody is. Hazard: wrong person, by demographics folded to one."""

from collections.abc import Callable

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.portal.presenters.banner import present_banner
from lhcr.views.assemble import assemble
from lhcr.views.completeness import Completeness
from lhcr.views.difference import differences
from lhcr.views.entry import Entry, Source
from lhcr.views.record_view import RecordView
from lhcr.views.sections.table import SectionTable

MakeEntry = Callable[..., Entry]
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
KENNETH: JsonObject = {
    "name": [{"family": "Lofthouse", "given": ["Kenneth", "John"], "prefix": ["Mr"]}],
    "birthDate": "1941-03-01",
    "gender": "male",
    "identifier": [{"system": NHS_NUMBER, "value": "9990000050"}],
}
ZEBEDEE: JsonObject = KENNETH | {
    "name": [{"family": "Lofthouse", "given": ["Baby Zebedee"]}],
    "birthDate": "2024-02-01",
    "gender": "female",
}


def test_hazard_wrong_person_what_differs_is_said_with_each_source(entry: MakeEntry) -> None:
    infirmary = Source("RRE", "The Infirmary")
    found = differences([entry("Patient", **KENNETH), entry("Patient", source=infirmary, **ZEBEDEE)])
    assert [each.sentence for each in found] == [
        "Sources differ in name: Mr Kenneth John Lofthouse (Aldermere Surgery); Baby Zebedee Lofthouse (The Infirmary).",
        "Sources differ in date of birth: 1 March 1941 (Aldermere Surgery); 1 February 2024 (The Infirmary).",
        "Sources differ in sex: Male (Aldermere Surgery); Female (The Infirmary).",
    ]


@pytest.mark.parametrize(
    ("changed", "labels"),
    [
        ({"birthDate": "1941"}, ()),
        ({"birthDate": "1942"}, ("date of birth",)),
        ({"birthDate": None, "name": None, "gender": None, "identifier": None}, ()),
        ({"gender": "unknown"}, ()),
        ({"name": [{"family": "LÖFTHOUSE", "given": ["Kenneth"]}]}, ()),
        ({"name": [{"family": "Lofthouse", "given": ["K"]}]}, ()),
        ({"name": [{"text": "Mr Kenneth Lofthouse", "family": "Lofthouse"}]}, ()),
        ({"name": [{"family": "Lofthouse", "given": ["John", "Peter"]}]}, ("name",)),
        ({"name": [{"family": "Hill", "given": ["Kenneth"]}]}, ("name",)),
        ({"identifier": [{"system": NHS_NUMBER, "value": "9990000018"}]}, ("NHS number",)),
        ({"deceasedDateTime": "2020-03-01"}, ()),
        ({"birthDate": 7, "name": [3], "gender": ["male"]}, ()),
    ],
    ids=str,
)
def test_what_is_left_out_or_said_less_fully_is_no_difference(
    entry: MakeEntry, changed: JsonObject, labels: tuple[str, ...]
) -> None:
    patients = [entry("Patient", **KENNETH), entry("Patient", **(KENNETH | changed))]
    assert tuple(each.label for each in differences(patients)) == labels


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ({"deceasedBoolean": False}, {"deceasedBoolean": True}, True),
        ({"deceasedBoolean": False}, {"deceasedDateTime": "2020"}, True),
        ({"deceasedBoolean": True}, {"deceasedDateTime": "2020-03-01"}, False),
        ({"deceasedDateTime": "2020-03-01T10:00:00Z"}, {"deceasedDateTime": "2020-03-01"}, False),
        ({"deceasedDateTime": "2020-03-01"}, {"deceasedDateTime": "2021-03-01"}, True),
    ],
    ids=str,
)
def test_a_death_that_another_source_denies_or_dates_otherwise_is_a_difference(
    entry: MakeEntry,
    one: JsonObject,
    other: JsonObject,
    differ: bool,  # noqa: FBT001 -- a case of the test
) -> None:
    found = differences([entry("Patient", **one), entry("Patient", **other)])
    assert bool(found) is differ


def assembled(table: SectionTable, folded: Entry, *said: Entry) -> RecordView:
    now = folded.recorded
    assert now is not None
    return assemble([folded], completeness=Completeness(), table=table, now=now, contributions=said)


def test_hazard_wrong_person_banner_and_person_details_say_what_differs(
    table: SectionTable, entry: MakeEntry, hospital: Source
) -> None:
    folded = entry("Patient", source=Source("", "This area"), **KENNETH)
    said = entry("Patient", **KENNETH), entry("Patient", source=hospital, **ZEBEDEE)
    record = assembled(table, folded, *said)
    sentence = "Sources differ in date of birth: 1 March 1941 (Aldermere Surgery); 1 February 2024 (Aldermere Royal Infirmary)."
    assert present_banner(record).differs == "Sources differ in name, date of birth and sex: see Person details."
    section = record.section("demographics")
    assert section is not None
    assert sentence in section.facts[0].lines
    born = [(fact.lines, fact.sources) for fact in section.facts if fact.label == "Born"]
    assert born == [(("1 March 1941",), (said[0].source,)), (("1 February 2024",), (hospital,))]


def test_where_sources_agree_nothing_is_said_of_differences(table: SectionTable, entry: MakeEntry) -> None:
    folded = entry("Patient", **KENNETH)
    record = assembled(table, folded, entry("Patient", **KENNETH), entry("Patient", **KENNETH))
    section = record.section("demographics")
    assert section is not None
    assert section.facts[0].label == "Name"
    assert present_banner(record).differs == ""


@pytest.mark.parametrize("forbidden", ["High Street", "0113", "Surgery"])
def test_hazard_whereabouts_a_contribution_that_knows_of_no_restriction_tells_no_place(
    table: SectionTable, entry: MakeEntry, forbidden: str
) -> None:
    """Hazard: the address of a restricted person. Their sources are not named either, where whoever reads gave none."""
    area = Source("", "This area, from all that its sources say")
    places = {
        "address": [{"line": ["1 High Street"]}],
        "telecom": [{"system": "phone", "value": "0113 496 0000"}],
        "generalPractitioner": [{"display": "Aldermere Surgery"}],
    }
    folded = entry("Patient", source=area, **KENNETH, meta={"security": [{"code": "R"}]})
    said = (entry("Patient", source=area, **(who | places)) for who in (KENNETH, ZEBEDEE))
    record = assembled(table, folded, *said)
    shown = [line for section in record.sections for fact in section.facts for line in fact.lines]
    assert any("Sources differ in date of birth: 1 March 1941; 1 February 2024." in line for line in shown)
    assert not any(forbidden in line for line in shown)
