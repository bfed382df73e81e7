"""Any FHIR value as lines of words, told apart by its shape."""

from typing import Any

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import read_concept
from lhcr.views.dosage import dosage_lines
from lhcr.views.json_walk import items_of, object_of, objects_of, text_of
from lhcr.views.names import Names
from lhcr.views.person_name import read_name
from lhcr.views.plain_code import plain_code, plain_value
from lhcr.views.quantity import quantity_text, range_text, ratio_text
from lhcr.views.written_date import read_date
from lhcr.views.written_number import is_number, number_text

Lines = tuple[str, ...]
_DEEPEST = 12
_CONTACT = {"phone": "", "email": "", "fax": "Fax ", "pager": "Pager ", "url": "", "sms": "Text message ", "other": ""}
#: How sources write the country that goes without saying.
_HERE = frozenset({"GB", "GBR", "UK", "United Kingdom", "England"})
_DOSAGE_MARKS = ("doseAndRate", "timing", "patientInstruction", "asNeededBoolean", "asNeededCodeableConcept", "route")


def words_of(value: Any, names: Names, *, holder: JsonObject | None = None, depth: int = 0) -> Lines:
    """The value's lines: none for nothing; what is nested too deeply is said to be left to the entry's own page."""
    if value is None:
        return ()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return ("Yes" if value else "No",)
    if is_number(value):
        return (number_text(value),)
    if depth > _DEEPEST:
        return ("More detail than can be shown here",)
    if isinstance(value, list):
        return tuple(line for item in value for line in words_of(item, names, holder=holder, depth=depth + 1))
    return _shape(object_of(value), names, holder, depth)


def _text(value: str) -> Lines:
    text = value.strip()
    written = read_date(text) if len(text) > 4 and text[:4].isdecimal() and text[4] == "-" else None
    return (written.with_clock if written else text,) if text else ()


def _shape(value: JsonObject, names: Names, holder: JsonObject | None, depth: int) -> Lines:
    if "coding" in value or value.keys() <= {"text", "id", "extension"}:
        return concept_lines(value)
    if any(mark in value for mark in _DOSAGE_MARKS):
        return dosage_lines(value)
    if "reference" in value or ("display" in value and "code" not in value):
        return _one(names.words(value, holder=holder))
    for keys, words in _SHAPES:
        if not keys.isdisjoint(value):
            return words(value)
    return _parts(value, names, holder, depth)


def concept_lines(value: Any) -> Lines:
    """A coded value: its text, then what it is coded as where the code says other words."""
    concept = read_concept(value)
    lines = (concept.title, f"Coded as: {concept.coded_as}" if concept.coded_as else "")
    return tuple(line for line in lines if line)


def period_text(value: Any) -> str:
    """`3 March 2021 to 5 April 2021`, `From 3 March 2021`, `Until 5 April 2021`."""
    period = object_of(value)
    start, end = (read_date(period.get(bound)) for bound in ("start", "end"))
    if start and end:
        same_day = start.shown == end.shown and start.precise
        return start.shown if same_day else f"{start.shown} to {end.shown}"
    if start:
        return f"From {start.shown}"
    return f"Until {end.shown}" if end else ""


def address_text(value: Any) -> str:
    address = object_of(value)
    lines = [text_of(line) for line in items_of(address.get("line"))]
    lines += [text_of(address.get(part)) for part in ("city", "district", "state", "postalCode")]
    country = text_of(address.get("country"))
    lines += [] if country in _HERE else [country]
    joined = ", ".join(line for line in lines if line)
    return joined or text_of(address.get("text"))


def note_text(value: Any) -> str:
    """An annotation with its author and date where they are written."""
    note = object_of(value)
    date = read_date(note.get("time"))
    author = text_of(note.get("authorString")) or text_of(object_of(note.get("authorReference")).get("display"))
    by = ", ".join(part for part in (author, date.shown if date else "") if part)
    return f"{text_of(note.get('text'))} ({by})".strip() if by else text_of(note.get("text"))


def _one(text: str) -> Lines:
    return (text,) if text else ()


def _coded_or_counted(value: JsonObject) -> Lines:
    """Identifiers, contact points, codings and quantities all carry `system` and `value` or `code`."""
    system = text_of(value.get("system"))
    if "unit" in value or "comparator" in value or is_number(value.get("value")):
        return _one(quantity_text(value))
    if system in _CONTACT:
        number = text_of(value.get("value"))
        return _one(f"{_CONTACT[system]}{number}" if number else "")
    if "code" in value or "display" in value:
        return _one(quantity_text(value) if "value" in value else read_concept(value).title)
    return _one(text_of(value.get("value")))


def _attachment(value: JsonObject) -> Lines:
    named = text_of(value.get("title")) or text_of(value.get("url"))
    form = plain_code(text_of(value.get("contentType")).split(";")[0])
    return _one(f"{named} ({form})" if named and form else named or form)


def _sampled(value: JsonObject) -> Lines:
    """A device's trace. Hazard: a result that was measured, shown without a word, reads as not done."""
    count = len(text_of(value.get("data")).split())
    return _one(f"A series of {count} measured values, held in the entry" if count else "A series of measured values")


def _parts(value: JsonObject, names: Names, holder: JsonObject | None, depth: int) -> Lines:
    lines = [
        line
        for key, part in value.items()
        if key not in {"id", "extension", "url"}
        for line in words_of(plain_value(key, part), names, holder=holder, depth=depth + 1)
    ]
    return ("; ".join(lines),) if lines else ()


_SHAPES = (
    (frozenset({"origin", "dimensions"}), _sampled),
    (frozenset({"numerator", "denominator"}), lambda value: _one(ratio_text(value))),
    (frozenset({"low", "high"}), lambda value: _one(range_text(value))),
    (frozenset({"start", "end"}), lambda value: _one(period_text(value))),
    (frozenset({"family", "given"}), lambda value: _one(read_name(value).shown)),
    (frozenset({"line", "postalCode"}), lambda value: _one(address_text(value))),
    (frozenset({"authorString", "authorReference", "time"}), lambda value: _one(note_text(value))),
    (frozenset({"contentType", "data"}), _attachment),
    (frozenset({"system", "value", "unit", "code"}), _coded_or_counted),
)


def notes_of(resource: JsonObject) -> Lines:
    """Every free-text remark of an entry: notes and comments are never left out of a row."""
    notes = [note_text(note) for note in objects_of(resource.get("note"))]
    comment = text_of(resource.get("comment"))
    return tuple(note for note in [*notes, comment] if note)
