"""A decision decided again: the facts of its trace under today's rules and policy, and what would be different."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from lhcr.access.case import Case
from lhcr.access.case_facts import read_facts
from lhcr.access.fold import Rule, fold, judge_all
from lhcr.access.policy import Policy
from lhcr.access.reach import told_reach
from lhcr.access.what_if import WhatIf, principal_of, request_of
from lhcr.audit.entry import Entry
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject

_COMPARED: Final = ("verdict", "own_only", "reason")


def decided_today(
    entry: Entry, trace: JsonObject, *, policy: Policy, rules: Sequence[tuple[str, Rule]]
) -> JsonObject | None:
    """Return what would be decided today of a decision's own facts, and which rules would say something else.

    None where the trace does not hold all that it rested on: a token's scopes, a system that acted, a trace of before, or what no rule
    decides. What has become of the person's facts since is not looked at.
    """
    if trace.get("scoped") or trace.get("acting_client") or "facts" not in trace:
        return None
    try:
        case = _case(entry, trace, policy)
    except (Incorrect, msgspec.ValidationError):
        return None
    outcome = fold(judge_all(case, rules), emergency=case.in_emergency)
    then = {verdict["rule"]: verdict for verdict in trace["verdicts"]}
    now = {each.rule: _told(each.kind.value, own_only=each.own_only, reason=each.reason) for each in outcome.verdicts}
    return {
        "policy": policy.file.name,
        "outcome": "permitted" if outcome.permitted else "refused",
        "rule": None if outcome.permitted else outcome.decisive.rule,
        "reach": told_reach(case, outcome),
        "changed": [
            {"rule": rule, "then": _compared(then.get(rule)), "now": now.get(rule)}
            for rule in dict.fromkeys([*then, *now])
            if _compared(then.get(rule)) != now.get(rule)
        ],
    }


def _case(entry: Entry, trace: JsonObject, policy: Policy) -> Case:
    """Raises Incorrect or msgspec.ValidationError where the trace names what is not known any more."""
    written = {
        "principal": {
            "kind": entry.agent.kind,
            "role": entry.agent.role,
            "activities": trace["activities"],
            "occupation": trace["occupation"] or "",
            "organisation": entry.agent.organisation,
            "sign_in": trace["sign_in"],
            "purpose": entry.purpose,
        },
        "request": {"interaction": trace["interaction"], "type": entry.type or None, "about": trace["about"]},
    }
    asked = msgspec.convert(written, type=WhatIf)
    principal = principal_of(asked.principal)
    facts = read_facts(trace["facts"], principal)
    return Case(principal=principal, request=request_of(asked.request), policy=policy, **facts)


def _compared(verdict: dict[str, Any] | None) -> JsonObject | None:
    return None if verdict is None else {name: verdict[name] for name in _COMPARED}


def _told(kind: str, *, own_only: bool, reason: str) -> JsonObject:
    return {"verdict": kind, "own_only": own_only, "reason": reason}
