"""The records that somebody who signed in as themselves may open, in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass

from lhcr.portal.addresses import record_address
from lhcr.portal.ports import OpenRecord
from lhcr.views.person_name import PersonName

_WHOM = {"male": "him", "female": "her"}


@dataclass(frozen=True, slots=True)
class RecordLine:
    href: str
    title: str
    name: str


@dataclass(frozen=True, slots=True)
class OwnRecordsPage:
    lines: tuple[RecordLine, ...]


def present_own_records(found: Sequence[OpenRecord]) -> OwnRecordsPage:
    return OwnRecordsPage(tuple(_line(record) for record in found))


def _line(record: OpenRecord) -> RecordLine:
    """Hazard: the wrong person's record opened. The whole name stands below the words in which it is offered."""
    name = PersonName(family=record.family, given=record.given, title="")
    return RecordLine(record_address(record.key), _title(record), name.banner)


def _title(record: OpenRecord) -> str:
    if record.own:
        return "Your record"
    whose = f"{record.given}'s" if record.given else "Another person's"
    return f"{whose} record, because you act for {_WHOM.get(record.gender, 'them')}"
