"""The allergies line: every allergy that holds is named, none that does not, and it is never blank."""

from collections.abc import Callable

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.portal.presenters.banner import present_banner
from lhcr.views.allergies import read_allergy_line
from lhcr.views.entry import Entry, Source
from lhcr.views.record_view import RecordView

MakeEntry = Callable[..., Entry]
View = Callable[..., RecordView]
NO_KNOWN: JsonObject = {"coding": [{"code": "716186003", "display": "No known allergy"}]}


def clinical(code: str) -> JsonObject:
    return {"clinicalStatus": {"coding": [{"code": code}]}}


def verification(code: str) -> JsonObject:
    return {"verificationStatus": {"coding": [{"code": code}]}}


@pytest.mark.parametrize(
    "elements",
    [{}, clinical("active"), verification("unconfirmed"), clinical("active") | verification("presumed")],
)
def test_hazard_allergy_dropped_one_that_nobody_has_ended_or_refuted_is_named(
    view: View, entry: MakeEntry, elements: JsonObject
) -> None:
    assert view(entry("AllergyIntolerance", code={"text": "Latex"}, **elements)).allergies.names == ("Latex",)


@pytest.mark.parametrize(
    "elements",
    [
        verification("refuted"),
        clinical("active") | verification("refuted"),
        verification("entered-in-error"),
        clinical("active") | verification("entered-in-error"),
        clinical("resolved"),
        clinical("inactive"),
    ],
)
def test_hazard_a_negated_allergy_shown_as_one_the_line_names_none_that_was_refuted_ended_or_an_error(
    view: View, entry: MakeEntry, elements: JsonObject
) -> None:
    line = view(entry("AllergyIntolerance", code={"text": "Latex"}, **elements)).allergies
    assert (line.names, line.tone) == ((), "unknown")


def test_the_gravest_stands_first_and_says_so(view: View, entry: MakeEntry) -> None:
    record = view(
        entry("AllergyIntolerance", code={"text": "Dust"}, criticality="low"),
        entry("AllergyIntolerance", code={"text": "Nuts"}, criticality="high"),
    )
    assert record.allergies.names == ("Nuts (high risk)", "Dust")


@pytest.mark.parametrize("elements", [verification("refuted"), clinical("resolved")])
def test_hazard_none_inferred_from_absence_a_line_with_only_past_or_refuted_allergies_says_so(
    view: View, entry: MakeEntry, elements: JsonObject
) -> None:
    record = view(entry("AllergyIntolerance", code={"text": "Latex"}, **elements))
    assert present_banner(record).cautions == (
        "Only allergies that have ended or were ruled out are recorded. This does not mean that there is none.",
    )


def test_hazard_none_inferred_from_absence_that_nobody_knows_is_said_with_who_says_so(
    view: View, entry: MakeEntry
) -> None:
    code = {"coding": [{"code": "no-allergy-info", "display": "No information about allergies"}]}
    record = view(entry("AllergyIntolerance", code=code))
    assert record.allergies.tone == "unknown"
    assert present_banner(record).cautions == (
        "No information about allergies: recorded by Aldermere Surgery. This does not mean that there is none.",
    )


def test_a_statement_of_none_that_was_itself_refuted_is_not_one(view: View, entry: MakeEntry) -> None:
    record = view(entry("AllergyIntolerance", code=NO_KNOWN, **verification("refuted")))
    assert record.allergies.tone == "unknown"


def test_sources_that_contradict_each_other_are_said_to(view: View, entry: MakeEntry) -> None:
    record = view(
        entry("AllergyIntolerance", code=NO_KNOWN),
        entry("AllergyIntolerance", source=Source("RRE", "Hospital"), code={"text": "Latex"}),
    )
    assert record.allergies.contradicted
    assert (record.allergies.names, record.allergies.tone) == (("Latex",), "present")


def test_a_line_about_nothing_at_all_is_not_blank() -> None:
    (nothing,) = read_allergy_line((), ()).nothings
    assert nothing.sentence == "No allergies were looked at. This does not mean that there is none."
