"""Whether an instruction in words plainly says a dose or timing: the same words in a row, however numbers are written."""

from typing import Final

from lhcr.views.dose_words import (
    DASHES,
    TIMES,
    is_limit,
    is_limit_after,
    is_number,
    is_odd_sign,
    is_other,
    is_time,
    is_unclear,
    words_in,
)

#: What stands before or after a number that is one end of a range or one of several, and so not the whole dose.
_RANGES: Final = frozenset({"to", "or", "/", "<", ">", "+"}) | DASHES | TIMES
#: Where there is more than one step, a step that agrees says nothing of the others.
_SEVERAL: Final = frozenset({"and", "then", "or", "plus", "&"})
_ONCE_A_DAY: Final = (("a", "night"), ("a", "morning"), ("at", "night"), ("in", "the", "morning"))
#: An amount before one of these is what is in the product, and not how much of it is taken.
_STRENGTHS: Final = frozenset({"mg", "microgram", "g", "ml", "unit"})
_PRODUCTS: Final = frozenset({"tablet", "capsule", "ampoule", "vial", "sachet", "patch", "injection"})


def says(text: str, part: str) -> bool:
    """Whether the words of `part` stand in `text` one after another.

    Hazard: a contradiction taken for agreement. "2 tablets 4 times a day" holds every word of "4 tablets 2 times a day", and
    "5 to 10 mg" holds "10 mg"; so the order counts, and a number at the end of a range is another.
    """
    words, sought = words_in(text), words_in(part)
    ways = [sought] if _SEVERAL & set(words) else [sought, *_other_ways(sought)]
    return any(_holds(words, way) for way in ways)


def same_words(text: str, other: str) -> bool:
    """Whether two instructions say the same words in the same order, however numbers and capitals are written.

    Hazard: a dose taken for another. Nothing is left out of the comparison but the full stop at the end.
    """
    return words_in(text.rstrip(" .")) == words_in(other.rstrip(" ."))


def _other_ways(sought: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """How an instruction of one step says the same: a row that repeats each plain dose is soon no longer read."""
    if len(sought) == len(("1", "tablet")) and sought[1] in {"tablet", "capsule"}:
        return ((sought[0], "to", "be", "taken"),)
    return _ONCE_A_DAY if sought == ("once", "a", "day") else ()


def _holds(words: tuple[str, ...], sought: tuple[str, ...]) -> bool:
    if sought and is_number(sought[0]) and not _is_sure(words, sought):
        return False
    last = len(words) - len(sought)
    return any(words[at : at + len(sought)] == sought and _is_alone(words, at, len(sought)) for at in range(last + 1))


def _is_sure(words: tuple[str, ...], sought: tuple[str, ...]) -> bool:
    """Hazard: overdose. What is said of two numbers, as of a strength and a dose or an old dose and a new, is said of neither."""
    if is_unclear(words) and "times" not in sought:
        return False
    rest = sought[1:]
    for at, word in enumerate(words):
        if not is_number(word):
            continue
        if word != sought[0] and words[at + 1 : at + len(sought)] == rest and not is_limit(words, at):
            return False
        if at and words[at - 1] in _SEVERAL and not is_time(words, at):
            return False
    return True


def _is_alone(words: tuple[str, ...], at: int, length: int) -> bool:
    before, after = words[max(0, at - 2) : at][::-1], words[at + length : at + length + 2]
    if not {*before[:1], *after[:1]}.isdisjoint(_RANGES):
        return False
    if not is_number(words[at]):
        return True
    inside = after[1:] if after[:1] in {("(",), (",",)} else ()
    return (
        not is_limit(words, at)
        and not is_limit_after(words, at)
        and not is_other(words, at)
        and not (before[:1] == (",",) and any(map(is_number, before[1:])))
        and not any(map(is_odd_sign, after[:1]))
        and _RANGES.isdisjoint(inside)
        and not (words[at + length - 1] in _STRENGTHS and not _PRODUCTS.isdisjoint(after[:1]))
    )
