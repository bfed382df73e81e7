"""What would be decided: the gate's own rules, fold and scope over a hypothetical case, and nothing else.

Hazard guarded here: a question that changes anything, or opens anything. Of the record nothing is read but, of a person whom the
question names, the facts that rules read; no ruling is remembered or forgotten, and no decision is given a number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import msgspec

from lhcr.access.access_class import ClassTable
from lhcr.access.agreed import agreed_with, terms_of
from lhcr.access.agreements import Terms
from lhcr.access.case import Case
from lhcr.access.case_facts import invalid, known_facts, read_facts
from lhcr.access.classes import AccessClasses
from lhcr.access.consent import Consents
from lhcr.access.facts import Standing, read_standing
from lhcr.access.fold import Outcome, Rule, fold, judge_all
from lhcr.access.places import places_of
from lhcr.access.policy import Policy
from lhcr.access.reach import READ_NO_ROWS
from lhcr.access.refusal import told_of
from lhcr.access.relationship import parties_of
from lhcr.access.replay import decided_today
from lhcr.access.request import UNKNOWN, AskedPerson, Request
from lhcr.access.scope import Scopes, persons, restricted_to_own
from lhcr.access.trace import trace_text
from lhcr.access.ways import ways_past
from lhcr.access.what_if import WhatIf, principal_of, request_of
from lhcr.audit.entry import Entry
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.kernel.json_types import JsonObject
from lhcr.store.database import Pool
from lhcr.store.visibility import Visibility

_NOBODY: Final = 0
_WHOSE: Final[Mapping[bool, str]] = {True: "everybody", False: "nobody"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfAnswer:
    """`visibility` is what the permit would let be seen, None of a refusal; `told` the answer as JSON."""

    outcome: Outcome
    visibility: Visibility | None
    told: JsonObject


class WhatIfs:
    """Answers for one worker. `rules` are the gate's own."""

    def __init__(
        self, *, pool: Pool, classes: AccessClasses, policy: Policy, clock: Clock, rules: tuple[tuple[str, Rule], ...]
    ) -> None:
        self._pool = pool
        self._classes = classes
        self._policy = policy
        self._clock = clock
        self._rules = rules

    async def answer(self, asked: WhatIf, *, person: AskedPerson = None, to_strangers: bool = True) -> WhatIfAnswer:
        """Return what would be decided. `person` is whom the request's NHS number names, where it names one.

        Unless `to_strangers`, whoever has never been tied to the asker is answered of as somebody who is not here. Facts are read in
        one snapshot, and the classes and agreements are at least as new.
        """
        now, principal, request = self._clock.now(), principal_of(asked.principal), request_of(asked.request)
        if asked.request.nhs_number:
            request = replace(request, person=person)
        standing = await self._standing(principal, request, named=bool(asked.request.nhs_number), now=now)
        if isinstance(person, int) and not (to_strangers or standing.ties):
            request = replace(request, person=UNKNOWN)
            standing = await self._standing(principal, request, named=False, now=now)
        known = known_facts(standing, policy=self._policy, now=now)
        case = Case(
            principal=principal, request=request, policy=self._policy, **_with_what_is_supposed(known, asked, principal)
        )
        table = await self._classes.refreshed(epoch=standing.policy_epoch)
        return judge_what_if(case, table=table, rules=self._rules, now=now)

    def today(self, entry: Entry, trace: JsonObject) -> JsonObject | None:
        """Return what would be decided today of a decision's own facts, as `decided_today`."""
        return decided_today(entry, trace, policy=self._policy, rules=self._rules)

    async def _standing(self, principal: Principal, request: Request, *, named: bool, now: datetime) -> Standing:
        """Whoever is hypothetical has nobody's facts, and costs the same look-up."""
        person = request.person
        return await read_standing(
            self._pool,
            person if named and person is not None and person is not UNKNOWN else _NOBODY,
            parties=parties_of(principal),
            now=now,
            secondary=self._policy.file.secondary_use.is_secondary(principal.purpose),
        )


