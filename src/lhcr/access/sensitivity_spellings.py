"""The spellings of one code: ICD-10 with and without its point and fillers, Read codes with and without what fills them up.

Hazard guarded here: a sensitive item exposed, because its sender writes its code as another standard than the value set's does. Of
two readings the one that hides more is taken.
"""

import re
from collections.abc import Iterator
from typing import Final

from lhcr.access.sensitivity_systems import ICD_10, READ_CODES

_ICD: Final = re.compile(r"([A-Z]\d[0-9A-Z])\.?([0-9A-Z]{0,2})", re.IGNORECASE)
_DAGGER_OR_ASTERISK: Final = ("", "A", "D")
_READ_LENGTH: Final = 5
#: Five characters and the two of a term code: the length of a Read code in the NHS Data Dictionary (an7).
READ_WITH_TERM: Final = 7


def spellings(system: str, code: str) -> frozenset[str]:
    """Return every spelling of a code by which entries may name it, itself among them; `system` as `code_system` spells it.

    ICD-10 as the World Health Organization prints it (a point behind the third character), and as the NHS Data Dictionary has it (ICD-10
    CODE, an4 to an6: no point, `X` for a fourth character and `-` for a fifth that are not used, `A` or `D` for asterisk or
    dagger behind these; the last two are also written without the filler before them).
    """
    if system == ICD_10:
        return frozenset({code, *_of_icd_10(code)})
    if system in READ_CODES:
        return frozenset({code, *_of_read(code)})
    return frozenset({code})


def without_term(code: str) -> str:
    """Return the concept of a Read code with the code of one of its terms behind it (version 2: five characters, then two)."""
    return code[:_READ_LENGTH] if len(code) == READ_WITH_TERM else code


def _of_icd_10(code: str) -> Iterator[str]:
    match = _ICD.fullmatch(_without_fillers(code))
    if match is None:
        return
    category, rest = match[1].upper(), match[2].upper()
    for point in ("", "."):
        for filled in {rest, rest or "X", (rest or "X").ljust(2, "-")}:
            for mark in _DAGGER_OR_ASTERISK:
                yield f"{category}{point}{filled}{mark}" if filled else category


def _without_fillers(code: str) -> str:
    """Leave out what fills a code of the NHS Data Dictionary up, and what marks it as asterisk or dagger at its end."""
    plain = code.replace(".", "")
    if len(plain) > len("A509") and plain[-1] in "AaDd":
        plain = plain[:-1]
    plain = plain.removesuffix("-")
    return plain[:3] if len(plain) == len("A50X") and plain[-1] in "Xx" else plain


def _of_read(code: str) -> Iterator[str]:
    """Yield a Read code of five characters with and without the points that fill it up; letters of either case are others."""
    plain = without_term(code).rstrip(".")
    for length in range(len(plain), _READ_LENGTH + 1):
        yield plain.ljust(length, ".")
