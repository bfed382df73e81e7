"""The timeline tells every dated entry under its month, newest first, and counts the others."""

from collections.abc import Callable

from lhcr.views.entry import Entry
from lhcr.views.record_view import RecordView
from lhcr.views.timeline import read_timeline

MakeEntry = Callable[..., Entry]
View = Callable[..., RecordView]


def test_months_run_from_newest_to_oldest_and_a_bare_year_stands_by_itself(view: View, entry: MakeEntry) -> None:
    record = view(
        entry("Procedure", status="completed", code={"text": "A"}, performedDateTime="2020"),
        entry("Procedure", status="completed", code={"text": "B"}, performedDateTime="2024-05-06"),
        entry("Flag", status="active", code={"text": "C"}, period={"start": "2024-05-20"}),
        entry("Flag", status="active", code={"text": "D"}),
    )
    timeline = read_timeline(record)
    assert [month.title for month in timeline.months] == ["May 2024", "2020"]
    assert [event.row.title for event in timeline.months[0].events] == ["C", "B"]
    assert timeline.undated == 1
    assert timeline.years == ("2024", "2020")


def test_what_was_entered_in_error_is_not_in_the_timeline(view: View, entry: MakeEntry) -> None:
    record = view(entry("Procedure", status="entered-in-error", code={"text": "A"}, performedDateTime="2020-01-01"))
    assert read_timeline(record).months == ()


def test_a_timeline_can_be_of_some_sections_alone(view: View, entry: MakeEntry) -> None:
    record = view(
        entry("Procedure", status="completed", code={"text": "A"}, performedDateTime="2020-01-01"),
        entry("Flag", status="active", code={"text": "C"}, period={"start": "2024-05-20"}),
    )
    (month,) = read_timeline(record, sections=frozenset({"alerts"})).months
    assert [event.row.title for event in month.events] == ["C"]


def test_what_is_to_come_stands_first_and_the_next_of_it_at_the_top(view: View, entry: MakeEntry) -> None:
    days = ("2026-06-01", "2026-04-01", "2026-03-15", "2026-03-01")
    record = view(*(entry("Appointment", status="booked", description=f"On {day}", start=day) for day in days))
    coming, march = read_timeline(record).months
    assert (coming.title, [event.row.title for event in coming.events]) == (
        "Coming up",
        ["On 2026-04-01", "On 2026-06-01"],
    )
    assert [event.row.title for event in march.events] == ["On 2026-03-15", "On 2026-03-01"]
    assert read_timeline(record).years == ("2026",)


def test_who_wrote_an_entry_is_no_event(view: View, entry: MakeEntry) -> None:
    assert read_timeline(view(entry("Provenance", recorded="2026-01-01T10:00:00Z"))).months == ()
