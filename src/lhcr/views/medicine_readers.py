"""The column readers of medicines: dose and route, reason, what was changed, and the course with its supplies."""

from typing import Any

from lhcr.kernel.json_types import JsonObject
from lhcr.views.dosage import dosages_lines, route_lines
from lhcr.views.json_walk import extension_of, object_of, objects_of
from lhcr.views.names import Names
from lhcr.views.plain_code import plain_code
from lhcr.views.quantity import pieces_text
from lhcr.views.words import Lines, period_text, words_of
from lhcr.views.written_date import read_date


def dose(resource: JsonObject, names: Names) -> Lines:
    """Dosage instructions alone: quantities supplied differ between sources without the dose being another."""
    lines = dosages_lines(_dosages(resource))
    rendered = words_of(resource.get("renderedDosageInstruction"), names)
    return (*lines, *(line for line in rendered if line not in lines))


def route(resource: JsonObject, _names: Names) -> Lines:
    """The route as coded, apart from the dose: a source that leaves it out does not give another dose."""
    return tuple(dict.fromkeys(line for item in objects_of(_dosages(resource)) for line in route_lines(item)))


def _dosages(resource: JsonObject) -> Any:
    return resource.get("dosageInstruction", resource.get("dosage"))


def quantity(resource: JsonObject, names: Names) -> str:
    """The quantity supplied or to be supplied, in the source's words where it has them."""
    request = object_of(resource.get("dispenseRequest"))
    worded = words_of(extension_of(request, "MedicationQuantityText"), names)
    counted = pieces_text(resource.get("quantity")) or pieces_text(request.get("quantity"))
    return "; ".join(worded) or counted


def reason(resource: JsonObject, names: Names) -> Lines:
    """Why it is taken: the reason as coded, and as referred to."""
    referred = words_of(resource.get("reasonReference"), names, holder=resource)
    return tuple(dict.fromkeys(words_of(resource.get("reasonCode"), names) + referred))


def change(resource: JsonObject, names: Names) -> Lines:
    """What was changed, when and why, and why it was stopped (PRSB medication change summary)."""
    summary = extension_of(resource, "MedicationChangeSummary")
    date = read_date(_part(summary, "dateChanged"))
    head = " ".join([*map(_status, words_of(_part(summary, "status"), names)), *([f"on {date.shown}"] if date else [])])
    why = "; ".join(words_of(_part(summary, "indicationForChange"), names))
    lines = [": ".join(part for part in (head, why) if part), *words_of(_part(summary, "detailsOfAmendment"), names)]
    lines += [line for line in words_of(resource.get("statusReason"), names) if line != why]
    last = read_date(extension_of(resource, "MedicationDosageLastChanged"))
    lines += [f"Dose last changed {last.shown}"] if last else []
    return tuple(dict.fromkeys(line for line in lines if line))


def _part(extension: Any, name: str) -> Any:
    return extension_of(object_of(extension), name)


def _status(words: str) -> str:
    """`On-hold`, which is a code with a capital, as `On hold`."""
    return plain_code(words[:1].lower() + words[1:])


def course(resource: JsonObject, names: Names) -> Lines:
    """When it began and ends, what was last issued, and how much at a time."""
    period = resource.get("effectivePeriod") or object_of(resource.get("dispenseRequest")).get("validityPeriod")
    ended = isinstance(period, dict) and "end" in period
    lines = [period_text(period)] if ended else []
    issued = read_date(extension_of(resource, "LastIssueDate"))
    repeat = object_of(extension_of(resource, "MedicationRepeatInformation"))
    review = read_date(extension_of(repeat, "authorisationExpiryDate"))
    lines += [f"Last issued {issued.shown}"] if issued else []
    lines += [f"Authorised until {review.shown}"] if review else []
    amount = quantity(resource, names)
    lines += [f"Quantity {amount}"] if amount else []
    return tuple(lines)
