"""The logout token: the provider's signed word that somebody is signed out there (OpenID Connect Back-Channel Logout 1.0).

Hazards: a stranger who ends clinicians' sessions, and another token of the provider's that is taken for this one. The token must be typed
`logout+jwt`, name its event, hold no nonce, be fresh, and be for this area.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from joserfc import jwt
from joserfc.errors import JoseError

from lhcr.identity.compact_token import read_header
from lhcr.identity.openid.provider import Provider
from lhcr.identity.openid.provider_keys import ProviderKeys
from lhcr.identity.openid.refusal import not_believed
from lhcr.kernel.json_types import JsonObject

EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_TYPE: Final = "logout+jwt"
_CLOCKS_DIFFER: Final = timedelta(seconds=60)
_OLDEST: Final = timedelta(minutes=10)
_LONGEST: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutToken:
    """`subject` and `provider_session` name whom and which session of theirs, one of them may be "". `token_id` is used up by `until`."""

    subject: str
    provider_session: str
    token_id: str
    until: datetime


async def read_logout_token(
    token: str, provider: Provider, *, keys: ProviderKeys, address: str, now: datetime
) -> LogoutToken:
    """Return what a token says that is believed. Raises SignInRefused, and ProviderDown where no keys can be read."""
    try:
        header = read_header(token)
        algorithm = header.get("alg")
        if str(header.get("typ", "")).lower().removeprefix("application/") != _TYPE or "crit" in header:
            raise not_believed("logout-token-type")
        key = await keys.find(header.get("kid"), algorithm, address=address)
        if key is None or not isinstance(algorithm, str):
            raise not_believed("logout-token-key")
        claims = jwt.decode(token, key, algorithms=[algorithm]).claims
    except (JoseError, ValueError, RecursionError) as error:
        raise not_believed("logout-token-invalid") from error
    _require_ours(claims, provider)
    return LogoutToken(
        subject=_name(claims, "sub"),
        provider_session=_name(claims, "sid"),
        token_id=_name(claims, "jti"),
        until=_fresh_until(claims, now),
    )


def _require_ours(claims: JsonObject, provider: Provider) -> None:
    """Hazard: an ID token, or a token for another area, that is sent here to end somebody's session."""
    events = claims.get("events")
    if claims.get("iss") != provider.issuer:
        raise not_believed("logout-token-issuer")
    if claims.get("aud") not in (provider.client_id, [provider.client_id]):
        raise not_believed("logout-token-audience")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise not_believed("logout-token-event")
    if "nonce" in claims:
        raise not_believed("logout-token-nonce")
    if not _name(claims, "jti") or not (_name(claims, "sub") or _name(claims, "sid")):
        raise not_believed("logout-token-names-nobody")


def _fresh_until(claims: JsonObject, now: datetime) -> datetime:
    """Return until when the token could be sent again. It is taken for some minutes, however long its provider lets it last."""
    issued, ends = _instant(claims.get("iat")), _instant(claims.get("exp"))
    if not now - _OLDEST <= issued <= now + _CLOCKS_DIFFER or ends <= now - _CLOCKS_DIFFER:
        raise not_believed("logout-token-times")
    return issued + _OLDEST + _CLOCKS_DIFFER


def _name(claims: JsonObject, member: str) -> str:
    told = claims.get(member, "")
    if not isinstance(told, str) or len(told) > _LONGEST or not told.isascii() or not (told.isprintable() or not told):
        raise not_believed(f"logout-token-{member}")
    return told


def _instant(told: object) -> datetime:
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 < told < 2**33:
        raise not_believed("logout-token-times")
    return datetime.fromtimestamp(told, UTC)
