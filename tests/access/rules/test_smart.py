"""Specification of the rule of scopes: a token's scopes narrow, and never let anybody in."""

from dataclasses import replace

import pytest
from tests.access.rules.asked import CAST, IN_FORCE, asked

from lhcr.access.request import Interaction
from lhcr.access.rules.smart import judge
from lhcr.access.verdict import VerdictKind

REFUSAL = "The token's scopes do not grant this."


def test_a_token_without_scopes_is_left_to_its_role() -> None:
    for interaction in Interaction:
        assert judge(asked(CAST.gp, interaction)).kind is VerdictKind.ABSTAIN


def test_what_a_scope_grants_is_left_to_the_other_rules() -> None:
    """Hazard: a scope is the bearer's consent to an app, not anybody's permission to see a person."""
    reader = replace(CAST.gp, scopes=("user/Observation.rs",))
    assert judge(asked(reader, ties={"registration": IN_FORCE})).kind is VerdictKind.ABSTAIN
    everything = replace(CAST.gp, scopes=("user/*.cruds",))
    kinds = {each: judge(asked(everything, each)).kind for each in Interaction}
    assert kinds.pop(Interaction.ORDER) is VerdictKind.DENY_ALWAYS, "no scope grants an order"
    assert set(kinds.values()) == {VerdictKind.ABSTAIN}


@pytest.mark.parametrize("scopes", [("user/Condition.rs",), ("openid",), ("",), ("user/Observation.s", "openid")])
def test_what_no_scope_grants_is_refused_whatever_the_role_would_cover(scopes: tuple[str, ...]) -> None:
    refused = judge(asked(replace(CAST.gp, scopes=scopes), ties={"registration": IN_FORCE}))
    assert (refused.kind, refused.rule, refused.reason) == (VerdictKind.DENY_ALWAYS, "scope", REFUSAL)


def test_the_refusal_repeats_no_scope_and_no_type() -> None:
    refused = judge(asked(replace(CAST.gp, scopes=("user/<script>.rs",)), type_="Condition"))
    assert "<" not in refused.reason
    assert "Condition" not in refused.reason
