"""The named column readers of the section table: what a column says when a path alone cannot say it."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import read_concept
from lhcr.views.element_label import label_of
from lhcr.views.json_walk import choice_of, extension_of, items_of, object_of, objects_of, text_of
from lhcr.views.measurement import flag_lines, range_lines, result_lines
from lhcr.views.medicine_readers import change, course, dose, reason, route
from lhcr.views.names import Names
from lhcr.views.narrative import plain_text
from lhcr.views.plain_code import plain_code, plain_value
from lhcr.views.quantity import quantity_text
from lhcr.views.state import State, read_status
from lhcr.views.words import Lines, words_of
from lhcr.views.written_date import read_date
from lhcr.views.written_number import number_text

Reader = Callable[[JsonObject, Names], Lines]
_RISK = {"high": "High risk", "low": "Low risk", "unable-to-assess": "Risk not assessed"}
_PERFORMERS = ("performer", "recorder", "asserter", "author", "requester", "informationSource", "source", "sender")
_TOLD = frozenset(
    {
        *("resourceType", "id", "meta", "text", "identifier", "status", "code", "subject", "patient", "contained"),
        *("note", "comment", "implicitRules", "language", "encounter", "context", "basedOn", "partOf", "extension"),
        *("modifierExtension", "intent", "category", "data", "clinicalStatus", "verificationStatus", "type", "class"),
        *("active", "questionnaire", "lifecycleStatus", "statusReason", "vaccineCode", "title", "description", "name"),
        *("medicationCodeableConcept", "medicationReference", "docStatus", "content", "activity", "goal", "result"),
        *("item", "section", "component", "interpretation", "referenceRange", "dataAbsentReason", "period", "target"),
        *("deviceName", "device", "instantiatesUri", "instantiatesCanonical"),
    }
)


def risk(resource: JsonObject, _names: Names) -> Lines:
    code = text_of(resource.get("criticality"))
    return (_RISK.get(code, code),) if code else ()


def reaction(resource: JsonObject, names: Names) -> Lines:
    """Each reaction in a line: what showed, how severe, after what exposure."""
    return tuple(filter(None, (_reaction(item, names) for item in objects_of(resource.get("reaction")))))


def _reaction(item: JsonObject, names: Names) -> str:
    """Only the first letter is raised: to lower the others would make IgE of ige, and MU of mu."""
    shown = ", ".join(read_concept(sign).title for sign in objects_of(item.get("manifestation")))
    severity, described = text_of(item.get("severity")), text_of(item.get("description"))
    parts = [shown or described, severity, *words_of(item.get("exposureRoute"), names)]
    parts += [described] if shown and described.casefold() != shown.casefold() else []
    told = ", ".join(part for part in parts if part)
    # Hazard: of an allergy to a group, which substance it was that caused this.
    substance = read_concept(item.get("substance")).title
    told = f"{substance}: {told}" if substance and told else substance or told
    return f"{told[:1].upper()}{told[1:]}"


def allergy_kind(resource: JsonObject, _names: Names) -> Lines:
    kinds = [text_of(kind) for kind in items_of(resource.get("category"))]
    words = " ".join(part for part in (*kinds, text_of(resource.get("type"))) if part)
    return (words.capitalize(),) if words else ()


def performer(resource: JsonObject, names: Names) -> Lines:
    """Who did, wrote or asked for it: every name that the entry gives, each once."""
    found: list[str] = []
    for element in _PERFORMERS:
        for item in items_of(resource.get(element)):
            actor = item.get("actor", item) if isinstance(item, dict) else item
            found += words_of(actor, names, holder=resource)
    return tuple(dict.fromkeys(found))


def place(resource: JsonObject, names: Names) -> Lines:
    """Where: the location, and the organisation unless the location's name already says it."""
    lines = [line for item in objects_of(resource.get("location")) for line in words_of(item.get("location"), names)]
    lines += [
        line for line in words_of(resource.get("serviceProvider"), names) if not any(line in known for known in lines)
    ]
    return tuple(dict.fromkeys(lines))


