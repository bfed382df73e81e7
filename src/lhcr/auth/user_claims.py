"""What a token says of a user for whom an app asks: all that their session says, no emergency, and the scopes that were granted."""

import msgspec

from lhcr.auth.refusal import OAuthRefusal
from lhcr.identity.calling_app import CallingApp
from lhcr.identity.claims import Claims
from lhcr.identity.clients import Client
from lhcr.identity.principal import Principal
from lhcr.identity.sign_in import SignIn
from lhcr.nhs.purposes import Purpose


def user_claims(principal: Principal, *, scopes: tuple[str, ...], app: CallingApp) -> Claims:
    """Return the claims that a user grants an app. Raises OAuthRefusal for a user who comes for an emergency alone: that is one person's, and bounded in time."""
    purposes = [each.code for each in principal.purposes if each is not Purpose.EMERGENCY_TREATMENT]
    if not purposes:
        raise OAuthRefusal("access_denied", "No app acts in an emergency.")
    return Claims(
        sub=principal.user_id,
        name=principal.name,
        kind=principal.kind,
        role=principal.role_code,
        role_name=principal.role_display,
        occupation=principal.occupation,
        activities=sorted(each.code for each in principal.activities),
        ods=principal.organisation,
        organisation=principal.organisation_name,
        nhs_number=principal.person_nhs_number,
        purposes=purposes,
        scopes=list(scopes),
        persona=principal.sign_in is SignIn.PERSONA,
        sign_in=principal.sign_in,
        app=app,
    )


def app_claims(claims: Claims, *, client: Client, scopes: tuple[str, ...]) -> Claims:
    """Return what the token of an app says: the user, the app through which they ask, and the scopes of this one token.

    What the user let the app see stays as they let it; what the app is, is what it is registered as now.
    """
    own_only = claims.app is not None and claims.app.own_only
    app = CallingApp(sub=client.client_id, name=client.name, emergency=client.emergency, own_only=own_only)
    return msgspec.structs.replace(claims, app=app, scopes=list(scopes))
