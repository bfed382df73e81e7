"""The queue of a privacy office: what needs somebody first comes first, and nobody's record is named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lhcr.office.case_desk import Queue
from lhcr.office.case_kind import CaseKind, CaseState, Outcome
from lhcr.office.privacy_case import PrivacyCase
from lhcr.portal.presenters.case_queue import CasesPage, present_queue

NOW = datetime(2026, 3, 15, 9, 30, tzinfo=UTC)
OPEN = PrivacyCase(
    person_id=7,
    case_id="bcd",
    kind=CaseKind.EMERGENCY,
    organisation="RRE",
    organisation_name="Infirmary",
    user_id="ed-doctor",
    user_name="Dr Kwame Asante",
    role_name="Doctor",
    agent_kind="professional",
    began=NOW - timedelta(days=4),
    ended=NOW - timedelta(days=4),
    words="Found unconscious",
    asked_by="",
    by_proxy=False,
    noted=NOW - timedelta(days=4),
    opened=NOW - timedelta(days=1),
    due=NOW + timedelta(days=3),
    state=CaseState.OPEN,
    version=2,
    escalated=False,
    outcome=None,
    outcome_words="",
    told="",
    closed=None,
)
CLOSED = replace(
    OPEN, state=CaseState.CLOSED, closed=NOW, outcome=Outcome.EXPLAINED, outcome_words="An encounter began."
)


def page(*cases: PrivacyCase, settled: tuple[PrivacyCase, ...] = ()) -> CasesPage:
    return present_queue(Queue(cases=cases, settled=settled, more=False), organisation="Infirmary", basis="x", now=NOW)


def test_what_is_overdue_comes_before_what_is_due_today_and_that_before_the_rest() -> None:
    late, today = replace(OPEN, due=NOW - timedelta(minutes=1)), replace(OPEN, due=NOW + timedelta(hours=23))
    groups = page(OPEN, today, late).groups
    assert [(title, len(rows)) for title, rows in groups] == [("Overdue", 1), ("Due within a day", 1), ("Due later", 1)]
    assert [tag.words for tag in groups[0][1][0].tags] == ["Overdue", "Open"]


def test_what_is_still_being_checked_and_what_closed_itself_need_nobody() -> None:
    watched = replace(OPEN, state=CaseState.WATCHED, opened=None, due=None)
    shown = page(watched, settled=(CLOSED, replace(CLOSED, outcome=Outcome.MISTAKE)))
    assert shown.nothing
    titles = [title for title, _ in shown.folded]
    assert titles == ["Being checked against what is recorded", "Closed by itself", "Closed by somebody"]
    assert shown.folded[1][1][0].evidence == "Explained by what is recorded. An encounter began."


def test_a_row_says_who_and_when_and_nothing_of_whose_record_or_why() -> None:
    (row,) = page(OPEN).groups[0][1]
    assert (row.who, row.when) == ("Dr Kwame Asante, Doctor", "11 March 2026, 09:30")
    assert "unconscious" not in repr(row)