def members(resource: JsonObject, names: Names) -> Lines:
    """Who is in a team, each with what they do."""
    lines = []
    for item in _others(resource, "member"):
        who = ", ".join(words_of(item.get("member"), names, holder=resource))
        does = ", ".join(words_of(item.get("role"), names))
        lines.append(f"{who} ({does})" if who and does else who or does)
    return tuple(dict.fromkeys(line for line in lines if line))


def attenders(resource: JsonObject, names: Names) -> Lines:
    """Who and where an appointment is with: everyone but the person whose record it is."""
    found = (words_of(item.get("actor"), names, holder=resource) for item in _others(resource, "actor"))
    return tuple(dict.fromkeys(line for lines in found for line in lines))


def _others(resource: JsonObject, element: str) -> Iterator[JsonObject]:
    for item in objects_of(resource.get("participant")):
        reference = text_of(object_of(item.get(element)).get("reference"))
        if "Patient" not in reference.split("/")[-2:-1]:
            yield item


def batch(resource: JsonObject, names: Names) -> Lines:
    expiry = read_date(resource.get("expirationDate"))
    lot = text_of(resource.get("lotNumber"))
    maker = words_of(resource.get("manufacturer"), names, holder=resource)
    return tuple(line for line in (lot, f"Expires {expiry.shown}" if expiry else "", *maker) if line)


def vaccine_dose(resource: JsonObject, _names: Names) -> Lines:
    protocols = objects_of(resource.get("protocolApplied"))
    lines = [_dose_number(protocol) for protocol in protocols]
    told = ", ".join(line for line in (*lines, quantity_text(resource.get("doseQuantity"))) if line)
    return (told,) if told else ()


def _dose_number(protocol: JsonObject) -> str:
    number, series = choice_of(protocol, "doseNumber"), choice_of(protocol, "seriesDoses")
    if number is None:
        return ""
    return f"Dose {number_text(number)}" + (f" of {number_text(series)}" if series is not None else "")


def outcome(resource: JsonObject, names: Names) -> Lines:
    lines = words_of(resource.get("outcome"), names) + words_of(resource.get("followUp"), names)
    return lines + result_lines(resource, names)


def activity(resource: JsonObject, names: Names) -> Lines:
    """What a plan says should happen: its activities, description, sections and values, as free of loss as a row can be."""
    lines = list(words_of(resource.get("description"), names))
    for item in objects_of(resource.get("activity")):
        lines += _planned(object_of(item.get("detail")), names)
        lines += _planned_elsewhere(object_of(item.get("reference")), names, resource)
    lines += [*sections(resource), *answers(resource, names), *result_lines(resource, names)]
    return tuple(dict.fromkeys(lines))


def _planned(detail: JsonObject, names: Names) -> Lines:
    """Hazard: what a plan forbids, or what was called off, read as what is to be done."""
    told = words_of(detail.get("code"), names) + words_of(detail.get("description"), names)
    if told and detail.get("doNotPerform") is True:
        told = (f"Do not perform: {'; '.join(told)}",)
    status = text_of(detail.get("status"))
    return tuple(f"{line} ({status.replace('-', ' ')})" for line in told) if status in _NOT_AHEAD else told


def _planned_elsewhere(reference: JsonObject, names: Names, holder: JsonObject) -> Lines:
    target = names.resolve(text_of(reference.get("reference")), holder=holder)
    status = read_status(target) if target else None
    settled = status and status.words and status.state in {State.NEGATED, State.PAST, State.REMOVED}
    told = words_of(reference, names, holder=holder) if reference else ()
    return tuple(f"{line} ({status.words.lower()})" for line in told) if status and settled else told


def review(resource: JsonObject, names: Names) -> Lines:
    period = object_of(resource.get("period")).get("end")
    due = read_date(period) or read_date(extension_of(resource, "reviewDate"))
    return (f"Until {due.shown}",) if due else words_of(resource.get("reviewDate"), names)


def file_format(resource: JsonObject, _names: Names) -> Lines:
    forms = [object_of(item.get("attachment")) for item in objects_of(resource.get("content"))]
    forms += list(objects_of(resource.get("presentedForm")))
    return tuple(
        dict.fromkeys(plain_code(text_of(form["contentType"]).split(";")[0]) for form in forms if "contentType" in form)
    )


