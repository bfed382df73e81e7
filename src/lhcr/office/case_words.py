"""Words that people write into cases: on one line, without signs that nobody sees, and of bounded length."""

import unicodedata
from typing import Final

from lhcr.kernel.errors import Incorrect, Issue

LONGEST_WORDS: Final = 500
SHORTEST_WORDS: Final = 10
#: Anything longer is no form of ours, and is not looked at letter by letter.
_LONGEST_SENT: Final = 4 * LONGEST_WORDS
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def read_case_words(text: str, *, shortest: int = SHORTEST_WORDS) -> str:
    """Return words as they are kept. Raises Incorrect (422, `case-words`) where they are too short or too long.

    Hazard: signs that turn text round or hide part of it would make an office read something else than was written.
    """
    if len(text) > _LONGEST_SENT:
        raise _wrong(f"Write at most {LONGEST_WORDS} characters.")
    words = " ".join("".join(" " if unicodedata.category(sign) in _UNSEEN else sign for sign in text).split())
    if len(words) < shortest:
        raise _wrong(f"Write at least {shortest} characters.")
    if len(words) > LONGEST_WORDS:
        raise _wrong(f"Write at most {LONGEST_WORDS} characters.")
    return words


def _wrong(diagnostics: str) -> Incorrect:
    return Incorrect([Issue(code="value", error="case-words", diagnostics=diagnostics)], status=422)
