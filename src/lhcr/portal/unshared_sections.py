"""What sources do not share with a reader's organisation, section by section: told from agreements alone, never from what a record holds."""

from collections.abc import Mapping, Sequence
from typing import Final

from lhcr.access.agreed import NotShared
from lhcr.access.coverage import readable_categories
from lhcr.access.policy import Policy
from lhcr.identity.principal import Principal
from lhcr.portal.closed_sections import held_categories
from lhcr.views.completeness import SourceAnswer
from lhcr.views.entry import Source
from lhcr.views.sections.table import SectionTable

_ANYBODY_ELSE: Final = Source("", "Whoever has no agreement with your organisation")


def unshared_sections(
    told: Sequence[NotShared],
    table: SectionTable,
    principal: Principal,
    *,
    policy: Policy,
    names: Mapping[str, str],
) -> tuple[SourceAnswer, ...]:
    """Return the sources that share less than everything, each with the keys of the sections of which it shares nothing, or not all.

    Of what the reader's role does not show it says nothing. Hazard: "none" inferred from what was not looked at.
    """
    if not told:
        return ()
    readable = readable_categories(principal, policy=policy)
    held = {key: categories & readable for key, categories in held_categories(table, policy=policy).items()}
    return tuple(_answer(each, held, names) for each in told if each.categories & readable)


def _answer(told: NotShared, held: Mapping[str, frozenset[str]], names: Mapping[str, str]) -> SourceAnswer:
    kept = {key: categories & told.categories for key, categories in held.items()}
    return SourceAnswer(
        source=Source(told.source, names.get(told.source, told.source)) if told.source else _ANYBODY_ELSE,
        not_shared=frozenset(key for key, some in kept.items() if some and some == held[key]),
        partly_shared=frozenset(key for key, some in kept.items() if some and some != held[key]),
    )
