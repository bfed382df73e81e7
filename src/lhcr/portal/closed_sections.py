"""The sections that policy closes to a reader: from role and activities alone, never from what a record holds."""

from lhcr.access.categories import categories_of_type
from lhcr.access.coverage import readable_categories
from lhcr.access.policy import Policy
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.views.sections.table import Section, SectionTable

_OF_THE_PATIENT = frozenset({"Patient"})


def closed_sections(table: SectionTable, principal: Principal, *, policy: Policy) -> frozenset[str]:
    """Keys of the sections of which the reader may see no type of entry.

    Hazard: were it worked out from rows, a closed section would tell that there is something behind it.
    """
    if principal.kind is PrincipalKind.SYSTEM:
        return frozenset()
    readable = readable_categories(principal, policy=policy)
    return frozenset(section.key for section in table.sections if readable.isdisjoint(_categories(section, policy)))


def _categories(section: Section, policy: Policy) -> frozenset[str]:
    """Every category of the types that a section claims; the practice is told by the Patient."""
    types = {rule.type for rule in section.rules} or _OF_THE_PATIENT
    return frozenset[str]().union(*(categories_of_type(each, policy=policy) for each in types))
