"""Whether an instruction in words plainly says a dose or timing: the same words in a row, however numbers are written."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_WORD: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[^\w\s]")
#: What stands before or after a number that is one end of a range or one of several, and so not the whole dose.
_RANGES: Final = frozenset({"to", "or", "-", "–", "/", "<", ">", "+"})
#: Where there is more than one step, a step that agrees says nothing of the others.
_SEVERAL: Final = frozenset({"and", "then", "or", "plus", "&"})
_ONCE_A_DAY: Final = (("a", "night"), ("a", "morning"), ("at", "night"), ("in", "the", "morning"))
_ALIKE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "one": ("1",),
        "two": ("2",),
        "three": ("3",),
        "four": ("4",),
        "five": ("5",),
        "six": ("6",),
        "seven": ("7",),
        "eight": ("8",),
        "nine": ("9",),
        "ten": ("10",),
        "twelve": ("12",),
        "twice": ("2", "times"),
        "daily": ("a", "day"),
        "weekly": ("a", "week"),
        "each": ("a",),
        "per": ("a",),
        "tablets": ("tablet",),
        "tab": ("tablet",),
        "tabs": ("tablet",),
        "capsules": ("capsule",),
        "caps": ("capsule",),
        "puffs": ("puff",),
        "drops": ("drop",),
        "doses": ("dose",),
        "ampoules": ("ampoule",),
        "vials": ("vial",),
        "sachets": ("sachet",),
        "sprays": ("spray",),
        "patches": ("patch",),
        "injections": ("injection",),
        "units": ("unit",),
        "mcg": ("microgram",),
        "micrograms": ("microgram",),
        "milligram": ("mg",),
        "milligrams": ("mg",),
        "gram": ("g",),
        "grams": ("g",),
        "millilitre": ("ml",),
        "millilitres": ("ml",),
    }
)


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
    last = len(words) - len(sought)
    return any(words[at : at + len(sought)] == sought and _is_alone(words, at, len(sought)) for at in range(last + 1))


def _is_alone(words: tuple[str, ...], at: int, length: int) -> bool:
    beside = {*words[max(0, at - 1) : at], *words[at + length : at + length + 1]}
    return beside.isdisjoint(_RANGES)


def words_in(text: str) -> tuple[str, ...]:
    """The words, numbers and signs of a text, with one spelling for what is often spelt in two ways."""
    return tuple(alike for word in _WORD.findall(text.casefold()) for alike in _ALIKE.get(word, (word,)))
