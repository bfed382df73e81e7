"""Signing in by NHS CIS2 and NHS login: from the provider's answer to a session, by way of a choice of role where there are several."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lhcr.identity.claims import Claims
from lhcr.identity.openid.citizens import citizen_claims
from lhcr.identity.openid.code_flow import Begun, CodeFlow, Told
from lhcr.identity.openid.failed_sign_ins import Count, FailedSignIns
from lhcr.identity.openid.provider import Service
from lhcr.identity.openid.refusal import SignInRefused
from lhcr.identity.openid.staff import staff_roles
from lhcr.identity.principal import Principal
from lhcr.identity.proof_of_identity import ProofOfIdentity
from lhcr.identity.role_choices import RoleChoice, RoleChoices
from lhcr.identity.sessions import Roles, Sessions, ends_of
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Busy, Issue, NotFound
from lhcr.portal.back_channel import BackChannel
from lhcr.portal.ports import SignedIn
from lhcr.portal.sign_in_log import SignInLog

Wait = Callable[[float], Awaitable[None]]
#: Says of ODS codes which have a part in this record.
HavePart = Callable[[Sequence[str]], Awaitable[frozenset[str]]]
_MOST_ORGANISATIONS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """Somebody who came back from a provider: signed in, or with a role yet to choose (`choice` is that choice's id)."""

    session: SignedIn | None
    choice: str
    return_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSignIns:
    """`level_claim` is the claim by which CIS2 says how strongly somebody proved who they are; `wait` slows what fails often."""

    flows: Mapping[Service, CodeFlow]
    sessions: Sessions
    choices: RoleChoices
    failures: FailedSignIns
    journal: SignInLog
    have_part: HavePart
    clock: Clock
    level_claim: str
    wait: Wait
    slowed_seconds: float
    back_channel: BackChannel

    def services(self) -> Sequence[Service]:
        return tuple(self.flows)

    async def begin(self, service: Service, *, return_path: str, address: str, anew: bool = False) -> Begun:
        """`anew`: whoever it is proves it once more. Raises ProviderDown, Busy where an address begins without end, and NotFound for a service that this area does not know."""
        flow = self._flow(service)
        count = await self.failures.begun(address=address)
        await self._wait(count, service, address)
        if count is Count.FAR_BEYOND:
            raise _busy("Too many sign-ins were begun.")
        return await flow.begin(return_path=return_path, anew=anew)

    async def finish(
        self,
        service: Service,
        answer: Mapping[str, str],
        *,
        secret: str,
        address: str,
        replacing: str,
        device: str = "",
    ) -> Finished:
        """Sign in whoever came back, in place of who was, on a kind of device. Raises SignInRefused, ProviderDown, or Busy where too many have failed."""
        try:
            told = await self._flow(service).finish(answer, secret=secret)
            roles, proof = await self._roles(service, told), told.proof(service, device=device)
            self._require_time_left(roles, proof)
        except SignInRefused as refusal:
            await self._failed(service, refusal, address)
            raise
        if len(roles) > 1:
            if replacing:
                # Hazard: whoever has yet to choose a role goes on as the one who sat there before.
                await self.sessions.end(replacing)
            choice = await self.choices.offer(roles, return_path=told.return_path, proof=proof)
            return Finished(session=None, choice=choice, return_path=told.return_path)
        change = roles if service is Service.CIS2 else ()
        session = await self._begin(roles[0], roles=change, replacing=replacing, proof=proof)
        return Finished(session=session, choice="", return_path=told.return_path)

    async def choice(self, choice_id: str) -> RoleChoice | None:
        return await self.choices.find(choice_id)

    async def choose(self, choice_id: str, chosen: int, *, replacing: str) -> Finished | None:
        """Sign somebody in in a role that they chose; None where the choice is over. A number that was not offered ends it."""
        choice = await self.choices.take(choice_id)
        if choice is None or not 0 <= chosen < len(choice.roles) or not self._is_time_left(choice.roles, choice.proof):
            return None
        role = choice.roles[chosen]
        session = await self._begin(role, roles=choice.roles, replacing=replacing, proof=choice.proof)
        return Finished(session=session, choice="", return_path=choice.return_path)

    async def roles(self, token: str) -> Roles | None:
        return await self.sessions.roles(token)

    async def change(self, token: str, chosen: int) -> SignedIn | None:
        """Go on in another role, in a new session; None where the session is over or has no such role."""
        session_id = await self.sessions.change_role(token, chosen)
        if session_id is None:
            return None
        return await self._written_down(session_id, self.journal.changed_role)

    async def signed_out(self, service: Service, token: str, *, address: str) -> None:
        """End what rests on a session that a provider has ended. Raises SignInRefused, ProviderDown, or Busy where too many are forged."""
        try:
            await self.back_channel.signed_out(self._flow(service), token)
        except SignInRefused as refusal:
            await self._failed(service, refusal, address)
            raise

    def _flow(self, service: Service) -> CodeFlow:
        flow = self.flows.get(service)
        if flow is None:
            diagnostics = "Nobody signs in to this area in that way."
            raise NotFound([Issue(code="not-found", error="service-unknown", diagnostics=diagnostics)])
        return flow

    async def _roles(self, service: Service, told: Told) -> Sequence[Claims]:
        if service is Service.NHS_LOGIN:
            return (citizen_claims(told),)
        part = await self.have_part(_organisations(told))
        return staff_roles(told, level_claim=self.level_claim, has_part=part.__contains__).known

    def _require_time_left(self, roles: Sequence[Claims], proof: ProofOfIdentity) -> None:
        if not self._is_time_left(roles, proof):
            why = "You signed in with that service too long ago."
            raise SignInRefused("sign-in-too-old", why, "Sign in there again.")

    def _is_time_left(self, roles: Sequence[Claims], proof: ProofOfIdentity) -> bool:
        now = self.clock.now()
        return all(ends_of(each, began=now, proof=proof) > now for each in roles)

    async def _begin(
        self, claims: Claims, *, roles: Sequence[Claims], replacing: str, proof: ProofOfIdentity
    ) -> SignedIn:
        session_id = await self.sessions.begin(claims, replacing=replacing or None, roles=roles, proof=proof)
        return await self._written_down(session_id, self.journal.signed_in)

    async def _written_down(self, session_id: str, write: Callable[[Principal], Awaitable[None]]) -> SignedIn:
        """Hazard: somebody is signed in and no entry says so. What cannot be written down ends the session that it is about."""
        try:
            principal = await self.sessions.find(session_id)
            assert principal is not None
            await write(principal)
        except BaseException:
            await self.sessions.end(session_id)
            raise
        return SignedIn(session_id, principal.expires)

    async def _failed(self, service: Service, refusal: SignInRefused, address: str) -> None:
        subject = f"{service.value}:{refusal.subject}" if refusal.subject else ""
        count = await self.failures.failed(address=address, subject=subject)
        await self._wait(count, service, address)
        if count is not Count.WITHIN:
            raise _busy("Too many attempts to sign in have failed.")
        if refusal.subject:
            await self.journal.refused(service, refusal.subject, error=refusal.error)
        else:
            self.journal.forged(service, error=refusal.error)

    async def _wait(self, count: Count, service: Service, address: str) -> None:
        """Slow what is one too many, and say so once."""
        if count is Count.WITHIN:
            return
        if count is Count.CROSSED:
            await self.journal.slowed(service.value, origin=self.failures.origin(address))
        await self.wait(self.slowed_seconds)


def _busy(why: str) -> Busy:
    return Busy([Issue(code="throttled", error="sign-in-slowed", diagnostics=why)])


def _organisations(told: Told) -> Sequence[str]:
    """Return the codes of the organisations that somebody's roles name, as far as they can be read; what they mean is told later."""
    listed = told.userinfo.get("nhsid_nrbac_roles")
    roles = listed if isinstance(listed, list) else []
    codes = (each.get("org_code") for each in roles if isinstance(each, dict))
    return [code for code in codes if isinstance(code, str)][:_MOST_ORGANISATIONS]
