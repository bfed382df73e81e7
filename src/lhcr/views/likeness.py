"""Likeness: what entries about the same thing share, so that they stand side by side and are compared."""

import re

from lhcr.views.concept import Concept
from lhcr.views.entry import Entry
from lhcr.views.written_date import WrittenDate

_STRENGTH = re.compile(r"\s+\d.*", re.DOTALL)
_INGREDIENTS = re.compile(r"\s+[/+]\s+")


def key_of(same: str, entry: Entry, concept: Concept, when: WrittenDate | None) -> str:
    """The key of an entry by the section's notion of sameness. One that cannot be compared is about itself alone."""
    if not same or not concept.title:
        return entry.reference
    if same == "medicine":
        return medicine_key(concept.title)
    if same == "concept":
        return concept.key
    if same == "vaccine":
        return f"{concept.key} {_day(when) or entry.reference}"
    # A report and the result that it carries say one thing in two ways, and never contradict one another.
    return f"{entry.kind} {concept.key} {when.written if when else entry.reference}"


def medicine_key(title: str) -> str:
    """A medicine's name without strength and form, with every ingredient that the name gives.

    Hazard: paracetamol with codeine taken for paracetamol, or one inhaler of fluticasone for another with salmeterol: a
    conflict where there is none, and a stopped medicine hidden behind another that goes on.
    """
    first, *others = _INGREDIENTS.split(title)
    # What begins with a number is the rest of a strength, as in `500mg / 10ml`.
    named = (first, *(part for part in others if not part[:1].isdecimal()))
    parts = (_STRENGTH.sub("", part).strip().casefold() for part in named)
    return " / ".join(part for part in parts if part)


def _day(when: WrittenDate | None) -> str:
    return f"{when.year}-{when.month}-{when.day}" if when else ""
