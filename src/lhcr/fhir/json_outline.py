"""The outline of a JSON text: its marks outside strings, from which size and depth show before anything is made of it."""

import re
from collections.abc import Iterator

_PART = 1_048_576
_QUOTE = ord('"')
_SELDOM = 64
_to_end_of_escape = re.compile(rb"\\*.?", re.DOTALL).match


def outline(body: bytes, marks: bytes) -> Iterator[bytes]:
    """Yield the marks that stand outside strings, in their order, part by part, so that it takes little memory.

    Of a text that is no JSON it is right up to where that shows.
    """
    others = bytes(set(range(256)) - {*marks, _QUOTE})
    start, inside = 0, 0
    while start < len(body):
        end = _end_of_part(body, start)
        pieces = _without_escapes(body[start:end]).translate(None, others).replace(b'""', b"").split(b'"')
        yield b"".join(pieces[inside::2])
        inside ^= (len(pieces) - 1) & 1
        start = end


def _end_of_part(body: bytes, start: int) -> int:
    """Give where a part ends so that no escape is cut in two."""
    match = _to_end_of_escape(body, min(start + _PART, len(body)))
    return len(body) if match is None else match.end()


def _without_escapes(part: bytes) -> bytes:
    r"""Drop what could hide a quote. Escaped backslashes go first, so that the quote after `\\` ends its string.

    Few escapes, as in most texts, are found one by one in no time; looking for two patterns everywhere takes as long however few
    there are.
    """
    kept, start, most = [], 0, len(part) // _SELDOM
    while (at := part.find(b"\\", start)) >= 0:
        kept.append(part[start:at])
        start = at + 2
        if len(kept) > most:
            return part.replace(rb"\\", b"").replace(rb"\"", b"")
    return b"".join((*kept, part[start:])) if kept else part
