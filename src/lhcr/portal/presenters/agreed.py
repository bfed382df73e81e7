"""What organisations do not share with the reader's own, in sentences: one of the five kinds of nothing, told whoever the person is."""

from collections.abc import Iterator, Sequence
from typing import Final

from lhcr.views.completeness import SourceAnswer
from lhcr.views.nothing import in_one_sentence, together
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
        who = together([answer.source for answer in answers])
        # A name stands as it is; only what is none begins in small letters inside a sentence.
        who = who if answers[0].source.ods else f"{who[:1].lower()}{who[1:]}"
        yield f"By agreement, {who} {_what(view, *kept, several=len(answers) > 1)} with your organisation."
    if by_kept:
        yield _WHOEVER


def _what(view: RecordView, not_shared: frozenset[str], partly: frozenset[str], *, several: bool) -> str:
    """What is kept, or where that is most of a record, what is not."""
    sections = [part.section for part in view.all_sections if part.section.key not in view.completeness.closed]
    kept = [each.title for each in sections if each.key in not_shared]
    some = [each.title for each in sections if each.key in partly]
    whole = [each.title for each in sections if each.key not in not_shared | partly]
    if len(kept) > _FEW:
        return f"share{'' if several else 's'} {_only(whole, some)}"
    said = [in_one_sentence(kept, "or")] if kept else []
    said += [f"all of {in_one_sentence(some, 'or')}"] if some else []
    return f"{'do' if several else 'does'} not share {', nor '.join(said)}"


def _only(whole: Sequence[str], some: Sequence[str]) -> str:
    said = [in_one_sentence(whole, "and")] if whole else []
    said += [f"some kinds of entry of {in_one_sentence(some, 'and')}"] if some else []
    return f"only {', and '.join(said)}" if said else "nothing"
