"""The back channel: a provider says here, without any browser, that somebody is signed out there, and their sessions end.

Hazard: somebody who leaves a desk, or an employer, signs out there and goes on being signed in here.
"""

from dataclasses import dataclass
from typing import Final

from lhcr.identity.openid.code_flow import CodeFlow
from lhcr.identity.openid.logout_token import LogoutToken
from lhcr.identity.openid.provider import Service
from lhcr.identity.openid.refusal import not_believed
from lhcr.identity.provider_logout import ProviderLogout, end_by_provider
from lhcr.kernel.clock import Clock
from lhcr.portal.sign_in_log import SignInLog
from lhcr.store.database import Pool

_CITIZEN: Final = "nhs-login:"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackChannel:
    pool: Pool
    journal: SignInLog
    clock: Clock

    async def signed_out(self, flow: CodeFlow, token: str) -> int:
        """End what rests on a session that the provider has ended; return how many. Raises SignInRefused, ProviderDown, Unavailable."""
        service = flow.provider.service
        logout = _logout(service, await flow.signed_out(token))
        ended = await end_by_provider(self.pool, logout, now=self.clock.now())
        if ended is None:
            raise not_believed("logout-token-replayed")
        for claims in ended:
            await self.journal.ended_by_provider(claims, service)
        return len(ended)


def _logout(service: Service, told: LogoutToken) -> ProviderLogout:
    user = told.subject if service is Service.CIS2 else f"{_CITIZEN}{told.subject}"[:200]
    return ProviderLogout(
        service=service.value,
        user_id=user if told.subject else "",
        provider_session=told.provider_session,
        word_id=told.token_id,
        until=told.until,
    )
