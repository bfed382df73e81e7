"""The projection of a Consent: what it says that its person objects to, as facts.

What it opens is nothing: direct care rests on implied consent. Hazard guarded here: a sensitive item exposed. A Consent about sharing
of which no objection and no permission can be read is an objection to the whole record.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from typing import Final, TypeAlias

from lhcr.access.consent import EVERY, ConsentFact
from lhcr.access.consent_conditions import (
    Conditions,
    codings_of,
    conditions_of_exception,
    conditions_of_objection,
)
from lhcr.access.consent_scope import is_about_sharing
from lhcr.access.projection import Said, objects
from lhcr.access.span import ALWAYS, Span, span_of
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.purposes import Purpose

#: The type that says objections.
CONSENT: Final = "Consent"
_DENY: Final = "deny"
_PERMIT: Final = "permit"
_NOT_IN_FORCE: Final = ("draft", "proposed", "rejected", "inactive", "entered-in-error")
_PURPOSES: Final = {purpose.code: purpose for purpose in Purpose}
_NOT_SEEING: Final = ("collect", "correct")
#: What somebody objects to in more parts than these is the whole.
_MOST_FACTS: Final = 200
#: What may turn the meaning of what it stands in.
_MODIFIERS: Final = frozenset({"modifierExtension", "implicitRules"})
_ALL: Final = frozenset({EVERY})
_Objection: TypeAlias = tuple[Conditions, list[Conditions]]
"""What is objected to, and what is excepted from it."""


def project_consent(consent: JsonObject, *, said: Said) -> list[ConsentFact]:
    """Return the facts that a Consent of an author whose word counts says; none where it objects to nothing in direct care."""
    if consent.get("status") in _NOT_IN_FORCE or not is_about_sharing(consent) or _is_something_else(consent, said):
        return []
    found = list(_objections(consent, said))
    if sum(each.size for denied, excepted in found for each in (denied, *excepted)) > _MOST_FACTS:
        found = [(_whole(ALWAYS), [])]
    facts: list[ConsentFact] = []
    for number, (denied, excepted) in enumerate(found):
        facts += _facts(number, denied, permits=False)
        for each in excepted:
            facts += _facts(number, each, permits=True)
    return _apart(fact for fact in facts if fact.low < fact.high)


def _apart(facts: Iterable[ConsentFact]) -> list[ConsentFact]:
    """Return one fact a key, of several the one that hides longest: the longest objection, the shortest exception."""
    kept: dict[tuple[object, ...], ConsentFact] = {}
    for fact in facts:
        same = kept.setdefault(fact[:5], fact)
        longest = min if fact.permits else max
        shortest = max if fact.permits else min
        kept[fact[:5]] = fact._replace(low=shortest(same.low, fact.low), high=longest(same.high, fact.high))
    return [fact for fact in kept.values() if fact.low < fact.high]


def _facts(number: int, conditions: Conditions, *, permits: bool) -> Iterator[ConsentFact]:
    low, high = conditions.span.low, conditions.span.high
    for organisation, source, category in product(
        sorted(conditions.organisations), sorted(conditions.sources), sorted(conditions.categories)
    ):
        yield ConsentFact(number, permits, organisation, source, category, low, high)


def _objections(consent: JsonObject, said: Said) -> Iterator[_Objection]:
    provision = consent.get("provision")
    root = provision if isinstance(provision, dict) else {}
    if not _MODIFIERS.isdisjoint(consent):
        yield _whole(ALWAYS), []
        return
    rule, is_permit = _rule(consent, said), root.get("type") == _PERMIT
    if rule:
        excepted = [root] if is_permit else _children(root)
        yield _whole(ALWAYS if is_permit else _span(root)), _exceptions(excepted, said)
    # What the root denies is within what the base rule objects to.
    found = list(_denials(root, said, root_denies=root.get("type") == _DENY and not rule))
    yield from found
    if rule is None and not found and not _is_understood(root):
        yield _whole(_span(root)), []


def _denials(root: JsonObject, said: Said, *, root_denies: bool) -> Iterator[_Objection]:
    """Yield what provisions deny, however deep they stand, for as long as those do in which they stand."""
    pending = [(root, ALWAYS, root_denies)]
    while pending:
        provision, within, denies = pending.pop()
        span = _within(_span(provision), within)
        if not _MODIFIERS.isdisjoint(provision):
            yield _whole(span), []
        elif denies and _is_about_seeing(provision):
            conditions = conditions_of_objection(provision, said=said)
            yield replace(conditions, span=span), _exceptions(_children(provision), said)
        # One in another that says no type may be a denial.
        pending += [(each, span, each.get("type") != _PERMIT) for each in _children(provision)]


def _exceptions(provisions: list[JsonObject], said: Said) -> list[Conditions]:
    found = (conditions_of_exception(each, said=said) for each in provisions if each.get("type") == _PERMIT)
    # One without any condition would take back all that it is excepted from.
    return [each for each in found if each is not None and not each.is_without_limit]


def _is_understood(root: JsonObject) -> bool:
    return root.get("type") in (_PERMIT, _DENY) or any(each.get("type") == _PERMIT for each in _children(root))


def _is_about_seeing(provision: JsonObject) -> bool:
    """Whether what is denied is to see entries in direct care, for all that can be understood."""
    purposes = [_PURPOSES.get(_code(each)) for each in objects(provision.get("purpose", []))]
    actions = [_code(coding) for coding in codings_of(provision.get("action", []))]
    is_for_care = not purposes or any(each is None or each.is_care_of_the_person for each in purposes)
    return is_for_care and (not actions or any(each not in _NOT_SEEING for each in actions))


def _is_something_else(consent: JsonObject, said: Said) -> bool:
    named = [_token(coding) for coding in codings_of(consent.get("category", []))]
    return bool(named) and all(each in said.policy.file.consent_codes.about_something_else for each in named)


def _rule(consent: JsonObject, said: Said) -> bool | None:
    """Whether the base rule objects; None where there is none that is understood."""
    named = [_token(coding) for coding in codings_of(consent.get("policyRule", []))]
    if any(each in said.policy.file.consent_codes.rules_that_object for each in named):
        return True
    return False if any(each in said.policy.file.consent_codes.rules_that_do_not for each in named) else None


def _token(coding: JsonObject) -> str:
    return f"{coding.get('system')}|{coding.get('code')}"


def _code(coding: JsonObject) -> str:
    code = coding.get("code")
    return code if isinstance(code, str) else ""


def _children(provision: JsonObject) -> list[JsonObject]:
    return list(objects(provision.get("provision", [])))


def _whole(span: Span) -> Conditions:
    return Conditions(organisations=_ALL, sources=_ALL, categories=_ALL, span=span)


def _span(provision: JsonObject) -> Span:
    return span_of(provision.get("period"), otherwise=ALWAYS)


def _within(span: Span, outer: Span) -> Span:
    return Span(max(span.low, outer.low), min(span.high, outer.high))
