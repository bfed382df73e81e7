"""What organisations do not share with the reader's own, in sentences: one of the five kinds of nothing, told whoever the person is."""

from collections.abc import Iterator, Sequence
from typing import Final

from lhcr.views.completeness import SourceAnswer
from lhcr.views.nothing import in_one_sentence, listed
from lhcr.views.record_view import RecordView

_FEW: Final = 6
_WHOEVER: Final = "This page says the same whether or not they have anything about this person."
_Kept = tuple[frozenset[str], frozenset[str]]


def agreed_sentences(view: RecordView) -> Iterator[str]:
    """Yield a sentence for all organisations that keep the same. Hazard: "none" inferred from what was not looked at."""
    by_kept: dict[_Kept, list[SourceAnswer]] = {}
    for answer in view.completeness.silent:
        by_kept.setdefault((answer.not_shared, answer.partly_shared), []).append(answer)
    for kept, answers in by_kept.items():
        yield f"By agreement, {_who(answers)} {_what(view, *kept, several=len(answers) > 1)} with your organisation."
    if by_kept:
        yield _WHOEVER


def _who(answers: Sequence[SourceAnswer]) -> str:
    names = [answer.source.shown for answer in answers]
    if len(names) > _FEW:
        names = [*names[: _FEW - 1], f"{len(names) - _FEW + 1} other organisations"]
    said = listed(names, "and")
    # A name stands as it is; only what is none begins in small letters inside a sentence.
    return said if answers[0].source.ods else f"{said[:1].lower()}{said[1:]}"


def _what(view: RecordView, not_shared: frozenset[str], partly: frozenset[str], *, several: bool) -> str:
    sections = [part.section for part in view.all_sections if part.section.key not in view.completeness.closed]
    kept = [each.title for each in sections if each.key in not_shared]
    some = [each.title for each in sections if each.key in partly]
    opened = [each.title for each in sections if each.key not in not_shared]
    if not opened:
        return f"share{'' if several else 's'} nothing"
    if len(kept) > _FEW and len(opened) <= _FEW:
        return f"share{'' if several else 's'} nothing but {in_one_sentence(opened, 'and')}"
    do = "do not share" if several else "does not share"
    named = in_one_sentence(kept, "or") if len(kept) <= _FEW else f"{len(kept)} of the sections"
    whole = named if kept else ""
    part = f"all of {in_one_sentence(some, 'or')}" if 0 < len(some) <= _FEW else "all of some sections" if some else ""
    return f"{do} {', nor '.join(each for each in (whole, part) if each)}"
