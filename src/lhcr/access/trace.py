"""A trace: every rule's verdict on one case, as canonical JSON text that is stored once and named by its digest.

It holds no person and nothing that a caller may make up, so that the many decisions that went the same way share one text and a
hostile caller cannot make texts without end. So a token's scopes are not named in it, only that there were some.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from lhcr.access.case import Case
from lhcr.access.case_facts import written_facts
from lhcr.access.coverage import withheld_categories, withheld_labels
from lhcr.access.fold import Outcome
from lhcr.access.places import places_of
from lhcr.access.reach import told_reach
from lhcr.access.request import UNKNOWN
from lhcr.access.scope import restricted_to_own
from lhcr.kernel.json_types import JsonObject

_ENCODER = msgspec.json.Encoder(order="sorted")
#: Whom a request names: somebody, somebody who is not here, an entry about nobody, the directory, or nobody at all.
SOMEBODY: Final = "somebody"
NOT_HERE: Final = "not-here"
SHELF: Final = "shelf"
DIRECTORY: Final = "directory"
NOBODY: Final = "nobody"


def trace_text(
    case: Case, outcome: Outcome, *, agreed: Sequence[tuple[str, bool | None]] = (), noticed: bool = False
) -> bytes:
    """Return a trace: who asked as what, what for, the facts that counted, and every rule's verdict.

    `agreed` are the sharing agreements with the asker's organisation, each with whether it shares, None where it has ended.
    `noticed`: the asker was told that something is hidden from them, and so is whoever reads why, and no more.
    """
    agreements = [{"agreement": name, "shares": shares} for name, shares in agreed]
    return _ENCODER.encode({**_asked(case), **_judged(case, outcome), "agreements": agreements, "notice": noticed})


def about_of(case: Case) -> str:
    """Return whom a request names, in one of five words."""
    person = case.request.person
    if person is UNKNOWN:
        return NOT_HERE
    if person is None:
        return NOBODY
    return SOMEBODY if person > 0 else SHELF if person < 0 else DIRECTORY


def _asked(case: Case) -> JsonObject:
    asker = case.principal
    return {
        "policy": case.policy.file.name,
        "interaction": case.request.interaction.value,
        "about": about_of(case),
        "sign_in": asker.sign_in.value,
        "activities": sorted(activity.code for activity in asker.activities),
        "scoped": bool(asker.scopes),
        "occupation": asker.occupation or None,
        "facts": written_facts(case),
    }


def _judged(case: Case, outcome: Outcome) -> JsonObject:
    return {
        "acting_client": case.principal.actor is not None,
        "withheld": withheld_categories(case.principal, (), policy=case.policy),
        "withheld_labels": withheld_labels(case.principal, policy=case.policy),
        "categories": sorted(case.categories) if case.categories is not None else None,
        "permitted": outcome.permitted,
        "own_only": outcome.own_only,
        "emergency": case.in_emergency,
        "reach": told_reach(case, outcome),
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


def _places(case: Case, outcome: Outcome) -> str | None:
    """Return whether what tells where people are is shown; of a refusal nothing, which would tell of the person."""
    if not outcome.permitted:
        return None
    return places_of(case, own_only=restricted_to_own(case, own_only=outcome.own_only)).value
