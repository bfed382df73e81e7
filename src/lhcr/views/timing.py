"""How often and when: the timing of a dose or an activity as words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import read_concept
from lhcr.views.json_walk import items_of, object_of, text_of
from lhcr.views.quantity import range_text
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
    parts = [_how_often(repeat) or read_concept(timing.get("code")).title, *_moments(repeat), _bounds(repeat)]
    return ", ".join(part for part in parts if part)


def _how_often(repeat: JsonObject) -> str:
    """Hazard: "every 4 to 6 hours" told as every 4. Both ends of a range are said."""
    unit = _UNITS.get(text_of(repeat.get("periodUnit")), "")
    if repeat.get("period") is None or not unit:
        return ""
    single = number_of(repeat["period"]) == 1 and "periodMax" not in repeat
    period = unit if single else f"{_span(repeat, 'period')} {unit}s"
    times = _span(repeat, "frequency") or "1"
    if number_of(times) != 1:
        return f"{times} times {'a' if single else 'every'} {period}".replace(" a hour", " an hour")
    return f"once a {period}".replace("once a hour", "every hour") if single else f"every {period}"


def _span(repeat: JsonObject, name: str) -> str:
    """A number, or the range up to its maximum, in digits as recorded."""
    least, most = (repeat.get(each) for each in (name, f"{name}Max"))
    return " to ".join(number_text(each) for each in (least, most) if each is not None)


def _moments(repeat: JsonObject) -> list[str]:
    days = [_DAYS.get(text_of(day), text_of(day)) for day in items_of(repeat.get("dayOfWeek"))]
    clocks = [text_of(clock)[:5] for clock in items_of(repeat.get("timeOfDay"))]
    when = [_WHEN.get(text_of(code), text_of(code)) for code in items_of(repeat.get("when"))]
    return [f"on {' and '.join(days)}" if days else "", f"at {' and '.join(clocks)}" if clocks else "", *when]


def _bounds(repeat: JsonObject) -> str:
    """For how long or how often in all: a course that ends is never told as one that goes on."""
    lasting = object_of(repeat.get("boundsDuration"))
    unit = _UNITS.get(text_of(lasting.get("code")), text_of(lasting.get("unit")))
    amount = number_text(lasting["value"]) if lasting.get("value") is not None else ""
    plural = "s" if unit in _UNITS.values() and number_of(amount) != 1 else ""
    count = _span(repeat, "count")
    bounds = [
        f"for {amount} {unit}{plural}".rstrip() if amount else "",
        f"for {range_text(repeat['boundsRange'])}" if "boundsRange" in repeat else "",
    ]
    return ", ".join(
        [
            *filter(None, bounds),
            *([f"{count} times in all" if number_of(count) != 1 else "once in all"] if count else []),
        ]
    )
