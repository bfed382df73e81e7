"""Words of a dose: the words, numbers and signs of an instruction, and what a number in it is no dose.

Hazard: overdose. A number cut out of a longer one (`5` of `2\u00b75`, `500` of `12 500`), a limit or an interval read as the dose.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Final

_POINTS: Final = ".\u00b7\u2027\u2219\u22c5"
_WORD: Final = re.compile(
    rf"(?<![\w{_POINTS},])[{_POINTS}]\d+"  # .5
    r"|(?<!\d)\d{1,3}(?:[\u2007\u2009\u202f]\d{3})+(?!\d)"  # thousands, grouped by a space that stands for nothing else
    rf"|\d+(?:[{_POINTS},\u2022\u066b]\d+)*"
    r"|(?!x\d)[^\W\d_]+\d+(?:[.,]\d+)*"  # the number of q8h, B12 and 1e3 is a part of a word
    r"|[^\W\d_]+|[^\w\s]",
    re.IGNORECASE,
)
#: A full stop with a number right behind it, which may be a decimal point whose first digit is missing.
_GLUED: Final = "\u00b7"
_WHOLES: Final = frozenset({"dose", "total"})
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TENS_AND_ONES: Final = re.compile(rf"\b({'|'.join(_TENS)})(?:[\s-]+({'|'.join(_ONES)}))?\b", re.IGNORECASE)
_SLASHES: Final = frozenset("/\u2044\u2215\uff0f")
#: Units of which the case is the meaning. Hazard: a million units for a thousandth of one. Others are written in any case.
_CASED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "MU": "megaunit",
        "MIU": "megaunit",
        "mU": "milliunit",
        "mIU": "milliunit",
        "Mg": "Mg",
        "Ml": "Ml",
        "Mmol": "Mmol",
    }
)
#: Parts of a whole, which may stand for themselves or be added to a number, and words that multiply one.
_UNCLEAR: Final = frozenset(
    {
        *("half", "halves", "third", "thirds", "quarter", "quarters"),
        *("hundred", "thousand", "million", "billion", "dozen", "point", "double"),
    }
)
#: What follows a number that says how often, for how long or when, and no amount.
_NO_AMOUNT: Final = frozenset(
    {
        *("times", "am", "pm", ":", "%", "st", "nd", "rd", "th"),
        *("s", "sec", "secs", "second", "seconds", "min", "mins", "minute", "minutes", "minutely"),
        *("h", "hr", "hrs", "hour", "hours", "hourly", "d", "day", "days", "night", "nights"),
        *("wk", "wks", "week", "weeks", "month", "months", "monthly", "yr", "yrs", "year", "years"),
    }
)
#: `28/7`, `4/52` and `3/12` are days, weeks and months.
_OF_TIME: Final = frozenset({"7", "52", "12"})
#: What stands before an amount that is a limit and not the dose.
_LIMITS: Final = frozenset({"max", "maximum", "exceed", "exceeds", "exceeding", "than", "most", "limit"})
_MAXIMUM: Final = frozenset({"max", "maximum"})
_NEAR: Final = 10
DASHES: Final = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212")
#: What multiplies the amount behind it.
TIMES: Final = frozenset({"x", "\u00d7"})
_RANGES: Final = frozenset({"to", "or", *DASHES})
#: Signs beside a number that leave it what it is.
_HARMLESS: Final = frozenset("()[],.;:!")
#: What stands before a dose that is not, or no longer, to be taken.
_DENIALS: Final = frozenset(
    {"not", "from", "was", "previously", "stop", "avoid", "under", "over", "below", "above", "minus"}
)
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
        "eleven": ("11",),
        "twelve": ("12",),
        "thirteen": ("13",),
        "fourteen": ("14",),
        "fifteen": ("15",),
        "sixteen": ("16",),
        "seventeen": ("17",),
        "eighteen": ("18",),
        "nineteen": ("19",),
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
        "megaunits": ("megaunit",),
        "milliunits": ("milliunit",),
        "mcg": ("microgram",),
        "ug": ("microgram",),
        "\u03bcg": ("microgram",),
        "micrograms": ("microgram",),
        "microgrammes": ("microgram",),
        "milligram": ("mg",),
        "milligrams": ("mg",),
        "milligrammes": ("mg",),
        "mgs": ("mg",),
        "grammes": ("g",),
        "mls": ("ml",),
        "gram": ("g",),
        "grams": ("g",),
        "millilitre": ("ml",),
        "millilitres": ("ml",),
    }
)


def words_in(text: str) -> tuple[str, ...]:
    """The words, numbers and signs of a text, with one spelling for what is often spelt in two ways."""
    return tuple(_words(_TENS_AND_ONES.sub(_in_digits, text)))


def _words(text: str) -> Iterator[str]:
    for found in _WORD.finditer(text):
        word = found[0]
        if word[-1].isdecimal() and not word[0].isalpha():
            yield _digits(word)
        elif word in _POINTS and text[found.end() : found.end() + 1].isdecimal():
            yield _GLUED
        elif word in _SLASHES:
            yield "/"
        else:
            yield from _alike(word)


def _alike(word: str) -> tuple[str, ...]:
    cased = _CASED.get(word)
    return (cased,) if cased else _ALIKE.get(word.casefold(), (word.casefold(),))


def _digits(word: str) -> str:
    """A number with a full stop for its point, whatever the point is written with, and a nought before it."""
    plain = re.sub(rf"[{_POINTS}\u2022\u066b]", ".", re.sub(r"\s", "", word))
    return f"0{plain}" if plain.startswith(".") else plain


def _in_digits(found: re.Match[str]) -> str:
    tens, ones = found[1].casefold(), (found[2] or "").casefold()
    return str(10 * (_TENS.index(tens) + 2) + (_ONES.index(ones) + 1 if ones else 0))


def is_number(word: str) -> bool:
    return word[:1].isdecimal()


def is_other(words: tuple[str, ...], at: int) -> bool:
    """Whether what stands before a number makes it another: digits, a point, a sign or a word of what is not taken.

    `2 tablets of 5 mg` are not 5 mg, but `a dose of 5 mg` is.
    """
    count, whole, before = ("", "", "", *words[max(0, at - 3) : at])[-3:]
    if before == "of":
        return whole not in _WHOLES or is_number(count)
    return is_number(before) or before in _DENIALS or (before not in DASHES | TIMES and is_odd_sign(before))


def is_odd_sign(word: str) -> bool:
    return len(word) == 1 and not word.isalnum() and word not in _HARMLESS


def is_unclear(words: tuple[str, ...]) -> bool:
    """Whether a part of a whole, a multiple or a sign for a number stands in the text, so that no number of it is sure."""
    return any(
        word in _UNCLEAR or (not word.isascii() and any(unicodedata.category(sign) in {"No", "Nl"} for sign in word))
        for word in words
    ) or any(word == "/" and _is_fraction(words, at) for at, word in enumerate(words))


def _is_fraction(words: tuple[str, ...], at: int) -> bool:
    sides = (*words[max(0, at - 1) : at], *words[at + 1 : at + 2])
    return len(sides) > 1 and all(map(is_number, sides)) and sides[1] not in _OF_TIME


def unit_after(words: tuple[str, ...], at: int) -> str:
    """The word after a number or after the range that it begins: both ends of "5 to 10 mg" are of milligrams."""
    beyond = (*words[at + 1 : at + 4], "", "", "")
    return beyond[2] if beyond[0] in _RANGES and is_number(beyond[1]) else beyond[0]


def is_time(words: tuple[str, ...], at: int) -> bool:
    """Whether a number says how often, for how long or when: "6 hourly", "28/7", "5 x daily"."""
    after, before = (*words[at + 1 : at + 3], "", ""), words[max(0, at - 2) : at]
    over = (after[0] == "/" and after[1] in _OF_TIME) or (
        words[at] in _OF_TIME and len(before) > 1 and before[1] == "/" and is_number(before[0])
    )
    often = after[0] in TIMES and not is_number(after[1])
    return over or often or unit_after(words, at) in _NO_AMOUNT


def is_limit(words: tuple[str, ...], at: int) -> bool:
    """Whether words of a limit stand before a number, with no other amount and no end of a sentence between."""
    for back in range(at - 1, max(-1, at - 1 - _NEAR), -1):
        word = words[back]
        if word in _LIMITS:
            return True
        ends_sentence = word == ";" or (word == "." and words[max(0, back - 1)] not in _MAXIMUM)
        if ends_sentence or (is_number(word) and words[back + 1] not in _RANGES and not is_time(words, back)):
            return False
        if (words[max(0, back - 1)], word) == ("up", "to"):
            return _is_of_a_day(words[at + 1 : at + 1 + _NEAR])
    return False


def is_limit_after(words: tuple[str, ...], at: int) -> bool:
    """Whether `maximum` stands behind a number and is not of the next one: "45 ml a day max"."""
    for ahead, word in enumerate(words[at + 1 : at + 1 + _NEAR], start=at + 1):
        if word in _MAXIMUM:
            return not any(map(is_number, words[ahead + 1 : ahead + 4]))
        if is_number(word) or word in {";", ".", ","}:
            return False
    return False


def _is_of_a_day(words: tuple[str, ...]) -> bool:
    return "day" in words or any(pair in {("24", "hours"), ("24", "h"), ("24", "hrs")} for pair in pairwise(words))
