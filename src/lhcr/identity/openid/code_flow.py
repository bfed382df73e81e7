"""The authorization code flow at one provider: leading a browser there, and reading who came back (OpenID Connect Core 1.0, 3.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from lhcr.identity.openid.attempts import Attempt, Attempts
from lhcr.identity.openid.client_key import ASSERTION_TYPE
from lhcr.identity.openid.discovery import Discovery, Metadata
from lhcr.identity.openid.id_token import Expected, read_id_token
from lhcr.identity.openid.logout_token import LogoutToken, read_logout_token
from lhcr.identity.openid.outgoing import Outgoing
from lhcr.identity.openid.provider import Provider, Service
from lhcr.identity.openid.provider_keys import ProviderKeys
from lhcr.identity.openid.refusal import ProviderDown, SignInRefused, not_believed
from lhcr.identity.proof_of_identity import ProofOfIdentity
from lhcr.kernel.clock import Clock
from lhcr.kernel.json_types import JsonObject

_OK: Final = 200
_SERVER_ERROR: Final = 500
_LONGEST_CODE: Final = 4_096
_LONGEST_TOKEN: Final = 16_384
_LONGEST_SESSION: Final = 255
#: Errors by which a provider says that it cannot now (OpenID Connect Core 1.0, 3.1.2.6; RFC 6749 4.1.2.1).
_LATER: Final = frozenset({"temporarily_unavailable", "server_error"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """Where the browser is led, and the secret that it keeps until it comes back."""

    address: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the provider says of whoever signed in: the claims of the ID token, and of the userinfo endpoint about the same subject."""

    claims: JsonObject
    userinfo: JsonObject
    return_path: str

    @property
    def subject(self) -> str:
        return str(self.claims["sub"])

    def proof(self, service: Service, *, device: str) -> ProofOfIdentity:
        """Return what a session rests on that begins with this: it is named at the provider only where that is told in plain letters."""
        session = self.claims.get("sid", "")
        plain = isinstance(session, str) and len(session) <= _LONGEST_SESSION and session.isascii()
        return ProofOfIdentity(
            service=service.value,
            provider_session=session if plain and session.isprintable() else "",
            proved=datetime.fromtimestamp(self.claims["auth_time"], UTC),
            device=device,
        )


class CodeFlow:
    def __init__(self, provider: Provider, *, attempts: Attempts, outgoing: Outgoing, clock: Clock) -> None:
        self.provider: Final = provider
        self._attempts = attempts
        self._outgoing = outgoing
        self._clock = clock
        self._discovery = Discovery(provider.issuer, outgoing=outgoing, clock=clock)
        self._keys = ProviderKeys(outgoing=outgoing, clock=clock)

    async def begin(self, *, return_path: str, anew: bool = False) -> Begun:
        """`anew`: the provider has whoever it is prove it once more, also where they are signed in there. Raises ProviderDown."""
        metadata = await self._discovery.metadata()
        attempt = await self._attempts.begin(self.provider.service, return_path=return_path)
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": self.provider.redirect_uri,
            "scope": self.provider.scopes,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
            "max_age": str(self.provider.max_age),
            **({"prompt": "login"} if anew else {}),
            **self.provider.asked,
        }
        return Begun(address=f"{metadata.authorization_endpoint}?{urlencode(asked)}", secret=attempt.secret)

    async def finish(self, answer: Mapping[str, str], *, secret: str) -> Told:
        """Return who came back with an answer of the provider. Raises SignInRefused or ProviderDown."""
        finished = await self._attempts.finish(self.provider.service, state=answer.get("state", ""), secret=secret)
        if finished is None:
            raise _not_begun()
        attempt, return_path = finished
        metadata = await self._discovery.metadata()
        self._require_own_answer(answer, metadata)
        access_token, id_token = await self._redeem(answer.get("code", ""), attempt, metadata)
        expected = Expected(
            issuer=self.provider.issuer,
            client_id=self.provider.client_id,
            nonce=attempt.nonce,
            max_age=self.provider.max_age,
            access_token=access_token,
        )
        claims = await read_id_token(
            id_token, expected, keys=self._keys, address=metadata.jwks_uri, now=self._clock.now()
        )
        userinfo = await self._outgoing.get(metadata.userinfo_endpoint, bearer=access_token)
        if userinfo.get("sub") != claims["sub"]:
            # Hazard: roles, or an NHS number, of somebody else.
            raise not_believed("userinfo-subject")
        return Told(claims=claims, userinfo=userinfo, return_path=return_path)

    async def signed_out(self, token: str) -> LogoutToken:
        """Return whom the provider says to have signed out. Raises SignInRefused where it did not say it, or ProviderDown."""
        metadata = await self._discovery.metadata()
        now = self._clock.now()
        return await read_logout_token(token, self.provider, keys=self._keys, address=metadata.jwks_uri, now=now)

    def _require_own_answer(self, answer: Mapping[str, str], metadata: Metadata) -> None:
        """Hazard: the answer of another provider, whose code would be sent to this one (mix-up, RFC 9207)."""
        issuer = answer.get("iss")
        if issuer is None and metadata.authorization_response_iss_parameter_supported:
            raise not_believed("answer-issuer")
        if issuer is not None and issuer != self.provider.issuer:
            raise not_believed("answer-issuer")
        if "error" in answer:
            raise _told_error(answer["error"])
        if not 0 < len(answer.get("code", "")) <= _LONGEST_CODE:
            raise not_believed("answer-code")

    async def _redeem(self, code: str, attempt: Attempt, metadata: Metadata) -> tuple[str, str]:
        """Return the access token and the ID token that a code stands for."""
        status, told = await self._outgoing.post(metadata.token_endpoint, self._redemption(code, attempt, metadata))
        if status >= _SERVER_ERROR:
            raise ProviderDown("provider-status")
        if status != _OK:
            raise not_believed("code-refused")
        tokens = told.get("access_token"), told.get("id_token")
        if str(told.get("token_type", "")).lower() != "bearer" or not all(map(_is_token, tokens)):
            raise not_believed("token-answer")
        return str(tokens[0]), str(tokens[1])

    def _redemption(self, code: str, attempt: Attempt, metadata: Metadata) -> dict[str, str]:
        assertion = self.provider.key.assertion(
            client_id=self.provider.client_id, audience=metadata.token_endpoint, now=self._clock.now()
        )
        return {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.provider.redirect_uri,
            "client_id": self.provider.client_id,
            "code_verifier": attempt.verifier,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }


def _is_token(told: object) -> bool:
    return isinstance(told, str) and 0 < len(told) <= _LONGEST_TOKEN and told.isascii() and told.isprintable()


def _not_begun() -> SignInRefused:
    why = "This sign-in was not begun in this browser, took longer than ten minutes, or was finished before."
    return SignInRefused("sign-in-not-begun", why, "Go back and sign in again, in one window.")


def _told_error(error: str) -> SignInRefused | ProviderDown:
    """What the provider says went wrong, of which only known words are repeated to anybody."""
    if error in _LATER:
        return ProviderDown("provider-unavailable")
    if error == "access_denied":
        why = "You did not finish signing in, or did not agree that this service may know who you are."
        return SignInRefused("access-denied", why, "Sign in again, and agree, if you want to go on.")
    return not_believed("provider-error")
