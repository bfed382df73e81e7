"""The entries of the log about a person's own choices: made, withdrawn, or refused to somebody who has no say in them.

A change of what counts is told by the kind of event by which BALP tells what a Consent decides (AuthZconsent).
"""

from dataclasses import replace
from typing import Final

from lhcr.access.decision import AccessDecision
from lhcr.access.own_choice import RULE
from lhcr.access.own_word_entry import word_trace
from lhcr.access.policy import Policy
from lhcr.access.refusal import Refused
from lhcr.access.verdict import Verdict
from lhcr.audit.entry import Action, EntryDraft, Outcome
from lhcr.audit.log import AuditLog
from lhcr.audit.reference import new_decision_number, reference_of
from lhcr.kernel.clock import Clock

#: The kind of such entries in the log; no caller of an edge can bring one about otherwise.
CHOICE_KIND: Final = "consent"
MADE: Final = "choice-made"
WITHDRAWN: Final = "choice-withdrawn"
READ: Final = "choices-read"
_ACTIONS: Final = {MADE: Action.CREATE, WITHDRAWN: Action.UPDATE, READ: Action.READ}


def choice_draft(decision: AccessDecision, subtype: str) -> EntryDraft:
    """Return the entry of what is done under a decision to read a person's Consents."""
    return replace(decision.entry, kind=CHOICE_KIND, subtype=subtype, action=_ACTIONS[subtype])


async def refuse_choice(
    decision: AccessDecision, subtype: str, verdict: Verdict, *, log: AuditLog, policy: Policy, clock: Clock
) -> Refused:
    """Return the refusal once it is in the log, with a trace of its own."""
    now = clock.now()
    number = new_decision_number(now)
    draft = replace(
        choice_draft(decision, subtype),
        decision=number,
        reference=reference_of(number),
        trace_digest=await log.remember_trace(word_trace(verdict, policy=policy)),
        rule=RULE,
    )
    await log.append([draft.complete(recorded=now, outcome=Outcome.REFUSED)])
    return Refused(verdict, reference=reference_of(number), contact=policy.file.contact.sentence)
