"""What policy keeps from a reader: told from role, activities and policy alone, never from what a record holds."""

from lhcr.access.categories import categories_of_type
from lhcr.access.coverage import readable_categories
from lhcr.access.policy import DIRECTORY, OTHER, Policy
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.views.assemble import other_section
from lhcr.views.sections.table import Rule, Section, SectionTable

_PATIENT = "Patient"


def closed_sections(table: SectionTable, principal: Principal, *, policy: Policy) -> frozenset[str]:
    """Keys of the sections of which the reader may see no type of entry.

    Hazard: were it worked out from rows, a closed section would tell that there is something behind it.
    """
    readable = _readable(principal, policy)
    held = held_categories(table, policy=policy)
    return frozenset(key for key, some in held.items() if readable is not None and not readable & some)


def narrowed_sections(table: SectionTable, principal: Principal, *, policy: Policy) -> frozenset[str]:
    """Keys of the sections of which the reader may see some kinds of entry and not others.

    Hazard: "nothing recorded" said of a section of which only a part was looked at.
    """
    readable = _readable(principal, policy)
    if readable is None:
        return frozenset()
    held = held_categories(table, policy=policy)
    return frozenset(key for key, some in held.items() if readable & some and some - readable)


def withholds_sensitive(policy: Policy) -> bool:
    """Whether policy shows sensitive entries only to the organisation that wrote them, as it does to every other reader."""
    return bool(policy.sensitive_labels or policy.sensitive_categories)


def _readable(principal: Principal, policy: Policy) -> frozenset[str] | None:
    """The categories that may be read, None for all of them."""
    if principal.kind is PrincipalKind.SYSTEM:
        return None
    return readable_categories(principal, policy=policy) | {DIRECTORY}


def held_categories(table: SectionTable, *, policy: Policy) -> dict[str, frozenset[str]]:
    """Return the categories that may stand in each section; in other information, what no category names."""
    sections = {section.key: _categories(section, policy) for section in table.sections}
    return sections | {other_section(table).key: frozenset({OTHER})}


def _categories(section: Section, policy: Policy) -> frozenset[str]:
    """Every category of what a section claims; the practice is told by the Patient."""
    claimed = [_claimed(rule, policy) for rule in section.rules]
    return frozenset[str]().union(*(claimed or [categories_of_type(_PATIENT, policy=policy)]))


def _claimed(rule: Rule, policy: Policy) -> frozenset[str]:
    """The categories that entries of a rule may have: those of the codes that it names, where it names any, or of the type."""
    by_code = policy.file.category_of_code.get(rule.type, {})
    if not rule.category or not rule.category <= by_code.keys():
        return categories_of_type(rule.type, policy=policy)
    return frozenset(by_code[code] for code in rule.category)
