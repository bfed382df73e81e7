"""An explanation is read by people: sentences, dates and counts, and no code where there are words."""

from typing import Any

from lhcr.cli.explain_text import explanation_text

_USE = {
    "recorded": "2026-11-23T07:06:02.301617+00:00",
    "agent": {"name": "Dr Siobhan Hale", "role_name": "Clinical Practitioner", "organisation": "ZNB"},
    "purpose": "TREAT",
    "interaction": "operation",
    "type": None,
    "asked": "Patient/$everything",
    "items": 1,
}


def explanation(**changed: Any) -> dict[str, Any]:
    verdicts = [
        {"rule": "role", "verdict": "abstain", "reason": "The role covers it."},
        {"rule": "relationship", "verdict": "deny-unless-emergency", "reason": "Nothing ties them."},
    ]
    return {
        "reference": "D-0SAHMQMQQEF06",
        "outcome": "refused",
        "rule": "relationship",
        "trace": {"policy": "baseline-1", "decisive": "relationship", "verdicts": verdicts},
        "uses": [_USE],
        "more_uses": False,
        **changed,
    }


def test_who_asked_what_and_why_it_was_refused_is_told_in_words() -> None:
    text = explanation_text(explanation())
    assert "Asked by Dr Siobhan Hale (Clinical Practitioner, ZNB) on 23 November 2026 at 07:06, for treatment." in text
    assert "* relationship      refuses it         Nothing ties them." in text
    assert "1 entry." in text
    assert "1 item" in text
    assert not any(code in text for code in ("abstain", "deny-", "TREAT", "2026-11", "{", "1 items", "1 entries"))


def test_what_is_not_kept_any_more_is_said() -> None:
    assert "is not kept any more" in explanation_text(explanation(trace=None))


def test_an_access_that_showed_nothing_says_so_and_many_are_counted() -> None:
    text = explanation_text(explanation(uses=[{**_USE, "items": 0}] * 100, more_uses=True))
    assert "nothing was shown" in text
    assert "more than 100 entries." in text
