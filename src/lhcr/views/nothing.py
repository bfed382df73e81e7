"""The five kinds of nothing, each with its own wording, so that absence is never read as a negative finding.

Hazard: "no allergies" inferred from an empty list. Only an entry that says so is shown as recorded as none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from lhcr.views.completeness import Completeness
from lhcr.views.entry import Source
from lhcr.views.row import Row
from lhcr.views.state import State

#: So many organisations are named in one sentence.
_FEW: Final = 6


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


def not_shared(section_title: str, sources: Sequence[Source], *, partly: bool = False) -> Nothing:
    """Said from agreements alone, once for all who keep the same. `partly`: some kinds of entry of the section are shared."""
    what = f"all of {lower_title(section_title)}" if partly else lower_title(section_title)
    do = "do" if len(sources) > 1 else "does"
    return Nothing(Kind.NOT_SHARED, f"{together(sources)} {do} not share {what} with your organisation.")


def not_reached(source: str) -> Nothing:
    return Nothing(
        Kind.NOT_REACHED, f"{source} could not be reached. What it holds is missing here: try again or ask it directly."
    )


def not_allowed(section_title: str) -> Nothing:
    return Nothing(Kind.NOT_ALLOWED, f"Your role does not let you see {lower_title(section_title)}.")


def hidden(section_title: str) -> Nothing:
    """Said only where policy lets somebody know the kind of what is hidden from them."""
    return Nothing(
        Kind.NOT_ALLOWED, f"Some of what is recorded under {lower_title(section_title)} is not shown to you."
    )


def nothings_of(key: str, title: str, rows: Sequence[Row], completeness: Completeness) -> tuple[Nothing, ...]:
    """What is to be said of absence in a section, beside its rows or instead of them."""
    if key in completeness.closed:
        return (not_allowed(title),)
    gaps = [not_reached(answer.source.shown) for answer in completeness.unreached]
    gaps += _not_shared(key, title, completeness)
    gaps += [hidden(title)] if key in completeness.hidden else []
    statements = [recorded_as_none(row) for row in rows if states_none(row)]
    facts = any(row.status.state is not State.REMOVED and not states_none(row) for row in rows)
    empty = [] if facts or statements else [nothing_recorded(title, narrowed=completeness.is_narrowed(key))]
    return (*statements, *empty, *gaps)


def _not_shared(key: str, title: str, completeness: Completeness) -> Iterator[Nothing]:
    silent = completeness.not_sharing(key)
    for partly in (False, True):
        sources = [answer.source for answer in silent if (key not in answer.not_shared) is partly]
        if sources:
            yield not_shared(title, sources, partly=partly)


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


def together(sources: Sequence[Source]) -> str:
    """Name sources in one sentence, the first of many and the number of the others. What is no name is small inside a sentence."""
    names = [each.shown if each.ods or not place else _small(each.shown) for place, each in enumerate(sources)]
    if len(names) > _FEW:
        names = [*names[: _FEW - 1], f"{len(names) - _FEW + 1} other organisations"]
    return listed(names, "and")


def _small(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"
