"""Explanations without a log: one refusal and one permit, and what-if over the rules themselves."""

from datetime import timedelta
from types import MappingProxyType
from typing import Final

import msgspec
from tests.portal.memory_history import NOW

from lhcr.access.access_class import AccessClass, ClassTable
from lhcr.access.case import Case
from lhcr.access.case_facts import read_facts
from lhcr.access.decide import RULES
from lhcr.access.explain import Explained, decision_unknown
from lhcr.access.fold import fold, judge_all
from lhcr.access.policy import baseline_policy
from lhcr.access.replay import decided_today
from lhcr.access.trace import trace_text
from lhcr.access.what_if import WhatIf, principal_of, read_what_if, request_of
from lhcr.access.what_if_answer import judge_what_if
from lhcr.audit.entry import Action, EntryDraft, Outcome
from lhcr.audit.entry import Entry as LogEntry
from lhcr.audit.released import SEAL, Released
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Issue, Unauthenticated
from lhcr.portal.explanations import RenderExplained, RenderWhatIf

REFUSED: Final = "D-0SAHMQMQQEF06"
PERMITTED: Final = "D-0SAHMQMQQEF07"
_ASKED: Final = b"""{"principal": {"kind": "professional", "role": "R8003", "occupation": "pharmacist", "organisation": "FA123"},
 "request": {"interaction": "everything"}, "facts": {"relationships": %s, "objections": [
  {"denied": [{"source": "RRE", "category": "document"}], "by_name": true}]}}"""
_KNOWN: Final = MappingProxyType(
    {
        REFUSED: _ASKED % b'[{"kind": "referral", "in_force": false}]',
        PERMITTED: _ASKED % b'[{"kind": "dispensing"}, {"kind": "contribution"}]',
    }
)
_LABEL: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode|HIV"
_TABLE: Final = ClassTable(
    epoch=1,
    classes=tuple(
        AccessClass(class_id=2 * number + bool(labels), source_id=number % 2 + 1, category=category, labels=labels)
        for number, category in enumerate(["medication", "allergy", "document", "observation", "family-history"])
        for labels in ((), (_LABEL,))
    ),
    source_by_ods=MappingProxyType({"FA123": 1, "RRE": 2}),
    id_by_key=MappingProxyType({}),
)


class MemoryExplanations:
    """It asks nobody's leave: who may read which decision, tests over a real log show."""

    def bearer(self, token: str) -> Principal:
        raise Unauthenticated([Issue(code="login", error="token-invalid", diagnostics=f"{len(token)} letters.")])

    async def decision(self, principal: Principal, reference: str, *, render: RenderExplained) -> Released:
        if reference not in _KNOWN or principal.kind is not PrincipalKind.OFFICE:
            raise decision_unknown()
        return Released(seal=SEAL, answer=render(_explained(reference)))

    async def what_if(self, principal: Principal, asked: WhatIf, *, render: RenderWhatIf) -> Released:
        assert principal.kind is PrincipalKind.OFFICE
        answer = judge_what_if(_case(asked), table=_TABLE, rules=RULES, now=NOW)
        return Released(seal=SEAL, answer=render(answer.told))


def _case(asked: WhatIf) -> Case:
    principal = principal_of(asked.principal)
    facts = read_facts(asked.facts, principal) | read_facts(asked.also, principal)
    return Case(principal=principal, request=request_of(asked.request), policy=baseline_policy(), **facts)


def _explained(reference: str) -> Explained:
    case = _case(read_what_if(_KNOWN[reference]))
    outcome = fold(judge_all(case, RULES))
    rule = "" if outcome.permitted else outcome.decisive.rule
    draft = EntryDraft(
        principal=case.principal,
        kind="rest",
        subtype="operation",
        action=Action.EXECUTE,
        source="Aldermere",
        request_id="r",
        asked="Patient/$everything",
        reference=reference,
        rule=rule,
    )
    done = Outcome.SUCCESS if outcome.permitted else Outcome.REFUSED
    written = draft.complete(
        recorded=NOW - timedelta(minutes=3),
        outcome=done,
        patient="p1" if outcome.permitted else "",
        items=[("Condition", "c1", 1), ("MedicationRequest", "m1", 2)] if outcome.permitted else (),
    )
    entry = msgspec.json.decode(written.text, type=LogEntry)
    trace = msgspec.json.decode(trace_text(case, outcome))
    told = {
        "reference": reference,
        "outcome": "permitted" if outcome.permitted else "refused",
        "rule": rule or None,
        "trace": trace,
        "today": decided_today(entry, trace, policy=baseline_policy(), rules=RULES),
        "uses": [{"patient": entry.patient or None, "acting_client": None}],
        "more_uses": False,
    }
    return Explained(told=told, entries=(entry,))
