"""Token exchange (RFC 8693): a system that acts for a professional shows their token and gets one that names both.

The decision needs both: what the token says is the professional's, narrowed to what was registered for the client, and it ends with
whatever it rests on. Hazard: a supplier's system that goes on reading when its users have gone home.
"""

from datetime import timedelta
from typing import Final

import msgspec
from starlette.responses import Response

from lhcr.auth.client_credentials import token_response
from lhcr.auth.exchange import Exchange
from lhcr.auth.granted_scopes import granted_scopes
from lhcr.auth.refusal import OAuthRefusal, invalid_request
from lhcr.identity.acting import Act
from lhcr.identity.acting_registration import ActingRegistration
from lhcr.identity.claims import Claims
from lhcr.identity.clients import Client
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.identity.tokens import Verified
from lhcr.kernel.errors import Unauthenticated

GRANT: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - the name of a kind of token, no secret.
LIFETIME: Final = timedelta(minutes=5)
_SUBJECT: Final = "The subject_token is not one that this area accepts from a professional."


async def token_exchange(exchange: Exchange) -> Response:
    """Answer with a token of the subject's in which the client acts."""
    services = exchange.services
    client = await services.assertions.authenticate(exchange.claimed, exchange.form)
    registration = await services.acting.find(client.client_id)
    if registration is None:
        raise OAuthRefusal("unauthorized_client", "This client is not registered to act for anybody.")
    _require_form(exchange)
    await services.watch.look()
    subject = _subject(exchange)
    claims = _claims(exchange, client, registration, subject)
    lifetime = _lifetime(exchange, subject)
    token = services.tokens.issue(
        claims,
        lifetime=lifetime,
        client=client.client_id,
        rests_on=subject.names | {registration.name(client.client_id)},
    )
    scopes = tuple(claims.scopes)
    await exchange.granted(services.tokens.verify(token), f"{client.client_id}: {' '.join(scopes)}")
    return token_response(token, lifetime=lifetime, scopes=scopes, issued=ACCESS_TOKEN)


def _require_form(exchange: Exchange) -> None:
    form, audience = exchange.form, exchange.services.audience
    if form.get("subject_token_type") != ACCESS_TOKEN or form.get("requested_token_type", ACCESS_TOKEN) != ACCESS_TOKEN:
        raise invalid_request(
            f"The subject_token_type, and the requested_token_type where there is one, is {ACCESS_TOKEN}."
        )
    if "actor_token" in form or "actor_token_type" in form:
        raise invalid_request("The actor is the client itself, which its assertion proves. Send no actor_token.")
    if any(form.get(name, audience).rstrip("/") != audience for name in ("audience", "resource")):
        raise OAuthRefusal("invalid_target", "Tokens are for this area's FHIR API alone.")


def _subject(exchange: Exchange) -> Verified:
    """Return the professional's own token. Hazard: a chain of systems, of which the last has nobody's leave."""
    try:
        subject = exchange.services.tokens.inspect(exchange.form.get("subject_token", ""))
    except Unauthenticated as error:
        raise invalid_request(_SUBJECT) from error
    exchange.about = subject.principal
    if subject.principal.actor is not None:
        raise invalid_request("The subject_token came of an exchange itself, and is not exchanged again.")
    if subject.principal.kind is not PrincipalKind.PROFESSIONAL:
        raise invalid_request(_SUBJECT)
    return subject


def _claims(exchange: Exchange, client: Client, registration: ActingRegistration, subject: Verified) -> Claims:
    """Return the subject's claims, as far as the client may act for them: no wider than either."""
    principal = subject.principal
    if principal.organisation not in registration.organisations:
        raise OAuthRefusal(
            "unauthorized_client", "This client is not registered to act for people of that organisation."
        )
    purposes = [each.code for each in principal.purposes if each in registration.purposes]
    if not purposes:
        raise OAuthRefusal("unauthorized_client", "This client is not registered to act for this purpose.")
    act = Act(
        sub=client.client_id,
        name=client.name,
        ods=client.organisation,
        organisation=client.organisation_name,
        acts_for=principal.organisation,
        purposes=purposes,
    )
    scopes = _scopes(exchange, registration, principal)
    return msgspec.structs.replace(subject.claims, scopes=list(scopes), purposes=purposes, act=act, app=None)


def _scopes(exchange: Exchange, registration: ActingRegistration, principal: Principal) -> tuple[str, ...]:
    """Return what is asked for, as far as it was registered and the subject's own token has it; without a wish, all of that."""
    asked = exchange.form.get("scope") or " ".join(registration.scopes)
    scopes = granted_scopes(asked, registered=registration.scopes, kind=principal.kind)
    if not principal.scopes:
        return scopes
    return granted_scopes(" ".join(scopes), registered=principal.scopes, kind=principal.kind)


def _lifetime(exchange: Exchange, subject: Verified) -> timedelta:
    """Hazard: a token that outlives the one that it came of."""
    left = int((subject.principal.expires - exchange.services.clock.now()).total_seconds())
    if left < 1:
        raise invalid_request(_SUBJECT)
    return min(LIFETIME, timedelta(seconds=left))
