"""A decision's trace in plain words: every rule in order with what it said, and the facts that it counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from lhcr.nhs.roles import OCCUPATIONS, Activity
from lhcr.portal.presenters.row import Tag

_RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "role": "Role and activities",
        "sign-in": "Way of signing in",
        "scope": "Scopes of the token",
        "acting": "System or app through which somebody asks",
        "own-contribution": "What the own organisation contributed",
        "own-record": "Own record, or one of somebody they act for",
        "relationship": "Relationship of care",
        "person-not-named": "Relationship of care",
        "consent": "The person's objections",
        "purpose": "Purpose",
        "agreement": "Sharing agreements",
        "secondary-use": "Use for planning or research",
        "claim": "Claiming a relationship",
        "emergency": "Emergency access",
        "default": "No rule permits it",
    }
)
_VERDICTS: Final[Mapping[str, Tag]] = MappingProxyType(
    {
        "permit": Tag("Allows it", "green"),
        "abstain": Tag("Has no say", "grey"),
        "deny-unless-emergency": Tag("Refuses, but for an emergency", "orange"),
        "deny-always": Tag("Refuses", "red"),
    }
)
SIGN_INS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cis2-aal3": "NHS CIS2 with a smartcard or its like (AAL3)",
        "cis2-aal2": "NHS CIS2 with a second factor (AAL2)",
        "nhs-login-p9": "NHS login, identity proved (P9)",
        "client-credentials": "A system's own key",
        "persona": "A made-up person of the demonstration",
        "command-line": "The command line of the server",
        "not-told": "Not told",
    }
)
KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "professional": "Professional",
        "citizen": "Somebody for themselves, or for a person they act for",
        "system": "System",
        "office": "Privacy office",
        "operator": "Operator",
    }
)
ABOUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "somebody": "One person",
        "not-here": "Somebody who is not here",
        "shelf": "Entries about nobody",
        "directory": "The directory",
        "nobody": "Nobody in particular",
    }
)
_RELATIONSHIPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "contribution": "the organisation contributed to the record",
        "claimed": "a relationship on the asker's own word",
        "emergency": "an emergency session of the asker's",
        "self": "it is the asker themself",
        "proxy": "the asker acts for the person",
    }
)
_OPT_OUT: Final = {True: "Asked, and none stops this use", False: "Not asked, which is as usual for care, or not known"}
_ACTIVITIES: Final = {activity.code: activity.display for activity in Activity}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """What one rule said. `decided`: the outcome is its own; `code` is the rule's stable name."""

    name: str
    code: str
    verdict: Tag
    reason: str
    decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceView:
    """`asker` and `facts` are label and values; `limits` what the permit leaves out, whoever the person is."""

    policy: str
    rules: tuple[RuleLine, ...]
    asker: tuple[tuple[str, tuple[str, ...]], ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    limits: tuple[str, ...]


def present_trace(trace: Mapping[str, Any]) -> TraceView:
    return TraceView(
        policy=str(trace.get("policy", "")),
        rules=tuple(_rule(each, trace["decisive"]) for each in trace["verdicts"]),
        asker=tuple(_asker(trace)),
        facts=(*_facts(trace.get("facts") or {}), *_agreements(trace)),
        limits=tuple(_limits(trace)),
    )


def permit_tag(trace: Mapping[str, Any], *, permitted: str) -> Tag:
    """Return the tag of a permit. `permitted`: how it is told, as in "Permitted".

    Hazard: a permit that reaches next to nothing, read as one that opened the record.
    """
    if _is_of_own(trace):
        return Tag(f"{permitted} only what the asker's organisation wrote", "orange")
    return Tag(permitted, "green")


def reach_words(trace: Mapping[str, Any]) -> str:
    """Return what a permit reaches and why, where that is less than it says; of a trace that does not tell it nothing."""
    if not _is_of_own(trace):
        return ""
    because = (trace.get("reach") or {}).get("because", ())
    return " ".join(("It reaches only what the asker's own organisation contributed.", *because))


def _is_of_own(trace: Mapping[str, Any]) -> bool:
    """Whether a permit is known to reach own contributions alone; a trace of before `reach` tells of one reason only."""
    told = trace.get("reach", trace)
    return bool(told and told.get("own_only"))


def rule_name(code: str) -> str:
    return _RULES.get(code) or _words(code)


def sign_in_words(code: str) -> str:
    return SIGN_INS.get(code, code)


def _rule(verdict: Mapping[str, Any], decisive: str) -> RuleLine:
    said = verdict["verdict"]
    tag = _VERDICTS.get(said) or Tag(_words(said), "grey")
    own = Tag("Allows what the own organisation contributed", "green")
    return RuleLine(
        name=rule_name(verdict["rule"]),
        code=verdict["rule"],
        verdict=own if said == "permit" and verdict["own_only"] else tag,
        reason=verdict["reason"],
        decided=verdict["rule"] == decisive,
    )


def _asker(trace: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if occupation := OCCUPATIONS.get(trace.get("occupation") or ""):
        yield "Occupation", (occupation.display,)
    if activities := trace.get("activities"):
        yield "Activities", tuple(f"{code} {_ACTIVITIES.get(code, '')}".strip() for code in activities)
    if "sign_in" in trace:
        yield "Way of signing in", (sign_in_words(trace["sign_in"]),)
    if trace.get("scoped"):
        yield "Token", ("Limited by scopes",)
    if "about" in trace:
        yield "About", (ABOUT.get(trace["about"], trace["about"]),)


def _facts(facts: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What each fact says; one that has no words of its own is told as it is, so that none is left out."""
    yield "Relationships", tuple(map(_relationship, facts.get("relationships", ()))) or ("None with the person",)
    yield "Objections", tuple(map(_objection, facts.get("objections", ()))) or ("None that concerns the asker",)
    yield "Restricted", ("Yes: what tells where they are is kept back",) if facts.get("restricted") else ("No",)
    if age := facts.get("age"):
        yield (
            "Age",
            (_yes(age["person_may"], "The person may open the record"), _yes(age["parents_may"], "A parent may alone")),
        )
    if "no_opt_out" in facts:
        yield "National Data Opt-out", (_OPT_OUT[bool(facts["no_opt_out"])],)
    for name, value in sorted(facts.items()):
        if name not in {"relationships", "objections", "restricted", "age", "no_opt_out"}:
            yield _words(name), tuple(_plain(value))


def _agreements(trace: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The sharing agreements with the asker's organisation; a refusal hangs on none."""
    if agreements := trace.get("agreements"):
        yield "Sharing agreements", tuple(map(_agreement, agreements))


def _agreement(told: Mapping[str, Any]) -> str:
    said = {True: "shares", False: "does not share with the asker", None: "has ended, and shares nothing"}
    return f"{told['agreement']}: {said[told['shares']]}"


def _yes(is_so: bool, what: str) -> str:  # noqa: FBT001 - read as a sentence.
    return f"{what}: {'yes' if is_so else 'no'}"


def relationship_words(kind: str) -> str:
    words = _RELATIONSHIPS.get(kind) or kind.replace("-", " ")
    return f"{words[:1].upper()}{words[1:]}"


def _relationship(told: Mapping[str, Any]) -> str:
    words = relationship_words(told["kind"])
    return words if told["in_force"] else f"{words} (has ended, and is not in force)"


def _objection(told: Mapping[str, Any]) -> str:
    words = f"To sharing {', '.join(map(_part, told['denied']))}"
    if told["excepted"]:
        words += f", but for {', '.join(map(_part, told['excepted']))}"
    return f"{words}; it names this organisation" if told["by_name"] else words


def _part(part: Mapping[str, str]) -> str:
    source, category = part["source"], part["category"].replace("-", " ")
    if not source and not category:
        return "the whole record"
    return f"{category or 'everything'}{f' of {source}' if source else ''}"


def _limits(trace: Mapping[str, Any]) -> Iterator[str]:
    if trace.get("emergency"):
        yield "It was asked inside an emergency session that was in force."
    if not trace["permitted"]:
        return
    if trace.get("notice"):
        yield "The asker was told that something in the record is hidden from them, and not what it is."
    if reach := reach_words(trace):
        yield reach
    if trace.get("places") == "withheld":
        yield "What tells where the person is was kept back."
    if withheld := trace.get("withheld"):
        yield f"Kinds of entry that the role never covers: {', '.join(each.replace('-', ' ') for each in withheld)}."
    if labels := trace.get("withheld_labels"):
        codes = sorted({label.rpartition("|")[2] for label in labels})
        yield f"Labels that hide an entry of another organisation: {', '.join(codes)}."


def _words(code: str) -> str:
    words = code.replace("-", " ").replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}"


def _plain(value: Any) -> Iterator[str]:
    """Return a value in words: Yes and No, and each part of a list or object by itself."""
    if value is None or value in ([], {}):
        yield "None"
    elif isinstance(value, bool):
        yield "Yes" if value else "No"
    elif isinstance(value, Mapping):
        yield "; ".join(f"{_words(name)}: {', '.join(_plain(each))}" for name, each in sorted(value.items()))
    elif isinstance(value, list):
        for each in value:
            yield ", ".join(_plain(each))
    else:
        yield str(value)
