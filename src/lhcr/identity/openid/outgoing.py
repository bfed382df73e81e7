"""Questions to a provider over HTTPS: bounded in time and size, led nowhere else, and told to no log.

Hazard: a provider that hangs, floods or leads on takes a worker with it. Every question has one deadline, every answer a largest size,
and no redirect is followed.
"""

import asyncio
import ssl
from collections.abc import Mapping
from typing import Final

import httpx
import msgspec

from lhcr.identity.openid.refusal import ProviderDown
from lhcr.kernel.json_types import JsonObject

_DEADLINE_SECONDS: Final = 8.0
_LARGEST: Final = 512 * 1024
_HEADERS: Final = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "open-lhcr"}
_DECODER: Final = msgspec.json.Decoder(JsonObject)


class Outgoing:
    """`deadline_seconds` bounds a whole question, its connection among it."""

    def __init__(self, *, deadline_seconds: float = _DEADLINE_SECONDS) -> None:
        self._deadline_seconds = deadline_seconds
        self._context: ssl.SSLContext | None = None

    async def get(self, address: str, *, bearer: str = "") -> JsonObject:
        """Return the JSON object at an address. Raises ProviderDown for anything else."""
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        status, told = await self._ask("GET", address, headers=headers, form=None)
        if status != httpx.codes.OK:
            raise ProviderDown("provider-status")
        return told

    async def post(self, address: str, form: Mapping[str, str]) -> tuple[int, JsonObject]:
        """Return status and JSON object of the answer to a form. Raises ProviderDown."""
        return await self._ask("POST", address, headers={}, form=form)

    async def _ask(
        self, method: str, address: str, *, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> tuple[int, JsonObject]:
        try:
            async with asyncio.timeout(self._deadline_seconds):
                return await self._exchange(method, address, headers=headers, form=form)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError, ValueError, RecursionError) as error:
            # The error itself may hold what was sent.
            raise ProviderDown("provider-unreachable") from error

    async def _exchange(
        self, method: str, address: str, *, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> tuple[int, JsonObject]:
        plain = address.startswith("http:")
        verify = False if plain else self._trusted()
        async with (
            httpx.AsyncClient(verify=verify, trust_env=not plain, follow_redirects=False, timeout=None) as client,  # noqa: S113
            client.stream(method, address, headers={**_HEADERS, **headers}, data=form) as answer,
        ):
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise ValueError("the answer is packed, so that its size is not known")
            return answer.status_code, _DECODER.decode(await _bounded(answer))

    def _trusted(self) -> ssl.SSLContext:
        """Made when it is first needed: reading the certificates of all authorities takes tens of milliseconds."""
        if self._context is None:
            self._context = ssl.create_default_context()
        return self._context


async def _bounded(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for part in answer.aiter_raw():
        body += part
        if len(body) > _LARGEST:
            raise ValueError("the answer is too large")
    return bytes(body)
