"""Coded values with their text: neither is ever dropped for want of the other (PRSB `coded+text`)."""

import re
from dataclasses import dataclass
from typing import Any

from lhcr.kernel.json_types import JsonObject
from lhcr.views.json_walk import items_of, object_of, objects_of, text_of
from lhcr.views.plain_code import named_code, worded_code

SNOMED = "http://snomed.info/sct"
_NO_CODES: frozenset[str] = frozenset()
#: What ends the fully specified names of SNOMED CT: the part of the terminology that a code belongs to, for no reader.
_SEMANTIC_TAG = re.compile(
    r"\s\((?:attribute|body structure|cell structure|clinical drug|disorder|environment|environment / location|event|"
    r"finding|medicinal product|medicinal product form|morphologic abnormality|observable entity|occupation|organism|"
    r"person|physical force|physical object|procedure|product|product name|qualifier value|record artifact|"
    r"regime/therapy|religion/philosophy|situation|social concept|specimen|staging scale|substance|tumor staging)\)$"
)


@dataclass(frozen=True, slots=True)
class Concept:
    """A CodeableConcept, Coding or plain code: its text and the coding that says most."""

    text: str
    display: str
    system: str
    code: str

    @property
    def title(self) -> str:
        """What a reader sees first: the text as written, otherwise the code's display, otherwise the code."""
        return plain_name(self._written or self._worded) or worded_code(self.code)

    @property
    def _written(self) -> str:
        """The text, unless it only repeats the code while the display says it in words."""
        return "" if self._worded and self.text.casefold() == self.code.casefold() else self.text

    @property
    def _worded(self) -> str:
        return named_code(self.system, self.code) or self.display

    @property
    def coded_as(self) -> str:
        """The code's own words, where they differ from the title: text that says other than its code is shown as both."""
        named = plain_name(self._worded)
        return named if named.casefold() != self.title.casefold() else ""

    @property
    def key(self) -> str:
        """What two entries share that mean the same thing: system and code, otherwise the words."""
        return f"{self.system}|{self.code}" if self.code else self.title.casefold()


def read_concept(value: Any) -> Concept:
    """Read a CodeableConcept, a Coding or a code; an empty Concept for nothing."""
    if isinstance(value, str):
        return Concept(text=value.strip(), display="", system="", code="")
    parent = object_of(value)
    coding = _best_coding(parent) if "coding" in parent else parent
    return Concept(
        text=text_of(parent.get("text")),
        # A code without words is told by those of another coding of the same concept, rather than as a bare number.
        display=text_of(coding.get("display")) or _any_display(parent),
        system=text_of(coding.get("system")),
        code=text_of(coding.get("code")),
    )


def plain_name(words: str) -> str:
    """A name without the semantic tag of SNOMED CT: `Asthma (disorder)` as `Asthma`."""
    return _SEMANTIC_TAG.sub("", words) if words.endswith(")") else words


def codes_of(value: Any) -> frozenset[str]:
    """Every code of one or several CodeableConcepts, Codings or codes, without their systems."""
    if value is None:
        return _NO_CODES
    codes: set[str] = set()
    for item in items_of(value):
        for coding in items_of(item.get("coding", item) if isinstance(item, dict) else item):
            code = coding.get("code") if isinstance(coding, dict) else coding
            if isinstance(code, str) and code:
                codes.add(code.strip())
    return frozenset(codes)


def _best_coding(parent: JsonObject) -> JsonObject:
    codings = [coding for coding in items_of(parent.get("coding")) if isinstance(coding, dict)]
    if len(codings) == 1:
        return codings[0]
    return min(codings, key=_rank, default={})


def _any_display(parent: JsonObject) -> str:
    return next((shown for coding in objects_of(parent.get("coding")) if (shown := text_of(coding.get("display")))), "")


def _rank(coding: JsonObject) -> tuple[bool, bool, bool]:
    return (
        coding.get("userSelected") is not True,
        coding.get("system") != SNOMED,
        not text_of(coding.get("display")),
    )
