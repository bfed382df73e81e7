"""A row says where it comes from and what to notice, and says nothing twice."""

import pytest

from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.handles import Handles
from lhcr.portal.presenters.row import alarms_of, origin_of, present_row
from lhcr.views.entry import Source
from lhcr.views.row import Mark, Origin, Row
from lhcr.views.state import State, Status
from lhcr.views.written_date import read_date

WHERE = RecordAddresses("k", Handles(b"secret"))
GP, HOSPITAL = Source("A81001", "Surgery"), Source("RRE", "Hospital")


def row(kind: str, *origins: tuple[str, Source], **changed: object) -> Row:
    made = tuple(Origin(reference, source, None) for reference, source in origins)
    return Row(kind=kind, key="k", title="Thing", origins=made, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("origins", "words"),
    [
        ((("Condition/1", GP),), "Surgery"),
        ((("Condition/1", GP), ("Condition/2", HOSPITAL)), "Surgery, Hospital"),
        ((("Condition/1", GP), ("Condition/2", GP)), "Surgery (recorded twice)"),
        ((("Condition/1", GP), ("Condition/2", GP), ("Condition/3", GP)), "Surgery (recorded 3 times)"),
        ((("Condition/1", GP), ("Device/2", GP)), "Surgery"),
    ],
)
def test_sources_are_named_and_repeats_counted_in_words(origins: tuple[tuple[str, Source], ...], words: str) -> None:
    assert origin_of(row("Condition", *origins)) == words


def test_a_conflict_says_in_what_the_sources_differ() -> None:
    mark = Mark("conflict", "Sources differ in status: check before relying on either")
    (alarm,) = alarms_of(row("Condition", ("Condition/1", GP), marks=(mark,)))
    assert (alarm.words, alarm.colour) == ("Sources differ in status", "red")


@pytest.mark.parametrize(("kind", "muted"), [("Condition", True), ("Encounter", False)])
def test_what_is_past_stands_back_but_a_contact_always_is(kind: str, muted: bool) -> None:  # noqa: FBT001
    past = row(kind, (f"{kind}/1", GP), status=Status(State.PAST, ""))
    assert present_row(past, (), WHERE).muted is muted


@pytest.mark.parametrize(("label", "shown"), [("On", ""), ("Date", ""), ("Recorded", "Recorded")])
def test_a_label_that_says_nothing_beyond_the_date_is_left_out(label: str, shown: str) -> None:
    dated = row("Appointment", ("Appointment/1", GP), date=read_date("2026-12-14"), date_label=label)
    assert present_row(dated, (), WHERE).date_label == shown
