"""The public keys of a client: a JSON Web Key Set that it registered, and the one algorithm that each of its keys is for."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from lhcr.kernel.errors import Incorrect, Issue

ClientKey = ECKey | OKPKey | RSAKey
#: SMART App Launch asks every server to take ES384 and RS384.
ALGORITHMS: Final = ("ES384", "RS384", "Ed25519")
_MOST: Final = 20
_SHORTEST_RSA: Final = 2_048
_LONGEST_RSA: Final = 8_192
_LONGEST_KID: Final = 200
#: Members that a private or a secret key has.
_SECRETS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def read_client_keys(stored: bytes) -> dict[str, tuple[ClientKey, str]]:
    """Return the keys of a JSON Web Key Set by their ids, each with its algorithm.

    Raises Incorrect (`client-keys-invalid`) for a set that holds a private key, one without an id, or one of another kind or strength.
    """
    try:
        document = msgspec.json.decode(stored, type=dict[str, list[dict[str, Any]]])
        return _keys(document["keys"])
    except (KeyError, TypeError, ValueError, JoseError) as error:
        raise _invalid() from error


def _keys(listed: list[dict[str, Any]]) -> dict[str, tuple[ClientKey, str]]:
    found = {_kid(each): _key(each) for each in listed}
    if not len(found) == len(listed) <= _MOST:
        raise ValueError("two keys have one id, or there are too many")
    return found


def _kid(told: Mapping[str, Any]) -> str:
    kid = told["kid"]
    if not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST_KID:
        raise ValueError("a key has no id")
    return kid


def _key(told: Mapping[str, Any]) -> tuple[ClientKey, str]:
    """The key alone says which algorithm it is for: what a token says of that is never asked."""
    if _SECRETS.intersection(told):
        raise ValueError("a private key is the client's own")
    match told.get("kty"), told.get("crv"):
        case "EC", "P-384":
            return ECKey.import_key(dict(told)), "ES384"
        case "OKP", "Ed25519":
            return OKPKey.import_key(dict(told)), "Ed25519"
        case "RSA", None:
            return _rsa(told), "RS384"
        case _:
            raise ValueError("a key of this kind is not taken")


def _rsa(told: Mapping[str, Any]) -> RSAKey:
    key = RSAKey.import_key(dict(told))
    if not _SHORTEST_RSA <= key.raw_value.key_size <= _LONGEST_RSA:
        raise ValueError("a key is too short or too long")
    return key


def _invalid() -> Incorrect:
    diagnostics = (
        f"The keys are no JSON Web Key Set of at most {_MOST} public keys, each with a `kid` of its own and of a kind that is taken: EC "
        "with P-384, RSA from 2048 bits, or OKP with Ed25519. A private key is never sent."
    )
    return Incorrect([Issue(code="value", error="client-keys-invalid", diagnostics=diagnostics)])
