r"""Escapes in the values of a search: `\,` `\$` `\|` and `\\` stand for the sign itself (FHIR R4 3.1.1.4.0.1)."""

import re

_ESCAPED = re.compile(r"\\([\\,$|])")
_SIGNS = re.compile(r"[\\,$|]")


def split(text: str, separator: str) -> list[str]:
    """Split at each separator that is not escaped; the parts keep their escapes."""
    if "\\" not in text:
        return text.split(separator)
    parts = [""]
    position = 0
    while position < len(text):
        letter = text[position]
        if letter == "\\":
            letter = text[position : position + 2]
        if letter == separator:
            parts.append("")
        else:
            parts[-1] += letter
        position += len(letter)
    return parts


def unescape(text: str) -> str:
    r"""Replace each escape by its sign; a backslash before anything else is itself."""
    return _ESCAPED.sub(r"\1", text)


def escape(text: str) -> str:
    r"""Put a backslash before each sign that would otherwise separate."""
    return _SIGNS.sub(lambda sign: "\\" + sign.group(), text)
