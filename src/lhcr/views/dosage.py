"""Dosage instructions as words: the prescriber's text first, structured parts where there is none."""

import re
from collections.abc import Sequence
from typing import Any, Final

from lhcr.kernel.json_types import JsonObject
from lhcr.views.coded_dose import CODED_DIFFERENTLY, Comparison, compare_dose
from lhcr.views.concept import plain_name, read_concept
from lhcr.views.json_walk import object_of, objects_of, text_of
from lhcr.views.plain_dose import says
from lhcr.views.quantity import pieces_text, quantity_text, range_text, ratio_text, unit_of
from lhcr.views.timing import timing_text
from lhcr.views.written_number import number_text

#: How lines begin that are put into words here.
_OWN: Final = ("Coded: ", f"{CODED_DIFFERENTLY}: ", "As needed", "No more than ", "Then: ")
_INCOMPARABLE: Final = "cannot be compared with the dose in words"
_SAYS_AS_NEEDED: Final = re.compile(
    r"\b(?:as|when|if|where) (?:needed|required|necessary)\b|\bp\.?r\.?n\b", re.IGNORECASE
)


def dosages_lines(value: Any) -> tuple[str, ...]:
    """The lines of several instructions, in the order in which they apply.

    Hazard: a course that goes up and comes down again (5 mg, then 10 mg, then 5 mg) must not lose a step because it reads like
    another, so only instructions without a place in a sequence are told once.
    """
    dosages = list(objects_of(value))
    places = [number_text(dosage.get("sequence", "")) for dosage in dosages]
    if len(set(places)) < 2 or not all(place.isdecimal() for place in places):
        return tuple(dict.fromkeys(line for dosage in dosages for line in dosage_lines(dosage)))
    ordered = sorted(zip(map(int, places), dosages, strict=True), key=lambda pair: pair[0])
    return tuple(line for place, dosage in ordered for line in _step(dosage, later=place > ordered[0][0]))


def in_one_line(lines: Sequence[str]) -> str:
    """Lines behind one another. Words of our own that begin a line go on in small letters; a source's are never touched."""
    told = [f"{line[:1].lower()}{line[1:]}" if line.startswith(_OWN) else line for line in lines[1:]]
    return "; ".join([*lines[:1], *told])


def _step(dosage: JsonObject, *, later: bool) -> tuple[str, ...]:
    lines = dosage_lines(dosage)
    return (f"Then: {lines[0]}", *lines[1:]) if later and lines else lines


def dosage_lines(value: Any) -> tuple[str, ...]:
    """The instruction's lines. Text as written always shows, and beside it the coded dose and timing, unless it says the same.

    Hazards: methotrexate that is written as one daily and coded as 10 mg a week; whichever of the two is wrong, both are seen.
    A limit, or that it is to be taken only as needed, may stand outside the text, so these are told beside it.
    """
    dosage = object_of(value)
    text = plain_name(text_of(dosage.get("text")))
    lines = [text, _coded_otherwise(dosage, text)] if text else [_structured(dosage)]
    needed = _as_needed(dosage) if text and not _SAYS_AS_NEEDED.search(text) else ""
    lines += [f"{needed[:1].upper()}{needed[1:]}"]
    lines += [text_of(dosage.get("patientInstruction"))]
    lines += [read_concept(item).title for item in objects_of(dosage.get("additionalInstruction"))]
    return tuple(dict.fromkeys(line for line in (*lines, *_limits(dosage)) if line))


def _limits(dosage: JsonObject) -> tuple[str, ...]:
    told = (
        (ratio_text(dosage.get("maxDosePerPeriod")), ""),
        (quantity_text(dosage.get("maxDosePerAdministration")), " at a time"),
        (quantity_text(dosage.get("maxDosePerLifetime")), " in a lifetime"),
    )
    return tuple(f"No more than {limit}{scope}" for limit, scope in told if limit)


def route_lines(value: Any) -> tuple[str, ...]:
    """How it gets into the body, where the written instruction leaves that out."""
    dosage = object_of(value)
    written, route = text_of(dosage.get("text")), read_concept(dosage.get("route")).title
    return (route,) if written and route and route.casefold() not in written.casefold() else ()


def _coded_otherwise(dosage: JsonObject, text: str) -> str:
    """The coded dose, site, timing and rate, unless the text plainly says each of them.

    Hazard: overdose. A dose that differs from the words, or cannot be compared with them, is said to be so.
    """
    rates = _rates(dosage)
    parts = [*map(_dose, rates), read_concept(dosage.get("site")).title, timing_text(dosage.get("timing"))]
    told = [part for part in (*parts, *map(_rate, rates)) if part]
    if all(_is_said(text, part) for part in told):
        return ""
    unsaid = [_amount(rate) for rate in rates if not _is_said(text, _dose(rate))]
    comparison = compare_dose(text, unsaid)
    label = CODED_DIFFERENTLY if comparison is Comparison.DIFFERS else "Coded"
    doubt = f" ({_INCOMPARABLE})" if comparison is Comparison.INCOMPARABLE else ""
    return f"{label}: {', '.join(told)}{doubt}"


def _is_said(text: str, part: str) -> bool:
    return all(says(text, piece) for piece in part.split(", "))


def _rates(dosage: JsonObject) -> list[JsonObject]:
    return list(objects_of(dosage.get("doseAndRate"))) or [dosage]


def _structured(dosage: JsonObject) -> str:
    rates = _rates(dosage)
    parts = [
        " and ".join(filter(None, map(_dose, rates))),
        read_concept(dosage.get("method")).title,
        read_concept(dosage.get("route")).title,
        read_concept(dosage.get("site")).title,
        timing_text(dosage.get("timing")),
        " and ".join(filter(None, map(_rate, rates))),
        _as_needed(dosage),
    ]
    return ", ".join(part for part in parts if part)


def _quantity(rate: JsonObject) -> Any:
    return rate.get("doseQuantity", rate.get("dose"))


def _amount(rate: JsonObject) -> Any:
    """The dose as a Quantity or, where it is none, as a Range."""
    return _quantity(rate) or rate.get("doseRange")


def _dose(rate: JsonObject) -> str:
    """Hazard: a bare number read as tablets, or as milligrams. A dose whose source gives no unit says so."""
    quantity = object_of(_quantity(rate))
    said = pieces_text(quantity) or range_text(rate.get("doseRange"))
    return f"{said} (unit not recorded)" if quantity and said and not unit_of(quantity) else said


def _rate(rate: JsonObject) -> str:
    return (
        ratio_text(rate.get("rateRatio"))
        or quantity_text(rate.get("rateQuantity"))
        or range_text(rate.get("rateRange"))
    )


def _as_needed(dosage: JsonObject) -> str:
    reason = read_concept(dosage.get("asNeededCodeableConcept")).title
    if reason:
        return f"as needed for {reason}"
    return "as needed" if dosage.get("asNeededBoolean") is True else ""
