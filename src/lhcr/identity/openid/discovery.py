"""What a provider says of itself (OpenID Connect Discovery 1.0), believed where it names exactly the issuer that the operator set."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import msgspec

from lhcr.identity.openid.outgoing import Outgoing
from lhcr.identity.openid.provider import is_safe_address
from lhcr.identity.openid.refusal import ProviderDown
from lhcr.kernel.clock import Clock

_KEPT_FOR: Final = timedelta(hours=1)
#: Hazard: where a provider hangs, everybody who signs in would wait behind all who came before.
AGAIN_AFTER: Final = timedelta(seconds=10)


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """The members that are used. `code_challenge_methods_supported` is None where nothing is said of it."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    code_challenge_methods_supported: list[str] | None = None
    authorization_response_iss_parameter_supported: bool = False


class Discovery:
    """Asks once an hour, or ten seconds after it was not answered. What was read before serves on meanwhile."""

    def __init__(self, issuer: str, *, outgoing: Outgoing, clock: Clock) -> None:
        self._issuer = issuer
        self._outgoing = outgoing
        self._clock = clock
        self._known: Metadata | None = None
        self._ask_at: datetime | None = None
        self._one_at_a_time = asyncio.Lock()

    async def metadata(self) -> Metadata:
        """Raises ProviderDown where it cannot be read, or cannot be believed."""
        async with self._one_at_a_time:
            if self._ask_at is None or self._clock.now() >= self._ask_at:
                await self._renew()
        if self._known is None:
            raise ProviderDown("provider-unreachable")
        return self._known

    async def _renew(self) -> None:
        address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            self._known = _believed(await self._outgoing.get(address), self._issuer)
            self._ask_at = self._clock.now() + _KEPT_FOR
        except ProviderDown:
            self._ask_at = self._clock.now() + AGAIN_AFTER
            if self._known is None:
                raise


def _believed(told: object, issuer: str) -> Metadata:
    """Hazard: a provider that names another's endpoints gets codes and keys that are meant for it (mix-up)."""
    try:
        read = msgspec.convert(told, type=Metadata)
    except msgspec.ValidationError as error:
        raise ProviderDown("provider-metadata") from error
    endpoints = (read.authorization_endpoint, read.token_endpoint, read.jwks_uri, read.userinfo_endpoint)
    if read.issuer != issuer or not all(map(is_safe_address, endpoints)):
        raise ProviderDown("provider-metadata")
    if issuer.startswith("https:") and not all(each.startswith("https:") for each in endpoints):
        # Hazard: a provider elsewhere that has this area ask what listens on this machine alone.
        raise ProviderDown("provider-metadata")
    methods = read.code_challenge_methods_supported
    if methods is not None and "S256" not in methods:
        # Hazard: without the challenge a code that was overheard signs in whoever has it.
        raise ProviderDown("provider-without-pkce")
    return read
