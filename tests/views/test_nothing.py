"""The five kinds of nothing have five wordings, and none is made from another."""

from collections.abc import Callable

from lhcr.views.completeness import Completeness, SourceAnswer
from lhcr.views.entry import Entry, Source
from lhcr.views.nothing import Kind, Nothing
from lhcr.views.record_view import RecordView

MakeEntry = Callable[..., Entry]
IPS = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
EMPTY = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
View = Callable[..., RecordView]
NO_KNOWN = {"coding": [{"system": "http://snomed.info/sct", "code": "716186003", "display": "No known allergy"}]}


def allergies(view: RecordView) -> tuple[Nothing, ...]:
    section = view.section("allergies")
    assert section is not None
    return section.nothings


def test_nothing_recorded_says_that_it_does_not_mean_none(view: View) -> None:
    """Hazard: "no allergies" inferred from an empty list."""
    (nothing,) = allergies(view())
    assert nothing.kind is Kind.NOTHING_RECORDED
    assert "does not mean that there is none" in nothing.sentence


def test_none_that_was_recorded_names_who_and_when(view: View, entry: MakeEntry) -> None:
    record = view(entry("AllergyIntolerance", code=NO_KNOWN, recordedDate="2024-05-03"))
    (nothing,) = allergies(record)
    assert nothing.kind is Kind.RECORDED_AS_NONE
    assert nothing.sentence == "No known allergy: recorded by Aldermere Surgery on 3 May 2024."
    assert record.allergies.tone == "none"


def test_no_information_is_not_none(view: View, entry: MakeEntry) -> None:
    """Hazard: a code for "no information" read as "none known"."""
    code = {"coding": [{"system": IPS, "code": "no-allergy-info", "display": "No information about allergies"}]}
    record = view(entry("AllergyIntolerance", code=code))
    assert Kind.RECORDED_AS_NONE not in [nothing.kind for nothing in allergies(record)]
    assert record.allergies.tone == "unknown"


def test_an_empty_list_counts_as_none_only_where_its_reason_says_so(view: View, entry: MakeEntry) -> None:
    none_known = entry(
        "List", title="Allergies", emptyReason={"coding": [{"system": EMPTY, "code": "nilknown"}]}, date="2024-05"
    )
    not_asked = entry("List", title="Allergies", emptyReason={"coding": [{"code": "notasked", "display": "Not Asked"}]})
    assert allergies(view(none_known))[0].sentence == (
        "Allergies: none known: recorded by Aldermere Surgery in May 2024."
    )
    assert Kind.RECORDED_AS_NONE not in [nothing.kind for nothing in allergies(view(not_asked))]


def test_a_source_that_was_not_reached_is_named_beside_what_others_gave(
    view: View, entry: MakeEntry, hospital: Source
) -> None:
    """Hazard: a partial list that looks whole."""
    completeness = Completeness(sources=(SourceAnswer(source=hospital, reached=False),))
    record = view(entry("AllergyIntolerance", code={"text": "Latex"}), completeness=completeness)
    (nothing,) = allergies(record)
    assert nothing.kind is Kind.NOT_REACHED
    assert nothing.sentence.startswith("Aldermere Royal Infirmary could not be reached")
    assert record.allergies.names == ("Latex",)


def test_a_source_that_does_not_share_a_section_is_named_there_alone(view: View, hospital: Source) -> None:
    answer = SourceAnswer(source=hospital, not_shared=frozenset({"documents"}))
    record = view(completeness=Completeness(sources=(answer,)))
    documents = record.section("documents")
    assert documents is not None
    assert [nothing.kind for nothing in documents.nothings] == [Kind.NOTHING_RECORDED, Kind.NOT_SHARED]
    assert [nothing.kind for nothing in allergies(record)] == [Kind.NOTHING_RECORDED]


def test_a_closed_section_reads_the_same_whether_or_not_it_holds_something(view: View, entry: MakeEntry) -> None:
    """Hazard: a closed section that tells by its wording that there is something behind it."""
    closed = Completeness(closed=frozenset({"allergies"}))
    with_allergy = view(entry("AllergyIntolerance", code={"text": "Latex"}), completeness=closed)
    assert with_allergy.section("allergies") == view(completeness=closed).section("allergies")
    assert with_allergy.allergies.tone == "closed"
    assert with_allergy.allergies.names == ()


def test_the_five_sentences_differ(view: View, entry: MakeEntry, hospital: Source) -> None:
    gap = SourceAnswer(source=hospital, reached=False)
    silent = SourceAnswer(source=hospital, not_shared=frozenset({"allergies"}))
    said = [
        *allergies(view()),
        *allergies(view(entry("AllergyIntolerance", code=NO_KNOWN), completeness=Completeness(sources=(gap, silent)))),
        *allergies(view(completeness=Completeness(closed=frozenset({"allergies"})))),
    ]
    assert {nothing.kind for nothing in said} == set(Kind)
    assert len({nothing.sentence for nothing in said}) == len(said)


def test_nothing_recorded_says_so_only_of_what_the_reader_may_see(view: View) -> None:
    """Hazard: "nothing recorded" said of entries that were not looked at."""
    for completeness in (
        Completeness(withholds=True),
        Completeness(own_only=True),
        Completeness(narrowed=frozenset({"allergies"})),
    ):
        (nothing,) = allergies(view(completeness=completeness))
        assert nothing.kind is Kind.NOTHING_RECORDED
        assert nothing.sentence == (
            "Nothing that you may see is recorded under allergies and adverse reactions. "
            "This does not mean that there is none."
        )
    (elsewhere,) = allergies(view(completeness=Completeness(narrowed=frozenset({"problems"}))))
    assert elsewhere.sentence.startswith("Nothing is recorded under")


def test_those_who_do_not_share_a_section_are_named_together(view: View, hospital: Source) -> None:
    """Hazard: a banner so long that nobody reads its allergies."""
    some = [Source(f"FA{n}", f"Pharmacy {n}") for n in range(101, 109)]
    silent = tuple(SourceAnswer(source=each, not_shared=frozenset({"allergies"})) for each in some)
    partly = SourceAnswer(source=hospital, partly_shared=frozenset({"allergies"}))
    said = [each.sentence for each in allergies(view(completeness=Completeness(silent=(*silent, partly))))]
    assert said[0].startswith("Nothing that you may see is recorded under")
    assert said[1:] == [
        (
            f"{', '.join(each.name for each in some[:5])} and 3 other organisations do not share allergies and adverse reactions "
            "with your organisation."
        ),
        "Aldermere Royal Infirmary does not share all of allergies and adverse reactions with your organisation.",
    ]
