"""Units: whether the words of a quantity's unit and its UCUM code can mean the same.

Hazard: units mangled. A value that is written as micromoles and coded as milligrams is one of both, and nobody here knows which.
"""

import re

_TIMES = re.compile(r"x?10[*^](\d+)")
#: An amount that laboratories and prescribers write: prefix and unit, of which the words are told apart from free text.
_UNIT = re.compile(r"(?P<prefix>da|[YZEPTGMkhdcmunpf])?(?P<unit>g|mol|L|m|s|min|h|eq|osmol|U|Pa|mHg|J|cal)")
_NAMED = re.compile(r"(?P<prefix>micro|milli|nano|kilo)?(?P<unit>gram(?:me)?|litre|liter|mole|unit)s?")
_LETTERS = {"micro": "u", "milli": "m", "nano": "n", "kilo": "k"}
_FOLDED = {"l": "L", "iu": "U"}
_LONGEST = 40


def contradict(words: str, code: str) -> bool:
    """Whether a unit in words is a unit as surely as the code is, and another one. What is not understood contradicts nothing."""
    if max(len(words), len(code)) > _LONGEST or _plain(words).casefold() == _plain(code).casefold():
        return False
    ones, others = _understood(words), _understood(code)
    return bool(ones) and bool(others) and ones != others


def _plain(unit: str) -> str:
    """A unit without annotations, brackets and blanks, and with one letter for micro."""
    bare = re.sub(r"\{[^}]*\}|[\[\]\s]", "", unit)
    return _TIMES.sub(r"10*\1", bare.replace("\u00b5", "u").replace("\u03bc", "u").replace("mcg", "ug"))


def _understood(unit: str) -> tuple[str, ...]:
    """The parts of a unit between strokes, each with its prefix; nothing where any is not known."""
    parts = [_part(part) for part in _plain(unit).split("/")]
    return tuple(parts) if all(parts) else ()


def _part(part: str) -> str:
    if part == "%" or _TIMES.fullmatch(part):
        return part
    spelt = re.sub(r"(?:(?<!mo)l|IU|iU|iu)$", lambda found: _FOLDED[found[0].casefold()], part)
    if _UNIT.fullmatch(spelt):
        return spelt
    named = _NAMED.fullmatch(part.casefold())
    if named is None:
        return ""
    unit = named["unit"]
    letter = {"m": "mol", "u": "U", "l": "L", "g": "g"}[unit[0]]
    return f"{_LETTERS.get(named['prefix'] or '', '')}{letter}"
