"""Attachments: what a document carries, and the text of those that are text."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lhcr.kernel.json_types import JsonObject
from lhcr.views.json_walk import object_of, objects_of, text_of
from lhcr.views.narrative import narrative_lines
from lhcr.views.written_number import number_text

_LONGEST = 400_000
_PLAIN = "text/plain"
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_UTF_8 = "utf-8-sig"
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s\";]+)", re.IGNORECASE)
#: The character sets that are read, by the names that senders give them. Browsers read Latin-1 as Windows-1252, and so do senders.
_CHARSETS: Mapping[str, str] = MappingProxyType(
    {
        "": _UTF_8,
        "utf-8": _UTF_8,
        "utf8": _UTF_8,
        "us-ascii": _UTF_8,
        "ascii": _UTF_8,
        "utf-16": "utf-16",
        "iso-8859-1": "cp1252",
        "latin1": "cp1252",
        "windows-1252": "cp1252",
        "cp1252": "cp1252",
    }
)
_UNREADABLE = "This text could not be read."
_WITHHELD = ("Withheld: this person's whereabouts are restricted, and a document may tell them. Ask whoever wrote it.",)
_TOO_LONG = "This text is too long to show here."
_DOUBTFUL = "Some characters of this text could not be read, and are shown as �."


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
    withheld = _is_reduced(resource)
    return tuple(_read(item, withheld=withheld) for item in found if item)


def _is_reduced(resource: JsonObject) -> bool:
    """Whether the record left something out: of a restricted person's documents the words, which may say where they are."""
    tags = objects_of(object_of(resource.get("meta")).get("tag"))
    return any(text_of(tag.get("code")) == "SUBSETTED" for tag in tags)


def _read(item: JsonObject, *, withheld: bool) -> Attachment:
    form, size = text_of(item.get("contentType")), item.get("size")
    return Attachment(
        title=text_of(item.get("title")) or "Document",
        form=form.split(";")[0].strip(),
        size=f"{number_text(size)} bytes" if size is not None else "",
        address=text_of(item.get("url")),
        lines=_WITHHELD if withheld and not item.get("data") else _text(form, text_of(item.get("data"))),
    )


def _text(content_type: str, data: str) -> tuple[str, ...]:
    form, charset = content_type.split(";", maxsplit=1)[0].strip().casefold(), _CHARSET.search(content_type)
    if not data or (form != _PLAIN and form not in _HTML):
        return ()
    if len(data) > _LONGEST:
        return (_TOO_LONG,)
    words = _decoded(data, charset[1].casefold() if charset else "")
    if words is None:
        return (_UNREADABLE,)
    lines = narrative_lines(words) if form in _HTML else tuple(words.splitlines())
    return (_DOUBTFUL, *lines) if "\ufffd" in words else lines


def _decoded(data: str, charset: str) -> str | None:
    """The words of base64, which FHIR lets be broken into lines, in the character set that the sender names.

    Hazard: units mangled. The µ of Latin-1 read as UTF-8 makes another unit of a microgram, so what cannot be read is said.
    """
    codec = _CHARSETS.get(charset)
    if codec is None:
        return None
    try:
        return base64.b64decode("".join(data.split()), validate=True).decode(codec, "replace")
    except (binascii.Error, ValueError):
        return None
