"""How often and when: the timing of a dose or an activity as words.

Hazard guarded here: a dose too often or for too long. A part that narrows a timing is never left out.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import read_concept
from lhcr.views.json_walk import items_of, object_of, text_of
from lhcr.views.quantity import range_text
from lhcr.views.written_date import read_date
from lhcr.views.written_number import number_of, number_text

_UNITS = {"s": "second", "min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}
_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
#: Periods longer than a day, which a day of the week narrows without contradicting them.
_LONG = frozenset({"wk", "mo", "a"})
_MOST_EVENTS = 5
#: FHIR's event timings, the letters of which mean nothing to a reader.
_WHEN: Mapping[str, str] = MappingProxyType(
    {
        "MORN": "in the morning",
        "MORN.early": "early in the morning",
        "MORN.late": "late in the morning",
        "NOON": "at noon",
        "AFT": "in the afternoon",
        "AFT.early": "early in the afternoon",
        "AFT.late": "late in the afternoon",
        "EVE": "in the evening",
        "EVE.early": "early in the evening",
        "EVE.late": "late in the evening",
        "NIGHT": "at night",
        "PHS": "after sleep",
        "HS": "before sleep",
        "WAKE": "on waking",
        "C": "with meals",
        "CM": "with breakfast",
        "CD": "with lunch",
        "CV": "with dinner",
        "AC": "before meals",
        "ACM": "before breakfast",
        "ACD": "before lunch",
        "ACV": "before dinner",
        "PC": "after meals",
        "PCM": "after breakfast",
        "PCD": "after lunch",
        "PCV": "after dinner",
    }
)


def timing_text(value: Any) -> str:
    """`2 times a day`, `every 4 to 6 hours, for 7 days`; the timing's own code where nothing else says how often."""
    timing = object_of(value)
    repeat = object_of(timing.get("repeat"))
    often, days = _how_often(repeat) or read_concept(timing.get("code")).title, _days(repeat)
    # Hazard: a medicine of one day a week read as one of every day. Beside "once a day" its days come first.
    ordered = [f"{days} only", often] if days and text_of(repeat.get("periodUnit")) not in _LONG else [often, days]
    parts = [*_events(timing.get("event")), *ordered, *_moments(repeat), _duration(repeat), _bounds(repeat)]
    return ", ".join(part for part in parts if part)


def _how_often(repeat: JsonObject) -> str:
    """Hazard: "every 4 to 6 hours" told as every 4. Both ends of a range are said."""
    code = text_of(repeat.get("periodUnit"))
    unit, times = _UNITS.get(code, ""), _span(repeat, "frequency") or "1"
    if repeat.get("period") is None or not unit:
        return _as_it_stands(repeat, code)
    single = number_of(repeat["period"]) == 1 and "periodMax" not in repeat
    period = unit if single else f"{_span(repeat, 'period')} {unit}s"
    if number_of(times) != 1:
        return f"{times} times {'a' if single else 'every'} {period}".replace(" a hour", " an hour")
    return f"once a {period}".replace("once a hour", "every hour") if single else f"every {period}"


def _as_it_stands(repeat: JsonObject, unit: str) -> str:
    """What is said of how often where the unit of the period is missing or is not one of FHIR's."""
    times, period = _span(repeat, "frequency"), _span(repeat, "period")
    counted = f"{times} times" if times and times != "1" else "once" if times else ""
    return " ".join(part for part in (counted, f"every {period} {unit}".rstrip() if period else "") if part)


def _span(repeat: JsonObject, name: str) -> str:
    """A number, or the range up to its maximum, in digits as recorded."""
    least, most = (repeat.get(each) for each in (name, f"{name}Max"))
    if least is None and most is not None:
        return f"up to {number_text(most)}"
    return " to ".join(number_text(each) for each in (least, most) if each is not None)


def _days(repeat: JsonObject) -> str:
    days = [_DAYS.get(text_of(day), text_of(day)) for day in items_of(repeat.get("dayOfWeek"))]
    return f"on {' and '.join(days)}" if days else ""


def _moments(repeat: JsonObject) -> list[str]:
    clocks = [text_of(clock)[:5] for clock in items_of(repeat.get("timeOfDay"))]
    when = [_WHEN.get(text_of(code), text_of(code)) for code in items_of(repeat.get("when"))]
    ahead = f"{number_text(repeat['offset'])} minutes " if repeat.get("offset") is not None else ""
    return [f"at {' and '.join(clocks)}" if clocks else "", *(f"{ahead}{each}" for each in when)]


def _duration(repeat: JsonObject) -> str:
    """How long one time lasts, as an infusion does."""
    duration = _span(repeat, "duration")
    unit = _UNITS.get(text_of(repeat.get("durationUnit")), text_of(repeat.get("durationUnit")))
    plural = "s" if unit in _UNITS.values() and number_of(duration) != 1 else ""
    return f"over {duration} {unit}{plural} each time".replace("  ", " ") if duration else ""


def _events(value: Any) -> list[str]:
    dates = [date for date in map(read_date, items_of(value)[: _MOST_EVENTS + 1]) if date]
    shown = [f"on {date.with_clock}" for date in dates[:_MOST_EVENTS]]
    return [*shown, "and at more times"] if len(dates) > _MOST_EVENTS else shown


def _bounds(repeat: JsonObject) -> str:
    """For how long or how often in all: a course that ends is never told as one that goes on."""
    period = object_of(repeat.get("boundsPeriod"))
    start, end = read_date(period.get("start")), read_date(period.get("end"))
    lasting = object_of(repeat.get("boundsDuration"))
    unit = _UNITS.get(text_of(lasting.get("code")), text_of(lasting.get("unit")))
    amount = number_text(lasting["value"]) if lasting.get("value") is not None else ""
    plural = "s" if unit in _UNITS.values() and number_of(amount) != 1 else ""
    count = _span(repeat, "count")
    amount = f"{text_of(lasting.get('comparator'))} {amount}".strip()
    bounds = [
        f"from {start.shown}" if start else "",
        f"until {end.shown}" if end else "",
        f"for {amount} {unit}{plural}".rstrip() if amount else "",
        f"for {range_text(repeat['boundsRange'])}" if "boundsRange" in repeat else "",
    ]
    return ", ".join(
        [
            *filter(None, bounds),
            *([f"{count} times in all" if number_of(count) != 1 else "once in all"] if count else []),
        ]
    )
