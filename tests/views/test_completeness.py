"""Completeness: a view is whole only where everybody was asked, all answered and all of it is here."""

from dataclasses import replace
from itertools import product

import pytest

from lhcr.views.completeness import Completeness, SourceAnswer
from lhcr.views.entry import Source

GP, HOSPITAL = Source("A81001", "Surgery"), Source("RRE", "Hospital")
REACHED, AWAY = SourceAnswer(source=GP), SourceAnswer(source=HOSPITAL, reached=False)


def test_hazard_partial_shown_as_complete_whole_is_only_what_lacks_nothing() -> None:
    assert Completeness(sources=(REACHED,)).whole
    assert not Completeness(sources=(REACHED, AWAY)).whole
    assert not Completeness(sources=(REACHED,), cut=True).whole
    assert not Completeness(sources=(AWAY,), cut=True).whole


def test_sources_that_did_not_answer_are_told_in_their_order() -> None:
    later = replace(AWAY, source=Source("X", "Trust"))
    assert Completeness(sources=(AWAY, REACHED, later)).unreached == (AWAY, later)


def test_a_source_that_did_not_answer_is_not_said_to_share_nothing() -> None:
    """What it shares is not known: it is told as not reached, and in one way only."""
    silent = frozenset({"documents"})
    answers = (replace(REACHED, not_shared=silent), replace(AWAY, not_shared=silent))
    completeness = Completeness(sources=answers)
    assert completeness.not_sharing("documents") == (answers[0],)
    assert completeness.not_sharing("allergies") == ()


@pytest.mark.parametrize(("withholds", "own_only", "narrowed"), list(product((False, True), repeat=3)))
def test_a_section_is_narrowed_where_policy_keeps_anything_of_it_from_the_reader(
    withholds: bool,  # noqa: FBT001
    own_only: bool,  # noqa: FBT001
    narrowed: bool,  # noqa: FBT001
) -> None:
    """Hazard: "nothing recorded" said of what was not looked at."""
    sections = frozenset({"allergies"}) if narrowed else frozenset[str]()
    completeness = Completeness(withholds=withholds, own_only=own_only, narrowed=sections)
    assert completeness.is_narrowed("allergies") == (withholds or own_only or narrowed)
    assert completeness.is_narrowed("problems") == (withholds or own_only)
    assert completeness.limits == (withholds or own_only or narrowed)


def test_a_closed_section_limits_what_is_seen_of_the_record() -> None:
    assert Completeness(closed=frozenset({"problems"})).limits
    assert not Completeness().limits
