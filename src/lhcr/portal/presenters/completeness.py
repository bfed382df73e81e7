"""How complete a record is: which sources answered, how fresh they are, and which are missing."""

from dataclasses import dataclass

from lhcr.views.completeness import Completeness, SourceAnswer
from lhcr.views.written_date import from_datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    name: str
    answer: str
    reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletenessPage:
    """`sentence` sums up, `whole` is false where a source is missing."""

    sentence: str
    whole: bool
    sources: tuple[SourceLine, ...]


def present_completeness(completeness: Completeness) -> CompletenessPage:
    """Hazard: a partial record read as the whole one. The missing are named in the sentence itself."""
    asked = len(completeness.sources)
    missing = [answer.source.shown for answer in completeness.unreached]
    return CompletenessPage(
        sentence=_sentence(asked, missing, cut=completeness.cut),
        whole=completeness.whole,
        sources=tuple(_line(answer) for answer in completeness.sources),
    )


def _sentence(asked: int, missing: list[str], *, cut: bool) -> str:
    if cut:
        return "This record is incomplete: it is too long to be shown in full. Ask each source for what is missing."
    if not asked:
        return "No source is known to hold anything about this person."
    if missing:
        names = " and ".join([", ".join(missing[:-1]), missing[-1]] if len(missing) > 1 else missing)
        return f"This record is incomplete: {names} could not be reached."
    return "The one source that was asked answered." if asked == 1 else f"All {asked} sources that were asked answered."


def _line(answer: SourceAnswer) -> SourceLine:
    if not answer.reached:
        return SourceLine(name=answer.source.shown, answer="Could not be reached", reached=False)
    fresh = f"Up to {from_datetime(answer.fresh).with_clock}" if answer.fresh else "Answered; how fresh is not known"
    return SourceLine(name=answer.source.shown, answer=fresh, reached=True)
