"""Clients: the systems and apps that are registered with the area's authorization server."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from lhcr.identity.client_keys import ClientKey, read_client_keys
from lhcr.identity.token_state import revoke
from lhcr.identity.tokens import LONGEST_LIFE, client_name
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Conflict, Incorrect, Issue, NotFound
from lhcr.nhs.ods import OdsCode
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.identity", "clients.sql")
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LONGEST: Final = 200
_PLAIN: Final = re.compile(r"[A-Za-z0-9:/?=&%._~\[\]+-]{1,200}")
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})


class ClientKind(Enum):
    """A SYSTEM asks for itself (client credentials); an APP asks for a person who let it (authorization code)."""

    SYSTEM = "system"
    APP = "app"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """`organisation` is the ODS code of the organisation whose system it is, "" for an app of nobody's here.

    `public_keys` is a JSON Web Key Set as JSON, b"" for an app that can keep no secret. `emergency` is whether an app may ask inside an
    emergency that its user began.
    """

    client_id: str
    name: str
    kind: ClientKind
    organisation: str
    organisation_name: str
    public_keys: bytes
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]
    emergency: bool = False

    @property
    def keys(self) -> dict[str, tuple[ClientKey, str]]:
        return read_client_keys(self.public_keys) if self.public_keys else {}

    @property
    def confidential(self) -> bool:
        """Whether it proves who it is with a key of its own."""
        return bool(self.public_keys)


def new_client_id() -> str:
    return secrets.token_hex(16)


class Clients:
    def __init__(self, pool: Pool, *, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def find(self, client_id: str) -> Client | None:
        """Return a client that is registered and has not ended."""
        row = await self._pool.fetchrow(_SQL["find"], client_id) if _ID.fullmatch(client_id) else None
        return None if row is None else _client(row)

    async def all(self) -> Sequence[Client]:
        return [_client(row) for row in await self._pool.fetch(_SQL["all"])]

    async def redirect_uris(self) -> list[str]:
        """Return every address to which an app is led back."""
        return [row["uri"] for row in await self._pool.fetch(_SQL["redirect_uris"])]

    async def register(self, client: Client) -> None:
        """Register a client. Raises Incorrect where it could do nothing or more than one of its kind may, Conflict for a used id.

        Whether its scopes grant anything is for whoever registers it to ask (`lhcr.access.smart_scope`).
        """
        _require_registrable(client)
        values = (client.organisation, client.organisation_name, client.public_keys)
        more = (list(client.redirect_uris), list(client.scopes), self._clock.now(), client.emergency)
        try:
            await self._pool.execute(_SQL["register"], client.client_id, client.name, client.kind.value, *values, *more)
        except asyncpg.UniqueViolationError as error:
            raise Conflict(
                [_issue("client-known", "A client of this id is registered, or was. Choose another.")]
            ) from error

    async def end(self, client_id: str) -> None:
        """End a client, and every token that it has. Raises NotFound. An id that has ended is never used again."""
        async with self._pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval(_SQL["end"], client_id, self._clock.now()):
                raise NotFound([_issue("client-unknown", "No such client is registered. Nothing was changed.")])
            await revoke(
                connection, [client_name(client_id)], until=self._clock.now() + LONGEST_LIFE + timedelta(hours=1)
            )


def _client(row: asyncpg.Record) -> Client:
    return Client(
        client_id=row["client_id"],
        name=row["name"],
        kind=ClientKind(row["kind"]),
        organisation=row["organisation"],
        organisation_name=row["organisation_name"],
        public_keys=row["public_keys"],
        redirect_uris=tuple(row["redirect_uris"]),
        scopes=tuple(row["scopes"]),
        emergency=row["emergency"],
    )


def _require_registrable(client: Client) -> None:
    if not _ID.fullmatch(client.client_id):
        raise Incorrect(
            [_issue("client-invalid", "An id of a client is 1 to 64 letters, digits, dots, dashes or underscores.")]
        )
    if not all(len(each) <= _LONGEST for each in (client.name, client.organisation_name)) or not client.name.strip():
        raise Incorrect([_issue("client-invalid", "A client has a name of at most 200 letters.")])
    if not client.scopes:
        # Hazard: a token without scopes does all that its bearer may.
        raise Incorrect([_issue("client-invalid", "A client is registered with the scopes that it may ask for.")])
    if client.organisation:
        OdsCode(client.organisation)
    _ = client.keys
    (_require_system if client.kind is ClientKind.SYSTEM else _require_app)(client)


def _require_system(client: Client) -> None:
    if not client.organisation or not client.keys or client.redirect_uris:
        told = "A system is registered with its organisation's ODS code and its public keys, and is redirected nowhere."
        raise Incorrect([_issue("client-invalid", told)])
    if client.emergency:
        # Hazard: a whole record opened by software, on nobody's own word.
        told = "An app asks inside an emergency that its user began. A system that asks for itself has none."
        raise Incorrect([_issue("client-invalid", told)])


def _require_app(client: Client) -> None:
    if not client.redirect_uris or not all(map(_is_redirect, client.redirect_uris)):
        told = "An app is registered with the addresses to which it is led back: https, or http on 127.0.0.1, without a fragment."
        raise Incorrect([_issue("client-invalid", told)])


def _is_redirect(uri: str) -> bool:
    """The letters are few, because the address is written into the policy of the page that asks the user."""
    if not _PLAIN.fullmatch(uri) or "/../" in f"{uri}/":
        return False
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


def _issue(error: str, diagnostics: str) -> Issue:
    return Issue(code="value", error=error, diagnostics=diagnostics)
