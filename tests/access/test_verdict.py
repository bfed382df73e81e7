"""Verdicts: four kinds, each said in its own way, and wide only where nothing else was said."""

import pytest

from lhcr.access.verdict import Verdict, VerdictKind, abstain, deny_always, deny_unless_emergency, permit


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        (permit("r", "Why."), "permit"),
        (abstain("r", "Why."), "abstain"),
        (deny_unless_emergency("r", "Why."), "deny-unless-emergency"),
        (deny_always("r", "Why."), "deny-always"),
    ],
)
def test_each_verdict_is_of_the_kind_that_its_name_says(verdict: Verdict, kind: str) -> None:
    assert (verdict.kind.value, verdict.rule, verdict.reason) == (kind, "r", "Why.")
    assert not verdict.own_only


def test_there_are_four_kinds() -> None:
    assert len(VerdictKind) == 4


def test_a_permit_may_be_narrowed_to_what_is_the_askers_own() -> None:
    assert permit("r", "Why.", own_only=True).own_only
