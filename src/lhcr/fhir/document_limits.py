"""The limits of a document that comes over the network, looked at before anything is made of it.

Hazard: 50 MB of `[{},{},...]` become 17 million objects and a gigabyte, and whoever else asks waits or is thrown out. Counted
are members and items, and the elements of narratives, which validation reads too.
"""

import re
from typing import Any

from lhcr.fhir.json_outline import outline
from lhcr.kernel.errors import Incorrect, Issue

LONGEST_TEXT = 16 * 1_048_576
_FEW_VALUES = 65_536
# Whatever counts has at least one of these of its own.
_ALL_BUT_MARKS = bytes(set(range(256)) - set(rb",[{<\\"))
_ESCAPED_TAGS = (rb"\u003c", rb"\u003C")
_strings = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL).finditer


def limit_json(body: bytes, *, most_values: int) -> int:
    """Return a number of values of which a JSON text surely holds no more.

    Raises Incorrect (413) where it holds more than `most_values`, or a text that would take many times its bytes.
    """
    bound = len(body)
    if bound > min(most_values, _FEW_VALUES):
        bound = len(body.translate(None, _ALL_BUT_MARKS))
    if bound > most_values:
        _limit_values(body, most_values)
    if len(body) > LONGEST_TEXT:
        _limit_texts(body)
    return bound


def limit_xml(body: bytes, *, most_values: int) -> None:
    """Raise Incorrect (413) where an XML text holds more elements and attributes."""
    if body.count(b"<") - body.count(b"</") + body.count(b"=") > most_values:
        raise too_many_values(most_values)


def values_in(document: Any, *, enough: int) -> int:
    """Count the members and items of a document and of all within it, until there are more than enough."""
    count, waiting = 0, [document]
    while waiting and count <= enough:
        value = waiting.pop()
        inner = value.values() if isinstance(value, dict) else value
        count += len(inner)
        waiting.extend([each for each in inner if isinstance(each, dict | list)])
    return count


def too_many_values(most: int) -> Incorrect:
    diagnostics = (
        f"The body holds more values than this server takes at once: at most {most}. Send it as several smaller Bundles, or "
        "have the area's operator take it in with the command lhcr load."
    )
    return Incorrect([Issue(code="too-costly", error="body-too-many-values", diagnostics=diagnostics)], status=413)


def _limit_values(body: bytes, most: int) -> None:
    values = body.count(b"<") + sum(map(body.count, _ESCAPED_TAGS))
    for marks in outline(body, b",[{"):
        values += len(marks)
        if values > most:
            raise too_many_values(most)


def _limit_texts(body: bytes) -> None:
    """Refuse what takes four bytes for each in memory: one letter outside Latin-1 makes all of its string so wide."""
    if body.isascii() and rb"\u" not in body:
        return
    for string in _strings(body):
        text = body[string.start() : string.end()] if string.end() - string.start() > LONGEST_TEXT else b""
        if not text.isascii() or rb"\u" in text:
            diagnostics = "A string is longer than this server takes. FHIR allows a megabyte."
            raise Incorrect([Issue(code="too-long", error="json-string-too-long", diagnostics=diagnostics)], status=413)
