"""What the log holds of signing in: who, by which way and how strongly; who signed out; whose sign-in was refused; and attacks.

What nobody known did leaves no entry, because a log that a stranger can fill is a hazard of its own: it is counted, and one entry and one
line say when there was too much of it in a minute.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

import structlog

from lhcr.audit.entry import Action, EntryDraft, Outcome
from lhcr.audit.log import AuditLog
from lhcr.identity.claims import Claims
from lhcr.identity.openid.provider import Service
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.kernel.clock import Clock
from lhcr.nhs.purposes import Purpose

#: DICOM's code for the authentication of users.
_KIND: Final = "110114"
_ALERT: Final = "alert"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLog:
    """`site` is the area's own name in the log, `overseer` the organisation whose privacy office reads of attacks."""

    log: AuditLog
    clock: Clock
    site: str
    overseer: str

    async def signed_in(self, principal: Principal) -> None:
        """Return once it is durable. Raises Unavailable: then nobody is signed in."""
        await self._write(principal, "sign-in", principal.sign_in.value)

    async def changed_role(self, principal: Principal) -> None:
        await self._write(principal, "role-change", principal.sign_in.value)

    async def signed_out(self, principal: Principal) -> None:
        await self._write(principal, "sign-out", principal.sign_in.value)

    async def ended_own(self, principal: Principal, *, sessions: int) -> None:
        """Write down that somebody ended other sessions of theirs."""
        await self._write(principal, "sessions-ended", str(sessions))

    async def ended_by_provider(self, claims: Claims, service: Service) -> None:
        """Write down that a provider ended somebody's session."""
        await self._write(self._principal(claims), "sign-out", f"{service.value} back channel")

    async def refused(self, service: Service, subject: str, *, error: str) -> None:
        """Write down that somebody whom a provider named was not let in."""
        is_staff = service is Service.CIS2
        claims = Claims(
            sub=(subject if is_staff else f"nhs-login:{subject}")[:200],
            name=f"Somebody who signed in with {service.title}",
            kind=PrincipalKind.PROFESSIONAL if is_staff else PrincipalKind.CITIZEN,
            purposes=[(Purpose.TREATMENT if is_staff else Purpose.PATIENT_REQUEST).code],
            sign_in=SignIn.NOT_TOLD,
        )
        await self._write(self._principal(claims), "sign-in", service.value, outcome=Outcome.REFUSED, rule=error)

    def forged(self, service: Service, *, error: str) -> None:
        """Tell whoever runs the area that somebody of whom nothing is known was refused."""
        structlog.get_logger("lhcr.portal").warning("sign-in-refused", way=service.value, error=error)

    async def slowed(self, where: str, *, origin: str = "") -> None:
        """Say in the log, and to whoever runs the area, that sign-ins fail so often that they are slowed. `origin` is a name that tells
        origins apart on one day, and no address.
        """
        structlog.get_logger("lhcr.portal").warning("sign-in attempts slowed", way=where)
        claims = Claims(
            sub="lhcr:sign-in",
            name="Sign-in attempts slowed",
            kind=PrincipalKind.SYSTEM,
            ods=self.overseer,
            purposes=[Purpose.OPERATIONS.code],
            sign_in=SignIn.NOT_TOLD,
        )
        await self._write(
            self._principal(claims),
            "sign-in-slowed",
            where,
            kind=_ALERT,
            outcome=Outcome.REFUSED,
            rule="slowed",
            query=urlencode({"origin": origin}) if origin else "",
        )

    def _principal(self, claims: Claims) -> Principal:
        return claims.principal(token_id="", expires=self.clock.now() + timedelta(minutes=1))

    async def _write(
        self,
        principal: Principal,
        subtype: str,
        asked: str,
        *,
        kind: str = _KIND,
        outcome: Outcome = Outcome.SUCCESS,
        rule: str = "",
        query: str = "",
    ) -> None:
        draft = EntryDraft(
            principal=principal,
            kind=kind,
            subtype=subtype,
            action=Action.EXECUTE,
            source=self.site,
            request_id="",
            asked=asked,
            rule=rule,
        )
        await self.log.append([draft.complete(recorded=self.clock.now(), outcome=outcome, query=query)])
