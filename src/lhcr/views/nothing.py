"""The five kinds of nothing, each with its own wording, so that absence is never read as a negative finding.

Hazard: "no allergies" inferred from an empty list. Only an entry that says so is shown as recorded as none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from lhcr.views.completeness import Completeness
from lhcr.views.row import Row
from lhcr.views.state import State


class Kind(Enum):
    """`NOT_REACHED` is for areas that ask sources elsewhere: in one that keeps all in its own database it does not occur."""

    RECORDED_AS_NONE = "recorded-as-none"
    NOTHING_RECORDED = "nothing-recorded"
    NOT_SHARED = "not-shared"
    NOT_REACHED = "not-reached"
    NOT_ALLOWED = "not-allowed"


@dataclass(frozen=True, slots=True)
class Nothing:
    """One kind of nothing with the sentence that is shown."""

    kind: Kind
    sentence: str


def recorded_as_none(row: Row) -> Nothing:
    """Somebody wrote down that there is none: who, and when."""
    date = f" on {row.date.shown}" if row.date and row.date.precise else f" in {row.date.shown}" if row.date else ""
    sources = " and ".join(source.shown for source in row.sources)
    return Nothing(Kind.RECORDED_AS_NONE, f"{row.title}: recorded by {sources}{date or ', date not recorded'}.")


def nothing_recorded(section_title: str, *, narrowed: bool = False) -> Nothing:
    """Hazard: "nothing recorded" said of what was not looked at. `narrowed`: the reader may not see every kind of entry."""
    seen = "Nothing that you may see" if narrowed else "Nothing"
    return Nothing(
        Kind.NOTHING_RECORDED,
        f"{seen} is recorded under {lower_title(section_title)}. This does not mean that there is none.",
    )


def not_shared(section_title: str, source: str, *, partly: bool = False) -> Nothing:
    """Said from agreements alone. `partly`: some kinds of entry of the section are shared."""
    what = f"all of {lower_title(section_title)}" if partly else lower_title(section_title)
    return Nothing(Kind.NOT_SHARED, f"{source} does not share {what} with your organisation.")


def not_reached(source: str) -> Nothing:
    return Nothing(
        Kind.NOT_REACHED, f"{source} could not be reached. What it holds is missing here: try again or ask it directly."
    )


def not_allowed(section_title: str) -> Nothing:
    return Nothing(Kind.NOT_ALLOWED, f"Your role does not let you see {lower_title(section_title)}.")


def nothings_of(key: str, title: str, rows: Sequence[Row], completeness: Completeness) -> tuple[Nothing, ...]:
    """What is to be said of absence in a section, beside its rows or instead of them."""
    if key in completeness.closed:
        return (not_allowed(title),)
    gaps = [not_reached(answer.source.shown) for answer in completeness.unreached]
    gaps += [
        not_shared(title, answer.source.shown, partly=key not in answer.not_shared)
        for answer in completeness.not_sharing(key)
    ]
    statements = [recorded_as_none(row) for row in rows if states_none(row)]
    facts = any(row.status.state is not State.REMOVED and not states_none(row) for row in rows)
    empty = [] if facts or statements else [nothing_recorded(title, narrowed=completeness.is_narrowed(key))]
    return (*statements, *empty, *gaps)


def states_none(row: Row) -> bool:
    return any(mark.kind == "statement" for mark in row.marks) and row.status.state in {State.CURRENT, State.UNKNOWN}


def lower_title(title: str) -> str:
    """A section's title inside a sentence: an abbreviation such as GP stays in capitals."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def in_one_sentence(titles: Sequence[str], word: str) -> str:
    return listed([lower_title(title) for title in titles], word)


def listed(names: Sequence[str], word: str) -> str:
    *most, last = names
    return f"{', '.join(most)} {word} {last}" if most else last
