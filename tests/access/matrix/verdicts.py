"""The independent table, first half: what `docs/rules.md` says of one question, rule by rule, and how the verdicts fold.

Written from the text. It shares no line and no table with the rules of the program, which it is there to contradict.
"""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from tests.access.matrix.question import Question
from tests.access.matrix.tables import (
    ACTING,
    CLAIMANTS,
    CLINICAL,
    CONTEXTS,
    EVERYTHING,
    LETTERS,
    NOT_READ_BY_OCCUPATION,
    OLD_LETTERS,
    PURPOSES,
    READS,
    RELATIONSHIPS,
    TO_THE_WHOLE,
    TYPES,
    WAYS,
    WRITES,
    WRITES_BY_ROLE,
    WRITTEN_BY_OCCUPATION,
)

PERMIT: Final = "permit"
PERMIT_OWN: Final = "permit-own"
ABSTAIN: Final = "abstain"
REFUSE: Final = "refuse"
LIFTABLE: Final = "refuse-unless-emergency"


class Answer(NamedTuple):
    permitted: bool
    rule: str
    own_only: bool
    verdicts: Mapping[str, str]


def categories_asked(asked: Question) -> Collection[str] | None:
    if asked.interaction == "trace":
        return {"demographics"}
    return None if asked.type is None else TYPES[asked.type]


def is_about_nobody(asked: Question) -> bool:
    return categories_asked(asked) in ({"directory"}, {"product"})


def may_read(asked: Question) -> frozenset[str]:
    if asked.kind == "citizen":
        return CLINICAL | {"demographics"}
    covered = {category for activity in asked.activities for category in READS.get(activity, ())}
    return frozenset(covered - NOT_READ_BY_OCCUPATION.get(asked.occupation, set()))


def may_write(asked: Question) -> set[str]:
    if asked.kind != "professional":
        return set()
    covered = {category for activity in asked.activities for category in WRITES.get(activity, ())}
    covered |= WRITES_BY_ROLE.get(asked.role, set())
    return covered & WRITTEN_BY_OCCUPATION.get(asked.occupation, EVERYTHING)


def role(asked: Question) -> str:
    if asked.interaction == "trace":
        return _trace(asked)
    if asked.interaction == "order":
        return PERMIT if asked.kind == "office" and "B0082" in asked.activities else REFUSE
    if asked.interaction == "audit-read":
        may_view = "B0011" in asked.activities and asked.kind != "operator"
        return ABSTAIN if asked.kind == "citizen" else PERMIT if may_view else REFUSE
    wanted = categories_asked(asked)
    if wanted == {"directory"} and not asked.writes:
        return PERMIT
    if asked.kind == "system":
        return ABSTAIN
    if asked.writes:
        return ABSTAIN if wanted is not None and may_write(asked).intersection(wanted) else REFUSE
    return _reading(may_read(asked), wanted)


def _trace(asked: Question) -> str:
    is_known = asked.has_organisation or asked.kind != "professional"
    if "B0820" not in asked.activities or asked.kind == "operator" or not is_known:
        return REFUSE
    return PERMIT_OWN if asked.kind == "system" else PERMIT


def _reading(covered: Collection[str], wanted: Collection[str] | None) -> str:
    if not covered or (wanted is not None and set(covered).isdisjoint(wanted)):
        return REFUSE
    return PERMIT if wanted == {"product"} else ABSTAIN


def is_inside_emergency(asked: Question) -> bool:
    return (
        asked.kind == "professional"
        and asked.has_organisation
        and "B0168" in asked.activities & WAYS[asked.way]
        and asked.purpose == "ETREAT"
        and asked.in_force("emergency")
    )


def sign_in(asked: Question) -> str:
    return ABSTAIN if _permission(asked) in WAYS[asked.way] else REFUSE


def _permission(asked: Question) -> str:
    wanted = categories_asked(asked)
    if asked.interaction == "order":
        return "B0082"
    if wanted == {"directory"} and not asked.writes:
        return "directory"
    if asked.interaction == "audit-read" and asked.kind != "citizen":
        return "B0011"
    if asked.kind in {"citizen", "system"}:
        return "own-record" if asked.kind == "citizen" else "own-contribution"
    of_demographics = wanted == {"demographics"}
    if asked.writes:
        return "B0825" if of_demographics else "write-entries"
    return "B0820" if of_demographics else "B0370"


def granted(asked: Question) -> list[tuple[str, str]]:
    """Return the types and letters of the scopes that count; those of another form and another context are none."""
    found = []
    for scope in asked.scopes:
        if "?" in scope:
            continue
        context, _, rest = scope.partition("/")
        type_, _, letters = rest.partition(".")
        is_known = letters in OLD_LETTERS or "".join(letter for letter in "cruds" if letter in letters) == letters != ""
        if context in CONTEXTS.get(asked.kind, {"user"}) and is_known:
            found.append((type_, OLD_LETTERS.get(letters, letters)))
    return found


def searched_in_part(asked: Question) -> bool:
    """Whether what is asked is a search, or a read of one entry or version, of a type of which a scope names a category, by its code."""
    found, needed = set(), {"search": "s", "read": "r", "vread": "r"}.get(asked.interaction, "none")
    for scope in asked.scopes:
        whole, _, query = scope.partition("?category=")
        context, _, rest = whole.partition("/")
        type_, _, letters = rest.partition(".")
        if "|" in query and needed in letters and context in CONTEXTS.get(asked.kind, {"user"}):
            found.add(type_)
    return asked.type in found


