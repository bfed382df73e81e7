"""Direction of text: the invisible characters that make a browser show letters in another order than they are stored."""

import re
from typing import Final

#: Marks, embeddings, overrides and isolates of the Unicode Bidirectional Algorithm (UAX 9).
_CONTROLS: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def in_stored_order(value: object) -> object:
    """A value without what would turn the order of its letters round; what is no text as it is.

    Hazard: a dose that reads backwards, 05 mg shown as 50, and a name or number of another person made to look like this one's.
    Letters of scripts that run from right to left need none of these to be shown rightly.
    """
    if isinstance(value, str) and not value.isascii():
        return _without(value)
    return value


def _without(text: str) -> str:
    # Of the text's own class, because what a template has already escaped must not be escaped again.
    return type(text)(_CONTROLS.sub("", text)) if _CONTROLS.search(text) else text
