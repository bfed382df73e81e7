"""An explanation is read by people: sentences, dates and counts, and no code where there are words."""

from typing import Any

from lhcr.cli.explain_text import explanation_text
from lhcr.cli.explain_what_if_text import what_if_text

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


def test_whether_it_would_be_decided_the_same_today_is_told() -> None:
    today = {"policy": "next", "outcome": "refused", "rule": "role", "changed": []}
    assert "every rule would say the same today: refused by the rule role." in explanation_text(
        explanation(today=today)
    )
    then = {"verdict": "abstain", "own_only": False, "reason": "The role covers it."}
    changed = [
        {"rule": "role", "then": then, "now": {**then, "reason": "It does not any more."}},
        {"rule": "gone", "then": then, "now": None},
    ]
    text = explanation_text(explanation(today={**today, "changed": changed}))
    assert "it would be refused by the rule role today, under policy next:" in text
    assert "role              It does not any more." in text
    assert "gone              is no rule any more" in text


def test_hazard_a_permit_that_reaches_own_entries_alone_is_told_as_one_for_the_record() -> None:
    reach = {"own_only": True, "because": ["The person objects."]}
    trace = explanation()["trace"] | {"reach": reach}
    told = explanation(outcome="permitted", rule=None, trace=trace)
    text = explanation_text(told)
    assert text.startswith("D-0SAHMQMQQEF06: permitted, but only what the asker's own organisation contributed\n")
    assert "Only what the asker's own organisation contributed is reached:\n  The person objects." in text
    before = explanation_text(explanation(outcome="permitted", rule=None))
    assert "own organisation" not in before
    today: dict[str, Any] = {"policy": "next", "outcome": "permitted", "rule": None, "changed": [], "reach": reach}
    assert "every rule would say the same today: permitted, but only" in explanation_text(told | {"today": today})
    other = {**today, "reach": {"own_only": False, "because": []}}
    assert "it would be permitted today, under policy next:" in explanation_text(told | {"today": other})


def test_what_would_be_decided_is_told_in_words() -> None:
    trace = explanation()["trace"]
    source = {
        "source": "RRE",
        "reached": ["allergy"],
        "in_part": [{"category": "document", "labels_hidden": [["http://example.org|HIV", "x|PSY"]]}],
        "not_reached": ["consent"],
    }
    reach = {"whose": "the person asked for", "own_only": True, "sources": [source]}
    told = {"outcome": "permitted", "rule": None, "trace": trace, "said": None, "reach": reach}
    text = what_if_text(told)
    assert text.startswith("It would be permitted. Nothing was opened.")
    assert "rows of the person asked for, and of those what their own organisation contributed" in text
    assert "  RRE: allergy\n    of document not what is labelled HIV with PSY\n    not consent" in text
    refused = what_if_text({**told, "outcome": "refused", "rule": "role", "said": "No. Ask somebody.", "reach": None})
    assert "It would be refused by the rule role." in refused
    assert "The asker would read: No. Ask somebody." in refused