def sections(resource: JsonObject, *, depth: int = 0) -> Lines:
    """A composition's sections: title and text. Below a readable depth, the entry's own page has them."""
    lines = []
    for section in objects_of(resource.get("section")) if depth < _DEEPEST else ():
        title, text = text_of(section.get("title")), plain_text(object_of(section.get("text")).get("div"))
        lines.append(f"{title}: {text}" if title and text else title or text)
        lines += sections(section, depth=depth + 1)
    return tuple(line for line in lines if line)


def answers(resource: JsonObject, names: Names, *, depth: int = 0) -> Lines:
    """A questionnaire's questions with their answers; a question without an answer says so."""
    lines: list[str] = []
    for item in objects_of(resource.get("item")) if depth < _DEEPEST else ():
        question = text_of(item.get("text")) or text_of(item.get("linkId"))
        told = [
            line for answer in objects_of(item.get("answer")) for line in words_of(choice_of(answer, "value"), names)
        ]
        inner = answers(item, names, depth=depth + 1)
        if told or not inner:
            lines.append(f"{question}: {'; '.join(told) or 'not answered'}")
        lines += inner
        deeper = (answers(answer, names, depth=depth + 1) for answer in objects_of(item.get("answer")))
        lines += [line for found in deeper for line in found]
    return tuple(lines)


def details(resource: JsonObject, names: Names, *, told: frozenset[str] = frozenset()) -> Lines:
    """What an entry says that no other column shows, each with its label. Past a readable length, its page has the rest."""
    lines = dict.fromkeys([*result_lines(resource, names), *sections(resource), *_answered(resource, names)])
    for key, value in resource.items():
        if len(lines) > _LONGEST_DETAIL:
            return (*tuple(lines)[:_LONGEST_DETAIL], MORE)
        if key not in _TOLD and key not in told and not key.startswith(_DATED):
            said = "; ".join(_brief(plain_value(key, value), names, resource))
            lines.update({f"{label_of(key)}: {said}": None} if said else {})
    return tuple(lines)


def _answered(resource: JsonObject, names: Names) -> Lines:
    """Other kinds than questionnaires have items too, such as the lines of a claim, and no answers in them."""
    return answers(resource, names) if resource.get("resourceType") == "QuestionnaireResponse" else ()


def _brief(value: Any, names: Names, holder: JsonObject) -> Lines:
    """The first lines of a value: an array of hundreds is not read whole for a row."""
    return words_of(value[:_LONGEST_DETAIL] if isinstance(value, list) else value, names, holder=holder)


#: Statuses of an activity of which nothing more is to be expected, or not now.
_NOT_AHEAD = frozenset({"on-hold", "completed", "cancelled", "stopped", "unknown", "entered-in-error"})
_LONGEST_DETAIL = 8
_DEEPEST = 10
#: The line that stands for what a row has no room for.
MORE = "More on the entry's own page"
_DATED = (
    "_",
    "value",
    "effective",
    "onset",
    "occurrence",
    "performed",
    "authoredOn",
    "recorded",
    "date",
    "issued",
    "created",
)

#: The elements that each reader tells, so that the generic one need not tell them again.
READS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "place": frozenset({"location", "serviceProvider"}),
        "members": frozenset({"participant"}),
        "attenders": frozenset({"participant"}),
        "performer": frozenset({"performer", "recorder", "asserter", "author", "requester", "informationSource"}),
        "activity": frozenset({"activity", "description"}),
        "vaccine-dose": frozenset({"doseQuantity", "protocolApplied"}),
        "reaction": frozenset({"reaction"}),
        "risk": frozenset({"criticality"}),
        "dose": frozenset({"dosage", "dosageInstruction"}),
        "reason": frozenset({"reasonCode", "reasonReference"}),
    }
)

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "risk": risk,
        "reaction": reaction,
        "allergy-kind": allergy_kind,
        "dose": dose,
        "route": route,
        "reason": reason,
        "change": change,
        "course": course,
        "performer": performer,
        "batch": batch,
        "place": place,
        "members": members,
        "attenders": attenders,
        "vaccine-dose": vaccine_dose,
        "outcome": outcome,
        "activity": activity,
        "review": review,
        "format": file_format,
        "details": details,
        "result": result_lines,
        "range": range_lines,
        "flag": flag_lines,
    }
)
