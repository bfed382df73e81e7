"""The journal of the authorization server: an entry of the audit log for each grant, and each refusal of whom we know.

What names nobody we know leaves no entry, because a log that a stranger can fill is a hazard of its own; and of one client and address no
more refusals are written than `attempts` lets through.
"""

from dataclasses import dataclass
from typing import Final

from lhcr.audit.entry import Action, EntryDraft, Outcome
from lhcr.audit.log import AuditLog
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock

#: DICOM's code for the authentication of users and nodes.
_KIND: Final = "110114"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """`site` is the area's own name in the log."""

    log: AuditLog
    clock: Clock
    site: str

    async def granted(self, principal: Principal, what: str, *, step: str, request_id: str) -> None:
        """Return once it is durable. Raises Unavailable: then nothing may be granted."""
        await self._write(principal, what, step=step, request_id=request_id, outcome=Outcome.SUCCESS)

    async def refused(self, principal: Principal, what: str, *, step: str, request_id: str, error: str) -> None:
        await self._write(principal, what, step=step, request_id=request_id, outcome=Outcome.REFUSED, rule=error)

    async def _write(
        self, principal: Principal, what: str, *, step: str, request_id: str, outcome: Outcome, rule: str = ""
    ) -> None:
        draft = EntryDraft(
            principal=principal,
            kind=_KIND,
            subtype=step,
            action=Action.EXECUTE,
            source=self.site,
            request_id=request_id,
            asked=what,
            rule=rule,
        )
        await self.log.append([draft.complete(recorded=self.clock.now(), outcome=outcome)])
