"""What a permit reaches, as its trace tells it: everything that its classes hold, or what the asker's own organisation contributed, and why.

Hazard guarded here: a permit that reaches next to nothing, read afterwards as one that opened the record.
"""

from collections.abc import Iterator
from typing import Final

from lhcr.access.case import Case
from lhcr.access.consented import keeps_to_own
from lhcr.access.fold import Outcome
from lhcr.access.request import Interaction
from lhcr.access.scope import CHANGES, restricted_to_own
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.json_types import JsonObject

#: The log is no part of the record, and an order reads nothing of it.
READ_NO_ROWS: Final = frozenset({Interaction.AUDIT_READ, Interaction.ORDER})


def told_reach(case: Case, outcome: Outcome) -> JsonObject | None:
    """Return `own_only` as the gate computes it, and `because`, a sentence for each reason, none where the permit reaches more.

    None of a refusal, and of what reads no entry at all.
    """
    if not outcome.permitted or case.request.interaction in READ_NO_ROWS:
        return None
    own_only = restricted_to_own(case, own_only=outcome.own_only)
    return {"own_only": own_only, "because": list(_reasons(case, outcome)) if own_only else []}


def _reasons(case: Case, outcome: Outcome) -> Iterator[str]:
    if case.principal.kind is PrincipalKind.SYSTEM:
        yield "A system reaches nothing else, whichever rule lets it in."
    elif outcome.own_only:
        yield "Nothing permits it but that it is the organisation's own."
    if case.request.interaction in CHANGES:
        yield "Nobody changes or removes what another organisation contributed."
    if keeps_to_own(case):
        yield "The person objects to sharing anything else with the asker."
