"""Authentication: from the header of a request to the principal who asks, for the purpose they chose."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol, TypeAlias

from lhcr.access.emergency import for_emergency, may_begin_emergency
from lhcr.fhir_api.refusals import no_token
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Forbidden, Incorrect, Issue
from lhcr.nhs.purposes import Purpose

Authenticate: TypeAlias = Callable[[str], Principal]
"""From a bearer token to whom it names. Raises Unauthenticated (401)."""


class Standing(Protocol):
    """Whether a token still stands. Both raise Unauthenticated (401) where it was revoked, also by another worker a moment ago."""

    async def looked(self, token: str) -> None:
        """Ask now, before something is changed."""
        ...

    async def released(self, token: str) -> None:
        """Ask by what the durable entry of an answer told, before the answer is sent."""
        ...


def token_of(headers: Mapping[str, str]) -> str:
    """Return the bearer token. Raises Unauthenticated (401) without one."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise no_token()
    return token.strip()


def principal_of(headers: Mapping[str, str], authenticate: Authenticate) -> Principal:
    """Return who asks. Raises Unauthenticated (401), and Forbidden (403) for a purpose that the token does not carry.

    Emergency treatment is carried by no token: whoever may have emergency access may choose it, and the gate then permits only
    what an emergency session of theirs that is in force is about.
    """
    principal = authenticate(token_of(headers))
    chosen = headers.get("x-lhcr-purpose")
    if chosen is None:
        return principal
    if chosen.strip() == Purpose.EMERGENCY_TREATMENT.code and may_begin_emergency(principal):
        return for_emergency(principal)
    return replace(principal, purpose=_chosen(chosen.strip(), principal))


def _chosen(code: str, principal: Principal) -> Purpose:
    try:
        purpose = Purpose.parse(code)
    except Incorrect:
        purpose = None
    if purpose is None or purpose not in principal.purposes:
        carried = ", ".join(each.code for each in principal.purposes)
        diagnostics = f"X-LHCR-Purpose can only choose among the purposes of the token: {carried}."
        raise Forbidden([Issue(code="forbidden", error="purpose", diagnostics=diagnostics)])
    return purpose
