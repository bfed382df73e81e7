"""How complete a record is: what its reader may see of it, which sources answered, how fresh they are, and which are missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from lhcr.portal.presenters.agreed import agreed_sentences
from lhcr.views.completeness import Completeness, SourceAnswer
from lhcr.views.nothing import in_one_sentence, listed
from lhcr.views.record_view import RecordView
from lhcr.views.written_date import from_datetime

#: A role that is shut out of no more sections than these is told which; one that is let into few is told which these are.
_FEW = 6
_CUT = "This record is incomplete: it is too long to be shown in full. Ask each source for what is missing."
_NO_ENTRIES = "Only who this person is stands here: no source has written an entry that you may see."
_OWN_ONLY = (
    "Only what your own organisation wrote is shown, because nothing in force ties it to this person. "
    "What others wrote was not looked at."
)
_OBJECTED = (
    "Only what your own organisation wrote is shown, because the person objects to sharing anything else with it. "
    "What others wrote was not looked at."
)
_UNNAMED = "Sources are named by their kind alone, because this person's whereabouts are restricted."
_WITHHOLDS = "Entries that a source marked as sensitive are shown only to that source."
_WHOEVER = "This page says the same whether or not there are any."


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    name: str
    answer: str
    reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletenessPage:
    """`sentence` sums up, `whole` is false where a source is missing; `withholds` says what policy shows to no reader,
    `unnamed` why sources have no names.
    """

    sentence: str
    whole: bool
    withholds: str
    unnamed: str
    sources: tuple[SourceLine, ...]


def present_completeness(view: RecordView) -> CompletenessPage:
    """Hazard: a partial record read as the whole one. What is missing, or was not looked at, is said in the sentence itself."""
    found = view.completeness
    return CompletenessPage(
        sentence=" ".join(part for part in (_limits(view), _sources(found)) if part),
        whole=found.whole,
        withholds=_withholds(found),
        unnamed=_UNNAMED if view.hides_places else "",
        sources=tuple(_line(answer) for answer in found.sources),
    )


def _withholds(found: Completeness) -> str:
    """Hazard: a page that says that it tells nothing, to a reader whom policy lets be told."""
    if not found.withholds:
        return ""
    return _WITHHOLDS if found.tells_withheld else f"{_WITHHOLDS} {_WHOEVER}"


def _limits(view: RecordView) -> str:
    """What the reader's role shows, said from policy and never from what a record holds."""
    found = view.completeness
    closed = [part.section.title for part in view.all_sections if part.section.key in found.closed]
    said = " ".join(part for part in (_closed(view, closed) if closed else "", _narrowed(view)) if part)
    own_only = (_OWN_ONLY, _OBJECTED)[found.objected] if found.own_only else ""
    return " ".join(part for part in (said, own_only, *agreed_sentences(view)) if part)


def _narrowed(view: RecordView) -> str:
    """Hazard: a section that holds something read as if it held all that is recorded."""
    found = view.completeness
    parts = [part.section.title for part in view.all_sections if part.section.key in found.narrowed - found.closed]
    if not parts:
        return ""
    named = in_one_sentence(parts, "and") if len(parts) <= _FEW else f"{len(parts)} sections"
    return f"Of {named} your role lets you see only some kinds of entry."


def _closed(view: RecordView, closed: Sequence[str]) -> str:
    if len(closed) <= _FEW:
        return (
            f"Your role does not let you see {in_one_sentence(closed, 'or')}. "
            "This was not looked at, so this page does not say whether any of it is recorded."
        )
    opened = [part.section.title for part in view.all_sections if part.section.key not in view.completeness.closed]
    return (
        f"Your role lets you see only {in_one_sentence(opened, 'and')}. "
        "Nothing else was looked at, so this page does not say whether anything else is recorded."
    )


def _sources(found: Completeness) -> str:
    """Hazard: "no source" said to a reader from whom most of the record is closed."""
    missing = [answer.source.shown for answer in found.unreached]
    if found.cut:
        return _CUT
    if missing:
        return f"This record is incomplete: {listed(missing, 'and')} could not be reached."
    if found.closed or found.own_only:
        return ""
    count = len(found.sources)
    if not count:
        return _NO_ENTRIES
    seen = " and you may see" if found.limits else ""
    return f"Everything that {'one source' if count == 1 else f'{count} sources'} wrote{seen} is here."


def _line(answer: SourceAnswer) -> SourceLine:
    if not answer.reached:
        return SourceLine(name=answer.source.shown, answer="Could not be reached", reached=False)
    fresh = f"Up to {from_datetime(answer.fresh).with_clock}" if answer.fresh else "Answered; how fresh is not known"
    return SourceLine(name=answer.source.shown, answer=fresh, reached=True)
