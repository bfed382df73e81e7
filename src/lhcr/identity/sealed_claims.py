"""Sealed claims: what a token says of a person, which only the area can read (JWE, RFC 7516), padded so that its length says little.

Hazard guarded here: person data in the logs, storage and crash reports of apps, which hold tokens and write them down. The key is made of
the key that signs the token and of the token's id: it rotates and goes with the one, opens no other token, and encrypts once.
"""

from typing import Final

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwe
from joserfc.jwk import OctKey, OKPKey

from lhcr.identity.claims import Claims

_HEADER: Final = {"alg": "dir", "enc": "A256GCM"}
_ALGORITHMS: Final = list(_HEADER.values())
_KEY_BYTES: Final = 32
_USE: Final = b"lhcr sealed claims 1"
#: Names, roles and numbers differ in length, so that whoever measures a token learns no more than in which of few steps it falls.
_STEP: Final = 512


class Sealed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`claims` are without scopes, which the token says openly. `grant` and `rests_on` are names by which the token is revoked."""

    claims: Claims
    grant: str = ""
    rests_on: list[str] = []


def seal(sealed: Sealed, *, key: OKPKey, token_id: str) -> str:
    """Return what can be read with `unseal` alone, by the private key that signs the token and the token's id."""
    plain = msgspec.json.encode(sealed)
    padded = plain.ljust(-(-len(plain) // _STEP) * _STEP)
    return jwe.encrypt_compact(_HEADER, padded, _key(key, token_id), algorithms=_ALGORITHMS)


def unseal(told: object, *, key: OKPKey, token_id: str) -> Sealed:
    """Return what was sealed for this token. Raises ValueError or JoseError for anything else."""
    if not isinstance(told, str):
        raise TypeError("nothing is sealed")
    opened = jwe.decrypt_compact(told, _key(key, token_id), algorithms=_ALGORITHMS)
    if opened.protected != _HEADER or opened.plaintext is None:
        raise ValueError("the claims are sealed in another way than the one")
    return msgspec.json.decode(opened.plaintext, type=Sealed)


def _key(key: OKPKey, token_id: str) -> OctKey:
    signing = key.raw_value
    if not isinstance(signing, Ed25519PrivateKey):
        raise TypeError("claims are sealed with the private key that signs")
    salt = token_id.encode("utf-8", "replace")
    secret = HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=salt, info=_USE).derive(
        signing.private_bytes_raw()
    )
    return OctKey.import_key(secret)
