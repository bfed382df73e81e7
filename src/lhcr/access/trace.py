"""A trace: every rule's verdict on one case, as canonical JSON text that is stored once and named by its digest.

It holds no person and nothing that a caller may make up, so that the many decisions that went the same way share one text and a
hostile caller cannot make texts without end.
"""

import msgspec

from lhcr.access.case import Case
from lhcr.access.coverage import withheld_categories, withheld_labels
from lhcr.access.fold import Outcome
from lhcr.access.places import places_of
from lhcr.access.scope import restricted_to_own

_ENCODER = msgspec.json.Encoder(order="sorted")


def trace_text(case: Case, outcome: Outcome) -> bytes:
    return _ENCODER.encode(
        {
            "policy": case.policy.file.name,
            "interaction": case.request.interaction.value,
            "occupation": case.principal.occupation or None,
            "withheld": withheld_categories(case.principal, (), policy=case.policy),
            "withheld_labels": withheld_labels(case.principal, policy=case.policy),
            "categories": sorted(case.categories) if case.categories is not None else None,
            "permitted": outcome.permitted,
            "own_only": outcome.own_only,
            "emergency": case.in_emergency,
            "places": _places(case, outcome),
            "decisive": outcome.decisive.rule,
            "verdicts": [
                {
                    "rule": verdict.rule,
                    "verdict": verdict.kind.value,
                    "own_only": verdict.own_only,
                    "reason": verdict.reason,
                }
                for verdict in outcome.verdicts
            ],
        }
    )


def _places(case: Case, outcome: Outcome) -> str | None:
    """Return whether what tells where people are is shown; of a refusal nothing, which would tell of the person."""
    if not outcome.permitted:
        return None
    return places_of(case, own_only=restricted_to_own(case, own_only=outcome.own_only)).value
