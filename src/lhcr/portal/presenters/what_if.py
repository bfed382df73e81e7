"""The page of what-if: the choices of its form, and what would be decided of what was asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lhcr.access.request import Interaction
from lhcr.identity.sign_in import SignIn
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import OCCUPATIONS, Role
from lhcr.portal.presenters.row import Tag
from lhcr.portal.presenters.trace import (
    ABOUT,
    KINDS,
    SIGN_INS,
    TraceView,
    permit_tag,
    present_trace,
    relationship_words,
    rule_name,
)
from lhcr.portal.presenters.what_if_form import RELATIONSHIPS

Choices = tuple[tuple[str, str], ...]
_INTERACTIONS: Final = {
    Interaction.READ: "Read one entry",
    Interaction.VREAD: "Read an earlier version",
    Interaction.HISTORY: "Read the history",
    Interaction.SEARCH: "Search",
    Interaction.EVERYTHING: "Read the whole record",
    Interaction.CREATE: "Add an entry",
    Interaction.UPDATE: "Replace an entry",
    Interaction.PATCH: "Change part of an entry",
    Interaction.DELETE: "Remove an entry",
    Interaction.TRACE: "Find a person",
    Interaction.AUDIT_READ: "Read the log",
}
_CHOICES: Final[Mapping[str, Choices]] = {
    "kind": tuple(KINDS.items()),
    "role": (("", "None"), *((role.code, f"{role.display} ({role.code})") for role in Role)),
    "occupation": (("", "Not told"), *((key, each.display) for key, each in OCCUPATIONS.items())),
    "sign_in": (("", "The usual one"), *((each.value, SIGN_INS.get(each.value, each.value)) for each in SignIn)),
    "purpose": (("", "The usual one"), *((each.code, each.display.capitalize()) for each in Purpose)),
    "interaction": tuple((each.value, words) for each, words in _INTERACTIONS.items()),
    "about": tuple(ABOUT.items()),
    "age": (
        ("", "Not told"),
        ("child", "A child: a parent may open the record"),
        ("neither", "Neither a parent alone nor the person may"),
        ("young", "Old enough: the person may, and no parent alone"),
    ),
    "objection": (
        ("", "None"),
        ("everybody", "To sharing the whole record with everybody"),
        ("by-name", "To sharing the whole record with this organisation"),
        ("part", "To sharing a part, which is named below"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """What would be reached of one source: kinds of entry as a whole, in part with what hides the rest, and not at all."""

    source: str
    reached: str
    in_part: tuple[str, ...]
    not_reached: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfView:
    """`said` is what a refused asker would read; `whose` tells whose rows a permit would reach, empty where it reaches none."""

    outcome: Tag
    decided_by: str
    said: str
    trace: TraceView
    whose: str
    sources: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfPage:
    values: Mapping[str, str]
    answer: WhatIfView | None = None
    problem: str = ""

    def items(self, name: str) -> list[dict[str, Any]]:
        """Return the options of one choice, with the chosen one marked."""
        chosen = self.values.get(name, "")
        return [{"value": value, "text": words, "selected": value == chosen} for value, words in _CHOICES[name]]

    @property
    def relationships(self) -> list[dict[str, Any]]:
        """Return each kind of relationship with its three states."""
        states = (("", "None"), ("now", "In force"), ("ended", "Has ended"))
        return [
            {
                "name": f"tie_{kind}",
                "words": relationship_words(kind),
                "items": [
                    {"value": value, "text": words, "selected": value == self.values.get(f"tie_{kind}", "")}
                    for value, words in states
                ],
            }
            for kind in RELATIONSHIPS
        ]


def present_what_if(told: Mapping[str, Any]) -> WhatIfView:
    is_refused, reach = told["outcome"] == "refused", told["reach"]
    return WhatIfView(
        outcome=_outcome(told, is_refused=is_refused),
        decided_by=rule_name(told["rule"]) if is_refused else "",
        said=told["said"] or "",
        trace=present_trace(told["trace"]),
        whose=reach["whose"] if reach else "",
        sources=tuple(_sources(reach["sources"])) if reach else (),
    )


def _outcome(told: Mapping[str, Any], *, is_refused: bool) -> Tag:
    return Tag("Would be refused", "red") if is_refused else permit_tag(told["trace"], permitted="Would be permitted")


def _sources(told: Sequence[Mapping[str, Any]]) -> Iterator[SourceLine]:
    for each in told:
        yield SourceLine(
            source=each["source"],
            reached=_kinds(each["reached"]),
            in_part=tuple(
                f"{_kinds([part['category']])}: {_labels(part['labels_hidden'])}" for part in each["in_part"]
            ),
            not_reached=_kinds(each["not_reached"]),
        )


def _kinds(categories: Sequence[str]) -> str:
    return ", ".join(each.replace("-", " ") for each in categories)


def _labels(hidden: Sequence[Sequence[str]]) -> str:
    found = sorted(
        {" with ".join(label.rpartition("|")[2] for label in labels) or "without a label" for labels in hidden}
    )
    return f"not what is labelled {', '.join(found)}"
