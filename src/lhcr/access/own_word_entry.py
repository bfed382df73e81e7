"""The entries of the log about what is opened on the asker's own word: given, ended, or refused to somebody whose role may not."""

from datetime import datetime
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

import msgspec

from lhcr.access.alerts import AlertReason, AlertType
from lhcr.access.policy import Policy
from lhcr.access.refusal import Refused
from lhcr.access.verdict import Verdict
from lhcr.audit.entry import Action, EntryDraft, Outcome, PendingEntry
from lhcr.audit.log import AuditLog
from lhcr.audit.reference import new_decision_number, reference_of
from lhcr.identity.principal import Principal

_ENCODER: Final = msgspec.json.Encoder(order="sorted")
#: Codes of AuditEvent.subtype by type of alert: when it begins, and when it is ended.
_BEGUN: Final = MappingProxyType({AlertType.RELATIONSHIP: "claim", AlertType.ACCESS: "emergency"})
_ENDED: Final = MappingProxyType({AlertType.RELATIONSHIP: "claim-ended", AlertType.ACCESS: "emergency-ended"})


class WordEntries:
    """Makes entries for one worker, whose traces `log` keeps. `site` is the area's own name in the log."""

    def __init__(self, log: AuditLog, *, policy: Policy, site: str) -> None:
        self._log = log
        self._policy = policy
        self._site = site

    async def given(
        self,
        principal: Principal,
        person_id: int,
        type_: AlertType,
        verdict: Verdict,
        *,
        now: datetime,
        number: int,
        alert_id: str,
        reason: AlertReason,
        words: str,
        until: datetime,
    ) -> PendingEntry:
        """Return the entry of a claim or session that begins, which says by itself what the alert says."""
        trace = await self._log.remember_trace(word_trace(verdict, policy=self._policy))
        said = {
            "alert": alert_id,
            "type": type_.code,
            "reason": reason.code,
            "until": until.isoformat(),
            "words": words,
        }
        draft = self._draft(principal, _BEGUN[type_], person_id, number=number, trace_digest=trace)
        return draft.complete(recorded=now, outcome=Outcome.SUCCESS, query=urlencode(said))

    def about_nobody(self, principal: Principal, type_: AlertType, *, now: datetime) -> PendingEntry:
        return self._draft(principal, _BEGUN[type_], None).complete(recorded=now, outcome=Outcome.FAILED)

    def ended(self, principal: Principal, person_id: int, type_: AlertType, *, now: datetime) -> PendingEntry:
        return self._draft(principal, _ENDED[type_], person_id).complete(recorded=now, outcome=Outcome.SUCCESS)

    async def refusal(self, principal: Principal, verdict: Verdict, person_id: int | None, *, now: datetime) -> Refused:
        """Return the refusal once it is in the log."""
        number = new_decision_number(now)
        trace = await self._log.remember_trace(word_trace(verdict, policy=self._policy))
        draft = self._draft(principal, verdict.rule, person_id, number=number, trace_digest=trace, rule=verdict.rule)
        await self._log.append([draft.complete(recorded=now, outcome=Outcome.REFUSED)])
        return Refused(verdict, reference=reference_of(number), contact=self._policy.file.contact.sentence)

    def _draft(
        self,
        principal: Principal,
        subtype: str,
        person_id: int | None,
        *,
        number: int | None = None,
        trace_digest: str = "",
        rule: str = "",
    ) -> EntryDraft:
        return EntryDraft(
            principal=principal,
            kind="alert",
            subtype=subtype,
            action=Action.EXECUTE,
            source=self._site,
            request_id="",
            asked=subtype,
            person_id=person_id,
            decision=number,
            reference="" if number is None else reference_of(number),
            trace_digest=trace_digest,
            rule=rule,
        )


def word_trace(verdict: Verdict, *, policy: Policy) -> bytes:
    """Return the trace of what one verdict alone decides, in the form of every decision's, so that it is explained like one."""
    said = {"rule": verdict.rule, "verdict": verdict.kind.value, "own_only": False, "reason": verdict.reason}
    return _ENCODER.encode(
        {
            "policy": policy.file.name,
            "interaction": verdict.rule,
            "permitted": verdict.permits,
            "own_only": False,
            "decisive": verdict.rule,
            "verdicts": [said],
        }
    )
