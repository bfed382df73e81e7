"""An explanation for people: who asked for what and when, each rule with its reason, and what the log holds of it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from lhcr.cli.counted import counted
from lhcr.nhs.purposes import Purpose
from lhcr.views.written_date import from_datetime

_VERDICTS: Mapping[str, str] = MappingProxyType(
    {
        "permit": "allows it",
        "abstain": "has no say",
        "deny-unless-emergency": "refuses it",
        "deny-always": "refuses it always",
    }
)
_PURPOSES: Mapping[str, str] = MappingProxyType({each.code: each.display for each in Purpose})


def explanation_text(explanation: Mapping[str, Any]) -> str:
    """The explanation of `lhcr.access.explain.explain` in lines, the decision first."""
    return "\n".join(_lines(explanation))


def _lines(explanation: Mapping[str, Any]) -> Iterator[str]:
    decisive = f" by the rule {explanation['rule']}" if explanation["rule"] else ""
    trace = explanation["trace"] or {}
    yield f"{explanation['reference']}: {explanation['outcome']}{decisive}{_narrowed(trace.get('reach'))}"
    first = next(iter(explanation["uses"]), None)
    if first:
        yield _asker(first)
    yield ""
    if not trace:
        yield "Which rules were asked, and what each said, is not kept any more."
    else:
        yield from rule_lines(trace)
    if today := explanation.get("today"):
        yield ""
        yield from _today(today, trace)
    yield ""
    yield from _uses(explanation)


def _asker(use: Mapping[str, Any]) -> str:
    agent = use["agent"]
    role = ", ".join(part for part in (agent.get("role_name"), agent.get("organisation")) if part)
    who = f"{agent['name']} ({role})" if role else agent["name"]
    return f"Asked by {who} on {_moment(use)}, for {_PURPOSES.get(use['purpose'], use['purpose'])}."


def rule_lines(trace: Mapping[str, Any]) -> Iterator[str]:
    """The rules in the order in which they were asked; a star marks the one that decided."""
    yield f"The rules of policy {trace['policy']}, in the order in which they were asked (* decided):"
    for verdict in trace["verdicts"]:
        mark = "*" if verdict["rule"] == trace["decisive"] else " "
        said = _VERDICTS.get(verdict["verdict"], verdict["verdict"])
        yield f"{mark} {verdict['rule']:<18}{said:<19}{verdict['reason']}"
    if (reach := trace.get("reach")) and reach["own_only"]:
        yield "Only what the asker's own organisation contributed is reached:"
        yield from (f"  {reason}" for reason in reach["because"])


def _narrowed(reach: Mapping[str, Any] | None) -> str:
    """What a permit leaves out, where it is told. Hazard: a permit that reaches next to nothing, read as one that opened the record."""
    return ", but only what the asker's own organisation contributed" if reach and reach["own_only"] else ""


def _today(today: Mapping[str, Any], trace: Mapping[str, Any]) -> Iterator[str]:
    """What would be decided of the same facts today; facts that have changed since are not looked at."""
    reach = today.get("reach")
    by_rule = f" by the rule {today['rule']}" if today["rule"] else _narrowed(reach)
    if not today["changed"] and reach == trace.get("reach", reach):
        yield f"Of the same facts every rule would say the same today: {today['outcome']}{by_rule}."
        return
    yield f"Of the same facts it would be {today['outcome']}{by_rule} today, under policy {today['policy']}:"
    for each in today["changed"]:
        now = each["now"]
        yield f"  {each['rule']:<18}{now['reason'] if now else 'is no rule any more'}"
    for reason in (reach or {}).get("because", ()):
        yield f"  own entries only  {reason}"


def _uses(explanation: Mapping[str, Any]) -> Iterator[str]:
    uses = explanation["uses"]
    count = f"more than {len(uses)} entries" if explanation["more_uses"] else counted(len(uses), "entry", "entries")
    yield f"What the log holds of it: {count}."
    for use in uses:
        asked = use["asked"] or use["type"] or ""
        what = " ".join(part for part in (use["interaction"], asked) if part)
        shown = counted(use["items"], "item", "items") if use["items"] else "nothing was shown"
        yield f"  {_moment(use)}: {use['agent']['name']}, {what}; {shown}"


def _moment(use: Mapping[str, Any]) -> str:
    date = from_datetime(datetime.fromisoformat(use["recorded"]))
    return f"{date.shown} at {date.clock}"