def judge_what_if(case: Case, *, table: ClassTable, rules: tuple[tuple[str, Rule], ...], now: datetime) -> WhatIfAnswer:
    """Return what would be decided of a case; a pure function."""
    outcome = fold(judge_all(case, rules), emergency=case.in_emergency)
    terms = terms_of(table.agreements, case.principal, emergency=case.in_emergency, now=now)
    visibility = _visibility(case, outcome, table, terms) if outcome.permitted else None
    agreed = agreed_with(terms, table.agreements) if outcome.permitted else ()
    reaches = visibility is not None and case.request.interaction not in READ_NO_ROWS
    told: JsonObject = {
        "outcome": "permitted" if outcome.permitted else "refused",
        "rule": None if outcome.permitted else outcome.decisive.rule,
        "trace": msgspec.json.decode(trace_text(case, outcome, agreed=agreed)),
        "said": None if outcome.permitted else _said(case, outcome),
        "reach": _reach(case, outcome, visibility, table) if visibility and reaches else None,
    }
    return WhatIfAnswer(outcome=outcome, visibility=visibility, told=told)


def _visibility(case: Case, outcome: Outcome, table: ClassTable, terms: Terms) -> Visibility:
    own_only = restricted_to_own(case, own_only=outcome.own_only)
    return Visibility(
        persons=persons(case, own_only=own_only),
        classes=Scopes(case.policy).classes(case, table=table, own_only=own_only, terms=terms),
        places=places_of(case, own_only=own_only),
    )


def _said(case: Case, outcome: Outcome) -> str:
    """Return what the asker would read, but for the reference, which no hypothetical case has."""
    ways = ways_past(outcome.decisive, case.principal, policy=case.policy)
    return told_of(outcome.decisive, request=case.request, ways=ways, contact=case.policy.file.contact.sentence)


def _reach(case: Case, outcome: Outcome, visibility: Visibility, table: ClassTable) -> JsonObject:
    found = visibility.persons
    return {
        "whose": _WHOSE[found is None] if not found else "the person asked for",
        "own_only": restricted_to_own(case, own_only=outcome.own_only),
        "sources": list(_sources(frozenset(visibility.classes), table)),
    }


def _sources(reached: frozenset[int], table: ClassTable) -> Iterable[JsonObject]:
    """Yield, source by source, which categories are reached: as a whole, but for what carries some labels, or not at all."""
    by_source: dict[str, dict[str, list[tuple[bool, tuple[str, ...]]]]] = {}
    for each in table.classes:
        of_category = by_source.setdefault(table.ods_of(each.class_id), {}).setdefault(each.category, [])
        of_category.append((each.class_id in reached, each.labels))
    for ods, categories in sorted(by_source.items()):
        yield {
            "source": ods,
            "reached": sorted(name for name, found in categories.items() if all(seen for seen, _ in found)),
            "in_part": [_in_part(name, found) for name, found in sorted(categories.items()) if _is_part(found)],
            "not_reached": sorted(name for name, found in categories.items() if not any(seen for seen, _ in found)),
        }


def _is_part(found: list[tuple[bool, tuple[str, ...]]]) -> bool:
    return len({seen for seen, _ in found}) > 1


def _in_part(name: str, found: list[tuple[bool, tuple[str, ...]]]) -> JsonObject:
    return {"category": name, "labels_hidden": sorted(list(labels) for seen, labels in found if not seen)}


def _with_what_is_supposed(known: dict[str, Any], asked: WhatIf, principal: Principal) -> dict[str, Any]:
    """Return what is known of the person, with what the question replaces and adds."""
    facts = known | read_facts(asked.facts, principal)
    for name, more in read_facts(asked.also, principal).items():
        facts[name] = _added(name, facts.get(name), more)
    return facts


def _added(name: str, known: Any, more: Any) -> Any:
    if isinstance(known, Consents):
        return replace(known, objections=(*known.objections, *more.objections))
    if isinstance(known, tuple):
        return (*known, *more)
    if isinstance(known, frozenset):
        return known | more
    raise invalid(f"also.{name}", "this fact is one, and cannot be added to")
