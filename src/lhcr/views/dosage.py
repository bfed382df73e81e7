"""Dosage instructions as words: the prescriber's text first, structured parts where there is none."""

from typing import Any

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import read_concept
from lhcr.views.json_walk import object_of, objects_of, text_of
from lhcr.views.quantity import quantity_text, range_text, ratio_text
from lhcr.views.written_number import number_text

_UNITS = {"s": "second", "min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}


def dosage_lines(value: Any) -> tuple[str, ...]:
    """The instruction's lines. Text as written always shows; parts are told beside it only where the text is absent.

    Hazard: a dose rebuilt from parts may contradict the instruction that was written, so the text is never replaced.
    """
    dosage = object_of(value)
    lines = [text_of(dosage.get("text")) or _structured(dosage)]
    lines += [text_of(dosage.get("patientInstruction"))]
    lines += [read_concept(item).title for item in objects_of(dosage.get("additionalInstruction"))]
    lines += [f"No more than {ratio_text(dosage['maxDosePerPeriod'])}" if "maxDosePerPeriod" in dosage else ""]
    return tuple(dict.fromkeys(line for line in lines if line))


def _structured(dosage: JsonObject) -> str:
    rate = next(objects_of(dosage.get("doseAndRate")), dosage)
    parts = [
        quantity_text(rate.get("doseQuantity")) or range_text(rate.get("doseRange")),
        read_concept(dosage.get("method")).title,
        read_concept(dosage.get("route")).title,
        read_concept(dosage.get("site")).title,
        timing_text(dosage.get("timing")),
        _rate(rate),
        _as_needed(dosage),
    ]
    return ", ".join(part for part in parts if part)


def timing_text(value: Any) -> str:
    """`2 times every day`, `every 8 hours`, or the timing's own code."""
    timing = object_of(value)
    repeat = object_of(timing.get("repeat"))
    coded = read_concept(timing.get("code")).title
    period, unit = repeat.get("period"), _UNITS.get(text_of(repeat.get("periodUnit")), "")
    if period is None or not unit:
        return coded
    times = number_text(repeat.get("frequency", 1))
    every = f"every {unit}" if number_text(period) == "1" else f"every {number_text(period)} {unit}s"
    return f"once {every}" if times == "1" else f"{times} times {every}"


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
