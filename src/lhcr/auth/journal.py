"""The journal of the authorization server: an entry of the audit log for each grant, and each refusal of whom we know.

What names nobody we know leaves no entry, because a log that a stranger can fill is a hazard of its own; and of one client and address no
more refusals are written than `attempts` lets through.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from lhcr.audit.entry import Action, EntryDraft, Outcome
from lhcr.audit.log import AuditLog
from lhcr.identity.claims import Claims
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.kernel.clock import Clock
from lhcr.nhs.purposes import Purpose

#: DICOM's code for the authentication of users and nodes.
_KIND: Final = "110114"
#: What the entry is called that says that refusals are slowed.
SLOWED: Final = "tokens-slowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """`site` is the area's own name in the log, `overseer` the organisation whose privacy office reads of attacks, "" for nobody's."""

    log: AuditLog
    clock: Clock
    site: str
    overseer: str = ""

    async def granted(self, principal: Principal, what: str, *, step: str, request_id: str) -> None:
        """Return once it is durable. Raises Unavailable: then nothing may be granted."""
        await self._write(principal, what, step=step, request_id=request_id, outcome=Outcome.SUCCESS)

    async def refused(self, principal: Principal, what: str, *, step: str, request_id: str, error: str) -> None:
        await self._write(principal, what, step=step, request_id=request_id, outcome=Outcome.REFUSED, rule=error)

    async def slowed(self, where: str) -> None:
        """Write down that refusals are slowed, in the name of the area itself: who tries is not known."""
        claims = Claims(
            sub=SLOWED,
            name="Refused tokens slowed",
            kind=PrincipalKind.SYSTEM,
            ods=self.overseer,
            purposes=[Purpose.OPERATIONS.code],
            sign_in=SignIn.NOT_TOLD,
        )
        who = claims.principal(token_id="", expires=self.clock.now() + timedelta(minutes=1))
        await self._write(who, where, step=SLOWED, request_id="", outcome=Outcome.REFUSED, rule="slowed", kind="alert")

    async def _write(
        self,
        principal: Principal,
        what: str,
        *,
        step: str,
        request_id: str,
        outcome: Outcome,
        rule: str = "",
        kind: str = _KIND,
    ) -> None:
        draft = EntryDraft(
            principal=principal,
            kind=kind,
            subtype=step,
            action=Action.EXECUTE,
            source=self.site,
            request_id=request_id,
            asked=what,
            rule=rule,
        )
        await self.log.append([draft.complete(recorded=self.clock.now(), outcome=outcome)])
