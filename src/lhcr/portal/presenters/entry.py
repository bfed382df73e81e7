"""The page of one entry: all that it says, where it comes from and in which version."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lhcr.kernel.json_types import JsonObject
from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.handles import Handles
from lhcr.portal.presenters.banner import BannerPage, present_banner
from lhcr.portal.presenters.row import RowPage, present_row
from lhcr.views.attachment import Attachment, read_attachments
from lhcr.views.detail import Detail, narrative_of, read_detail
from lhcr.views.dispute import Dispute, disputes_of
from lhcr.views.entry import Entry
from lhcr.views.json_walk import items_of, object_of, objects_of, text_of
from lhcr.views.kind_words import kind_words
from lhcr.views.names import Names
from lhcr.views.record_view import RecordView
from lhcr.views.words import words_of
from lhcr.views.written_date import from_datetime, read_date

_WHEREABOUTS = frozenset({"address", "telecom", "generalPractitioner", "managingOrganization", "contact", "extension"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """`facts` say where it comes from; `provenance` who had a hand in it; `others` are folded entries that say the same;
    `disputes` say that somebody says that it is wrong, and what its source answered; `dispute_href` is where the reader may say so.
    """

    banner: BannerPage
    where: RecordAddresses
    section: str
    section_href: str
    row: RowPage | None
    title: str
    facts: tuple[tuple[str, str], ...]
    details: tuple[Detail, ...]
    narrative: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    provenance: tuple[tuple[str, ...], ...]
    others: tuple[tuple[str, str], ...]
    disputes: tuple[Dispute, ...] = ()
    dispute_href: str = ""


def find_entry(entries: Iterable[Entry], handle: str, handles: Handles) -> Entry | None:
    return next((entry for entry in entries if handles.of(entry.reference) == handle), None)


def present_entry(view: RecordView, entries: Sequence[Entry], entry: Entry, where: RecordAddresses) -> EntryPage | None:
    """The page, or None where the entry stands in a section that the reader may not see."""
    names = Names(entries)
    section = view.section_of(entry.reference)
    if section is None and entry.kind != "Patient":
        return None
    row = view.row(entry.reference)
    hides = view.hides_places and entry.kind == "Patient"
    resource = _without_places(entry.resource) if hides else entry.resource
    return EntryPage(
        banner=present_banner(view),
        where=where,
        section=section.section.title if section else "Person details",
        section_href=where.section(section.section.key if section else "demographics"),
        row=present_row(row, (), where) if row else None,
        title=row.title if row else "Person details",
        facts=_facts(entry),
        details=read_detail(resource, names),
        narrative=() if hides else narrative_of(resource),
        attachments=read_attachments(resource),
        provenance=tuple(_provenance(entries, entry, names)),
        others=_others(view, entry, where),
        disputes=disputes_of(entries).get(entry.reference, ()),
    )


def _without_places(resource: JsonObject) -> JsonObject:
    """Hazard: the page of a restricted person's own entry telling where they are."""
    return {key: value for key, value in resource.items() if key not in _WHEREABOUTS}


def _facts(entry: Entry) -> tuple[tuple[str, str], ...]:
    meta = object_of(entry.resource.get("meta"))
    updated = read_date(meta.get("lastUpdated"))
    facts = [
        ("Source", f"{entry.source.shown} ({entry.source.ods})" if entry.source.ods else entry.source.shown),
        ("Taken into this record", from_datetime(entry.recorded).with_clock if entry.recorded else ""),
        ("Version", text_of(meta.get("versionId"))),
        ("Last changed", updated.with_clock if updated else ""),
        ("Kind of entry", kind_words(entry.kind)),
        ("Confidentiality", ", ".join(_labels(meta))),
    ]
    return tuple((label, value) for label, value in facts if value)


def _labels(meta: JsonObject) -> list[str]:
    labels = objects_of(meta.get("security"))
    words = (text_of(label.get("display")) or text_of(label.get("code")) for label in labels)
    return [each[:1].upper() + each[1:] for each in words]


def _provenance(entries: Sequence[Entry], entry: Entry, names: Names) -> Iterable[tuple[str, ...]]:
    for other in entries:
        if other.kind == "Provenance" and _targets(other.resource, entry.reference):
            lines = [words_of(other.resource.get("activity"), names), words_of(other.resource.get("recorded"), names)]
            lines += [words_of(agent.get("who"), names) for agent in objects_of(other.resource.get("agent"))]
            yield tuple(line for found in lines for line in found)


def _targets(resource: JsonObject, reference: str) -> bool:
    return any(object_of(target).get("reference") == reference for target in items_of(resource.get("target")))


def _others(view: RecordView, entry: Entry, where: RecordAddresses) -> tuple[tuple[str, str], ...]:
    row = view.row(entry.reference)
    origins = row.origins if row else ()
    return tuple((o.source.shown, where.entry(o.reference)) for o in origins if o.reference != entry.reference)
