"""The page of a decision tells a permit that reaches next to nothing from one that opened the record."""

from typing import Any

import pytest
from tests.portal.memory_explanations import PERMITTED, _explained

from lhcr.access.explain import Explained
from lhcr.portal.presenters.decision import DecisionPage, present_decision
from lhcr.portal.presenters.what_if import present_what_if

OWN = {"own_only": True, "because": ["The person objects to sharing anything else with the asker."]}
WHOLE: dict[str, Any] = {"own_only": False, "because": []}


def page(reach: Any, today: Any = None) -> DecisionPage:
    found = _explained(PERMITTED)
    trace = found.told["trace"] | {"reach": reach}
    if reach == "not told":
        del trace["reach"]
    told_today = found.told["today"] | {"reach": today or WHOLE}
    return present_decision(Explained(told=found.told | {"trace": trace, "today": told_today}, entries=found.entries))


def test_hazard_a_permit_kept_to_own_entries_is_green() -> None:
    own, whole = page(OWN, OWN), page(WHOLE)
    assert (own.outcome.words, own.outcome.colour) == (
        "Permitted only what the asker's organisation wrote",
        "orange",
    )
    assert (whole.outcome.words, whole.outcome.colour, whole.reach) == ("Permitted", "green", "")
    assert own.reach.startswith("It reaches only what the asker's own organisation contributed. The person objects")
    assert own.trace is not None
    assert own.reach in own.trace.limits


@pytest.mark.parametrize("reach", ["not told", None])
def test_a_trace_that_does_not_tell_what_was_reached_says_nothing_of_it(reach: Any) -> None:
    found = page(reach)
    assert (found.outcome.words, found.reach) == ("Permitted", "")
    assert found.today is not None
    assert found.today.is_same is (reach == "not told")


def test_what_would_be_reached_today_is_told_where_it_is_something_else() -> None:
    now = page(WHOLE, OWN).today
    assert now is not None
    assert (now.is_same, now.outcome.colour, now.reach.startswith("It reaches only")) == (False, "orange", True)
    again = page(OWN, OWN).today
    assert again is not None
    assert again.is_same


def test_what_if_says_it_in_the_same_words() -> None:
    found = _explained(PERMITTED)
    told = {"outcome": "permitted", "rule": None, "said": None, "reach": None}
    shown = present_what_if(told | {"trace": found.told["trace"] | {"reach": OWN}})
    assert (shown.outcome.words, shown.outcome.colour) == (
        "Would be permitted only what the asker's organisation wrote",
        "orange",
    )
