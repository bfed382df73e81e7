"""Attachments: what a document carries, and the text of those that are text."""

import base64
import binascii
from dataclasses import dataclass

from lhcr.kernel.json_types import JsonObject
from lhcr.views.json_walk import object_of, objects_of, text_of
from lhcr.views.narrative import narrative_lines
from lhcr.views.written_number import number_text

_LONGEST = 400_000
_PLAIN = "text/plain"
_HTML = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an entry: its text where it is text and carried inline, otherwise where it is kept."""

    title: str
    form: str
    size: str
    address: str
    lines: tuple[str, ...]


def read_attachments(resource: JsonObject) -> tuple[Attachment, ...]:
    found = [object_of(content.get("attachment")) for content in objects_of(resource.get("content"))]
    found += list(objects_of(resource.get("presentedForm")))
    return tuple(_read(item) for item in found if item)


def _read(item: JsonObject) -> Attachment:
    form = text_of(item.get("contentType"))
    size = item.get("size")
    return Attachment(
        title=text_of(item.get("title")) or "Document",
        form=form.split(";")[0],
        size=f"{number_text(size)} bytes" if size is not None else "",
        address=text_of(item.get("url")),
        lines=_text(form.split(";")[0].strip().casefold(), text_of(item.get("data"))),
    )


def _text(form: str, data: str) -> tuple[str, ...]:
    if not data or len(data) > _LONGEST or (form != _PLAIN and form not in _HTML):
        return ()
    try:
        words = base64.b64decode(data, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ("This text could not be read.",)
    return narrative_lines(words) if form in _HTML else tuple(words.splitlines())
