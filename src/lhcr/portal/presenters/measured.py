"""Tests and their results: one line a test with its latest result, and the page of one test with chart and table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.presenters.row import TablePage, Tag, alarms_of, conflict_of, origin_of, present_table, tags_of
from lhcr.views.measurement import UNREMARKABLE
from lhcr.views.row import Row
from lhcr.views.series import Point, Series, Test


@dataclass(frozen=True, slots=True, kw_only=True)
class TestLine:
    """A test with its latest result. `trend_href` leads to its page where there is more than one result."""

    __test__ = False
    title: str
    href: str
    result: tuple[str, ...]
    flags: tuple[Tag, ...]
    alarms: tuple[Tag, ...]
    range: str
    date: str
    clock: str
    earlier: tuple[str, ...]
    count: int
    trend_href: str
    origin: str
    warning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPage:
    """One chart: `data` is what the script draws, `summary` says in words what it shows."""

    title: str
    summary: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPage:
    """The page of one test: a chart for each unit that has several points, and every result in a table."""

    __test__ = False
    title: str
    charts: tuple[ChartPage, ...]
    table: TablePage
    note: str


def present_tests(tests: Iterable[Test], where: RecordAddresses) -> tuple[TestLine, ...]:
    return tuple(_line(test, where) for test in tests)


def present_test(test: Test, where: RecordAddresses) -> TestPage:
    """Charts by unit: series of one unit share a scale, as the two of a blood pressure do; units are never mixed."""
    by_unit: dict[str, list[Series]] = {}
    for series in test.series:
        by_unit.setdefault(series.unit, []).append(series)
    charts = [
        _chart(test.title, unit, found) for unit, found in by_unit.items() if any(len(s.points) > 1 for s in found)
    ]
    units = [unit or "no unit" for unit in by_unit]
    note = f"Results are in different units ({', '.join(units)}) and are not converted." if len(units) > 1 else ""
    table = present_table(f"Every result of {test.title}", test.rows, where, first="Test")
    return TestPage(title=test.title, charts=tuple(charts), table=table, note=note)


def flag_tags(row: Row) -> tuple[Tag, ...]:
    return tuple(Tag(flag, _flag_colour(flag)) for flag in row.cell("Flag"))


def _flag_colour(flag: str) -> str:
    if flag in UNREMARKABLE:
        return "grey"
    return "red" if "ritical" in flag else "orange"


def _line(test: Test, where: RecordAddresses) -> TestLine:
    latest = test.latest
    return TestLine(
        title=test.title,
        href=where.entry(latest.reference),
        result=latest.cell("Result") or ("No value",),
        flags=(*flag_tags(latest), *tags_of(latest)),
        alarms=alarms_of(latest),
        range=", ".join(latest.cell("Range")),
        date=latest.date.shown if latest.date else "Date not recorded",
        clock=latest.date.clock if latest.date else "",
        earlier=tuple(_earlier(row) for row in test.rows[1:3]),
        count=len(test.rows),
        trend_href=where.test(test.key) if len(test.rows) > 1 else "",
        origin=origin_of(latest),
        warning=conflict_of(latest.marks),
    )


def _earlier(row: Row) -> str:
    result = "; ".join(row.cell("Result")) or "No value"
    return f"{result} ({row.date.shown})" if row.date else result


def _chart(title: str, unit: str, found: list[Series]) -> ChartPage:
    moments = sorted({_seconds(point) for series in found for point in series.points})
    lines = [_values(series, moments) for series in found]
    named = [{"label": series.label} for series in found]
    data = msgspec.json.encode({"unit": unit, "series": named, "values": [moments, *lines]}).decode()
    heading = f"{title} ({unit})" if unit else title
    return ChartPage(title=heading, summary=_summary(found, unit), data=data)


def _values(series: Series, moments: list[float]) -> list[Any]:
    at = {_seconds(point): point.number for point in series.points}
    return [at.get(moment) for moment in moments]


def _summary(found: list[Series], unit: str) -> str:
    return " ".join(_told(series, unit) for series in found)


def _told(series: Series, unit: str) -> str:
    first, last = series.points[0], series.points[-1]
    low, high = min(series.points, key=_number), max(series.points, key=_number)
    said = f"{series.label}: {len(series.points)} results from {first.date.shown} to {last.date.shown}"
    return f"{said}, lowest {low.written} {unit}".rstrip() + f", highest {high.written} {unit}".rstrip() + "."


def _number(point: Point) -> float:
    return point.number


def _seconds(point: Point) -> float:
    day = point.date.as_day
    hour, minute = (int(part) for part in point.date.clock.split(":")) if point.date.clock else (0, 0)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC).timestamp()
