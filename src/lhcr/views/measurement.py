"""Measured values of observations: result, reference range and interpretation, for the whole and for its components."""

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import codes_of, read_concept
from lhcr.views.json_walk import choice_of, object_of, objects_of, text_of
from lhcr.views.names import Names
from lhcr.views.quantity import digits_text, reference_range_text, unit_of
from lhcr.views.state import State, read_status
from lhcr.views.words import Lines, words_of
from lhcr.views.written_number import number_of

_SYSTOLIC = frozenset({"8480-6", "271649006", "72313002"})
_DIASTOLIC = frozenset({"8462-4", "271650006", "1091811000000102"})
_FLAGS = {
    "HH": "Critically high",
    "LL": "Critically low",
    "H": "High",
    "HU": "Very high",
    "L": "Low",
    "LU": "Very low",
    "A": "Abnormal",
    "AA": "Critically abnormal",
    "N": "Normal",
    "POS": "Positive",
    "NEG": "Negative",
    "IND": "Indeterminate",
    "R": "Resistant",
    "S": "Susceptible",
    "I": "Intermediate",
    ">": "Off scale high",
    "<": "Off scale low",
}
#: Endings of the addresses that HL7's interpretation codes have had; a letter of another system means something else.
_INTERPRETATIONS = ("ObservationInterpretation", "observation-interpretation", "0078")
#: Interpretations that ask for nobody's attention.
UNREMARKABLE = frozenset({"Normal", "Negative", "Susceptible"})


def result_lines(resource: JsonObject, names: Names) -> Lines:
    """The value, its components and what stands in place of a missing one.

    Hazard: a result whose value is absent, shown as an empty cell, reads as not done. The reason is said.
    """
    pressure = blood_pressure_text(resource)
    told_already = blood_pressure(resource) if pressure else ()
    lines = [*([pressure] if pressure else []), *_value(resource, names)]
    for component in objects_of(resource.get("component")):
        if any(component.get("valueQuantity") is quantity for quantity in told_already):
            continue
        told = "; ".join(_value(component, names))
        if told:
            lines.append(f"{read_concept(component.get('code')).title}: {told}")
    lines += _reported(resource, names) if resource.get("resourceType") == "DiagnosticReport" else ()
    lines += words_of(resource.get("conclusion"), names)
    lines += words_of(resource.get("conclusionCode"), names)
    return tuple(lines)


def _reported(report: JsonObject, names: Names) -> Lines:
    """The results that a report refers to, each with its value where the record holds it."""
    lines = []
    for reference in objects_of(report.get("result")):
        target = names.resolve(text_of(reference.get("reference")), holder=report)
        value = _referred(target, names) if target and target.get("resourceType") == "Observation" else ""
        name = names.words(reference, holder=report)
        lines.append(f"{name}: {value}" if value else name)
    return tuple(line for line in lines if line)


def _referred(result: JsonObject, names: Names) -> str:
    """Hazard: a result that was entered in error, or cancelled, read as valid because a report still refers to it."""
    status = read_status(result)
    if status.state is State.REMOVED:
        return status.words.lower()
    value = "; ".join(result_lines(result, names))
    return ", ".join(part for part in (value, status.words.lower()) if part)


def _value(parent: JsonObject, names: Names) -> Lines:
    value = choice_of(parent, "value")
    if value is not None:
        return words_of(value, names)
    absent = read_concept(parent.get("dataAbsentReason"))
    # A display begins a sentence of its own; what somebody wrote keeps its capitals.
    reason = absent.text or absent.title.lower()
    return (f"No value: {reason}",) if reason else ()


def blood_pressure_text(resource: JsonObject) -> str:
    """`138/84 mmHg` from the two components, where both are there in one unit."""
    upper, lower = blood_pressure(resource)
    if not upper or not lower or unit_of(upper) != unit_of(lower):
        return ""
    unit = "mmHg" if unit_of(upper) == "mm[Hg]" else unit_of(upper)
    return f"{digits_text(upper)}/{digits_text(lower)} {unit}".strip()


def blood_pressure(resource: JsonObject) -> tuple[JsonObject, JsonObject]:
    """The systolic and the diastolic quantity, each empty where it is not measured."""
    if "component" not in resource:
        return {}, {}
    return _component(resource, _SYSTOLIC), _component(resource, _DIASTOLIC)


def _component(resource: JsonObject, codes: frozenset[str]) -> JsonObject:
    for component in objects_of(resource.get("component")):
        quantity = object_of(component.get("valueQuantity"))
        if not codes.isdisjoint(codes_of(component.get("code"))) and number_of(quantity.get("value")) is not None:
            return quantity
    return {}


def range_lines(resource: JsonObject, _names: Names) -> Lines:
    return tuple(filter(None, (reference_range_text(item) for item in objects_of(resource.get("referenceRange")))))


def flag_lines(resource: JsonObject, _names: Names) -> Lines:
    """Interpretations in words, those of components with the component's name."""
    lines = _flags(resource)
    for component in objects_of(resource.get("component")):
        lines += [f"{read_concept(component.get('code')).title}: {flag}" for flag in _flags(component)]
    return tuple(lines)


def _flags(parent: JsonObject) -> list[str]:
    found = (_flag(item) for item in objects_of(parent.get("interpretation")))
    return [flag for flag in found if flag]


def _flag(item: JsonObject) -> str:
    """An interpretation in words: those of HL7's code, and what somebody wrote beside it where it says other than the code.

    Hazard: a critical result that looks normal, because another system's letter was read as HL7's or the text was dropped.
    """
    concept, known = read_concept(item), _known_flag(item)
    written = concept.text if concept.text.casefold() not in {known.casefold(), concept.code.casefold(), ""} else ""
    if known and written and written.casefold() != concept.display.casefold():
        return f"{known}: {written}"
    return known or concept.title


def _known_flag(item: JsonObject) -> str:
    for coding in objects_of(item.get("coding", item)):
        system = text_of(coding.get("system"))
        if not system or system.endswith(_INTERPRETATIONS):
            known = _FLAGS.get(text_of(coding.get("code")))
            if known:
                return known
    return ""
