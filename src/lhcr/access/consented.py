"""What objections leave of a permit: only own contributions where they are to all, and some classes less where they are to a part."""

from collections.abc import Iterable

from lhcr.access.access_class import ClassTable
from lhcr.access.case import Case
from lhcr.access.consent import Objection
from lhcr.access.consent_policy import Strength
from lhcr.access.request import Interaction
from lhcr.identity.principal import PrincipalKind


def may_be_stopped(case: Case) -> bool:
    """Whether objections concern the request: a professional's, about one person's entries."""
    if case.principal.kind is not PrincipalKind.PROFESSIONAL or not case.names_person:
        return False
    elsewhere = case.request.interaction in {Interaction.TRACE, Interaction.AUDIT_READ, Interaction.ORDER}
    return not (elsewhere or case.of_directory or case.of_products)


def objections_to_all(case: Case) -> list[tuple[Objection, Strength]]:
    """Return the objections that leave the asker nothing but own contributions, with their strength; what is lifted too."""
    return [(each, _strength(case, each)) for each in case.consents.objections if each.is_to_all]


def keeps_to_own(case: Case) -> bool:
    """Return whether objections in force leave the asker nothing but what their own organisation contributed."""
    return may_be_stopped(case) and any(not _is_lifted(case, strength) for _, strength in objections_to_all(case))


def hiding(case: Case) -> tuple[Objection, ...]:
    """Return the objections that hide entries from the asker."""
    if not case.consents.objections or not may_be_stopped(case):
        return ()
    return tuple(each for each in case.consents.objections if not _is_lifted(case, _strength(case, each)))


def without_objected(
    objections: tuple[Objection, ...], classes: Iterable[int], *, table: ClassTable, own: str
) -> tuple[int, ...]:
    """Return those of some classes that no objection hides. What a source itself contributed, `own`, is not hidden from it."""
    return tuple(_shown(classes, objections, table=table, own=own))


def _shown(classes: Iterable[int], objections: tuple[Objection, ...], *, table: ClassTable, own: str) -> Iterable[int]:
    for class_id in classes:
        source, category = table.ods_of(class_id), table.category_of(class_id)
        if source == own or not any(each.hides(source, category) for each in objections):
            yield class_id


def _strength(case: Case, objection: Objection) -> Strength:
    policy = case.policy.file.consent
    if not objection.is_to_whole:
        return policy.to_a_part
    return policy.to_an_organisation if objection.by_name else policy.to_everybody


def _is_lifted(case: Case, strength: Strength) -> bool:
    return case.in_emergency and strength is Strength.UNLESS_EMERGENCY
