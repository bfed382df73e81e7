"""The timeline page: one year or more of months, with a way to older ones."""

from dataclasses import dataclass

from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.presenters.banner import BannerPage, present_banner
from lhcr.portal.presenters.completeness import CompletenessPage, present_completeness
from lhcr.portal.presenters.measured import flag_tags
from lhcr.portal.presenters.row import RowPage, Tag, present_row
from lhcr.views.dosage import in_one_line
from lhcr.views.record_view import RecordView
from lhcr.views.timeline import COMING, Event, Month, read_timeline

_AT_LEAST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    section: str
    row: RowPage
    told: str
    flags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthPage:
    title: str
    anchor: str
    events: tuple[EventLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePage:
    """`years` link to where each begins; `older` is the address of what comes before, empty at the end."""

    banner: BannerPage
    where: RecordAddresses
    months: tuple[MonthPage, ...]
    years: tuple[tuple[str, str, bool], ...]
    older: str
    undated: str
    completeness: CompletenessPage
    nothing: str


def present_timeline(view: RecordView, where: RecordAddresses, *, year: str = "") -> TimelinePage:
    """From the given year on backwards, at least sixty events where there are as many, never half a month."""
    timeline = read_timeline(view)
    started = [month for month in timeline.months if not year or (month.anchor != COMING and month.anchor[:4] <= year)]
    shown = _enough(started)
    rest = started[len(shown) :]
    return TimelinePage(
        banner=present_banner(view),
        where=where,
        months=tuple(_month(month, where) for month in shown),
        years=tuple((one, f"{where.timeline}?year={one}", one == (year or one)) for one in timeline.years),
        older=f"{where.timeline}?year={rest[0].anchor[:4]}" if rest else "",
        undated=_undated(timeline.undated),
        completeness=present_completeness(view),
        nothing=_nothing(narrowed=view.completeness.limits),
    )


def _enough(months: list[Month]) -> list[Month]:
    """Whole years, so that the link to older ones leads to the beginning of a year."""
    shown: list[Month] = []
    events = 0
    for month in months:
        if events >= _AT_LEAST and month.anchor[:4] != shown[-1].anchor[:4]:
            break
        shown.append(month)
        events += len(month.events)
    return shown


def _month(month: Month, where: RecordAddresses) -> MonthPage:
    return MonthPage(
        title=month.title, anchor=month.anchor, events=tuple(_event(event, where) for event in month.events)
    )


def _event(event: Event, where: RecordAddresses) -> EventLine:
    row = event.row
    measured = row.cell("Result")
    told = measured or tuple(line for cell in row.cells[:3] if not cell.under for line in cell.lines[:2])
    flags = tuple(tag for tag in flag_tags(row) if tag.colour != "grey")
    return EventLine(
        section=event.section.title, row=present_row(row, (), where), told=in_one_line(told[:4]), flags=flags
    )


def _nothing(*, narrowed: bool) -> str:
    """Hazard: an empty timeline read as an empty life by somebody from whom entries are closed."""
    return f"Nothing with a date {'that you may see ' if narrowed else ''}is recorded."


def _undated(count: int) -> str:
    if not count:
        return ""
    return f"{count} {'entry has' if count == 1 else 'entries have'} no date and can be found on the record page."
