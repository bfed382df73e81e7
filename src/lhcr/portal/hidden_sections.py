"""The sections in which something is hidden from a reader with notice, where policy lets even its kind be told."""

from collections.abc import Mapping

from lhcr.access.notice import Notice
from lhcr.access.policy import Policy
from lhcr.portal.closed_sections import held_categories
from lhcr.views.sections.table import SectionTable


def hidden_sections(notice: Notice, table: SectionTable, *, policy: Policy) -> frozenset[str]:
    """Return the keys of the sections that hold entries of the kinds that a notice names, none where it names none."""
    if not notice.categories:
        return frozenset()
    held: Mapping[str, frozenset[str]] = held_categories(table, policy=policy)
    return frozenset(key for key, some in held.items() if not some.isdisjoint(notice.categories))
