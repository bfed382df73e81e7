"""What a provider says of itself: where its endpoints may be."""

from typing import Any

import pytest

from lhcr.identity.openid.discovery import Discovery
from lhcr.identity.openid.outgoing import Outgoing
from lhcr.identity.openid.refusal import ProviderDown
from lhcr.kernel.clock import SystemClock

_ISSUER = "https://provider.example"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")


class Saying(Outgoing):
    """Answers with what a provider says of itself, and asks nobody."""

    def __init__(self, **told: str) -> None:
        super().__init__()
        self._told = {"issuer": _ISSUER, **dict.fromkeys(_ENDPOINTS, f"{_ISSUER}/x"), **told}

    async def get(self, address: str, *, bearer: str = "") -> dict[str, Any]:
        assert (address, bearer) == (f"{_ISSUER}/.well-known/openid-configuration", "")
        return self._told


async def test_a_provider_elsewhere_is_believed() -> None:
    assert (await Discovery(_ISSUER, outgoing=Saying(), clock=SystemClock()).metadata()).issuer == _ISSUER


@pytest.mark.parametrize("name", _ENDPOINTS)
@pytest.mark.parametrize("host", ["127.0.0.1:5432", "localhost", "[::1]"])
async def test_hazard_a_provider_elsewhere_has_nothing_asked_of_this_machine(name: str, host: str) -> None:
    """What listens on this machine alone trusts whoever asks from it."""
    told = {name: f"http://{host}/admin"}
    with pytest.raises(ProviderDown):
        await Discovery(_ISSUER, outgoing=Saying(**told), clock=SystemClock()).metadata()
