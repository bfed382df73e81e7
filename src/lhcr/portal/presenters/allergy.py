"""Allergies at a glance: what, how grave, what happened, and everyone who says so, each allergy once."""

from collections.abc import Sequence
from dataclasses import dataclass

from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.presenters.row import Tag, alarms_of, origin_of, tags_of
from lhcr.views.allergies import in_force
from lhcr.views.record_view import SectionView
from lhcr.views.row import Row

_AGREED = "Recorded more than once"


@dataclass(frozen=True, slots=True, kw_only=True)
class AllergyGlance:
    """One allergy with all who agree on it; `told` are risk and reactions, `said_by` the sources with their dates."""

    href: str
    name: str
    tags: tuple[Tag, ...]
    told: tuple[str, ...]
    said_by: tuple[str, ...]


def present_allergies(view: SectionView | None, where: RecordAddresses) -> tuple[AllergyGlance, ...]:
    """Every allergy in force, the gravest first. Hazard: two that differ made into one; all that is shown must agree."""
    agreeing: dict[object, list[Row]] = {}
    for row in in_force(view.rows if view else ()):
        agreeing.setdefault((row.key, row.title, row.status, *_told(row)), []).append(row)
    return tuple(_glance(rows, where) for rows in agreeing.values())


def _glance(rows: Sequence[Row], where: RecordAddresses) -> AllergyGlance:
    row = rows[0]
    return AllergyGlance(
        href=where.entry(row.reference),
        name=row.title,
        tags=tuple(tag for tag in (*tags_of(row), *alarms_of(row)) if tag.words != _AGREED),
        told=_told(row) or ("Reaction not recorded",),
        said_by=tuple(dict.fromkeys(_said(one) for one in rows)),
    )


def _told(row: Row) -> tuple[str, ...]:
    return (*row.cell("Risk"), *row.cell("Reaction"))


def _said(row: Row) -> str:
    dated = f"{row.date_label.lower()} {row.date.shown}".strip() if row.date else "date not recorded"
    return f"{origin_of(row)}, {dated}"
