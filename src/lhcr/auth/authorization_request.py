"""An authorization request: an app that sends somebody here, checked before anybody is asked anything (RFC 6749 4.1.1, SMART 2.0)."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from lhcr.auth.form import Parameters
from lhcr.auth.proof_key import METHOD, is_challenge
from lhcr.auth.refusal import OAuthRefusal, invalid_request
from lhcr.identity.clients import Client, ClientKind, Clients

_LONGEST_STATE: Final = 512
#: What is kept of a request while somebody signs in and decides.
FIELDS: Final = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "aud", "code_challenge", "code_challenge_method",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A request whose client and address are the registered ones; what else it says is checked by `require_complete`."""

    client: Client
    redirect_uri: str
    parameters: Parameters

    @property
    def state(self) -> str:
        return self.parameters.get("state", "")

    @property
    def challenge(self) -> str:
        return self.parameters.get("code_challenge", "")

    @property
    def kept(self) -> dict[str, str]:
        return {name: self.parameters[name] for name in FIELDS if name in self.parameters}

    def require_complete(self, *, audience: str) -> None:
        """Raise OAuthRefusal, of which the app is told by being led back."""
        if "request" in self.parameters or "request_uri" in self.parameters:
            raise OAuthRefusal("request_not_supported", "Send the parameters themselves.")
        if self.parameters.get("response_type") != "code":
            raise OAuthRefusal("unsupported_response_type", "The response_type is code.")
        if self.parameters.get("code_challenge_method") != METHOD or not is_challenge(self.challenge):
            # Hazard: a code that is stolen on its way back is used by the thief.
            raise invalid_request(f"Send a code_challenge with code_challenge_method={METHOD}.")
        if not self.state or len(self.state) > _LONGEST_STATE or not self.state.isprintable():
            raise invalid_request("Send a state of at most 512 letters.")
        if self.parameters.get("aud", "").rstrip("/") != audience:
            # Hazard: an app that was led to a false API sends its token there.
            raise invalid_request("The aud is the address of this area's FHIR API.")

    def led_back(self, told: dict[str, str], *, issuer: str) -> str:
        """Return the address to which the user is led back, with the issuer, so that no other server's answer is taken (RFC 9207)."""
        answer = {**told, **({"state": self.state} if self.state else {}), "iss": issuer}
        return f"{self.redirect_uri}{'&' if '?' in self.redirect_uri else '?'}{urlencode(answer)}"


async def read_request(parameters: Parameters, clients: Clients) -> AuthorizationRequest:
    """Return a request. Raises OAuthRefusal, of which the user alone is told: nobody is led to an address that was not registered.

    The address is compared letter by letter (RFC 9700 4.1.3).
    """
    client = await clients.find(parameters.get("client_id", ""))
    if client is None or client.kind is not ClientKind.APP:
        raise OAuthRefusal("invalid_client", "The app that sent you here is not registered with this service.")
    redirect_uri = parameters.get("redirect_uri", "")
    if redirect_uri not in client.redirect_uris:
        raise invalid_request("The app that sent you here asks to lead you back to an address that is not its own.")
    return AuthorizationRequest(client=client, redirect_uri=redirect_uri, parameters=parameters)
