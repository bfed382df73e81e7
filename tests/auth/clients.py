"""Clients of the tests, and the assertions with which they prove who they are."""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from tests.auth.conftest import BASE

from lhcr.identity.clients import Client, ClientKind, Clients
from lhcr.kernel.clock import SystemClock
from lhcr.store.database import open_pool

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TOKEN_ENDPOINT = f"{BASE}/auth/token"
KEYS: dict[str, Any] = {
    "ES384": ECKey.generate_key("P-384"),
    "RS384": RSAKey.generate_key(2048),
    "Ed25519": OKPKey.generate_key("Ed25519"),
}


def key_set(*algorithms: str) -> bytes:
    return msgspec.json.encode(
        {"keys": [{**KEYS[each].as_dict(private=False), "kid": f"key-{each}"} for each in algorithms]}
    )


SYSTEM = Client(
    client_id="hospital-system",
    name="The Hospital's system",
    kind=ClientKind.SYSTEM,
    organisation="RRE",
    organisation_name="The Hospital",
    public_keys=key_set(*KEYS),
    redirect_uris=(),
    scopes=("system/Observation.rs", "system/Patient.crus"),
)
OTHER_SYSTEM = replace(SYSTEM, client_id="pharmacy-system", organisation="FA123", public_keys=key_set("ES384"))


@dataclass(kw_only=True)
class Signer:
    """Makes assertions of a client: right ones, unless a test bends them."""

    client_id: str = "hospital-system"
    algorithm: str = "ES384"
    now: Any = None

    def claims(self, **changes: Any) -> dict[str, Any]:
        at = int((self.now or datetime.now(UTC)).timestamp())
        told = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": TOKEN_ENDPOINT,
            "exp": at + 240,
            "jti": secrets.token_urlsafe(12),
        }
        return {name: value for name, value in (told | changes).items() if value is not None}

    def header(self, **changes: Any) -> dict[str, Any]:
        told = {"alg": self.algorithm, "typ": "JWT", "kid": f"key-{self.algorithm}"}
        return {name: value for name, value in (told | changes).items() if value is not None}

    def assertion(self, *, header: dict[str, Any] | None = None, key: Any = None, **changes: Any) -> str:
        head = self.header(**(header or {}))
        return jwt.encode(head, self.claims(**changes), key or KEYS[self.algorithm], algorithms=[head["alg"]])

    def form(self, **changes: Any) -> dict[str, str]:
        told = {
            "grant_type": "client_credentials",
            "scope": "system/Observation.rs",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self.assertion(),
        }
        return {name: value for name, value in (told | changes).items() if value is not None}


async def register(dsn: str, *clients: Client) -> None:
    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        for client in clients:
            await Clients(pool, clock=SystemClock()).register(client)


async def ask(area: httpx.AsyncClient, form: dict[str, str], path: str = "/auth/token") -> httpx.Response:
    return await area.post(path, data=form)


async def entries(dsn: str) -> list[dict[str, Any]]:
    """What the log says of the authorization server, in its order."""
    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        rows = await pool.fetch("SELECT text FROM audit_entry ORDER BY recorded, writer_id, seq")
    told = [msgspec.json.decode(row["text"], type=dict[str, Any]) for row in rows]
    steps = {"authorize", "token", "revoke", "introspect", "apps"}
    return [each for each in told if each["kind"] == "110114" and each["subtype"] in steps]
