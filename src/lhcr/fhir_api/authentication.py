"""Authentication: from the header of a request to the principal who asks, for the purpose they chose."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from lhcr.access.emergency import for_emergency, may_begin_emergency
from lhcr.fhir_api.refusals import no_token
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Forbidden, Incorrect, Issue
from lhcr.nhs.purposes import Purpose

Authenticate: TypeAlias = Callable[[str], Principal]
"""From a bearer token to whom it names. Raises Unauthenticated (401)."""


def principal_of(headers: Mapping[str, str], authenticate: Authenticate) -> Principal:
    """Return who asks. Raises Unauthenticated (401), and Forbidden (403) for a purpose that the token does not carry.

    Emergency treatment is carried by no token: whoever may have emergency access may choose it, and the gate then permits only
    what an emergency session of theirs that is in force is about.
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise no_token()
    principal = authenticate(token.strip())
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
