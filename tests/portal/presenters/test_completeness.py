"""What a page says of its own completeness: from policy and from the sources, never from what was not looked at."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.handles import Handles
from lhcr.portal.presenters.completeness import present_completeness
from lhcr.portal.presenters.record import present_record
from lhcr.portal.presenters.timeline import present_timeline
from lhcr.views.assemble import assemble
from lhcr.views.completeness import Completeness, SourceAnswer
from lhcr.views.entry import Source
from lhcr.views.record_view import RecordView
from lhcr.views.sections.table import SectionTable

WHERE = RecordAddresses("k", Handles(b"secret"))

SURGERY = SourceAnswer(source=Source("A81001", "Aldermere Surgery"))
HOSPITAL = SourceAnswer(source=Source("RRE", "Aldermere Royal Infirmary"))


def seen(table: SectionTable, completeness: Completeness) -> RecordView:
    return assemble((), completeness=completeness, table=table, now=datetime(2026, 3, 15, tzinfo=UTC))


def all_but(table: SectionTable, *keys: str) -> frozenset[str]:
    return frozenset(section.key for section in table.sections if section.key not in keys) | {"other"}


@pytest.mark.parametrize(
    ("completeness", "said"),
    [
        ({"sources": (SURGERY,)}, "Everything that one source wrote is here."),
        ({"sources": (SURGERY, HOSPITAL)}, "Everything that 2 sources wrote is here."),
        (
            {"sources": (SURGERY, HOSPITAL), "withholds": True},
            "Everything that 2 sources wrote and you may see is here.",
        ),
        ({}, "Only who this person is stands here: no source has written an entry that you may see."),
        (
            {"sources": (SURGERY,), "own_only": True},
            (
                "Only what your own organisation wrote is shown, because nothing in force ties it to this person. "
                "What others wrote was not looked at."
            ),
        ),
        (
            {"sources": (SURGERY,), "own_only": True, "objected": True},
            (
                "Only what your own organisation wrote is shown, because the person objects to sharing anything else with it. "
                "What others wrote was not looked at."
            ),
        ),
        (
            {"closed": frozenset({"allergies", "gp-practice"})},
            (
                "Your role does not let you see GP practice or allergies and adverse reactions. "
                "This was not looked at, so this page does not say whether any of it is recorded."
            ),
        ),
        (
            {"sources": (SURGERY, SourceAnswer(source=HOSPITAL.source, reached=False))},
            "This record is incomplete: Aldermere Royal Infirmary could not be reached.",
        ),
        (
            {"cut": True},
            "This record is incomplete: it is too long to be shown in full. Ask each source for what is missing.",
        ),
    ],
)
def test_each_state_of_completeness_has_its_own_sentence(
    table: SectionTable, completeness: Mapping[str, object], said: str
) -> None:
    view = seen(table, Completeness(**completeness))  # type: ignore[arg-type]
    assert present_completeness(view).sentence == said


def test_a_role_that_sees_little_is_told_what_it_sees_and_never_that_there_is_no_source(table: SectionTable) -> None:
    """Hazard: a receptionist who tells somebody that nothing is known about them."""
    view = seen(table, Completeness(closed=all_but(table, "demographics", "gp-practice")))
    said = present_completeness(view).sentence
    assert said.startswith("Your role lets you see only person details and GP practice.")
    assert "does not say whether anything else is recorded" in said
    assert "source" not in said


def test_a_gap_is_said_to_a_reader_of_little_too(table: SectionTable) -> None:
    """Hazard: demographics that look up to date although their source is away."""
    away = SourceAnswer(source=HOSPITAL.source, reached=False)
    view = seen(table, Completeness(closed=all_but(table, "demographics"), sources=(away,)))
    said = present_completeness(view).sentence
    assert said.startswith("Your role lets you see only person details.")
    assert said.endswith("This record is incomplete: Aldermere Royal Infirmary could not be reached.")


def test_closed_sections_are_named_in_one_sentence_and_none_of_them_as_empty(table: SectionTable) -> None:
    page = present_record(seen(table, Completeness(closed=all_but(table, "demographics"))), WHERE)
    assert page.closed.startswith(
        "Your role does not let you see GP practice, about me, individual requirements, alerts"
    )
    assert page.unrecorded == ""
    assert page.bare == ()


@pytest.mark.parametrize(
    ("completeness", "said"),
    [
        (Completeness(), "Nothing with a date is recorded."),
        (Completeness(withholds=True), "Nothing with a date that you may see is recorded."),
        (Completeness(closed=frozenset({"problems"})), "Nothing with a date that you may see is recorded."),
    ],
)
def test_an_empty_timeline_says_what_was_not_looked_at(
    table: SectionTable, completeness: Completeness, said: str
) -> None:
    """Hazard: an empty timeline read as an empty life."""
    assert present_timeline(seen(table, completeness), WHERE).nothing == said


def test_what_policy_shows_to_its_source_alone_is_said_whether_or_not_there_is_any(table: SectionTable) -> None:
    """Hazard: a sentence about sensitive entries that stands only where there are some."""
    assert (
        "says the same whether or not there are any"
        in present_completeness(seen(table, Completeness(withholds=True))).withholds
    )
    assert present_completeness(seen(table, Completeness())).withholds == ""


def agreed(table: SectionTable, *answers: SourceAnswer, closed: frozenset[str] = frozenset()) -> str:
    return present_completeness(seen(table, Completeness(silent=answers, closed=closed))).sentence


def test_what_is_not_shared_by_agreement_is_said_once_for_all_who_keep_the_same(table: SectionTable) -> None:
    """Hazard: "none" inferred from what was not looked at."""
    every, few = all_but(table), frozenset({"documents", "allergies"})
    hospital, surgery = (SourceAnswer(source=each.source, not_shared=every) for each in (HOSPITAL, SURGERY))
    whoever = "This page says the same whether or not they have anything about this person."
    assert agreed(table, hospital) == (
        f"By agreement, Aldermere Royal Infirmary shares nothing with your organisation. {whoever} "
        "Only who this person is stands here: no source has written an entry that you may see."
    )
    both = agreed(table, hospital, surgery)
    assert both.startswith("By agreement, Aldermere Royal Infirmary and Aldermere Surgery share nothing with")
    assert both.count("By agreement") == 1
    some = agreed(table, SourceAnswer(source=HOSPITAL.source, not_shared=few, partly_shared=frozenset({"results"})))
    assert "does not share allergies and adverse reactions or documents and notes, nor all of" in some
    most = SourceAnswer(source=HOSPITAL.source, not_shared=all_but(table, "documents"))
    assert "shares only documents and notes with your organisation" in agreed(table, most)
    partly = replace(most, not_shared=all_but(table, "documents", "results"), partly_shared=frozenset({"results"}))
    assert "shares only documents and notes, and some kinds of entry of " in agreed(table, partly)
    anybody = SourceAnswer(source=Source("", "Whoever has no agreement with your organisation"), not_shared=every)
    assert agreed(table, anybody).startswith("By agreement, whoever has no agreement with your organisation shares")


def test_many_who_keep_the_same_are_counted(table: SectionTable) -> None:
    many = [SourceAnswer(source=Source(f"FA{n}", f"Pharmacy {n}"), not_shared=all_but(table)) for n in range(100, 109)]
    assert "Pharmacy 104 and 4 other organisations share nothing" in agreed(table, *many)


def test_a_record_says_what_is_not_shared_in_the_sections_that_decide(table: SectionTable) -> None:
    answer = SourceAnswer(source=HOSPITAL.source, not_shared=all_but(table))
    page = present_record(seen(table, Completeness(silent=(answer,))), WHERE)
    (told,) = [each.sentence for each in page.medicines.nothings if each.kind == "not-shared"]
    assert told == "Aldermere Royal Infirmary does not share medicines and medical devices with your organisation."
    assert [title for title, nothings in page.bare if any(each.kind == "not-shared" for each in nothings)] == []
    assert page.unrecorded.startswith("Nothing that you may see is recorded under")
