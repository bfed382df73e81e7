"""Dosage instructions as words: the prescriber's text first, structured parts where there is none."""

from typing import Any

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import read_concept
from lhcr.views.json_walk import object_of, objects_of, text_of
from lhcr.views.quantity import quantity_text, range_text, ratio_text, unit_of
from lhcr.views.timing import timing_text


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


def route_lines(value: Any) -> tuple[str, ...]:
    """How it gets into the body, where the written instruction leaves that out."""
    dosage = object_of(value)
    written, route = text_of(dosage.get("text")), read_concept(dosage.get("route")).title
    return (route,) if written and route and route.casefold() not in written.casefold() else ()


def _structured(dosage: JsonObject) -> str:
    rates = list(objects_of(dosage.get("doseAndRate"))) or [dosage]
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


def _dose(rate: JsonObject) -> str:
    """Hazard: a bare number read as tablets, or as milligrams. A dose whose source gives no unit says so."""
    quantity = object_of(rate.get("doseQuantity", rate.get("dose")))
    said = quantity_text(quantity) or range_text(rate.get("doseRange"))
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