def scope(asked: Question) -> str:
    if not asked.scopes or searched_in_part(asked):
        return ABSTAIN
    wanted = {"trace": "Patient", "audit-read": "AuditEvent"}.get(asked.interaction, asked.type)
    letters = {letter for type_, letters in granted(asked) if type_ in {"*", wanted} for letter in letters}
    return ABSTAIN if letters.issuperset(LETTERS[asked.interaction]) else REFUSE


def acting(asked: Question) -> str:
    if not asked.acting:
        return REFUSE if asked.app in {"plain", "own-only"} and asked.purpose == "ETREAT" else ABSTAIN
    whose, purposes = ACTING[asked.acting]
    is_theirs = asked.has_organisation and whose == "own"
    may = asked.kind == "professional" and is_theirs and asked.purpose in purposes and asked.scopes
    return ABSTAIN if may else REFUSE


def own_contribution(asked: Question) -> str:
    if asked.kind not in {"system", "professional"} or asked.interaction in {"trace", "audit-read", "order"}:
        return ABSTAIN
    if not asked.has_organisation:
        return REFUSE
    theirs = (
        asked.kind == "system"
        or (asked.writes and not asked.names_somebody)
        or asked.person == "shelf"
        or asked.ever("contribution")
    )
    return PERMIT_OWN if theirs else ABSTAIN


def own_record(asked: Question) -> str:
    if asked.kind != "citizen" or is_about_nobody(asked):
        return ABSTAIN
    is_old_enough = asked.age in {"unknown", "grown"}
    is_theirs = asked.in_force("self") and is_old_enough
    acts = (asked.in_force("proxy") and is_old_enough) or (asked.in_force("parent") and asked.age == "child")
    acts = acts and asked.app != "own-only"
    return PERMIT if (is_theirs or acts) and not asked.writes else REFUSE


def relationship(asked: Question) -> str:
    if asked.kind != "professional" or asked.interaction in {"trace", "audit-read", "order"}:
        return ABSTAIN
    if is_about_nobody(asked) or asked.person == "shelf":
        return ABSTAIN
    if not asked.names_somebody:
        return ABSTAIN if asked.writes else REFUSE
    may_claim = asked.role in CLAIMANTS and asked.has_organisation and "claim-relationship" in WAYS[asked.way]
    if asked.in_force(*RELATIONSHIPS) or (may_claim and asked.in_force("claimed")):
        return PERMIT
    return ABSTAIN if asked.ever("contribution") and not is_inside_emergency(asked) else LIFTABLE


def is_open_to_objection(asked: Question) -> bool:
    """Whether objections are about such a request at all."""
    is_of_records = asked.interaction not in {"trace", "audit-read", "order"} and not is_about_nobody(asked)
    return asked.kind == "professional" and asked.names_somebody and is_of_records


def consent(asked: Question) -> str:
    if not is_open_to_objection(asked) or asked.objection not in TO_THE_WHOLE:
        return ABSTAIN
    if is_inside_emergency(asked):
        return LIFTABLE
    keeps_its_own = asked.ever("contribution") or asked.writes
    return LIFTABLE if relationship(asked) == PERMIT and not keeps_its_own else ABSTAIN


def purpose(asked: Question) -> str:
    return ABSTAIN if is_inside_emergency(asked) or asked.purpose in PURPOSES[asked.kind] else REFUSE


def secondary_use(asked: Question) -> str:
    """No list of opt-outs was loaded here, so that nothing is known of anybody's."""
    if asked.purpose not in {"HRESCH", "PUBHLTH"}:
        return ABSTAIN
    is_stranger = asked.names_somebody and relationship(asked) == LIFTABLE
    return ABSTAIN if is_stranger else REFUSE


#: In the order in which the text has them.
RULES: Final = {
    "role": role,
    "sign-in": sign_in,
    "scope": scope,
    "acting": acting,
    "own-contribution": own_contribution,
    "own-record": own_record,
    "relationship": relationship,
    "consent": consent,
    "purpose": purpose,
    "secondary-use": secondary_use,
}


def answer(asked: Question) -> Answer:
    verdicts = {_name(name, asked): rule(asked) for name, rule in RULES.items()}
    lifted = is_inside_emergency(asked)
    for refusal in (REFUSE,) if lifted else (REFUSE, LIFTABLE):
        for name, verdict in verdicts.items():
            if verdict == refusal:
                return Answer(permitted=False, rule=name, own_only=False, verdicts=verdicts)
    wide = PERMIT in verdicts.values() or (lifted and LIFTABLE in verdicts.values())
    if wide or PERMIT_OWN in verdicts.values():
        return Answer(permitted=True, rule="", own_only=not wide, verdicts=verdicts)
    return Answer(permitted=False, rule="default", own_only=False, verdicts=verdicts)


def _name(rule: str, asked: Question) -> str:
    """The refusal of a read that names nobody has a name of its own."""
    is_unnamed = rule == "relationship" and relationship(asked) == REFUSE
    return "person-not-named" if is_unnamed else rule
