"""The ID token: the provider's signed word on who signed in, when and how (OpenID Connect Core 1.0, 3.1.3.7)."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from joserfc import jwt
from joserfc.errors import JoseError

from lhcr.identity.compact_token import read_header
from lhcr.identity.openid.provider_keys import ProviderKeys
from lhcr.identity.openid.refusal import SignInRefused, not_believed
from lhcr.kernel.json_types import JsonObject

_CLOCKS_DIFFER: Final = timedelta(seconds=60)
#: A token that was issued longer ago was not issued for this sign-in.
_OLDEST: Final = timedelta(minutes=10)
_LONGEST_SUBJECT: Final = 255
_HASHES: Final = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token must say to be this browser's, from this provider, for this area. `max_age` is in seconds."""

    issuer: str
    client_id: str
    nonce: str
    max_age: int
    access_token: str


async def read_id_token(
    token: str, expected: Expected, *, keys: ProviderKeys, address: str, now: datetime
) -> JsonObject:
    """Return the claims of a token that is believed. Raises SignInRefused, and ProviderDown where no keys can be read.

    The key alone says which algorithm it is for: what a token says of that chooses among the key's own at most.
    """
    try:
        header = read_header(token)
        algorithm = header.get("alg")
        key = await keys.find(header.get("kid"), algorithm, address=address)
        if key is None or not isinstance(algorithm, str) or header.get("typ", "JWT") != "JWT" or "crit" in header:
            raise not_believed("id-token-key")
        claims = jwt.decode(token, key, algorithms=[algorithm]).claims
        _require_ours(claims, expected)
        _require_fresh(claims, expected, now)
        _require_with(claims, expected.access_token, algorithm)
    except (JoseError, ValueError, RecursionError) as error:
        raise not_believed("id-token-invalid") from error
    return claims


def _require_ours(claims: JsonObject, expected: Expected) -> None:
    """Hazard: a token for another area, or of another's sign-in, that is put in the place of one's own."""
    subject, nonce = claims.get("sub"), claims.get("nonce")
    if claims.get("iss") != expected.issuer:
        raise not_believed("id-token-issuer")
    if claims.get("aud") not in (expected.client_id, [expected.client_id]):
        raise not_believed("id-token-audience")
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise not_believed("id-token-party")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise not_believed("id-token-nonce")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise not_believed("id-token-subject")
    if not subject.isascii() or not subject.isprintable():
        # Hazard: wrong person, by a name that looks like another's wherever it is shown.
        raise not_believed("id-token-subject")


def _require_fresh(claims: JsonObject, expected: Expected, now: datetime) -> None:
    issued, ends, signed_in = (_instant(claims.get(name)) for name in ("iat", "exp", "auth_time"))
    if "nbf" in claims and _instant(claims["nbf"]) > now + _CLOCKS_DIFFER:
        raise _clocks()
    if issued > now + _CLOCKS_DIFFER or issued < now - _OLDEST or ends <= now - _CLOCKS_DIFFER:
        raise _clocks()
    if signed_in > now + _CLOCKS_DIFFER:
        raise _clocks()
    if signed_in < now - timedelta(seconds=expected.max_age) - _CLOCKS_DIFFER:
        raise SignInRefused("sign-in-too-old", "You signed in with that service too long ago.", "Sign in there again.")


def _require_with(claims: JsonObject, access_token: str, algorithm: str) -> None:
    """Hazard: an access token of somebody else's, whose roles would be read with it."""
    if "at_hash" not in claims:
        return
    digest = _HASHES.get(algorithm[-3:], hashlib.sha512)(access_token.encode("ascii", "replace")).digest()
    expected = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    if claims["at_hash"] != expected:
        raise not_believed("id-token-access-token")


def _instant(told: object) -> datetime:
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 < told < 2**33:
        raise not_believed("id-token-times")
    return datetime.fromtimestamp(told, UTC)


def _clocks() -> SignInRefused:
    why = "The clock of the service that you sign in with and the clock of this one differ, or you waited too long."
    return SignInRefused("id-token-times", why, "Sign in again.", "If it happens again, tell your IT service desk.")
