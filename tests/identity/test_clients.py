"""Clients: what is registered can be found until it ends, and what could harm is not registered."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from lhcr.identity.client_keys import read_client_keys
from lhcr.identity.clients import Client, ClientKind, Clients
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.errors import Conflict, Incorrect, NotFound
from lhcr.store.database import Pool

KEY = ECKey.generate_key("P-384")


def key_set(*keys: Mapping[str, object]) -> bytes:
    return json.dumps({"keys": keys}).encode()


SYSTEM = Client(
    client_id="a-system",
    name="A system",
    kind=ClientKind.SYSTEM,
    organisation="RRE",
    organisation_name="The Hospital",
    public_keys=key_set({**KEY.as_dict(private=False), "kid": "1"}),
    redirect_uris=(),
    scopes=("system/*.rs",),
)
APP = replace(
    SYSTEM,
    client_id="an-app",
    kind=ClientKind.APP,
    organisation="",
    public_keys=b"",
    redirect_uris=("https://app.example/back",),
    scopes=("user/*.rs",),
)


@pytest.fixture
def clients(pool: Pool, clock: FixedClock) -> Clients:
    return Clients(pool, clock=clock)


async def test_what_is_registered_is_found_as_it_was(clients: Clients) -> None:
    for client in (SYSTEM, APP):
        await clients.register(client)
        assert await clients.find(client.client_id) == client
    assert await clients.all() == [SYSTEM, APP]
    urgent = replace(APP, client_id="an-urgent-app", emergency=True)
    await clients.register(urgent)
    assert await clients.find("an-urgent-app") == urgent
    for unknown in ("nobody", "", "a" * 65, "a\0b"):
        assert await clients.find(unknown) is None


async def test_an_id_is_used_once_also_after_its_client_ended(clients: Clients) -> None:
    """Hazard: a new client that is taken for an old one, in the log and by what the old one left behind."""
    await clients.register(SYSTEM)
    await clients.end(SYSTEM.client_id)
    assert await clients.find(SYSTEM.client_id) is None
    with pytest.raises(Conflict):
        await clients.register(SYSTEM)
    with pytest.raises(NotFound):
        await clients.end(SYSTEM.client_id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "a b"},
        {"client_id": ""},
        {"client_id": "x" * 65},
        {"name": ""},
        {"name": "x" * 201},
        {"scopes": ()},
        {"organisation": ""},
        {"organisation": "not a code"},
        {"public_keys": b""},
        {"public_keys": b"{}"},
        {"redirect_uris": ("https://app.example/back",)},
        {"emergency": True},
    ],
)
async def test_a_system_that_could_do_nothing_or_too_much_is_not_registered(
    clients: Clients, wrong: dict[str, object]
) -> None:
    with pytest.raises(Incorrect):
        await clients.register(replace(SYSTEM, **wrong))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "good", ["https://a.example/b", "https://a.example:8443/b?c=d", "http://127.0.0.1:80/", "http://[::1]:9/x"]
)
async def test_an_app_is_led_back_over_tls_or_on_its_own_machine(clients: Clients, good: str) -> None:
    await clients.register(replace(APP, redirect_uris=(good,)))


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "/back",
        "http://a.example/back",
        "http://localhost.evil.example/",
        "http://127.0.0.1.evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://user@a.example/",
        "https://a.example/#x",
        "https://a.example/../x",
        "https://a.example/ x",
        "https://*.example/",
        "https://a.example/;script-src",
        "https://a.example/,x",
        "https:///x",
        "https://é.example/",
        "https://a.example/" + "x" * 200,
    ],
)
async def test_nobody_is_led_to_an_address_that_could_be_anothers(clients: Clients, wrong: str) -> None:
    """Hazard: a code sent to a thief, or a rule slipped into the policy of the page that asks."""
    with pytest.raises(Incorrect):
        await clients.register(replace(APP, redirect_uris=(wrong,)))


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"[]",
        b"{}",
        b'{"keys": {}}',
        b'{"keys": [7]}',
        b"[" * 50_000,
        key_set({**KEY.as_dict(private=True), "kid": "1"}),
        key_set(KEY.as_dict(private=False)),
        key_set(*[{**KEY.as_dict(private=False), "kid": "1"}] * 2),
        key_set({**OctKey.generate_key(256).as_dict(), "kid": "1"}),
        key_set({**ECKey.generate_key("P-256").as_dict(private=False), "kid": "1"}),
        key_set({**OKPKey.generate_key("X25519").as_dict(private=False), "kid": "1"}),
        key_set({**KEY.as_dict(private=False), "kid": ""}),
        key_set({**KEY.as_dict(private=False), "kid": "1", "x": "AAAA"}),
        key_set({**RSAKey.generate_key(2048).as_dict(private=False), "kid": "1", "n": "AQAB"}),
        key_set({"kty": "RSA", "kid": "1"}),
    ],
    # Names of their own: some of these keys are another with every run.
    ids=[
        "nothing",
        "a list",
        "no keys",
        "keys that are no list",
        "a key that is a number",
        "too deep",
        "a private key",
        "no name",
        "one name twice",
        "a shared secret",
        "a curve of P-256",
        "a key of agreement",
        "an empty name",
        "a point off the curve",
        "a modulus of 17 bits",
        "a key of RSA without numbers",
    ],
)
def test_keys_that_are_weak_secret_or_none_are_refused(wrong: bytes) -> None:
    with pytest.raises(Incorrect):
        read_client_keys(wrong)
