"""The public keys of a provider, by which its ID tokens are checked: cached, bounded, and asked for anew no more than once a minute."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from lhcr.identity.openid.discovery import AGAIN_AFTER
from lhcr.identity.openid.outgoing import Outgoing
from lhcr.identity.openid.refusal import ProviderDown
from lhcr.kernel.clock import Clock
from lhcr.kernel.json_types import JsonObject

ProviderKey = RSAKey | ECKey | OKPKey
#: Keys by their ids, each with the algorithms that it is for. Some providers list one key once for each of its algorithms.
_KeySet = Mapping[str, Sequence[tuple[ProviderKey, frozenset[str]]]]
_KEPT_FOR: Final = timedelta(hours=1)
_ANEW_AFTER: Final = timedelta(minutes=1)
_MOST: Final = 100
_LONGEST_KID: Final = 200
_SHORTEST_RSA: Final = 2_048
_LONGEST_RSA: Final = 8_192
_RSA: Final = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
#: The algorithms that each kind of key is for. None of them has a secret that both sides know, and none is "none".
_FOR: Final[Mapping[tuple[object, object], frozenset[str]]] = MappingProxyType(
    {
        ("RSA", None): _RSA,
        ("EC", "P-256"): frozenset({"ES256"}),
        ("EC", "P-384"): frozenset({"ES384"}),
        ("EC", "P-521"): frozenset({"ES512"}),
        ("OKP", "Ed25519"): frozenset({"Ed25519"}),
    }
)


class ProviderKeys:
    def __init__(self, *, outgoing: Outgoing, clock: Clock) -> None:
        self._outgoing = outgoing
        self._clock = clock
        self._keys: _KeySet = {}
        self._asked: datetime | None = None
        self._failed: datetime | None = None
        self._one_at_a_time = asyncio.Lock()

    async def find(self, kid: object, algorithm: object, *, address: str) -> ProviderKey | None:
        """Return the key of an id if it is for the algorithm; whatever else an id may be taken for, it is only compared.

        What is no text is nobody's. An unknown id has the set read anew, since keys rotate. Hazard: made-up ids that have every worker ask the provider without
        end, so that once a minute is enough. Raises ProviderDown where the set cannot be read.
        """
        if not isinstance(kid, str) or not isinstance(algorithm, str):
            return None
        async with self._one_at_a_time:
            if self._is_due(kid):
                await self._renew(address)
        listed = self._keys.get(kid, ())
        fitting = {key.thumbprint(): key for key, algorithms in listed if algorithm in algorithms}
        # Two keys of one id leave open which of them signed.
        return next(iter(fitting.values())) if len(fitting) == 1 else None

    def _is_due(self, kid: str) -> bool:
        if self._asked is None:
            return True
        since = self._clock.now() - self._asked
        return since >= _KEPT_FOR or (kid not in self._keys and since >= _ANEW_AFTER)

    def _require_answering(self) -> None:
        if self._failed is not None and self._clock.now() < self._failed + AGAIN_AFTER:
            raise ProviderDown("provider-keys")

    async def _renew(self, address: str) -> None:
        """What was read before serves on where the provider does not answer, and it is not asked again for a minute."""
        self._require_answering()
        try:
            self._keys = _read(await self._outgoing.get(address))
        except ProviderDown:
            if not self._keys:
                self._failed = self._clock.now()
                raise
        self._asked = self._clock.now()


def _read(told: JsonObject) -> _KeySet:
    listed = told.get("keys")
    if not isinstance(listed, list) or len(listed) > _MOST:
        raise ProviderDown("provider-keys")
    found: dict[str, list[tuple[ProviderKey, frozenset[str]]]] = {}
    for each in listed:
        kid = each.get("kid") if isinstance(each, dict) else None
        if not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST_KID or each.get("use", "sig") != "sig":
            continue
        usable = _usable(each)
        if usable is not None:
            found.setdefault(kid, []).append(usable)
    return MappingProxyType(found)


def _usable(told: JsonObject) -> tuple[ProviderKey, frozenset[str]] | None:
    """Return a key with the algorithms that it is for; None for one of a kind or size that is not used here."""
    kind = told.get("kty"), told.get("crv")
    algorithms = next((each for of_kind, each in _FOR.items() if of_kind == kind), frozenset[str]())
    if "alg" in told:
        algorithms &= {told["alg"]} if isinstance(told["alg"], str) else set()
    if not algorithms:
        return None
    public: JsonObject = {name: told[name] for name in ("kty", "crv", "n", "e", "x", "y") if name in told}
    try:
        key = _import(public)
    except (JoseError, TypeError, ValueError):
        return None
    if isinstance(key, RSAKey) and not _SHORTEST_RSA <= key.raw_value.key_size <= _LONGEST_RSA:
        return None
    return key, algorithms


def _import(public: JsonObject) -> ProviderKey:
    if public["kty"] == "RSA":
        return RSAKey.import_key(public)
    return ECKey.import_key(public) if public["kty"] == "EC" else OKPKey.import_key(public)
