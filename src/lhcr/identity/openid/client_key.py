"""The area's own private key at a provider, by which it proves at the token endpoint who it is (`private_key_jwt`, RFC 7523)."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from lhcr.kernel.errors import Incorrect, Issue

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFE: Final = timedelta(minutes=5)
_SHORTEST_RSA: Final = 2_048
_LARGEST_FILE: Final = 65_536
#: What keys of a kind sign with, the first where the file does not choose. NHS login and CIS2 take RS512.
_ALGORITHMS: Final = {
    "RSA": ("RS512", "RS256", "RS384", "PS256", "PS384", "PS512"),
    "P-256": ("ES256",),
    "P-384": ("ES384",),
    "P-521": ("ES512",),
    "Ed25519": ("Ed25519",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSigningKey:
    """`kid` is the id under which the provider knows the public half. Its `repr` keeps the key out of logs."""

    kid: str
    algorithm: str
    key: RSAKey | ECKey | OKPKey

    def assertion(self, *, client_id: str, audience: str, now: datetime) -> str:
        """Return a signed statement that is good for five minutes, once, at one token endpoint."""
        begins = int(now.timestamp())
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "iat": begins,
            "exp": begins + int(_LIFE.total_seconds()),
            "jti": secrets.token_urlsafe(24),
        }
        header = {"alg": self.algorithm, "kid": self.kid, "typ": "JWT"}
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm])

    def __repr__(self) -> str:
        return f"ClientSigningKey(kid={self.kid!r}, algorithm={self.algorithm!r})"


def read_client_key(path: Path, *, setting: str) -> ClientSigningKey:
    """Return the private key of a file, a JSON Web Key or PEM. Raises Incorrect, which names the setting and nothing of the file."""
    try:
        with path.open("rb") as file:
            return _read(file.read(_LARGEST_FILE))
    except (OSError, KeyError, TypeError, ValueError, JoseError) as error:
        diagnostics = (
            f"{setting} names no file with a private key: a JSON Web Key with its `kid`, or PEM; RSA from {_SHORTEST_RSA} bits, "
            "EC with P-256, P-384 or P-521, or Ed25519."
        )
        raise Incorrect([Issue(code="value", error="sign-in-key-invalid", diagnostics=diagnostics)]) from error


def _read(content: bytes) -> ClientSigningKey:
    told = json.loads(content) if content.lstrip().startswith(b"{") else {}
    key = _key(told or content)
    if not key.is_private:
        raise ValueError("the key is a public one")
    if isinstance(key, RSAKey) and key.raw_value.key_size < _SHORTEST_RSA:
        raise ValueError("the key is too short")
    possible = _ALGORITHMS["RSA" if isinstance(key, RSAKey) else str(key.as_dict(private=False)["crv"])]
    algorithm = told.get("alg", possible[0])
    if algorithm not in possible:
        raise ValueError("the key is not for the algorithm that it names")
    return ClientSigningKey(kid=str(told.get("kid") or key.thumbprint()), algorithm=algorithm, key=key)


def _key(told: dict[str, str | list[str]] | bytes) -> RSAKey | ECKey | OKPKey:
    if isinstance(told, dict):
        of_kind: dict[object, type[RSAKey | ECKey | OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
        return of_kind[told["kty"]].import_key(told)
    for kind in (RSAKey, ECKey, OKPKey):
        try:
            return kind.import_key(told)
        except (JoseError, TypeError, ValueError):
            continue
    raise ValueError("the file holds no key")
