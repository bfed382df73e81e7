"""The principal that a client is when it asks for itself: a system of its organisation, which sees what that contributed."""

from datetime import timedelta
from typing import Final

from lhcr.identity.claims import Claims
from lhcr.identity.clients import Client
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.kernel.clock import Clock
from lhcr.nhs.purposes import Purpose

_PURPOSES: Final = (Purpose.TREATMENT, Purpose.OPERATIONS)


def client_claims(client: Client, *, scopes: tuple[str, ...] = ()) -> Claims:
    """Return what the token of a client says of it. Hazard: it never says more of it than that it is a system."""
    return Claims(
        sub=client.client_id,
        name=client.name,
        kind=PrincipalKind.SYSTEM,
        ods=client.organisation,
        organisation=client.organisation_name,
        purposes=[purpose.code for purpose in _PURPOSES],
        scopes=list(scopes),
        sign_in=SignIn.CLIENT_CREDENTIALS,
    )


def client_principal(client: Client, clock: Clock) -> Principal:
    """Return the client as the log names it, without a token."""
    return client_claims(client).principal(token_id="", expires=clock.now() + timedelta(minutes=1))
